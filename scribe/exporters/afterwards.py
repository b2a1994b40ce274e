"""What follows, as Markdown: action items, prevention, recovery, closing, deadlines, cost, links."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scribe.after.cost import cost
from scribe.after.targets import Deadline
from scribe.exporters.escape import Md, inline, joined, link, linked
from scribe.exporters.reasons import Reasons
from scribe.exporters.rows import who
from scribe.exporters.tables import NOTHING, fields, table
from scribe.exporters.times import UNKNOWN
from scribe.live.procedures import CLOSING
from scribe.record.events import Tick
from scribe.record.state import Entry, Ticked
from scribe.record.terms import ItemStatus
from scribe.record.written import ActionItem, Done

ONE_EACH = "One for each weakness, not for each symptom; a signal that anyone can check says that it is done."

STATUSES: dict[ItemStatus, str] = {
    "open": "open",
    "in_progress": "in progress",
    "done": "done",
    "wont_do": "won't do",
}
"""What has become of an action item."""

_PREVENTION = ("prevent-monitoring", "prevent-runbook", "prevent-tests", "prevent-architecture", "prevent-training")
_SIGNALS = {"user-signal": "what users see", "health-signal": "internal health"}
_URL = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)


class Afterwards(Reasons):
    """The parts of one postmortem that tell what follows."""

    # ── action items ────────────────────────────────────────────────────────────────────────────────────────────────

    def action_items(self) -> Md:
        """The register as a table, grouped by what the items answer, and what the record leaves open."""
        header = ("ID", "Action", "Owner", "Due", "Signal that it is done", "Category", "Priority", "Answers", "Status")
        rows = [
            (
                inline(item.ref),
                inline(item.text),
                who(item.owner) or UNKNOWN,
                inline(item.due) or UNKNOWN,
                inline(item.verification) or UNKNOWN,
                Md(item.category or UNKNOWN),
                Md(item.priority or UNKNOWN),
                joined(item.answers) or UNKNOWN,
                self.status(item),
            )
            for item in self.grouped()
        ]
        return self._with_left(table(header, rows) if rows else self.missing(ONE_EACH))

    def checklist(self) -> Md:
        """The same as a list of boxes to tick."""
        lines = [
            f"- [{'x' if item.status == 'done' else ' '}] **{inline(item.ref)}** {inline(item.text)} "
            f"({joined(self._details(item), '; ')})"
            for item in self.grouped()
        ]
        return self._with_left(Md("\n".join(lines)) if lines else self.missing(ONE_EACH))

    def grouped(self) -> Sequence[ActionItem]:
        """The items by the first thing that each answers: factors in their order, the trigger, nothing."""
        order = [*(factor.ref for factor in self.document.factors), "trigger"]
        places = {name: place for place, name in enumerate(order)}
        return sorted(
            self.document.items, key=lambda item: min((places.get(name, 99) for name in item.answers), default=99)
        )

    def status(self, item: ActionItem) -> Md:
        """How an item stands: who closed it with which evidence, and who saw it work."""
        parts = [self._done(STATUSES[item.status], item.closed)]
        if item.verified:
            parts.append(self._done("verified", item.verified))
        elif item.status == "done":
            parts.append(Md("not verified yet"))
        return joined(parts, "; ")

    def _details(self, item: ActionItem) -> list[Md]:
        return [
            Md(f"owner: {who(item.owner) or UNKNOWN}"),
            Md(f"due: {inline(item.due) or UNKNOWN}"),
            Md(f"signal: {inline(item.verification) or UNKNOWN}"),
            Md(f"{item.category or 'category unknown'}, {item.priority or 'priority unknown'}"),
            Md(f"answers: {joined(item.answers) or UNKNOWN}"),
            self.status(item),
        ]

    def _done(self, word: str, done: Done | None) -> Md:
        if done is None:
            return Md(word)
        said = f": {inline(done.words)}" if done.words else ""
        return Md(f"{word} {self.times.date(done.at)} by {who(done.by)}{said}")

    def _with_left(self, items: Md) -> Md:
        left = self._held.get("actions", ())
        if not left:
            return items
        return Md(f"{items}\n\nThe record leaves open, as candidates for the register:\n\n{self._listed(left)}")

    # ── what keeps it from coming back ──────────────────────────────────────────────────────────────────────────────

    def prevention(self) -> Md:
        """The five ticks of recurrence prevention (001): yes, no, not needed, or unknown."""
        sections = [self.document.sections[key] for key in _PREVENTION]
        return Md(
            "\n".join(
                f"- [{'x' if part.text == 'yes' else ' '}] {part.section.title}: {self.line(part.key)}"
                for part in sections
            )
        )

    # ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def recovery(self) -> Md:
        """The two signals of recovery, what users see and internal health: who confirmed each, when."""
        rows = []
        for name, title in _SIGNALS.items():
            tick = self.document.recovery.get(name)
            entry = self._tick("resolution", name) if tick else None
            rows.append((Md(title), *self._ticked(tick), self.entry(entry) if entry else NOTHING))
        return table(("Recovered", "Confirmed", "By", "As recorded"), rows)

    def closing(self) -> Md:
        """The five ticks without which no incident closes (003): who ticked each, when."""
        rows = [
            (*self._ticked(self.document.closing.get(item.name)), inline(item.text))
            for phase in CLOSING.phases
            for item in phase.items
        ]
        return table(("Ticked", "By", "Before it is closed"), rows)

    def deadlines(self) -> Md:
        """What the postmortem owes, and whether it came in time by the end of the record."""
        rows = [
            (
                inline(deadline.title),
                self.day(deadline.due),
                self._came(deadline),
                self._in_time(deadline),
            )
            for deadline in self.document.deadlines
        ]
        header = ("Owed", "Due", "Done", "In time")
        return table(header, rows) if rows else Md("Nothing is due before the incident is over.")

    def _came(self, deadline: Deadline) -> Md:
        if not deadline.done:
            return Md("not yet")
        # A meeting is known before it is held.
        is_ahead = deadline.done[: len("2026-11-20")] > self.document.written_until[: len("2026-11-20")]
        return Md(f"set for {self.day(deadline.done)}") if is_ahead else self.day(deadline.done)

    def _in_time(self, deadline: Deadline) -> Md:
        if deadline.is_missed(self.document.written_until):
            return Md("no")
        return Md("yes") if deadline.done else NOTHING

    def _ticked(self, tick: Ticked | None) -> tuple[Md, Md]:
        return (self.times.full(tick.at), who(tick.who)) if tick else (UNKNOWN, NOTHING)

    def _tick(self, checklist: str, item: str) -> Entry | None:
        found = None
        for entry in self.document.ticks:
            payload = entry.payload
            if isinstance(payload, Tick) and (payload.list, payload.item) == (checklist, item) and payload.done:
                found = entry
        return found

    # ── cost and links ──────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def cost_known(self) -> bool:
        """Whether somebody gave an amount."""
        return any(part.amount is not None for key, part in self.document.sections.items() if key.startswith("cost-"))

    def cost(self) -> Md:
        """What it cost (001): direct, indirect, in total, and for a minute of downtime."""
        found = cost(self.document)
        currency = f" {inline(found.currency)}" if found.currency else ""

        def amount(value: float | None) -> Md:
            return UNKNOWN if value is None else Md(f"{self.amount(value)}{currency}")

        without = f", without what is unknown: {joined(found.unknown)}" if found.unknown else ""
        return fields(
            (
                *((f"Direct: {title}", amount(value)) for title, value in found.direct),
                *((f"Indirect: {title}", amount(value)) for title, value in found.indirect),
                ("Total", Md(f"{amount(found.total)}{without}") if found.total is not None else UNKNOWN),
                ("For a minute of downtime", amount(found.per_minute)),
            )
        )

    def links(self) -> Md:
        """The links that people added, then every source with the entries that named it."""
        named = {source.url for source in self.document.sources}
        lines = [line for line in self.document.sections["links"].lines if line.strip() not in named]
        written = [linked(line, _URL.findall(line)) for line in lines]
        sources = [Md(f"{link(source.url)} ({joined(source.refs)})") for source in self.document.sources]
        if not (written or sources):
            return Md(f"No source was recorded{self.or_withheld}.")
        return Md("\n".join(f"- {line}" for line in (*written, *sources)))
