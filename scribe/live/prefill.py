"""The fields of a status update as the record fills them: true as they stand, short, and "unknown" where it is silent.

Every statement that may have changed since carries its time, and a hypothesis is never stated as known.
"""

from __future__ import annotations

from datetime import tzinfo

from scribe.live.pacing import cadence_in_force
from scribe.live.policy import Policy
from scribe.live.since import Ended, Impacted, News
from scribe.live.telling import Telling, between, listed, newest
from scribe.live.update_fields import UNKNOWN, Field, Item, field, public_state
from scribe.record.redact import impact_value
from scribe.record.state import Board, Entry
from scribe.record.terms import IMPACT_LABELS, OVER, SCOPE_LABELS, ImpactField, ScopeRowName, Verdict
from scribe.record.when import spell

_PUBLIC_SIDES: tuple[ImpactField, ...] = ("users", "journeys", "service")
_FEW = {"responders": 6, "stakeholders": 3}
"""How many facts an audience is told at most; of everything else a little less."""

_VERDICTS: dict[Verdict, str] = {"affected": "affected", "not_affected": "not affected", "unknown": "affected or not"}


class Prefill:
    """The record's answers for one audience at one time (``now`` is UTC text); texts for outsiders name nobody."""

    def __init__(
        self, board: Board, news: News, policy: Policy, now: str, audience: str, zone: tzinfo, names: frozenset[str]
    ) -> None:
        self._board = board
        self._news = news
        self._policy = policy
        self._now = now
        self._audience = audience
        self._inside = audience == "responders"
        self._tell = Telling(now, zone, None if self._inside else names)
        self._few = _FEW.get(audience, 3)

    def fields(self, shape: str) -> tuple[Field, ...]:
        """The fields of a shape, in order."""
        if self._audience == "public":
            return self._public()
        return {"declared": self._declared, "resolved": self._resolved}.get(shape, self._update)()

    # --- the shapes -----------------------------------------------------------------------------------

    def _public(self) -> tuple[Field, ...]:
        title, _, sentence = public_state(self._board.state)
        status, impact = field("status", title), self._impact()
        if not self._board.over:
            return (status, field("impact", *impact), field("doing", sentence), field("eta", self._eta()))
        # An impact that nobody stated anew since it ended would read as if it went on.
        is_of_now = self._news.impact is not None and self._news.impact.state in OVER
        told = (field("impact", *impact, mandatory=False),) if is_of_now else ()
        return (status, field("summary", sentence), *told)

    def _declared(self) -> tuple[Field, ...]:
        board = self._board
        cadence = cadence_in_force(board, board.state, self._policy, self._audience)
        return (
            field("severity", self._severity()),
            field("title", self._tell.words(board.title)),
            field("impact", *self._impact()),
            field("status", self._status()),
            field("commander", self._holders("ic")),
            field("lead", self._holders("ops"), mandatory=False),
            field("channel", self._news.given.get("channel", UNKNOWN), mandatory=False),
            field("cadence", f"every {spell(cadence)}" if cadence else UNKNOWN),
        )

    def _update(self) -> tuple[Field, ...]:
        return (
            field("status", self._status()),
            field("summary", *self._summary(), mandatory=False),
            field("known", *self._known()),
            field("unknown", *self._unknown()),
            field("impact", *self._impact()),
            field("doing", *self._doing()),
            field("steps", *self._next()),
            field("eta", self._eta()),
        )

    def _resolved(self) -> tuple[Field, ...]:
        given = self._news.given
        return (
            field("start", self._start()),
            field("end", self._tell.moment(self._board, "resolved") or UNKNOWN),
            field("duration", self._duration()),
            field("cause", *self._cause()),
            field("resolution", *self._resolution()),
            field("users", *self._users()),
            field("postmortem", given.get("postmortem", UNKNOWN), mandatory=False),
            field("actions", UNKNOWN, mandatory=False),
        )

    # --- where it stands ------------------------------------------------------------------------------

    def _severity(self) -> str:
        return f"SEV-{self._board.severity}" if self._board.severity else "severity not set"

    def _status(self) -> str:
        state = self._news.state
        stands = self._board.state
        if state.state == stands:
            stands += f" since {self._tell.clock(state.at, state.precision)}"
        return f"{self._severity()}, {stands}"

    def _holders(self, role: str) -> str:
        held = ", ".join(f"@{holder.who}" for holder in self._board.holders(role))
        return held or ("not needed" if role in self._board.not_needed else "unassigned")

    def _summary(self) -> list[Item]:
        news = self._news
        told = [*news.changes, *news.milestones]
        if news.impact_is_news and news.impact is not None and news.last is not None:
            told.append(news.impact.entry)
        if told:
            return newest(sorted(told, key=lambda entry: entry.key), self._few, self._change)
        if news.last is None:
            return [Item("no change of severity or state since the declaration")]
        return [Item(f"no change of severity or state since the last update, {self._tell.when(news.last)}")]

    def _change(self, entry: Entry) -> Item:
        if entry.kind == "impact":
            return self._tell.item(entry, "impact stated anew")
        words = self._tell.words(entry.text)
        return self._tell.item(entry, f"reached: {words}" if entry.kind == "milestone" else words)

    def _eta(self) -> str:
        return "investigating" if self._board.state == "investigating" else UNKNOWN

    def _impact(self) -> list[Item]:
        found = []
        stated = self._news.impact
        if stated is not None:
            found.append(
                Item(f"{self._tell.words(impact_value(stated.entry))} ({self._as_of(stated)})", (stated.entry.ref,))
            )
        for name, label in IMPACT_LABELS.items():
            entry = self._news.sides.get(name)
            if entry is None or (self._audience == "public" and name not in _PUBLIC_SIDES):
                continue
            is_stale = stated is not None and entry.key < stated.entry.key
            if is_stale and self._audience == "public":  # the whole was stated anew, and this may hold no more
                continue
            since = "; not stated anew since" if is_stale else ""
            text = f"{label}: {self._tell.words(impact_value(entry))} (as of {self._tell.when(entry)}{since})"
            found.append(Item(text, (entry.ref,)))
        return found

    def _as_of(self, stated: Impacted) -> str:
        text = f"as of {self._tell.when(stated.entry)}"
        if stated.state in ("", self._board.state):
            return text
        return f"{text}; not stated anew since" if self._audience == "public" else f"{text}, while {stated.state}"

    # --- what is known, and what is not ---------------------------------------------------------------

    def _known(self) -> list[Item]:
        news = self._news
        facts = [fact for fact in news.facts if self._inside or not _is_about_the_response(fact)]
        found = newest(facts, self._few, self._fact)
        if self._inside:
            found += newest(news.newly_confirmed, 4, self._verdict)
            found += newest(news.ruled_out, 4, self._verdict)
        elif news.confirmed and (news.newly_confirmed or news.newly_identified):
            found.append(self._causes())
        found += self._scope("affected", "not_affected")
        for fact in news.withdrawn[-self._few :]:
            why = f": {self._tell.words(fact.retracted.why)}" if fact.retracted and fact.retracted.why else ""
            found.append(Item(f"no longer holds: {self._tell.words(fact.text)}{why}", (fact.ref,)))
        if not found and news.last is not None:
            return [Item(f"nothing new on record since {self._tell.when(news.last)}")]
        return found

    def _fact(self, fact: Entry) -> Item:
        by = self._tell.who(fact.by) if fact.by != fact.recorded_by else ""
        return self._tell.item(fact, f"{self._tell.words(fact.text)}{by}")

    def _guess(self, entry: Entry) -> Item:
        return Item(f"{entry.ref} (hypothesis): {self._tell.words(entry.text)}", (entry.ref,))

    def _verdict(self, ended: Ended) -> Item:
        verdict = ended.entry.status.replace("_", " ")
        words = f" – {self._tell.words(ended.words)}" if ended.words else ""
        text = f"{ended.entry.ref} {verdict}: {self._tell.words(ended.entry.text)}{words}"
        return Item(f"{self._tell.time(ended.at, ended.precision)} {text}", (ended.entry.ref,))

    def _causes(self) -> Item:
        """Causes are spoken of once the record says that the cause is known; until then each stands for itself."""
        news = self._news
        shown = news.confirmed if news.identified else news.newly_confirmed
        texts = [self._tell.words(one.entry.text) for one in shown[-3:]]
        more = f"; and {len(shown) - 3} more" if len(shown) > 3 else ""
        label = "cause identified" if news.identified else "confirmed"
        return Item(f"{label}: {'; '.join(texts)}{more}", tuple(one.entry.ref for one in shown))

    def _unknown(self) -> list[Item]:
        news = self._news
        found = []
        if not news.identified:
            found.append(Item("the whole cause" if news.confirmed else "the cause"))
        if self._inside:
            found += newest(news.open, self._few, self._guess)
            if self._board.moment("started") is None:
                found.append(Item("when it started"))
        elif news.identified and news.open:
            count = len(news.open)
            found.append(Item(f"{count} open question{'s' if count > 1 else ''}", tuple(one.ref for one in news.open)))
        if news.impact is None:
            found.append(Item("the impact"))
        found += self._scope("unknown")
        return found or [Item("no open question on record")]

    def _scope(self, *verdicts: Verdict) -> list[Item]:
        found = []
        for verdict in verdicts:
            rows = [row for row in self._board.scope if row.verdict == verdict]
            names = [self._scoped(row.row, row.name) for row in rows]
            if names:
                found.append(Item(f"{_VERDICTS[verdict]}: {listed(names, 4)}"))
        return found

    def _scoped(self, row: ScopeRowName, name: str) -> str:
        words = self._tell.words(name)
        return words if row in ("user_group", "fault_domain") else f"{words} ({SCOPE_LABELS[row]})"

    # --- what is done, and what comes next ------------------------------------------------------------

    def _doing(self) -> list[Item]:
        news = self._news
        few = max(2, self._few - 2)
        found = newest(news.decisions, few, self._decision)
        found += newest(news.ended, few, self._ended)
        found += newest(news.running, few, self._running)
        if self._inside:
            for box in news.timeboxes[-few:]:
                found.append(Item(f"being looked into, in a time-box: {self._tell.words(box.text)}", (box.ref,)))
        if found:
            return found
        state = news.state
        words = {"mitigating": "mitigation", "monitoring": "watching whether it stays stable"}
        doing = words.get(self._board.state, "investigation")
        # Of a record that was saved from a damaged file the beginning may be missing.
        since = f", since {self._tell.clock(state.at, state.precision)}" if state.at else ""
        return [Item(f"{doing}{since}")] if not self._board.over else []

    def _decision(self, entry: Entry) -> Item:
        return self._tell.item(
            entry, f"{self._tell.ref(entry)}decided: {self._tell.words(entry.text)}{self._tell.who(entry.by)}"
        )

    def _ended(self, one: Ended) -> Item:
        words = f" – {self._tell.words(one.words)}" if one.words else ""
        text = f"{self._tell.ref(one.entry)}{one.entry.status}: {self._tell.words(one.entry.text)}{words}"
        return Item(f"{self._tell.time(one.at, one.precision)} {text}", (one.entry.ref,))

    def _running(self, entry: Entry) -> Item:
        since = self._tell.time(entry.at, entry.precision)
        text = f"{self._tell.ref(entry)}running since {since}: {self._tell.words(entry.text)}{self._tell.who(entry.by)}"
        return Item(text, (entry.ref,))

    def _next(self) -> list[Item]:
        pending = self._news.pending
        if pending is None:
            return []
        point = pending.point
        what = self._tell.words(point.what)
        who = self._tell.who(point.who)
        if point.by is None:
            return [Item(f"to decide: {what}{who}", (pending.entry.ref,))]
        by = self._tell.clock(point.by)
        if point.by > self._now:
            return [Item(f"to decide by {by}: {what}{who}", (pending.entry.ref,))]
        # Whether it was decided without anybody saying so is not for outsiders to puzzle over.
        text = f"was to be decided by {by}, no decision on record: {what}{who}"
        return [Item(text, (pending.entry.ref,))] if self._inside else []

    # --- when it is over ------------------------------------------------------------------------------

    def _start(self) -> str:
        known = self._tell.moment(self._board, "started")
        detected = self._tell.moment(self._board, "detected")
        return known or (f"{UNKNOWN} (detected {detected})" if detected else UNKNOWN)

    def _duration(self) -> str:
        whole = between(self._board, "started", "resolved")
        if whole:
            return whole
        since = between(self._board, "detected", "resolved")
        return f"{UNKNOWN} ({since} from detection)" if since else UNKNOWN

    def _cause(self) -> list[Item]:
        news = self._news
        found = newest(news.confirmed, 5, lambda one: Item(self._tell.words(one.entry.text), (one.entry.ref,)))
        if found and not news.identified:
            return [Item(f"{UNKNOWN} as a whole; confirmed so far:"), *found]
        return found

    def _resolution(self) -> list[Item]:
        found = newest(self._news.done, 4, self._ended)
        resolved = self._news.resolved
        if resolved is not None:
            found.append(self._tell.item(resolved, self._tell.words(resolved.text)))
        return found

    def _users(self) -> list[Item]:
        entry = self._news.sides.get("users")
        if entry is not None:
            return [Item(f"{self._tell.words(impact_value(entry))} (as of {self._tell.when(entry)})", (entry.ref,))]
        stated = self._news.impact
        if stated is None:
            return []
        words = self._tell.words(impact_value(stated.entry))
        return [Item(f"number {UNKNOWN}; impact {self._as_of(stated)}: {words}", (stated.entry.ref,))]


def _is_about_the_response(fact: Entry) -> bool:
    """Who takes over from whom is of interest to those who respond."""
    return any(tag.casefold().lstrip("#") in ("handover", "handoff", "hand-over") for tag in fact.tags)
