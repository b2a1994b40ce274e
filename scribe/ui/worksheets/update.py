"""The composer of a status update: filled from the record, every field open to edits, as it will read beside them."""

from __future__ import annotations

from datetime import tzinfo

from scribe.exporters.update import FORMATS, rendered
from scribe.live.updates import LABELS, Composition, compose, draft_of, given_away, leaks, people, refusal
from scribe.record.errors import ScribeError
from scribe.record.terms import AUDIENCES
from scribe.record.text import one_line, visible
from scribe.record.typed_time import duration, parse
from scribe.record.when import Unreadable, clock_text, instant, seconds_between, shifted, spell
from scribe.ui.desk import NEWLINE
from scribe.ui.lines import Line
from scribe.ui.messages import Chosen
from scribe.ui.worksheets.leaving import leaving
from scribe.ui.worksheets.page import CHOSEN, Page, Row, Seen, Worksheet
from scribe.ui.wrap import wrap

_NEXT = "next_at"


class UpdateSheet(Worksheet):
    """A row a field; Enter edits it in the capture line, its own key sends it."""

    name = "update"
    fields = (*LABELS, "next")

    def __init__(self) -> None:
        super().__init__()
        self._audience = ""

    def page(self, seen: Seen) -> Page:
        """The update as it would be sent now."""
        audience = self._for(seen)
        made = self._composed(seen)
        rows = [
            Row("to", "to", self._told(audience, seen), "⇥", "key"),
            Row("as", "as", self._format, " ", "key"),
            *(
                Row(
                    field.name,
                    f"{field.label}{' *' if field.mandatory else ''}",
                    field.value,
                    "✎" if field.name in self.typed.get(audience, {}) else " ",
                    "warning" if field.name in made.missing else "words",
                )
                for field in made.fields
            ),
        ]
        if not made.over:
            rows.append(self._next_row(made, seen))
        text = rendered(made, seen.zones.main, self._format)

        def beside(_: Row, width: int) -> list[Line]:
            return [((line, "words"),) for line in wrap(visible(text), width)]

        wrong = self._wrong(made, seen)
        state: Line = ((f"  {wrong}", "error"),) if wrong else (("  F2 sends it", "ok"),)
        heading: Line = ((" STATUS UPDATE", "label"), (f"  to {audience}", "strong"), *state)
        keys = (
            ("F2", "sends, copies"),
            ("↑ ↓ Enter", "edits"),
            ("Tab", "audience"),
            ("PgDn", "reads on"),
            ("Esc", "closes"),
        )
        return Page(heading, keys, tuple(rows), beside, first=2)

    def enter(self, row: Row, seen: Seen) -> Chosen | None:
        """Edit the field in the capture line; turn to the next audience or format."""
        if row.name == "to":
            return self.tab(row, seen)
        if row.name == "as":
            names = list(FORMATS)
            self.typed = {**self.typed, CHOSEN: {"as": names[(names.index(self._format) + 1) % len(names)]}}
            return None
        if row.name == "next":
            return Chosen(put=f"/set next {self.typed.get(self._for(seen), {}).get(_NEXT, '')}")
        value = self._composed(seen).value(row.name)
        return Chosen(put=f"/set {row.name} {value.replace(chr(10), NEWLINE)}")

    def tab(self, row: Row, seen: Seen) -> Chosen | None:
        """The next audience; those that count down come first."""
        on = [track.audience for track in seen.state.board.tracks if track.audience in AUDIENCES]
        names: list[str] = [*on, *(name for name in AUDIENCES if name not in on)]
        self._audience = names[(names.index(self._for(seen)) + 1) % len(names)]
        return None

    def again(self, seen: Seen) -> Chosen | None:
        """Send it: recorded, and on the clipboard."""
        made = self._composed(seen)
        wrong = self._wrong(made, seen)
        if wrong:
            return Chosen(said=f"not sent: {wrong}")
        zone = seen.zones.main
        return Chosen(
            drafts=(draft_of(made, zone),),
            copy=rendered(made, zone, self._format),
            beside=f"{made.incident}-update-{seen.state.board.updates + 1}.{FORMATS[self._format]}",
        )

    def turn_to(self, argument: str) -> None:
        """The audience that was asked for, else the one whose update is due first."""
        self._audience = argument if argument in AUDIENCES else ""

    def set(self, field: str, text: str, seen: Seen) -> str:
        """A field's words; none: what the record says again."""
        audience = self._for(seen)
        if field == "next":
            if text and self._due(text, seen) is None:
                return f"{one_line(text)} is no time for the next update: like 20m, or 14:50"
            field = _NEXT
        elif field not in LABELS:
            return f"an update has no field {one_line(field)}: {', '.join((*LABELS, 'next'))}"
        kept = {name: said for name, said in self.typed.get(audience, {}).items() if name != field}
        self.typed = {**self.typed, audience: {**kept, field: text} if text else kept}
        return ""

    def forget(self) -> None:
        """What was typed for this audience was sent."""
        sent = self._audience or self._last
        self.typed = {name: said for name, said in self.typed.items() if name != sent}

    _last = ""

    def _for(self, seen: Seen) -> str:
        board = seen.state.board
        if not self._audience:
            leading = board.leading.audience if board.leading else ""
            self._last = leading if leading in AUDIENCES else seen.policy.audiences[0]
            return self._last
        return self._audience

    @property
    def _format(self) -> str:
        return self.typed.get(CHOSEN, {}).get("as", next(iter(FORMATS)))

    def _composed(self, seen: Seen) -> Composition:
        audience = self._for(seen)
        typed = self.typed.get(audience, {})
        edits = {name: said for name, said in typed.items() if name != _NEXT}
        next_at = self._due(typed[_NEXT], seen) if typed.get(_NEXT) else None
        names = people(seen.state)
        view, _ = leaving(seen.state)
        return compose(view, seen.policy, seen.now, audience, seen.zones.main, edits, next_at, names)

    def _due(self, text: str, seen: Seen) -> str | None:
        """The time that somebody typed for the next update; None when it is none."""
        zone: tzinfo = seen.zones.typed
        try:
            if ":" in text:
                return parse(text, now=instant(seen.now), zone=zone, future=True).at
            return shifted(seen.now, duration(text))
        except Unreadable:
            return None

    def _wrong(self, made: Composition, seen: Seen) -> str:
        """Why it cannot be sent."""
        wrong = refusal(made)
        if wrong:
            return f"{wrong} (row “next update”)" if made.next_at is None else wrong
        try:
            found = leaks(seen.state, made)
        except ScribeError as error:
            return error.message
        return f"it would give away {given_away(found)}" if found else ""

    def _told(self, audience: str, seen: Seen) -> str:
        track = seen.state.board.track(audience)
        if track is None:
            return f"{audience}, not counted: /audience {audience} on"
        if track.due is None:
            return audience
        left = seconds_between(seen.now, track.due)
        return f"{audience}, {f'due in {spell(left)}' if left >= 0 else f'overdue by {spell(-left)}'}"

    def _next_row(self, made: Composition, seen: Seen) -> Row:
        typed = _NEXT in self.typed.get(self._for(seen), {})
        if made.next_at is None:
            return Row("next", "next update *", "not set: 30m, or 14:50", "✎", "error")
        left = spell(max(0.0, seconds_between(made.at, made.next_at)))
        words = f"{clock_text(made.next_at, 'minute', seen.zones.main)}, in {left}"
        return Row("next", "next update *", words, "✎" if typed else " ")
