"""`scribe verify`: was the record altered, and does it still hold what it held when a head was noted?"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

import click
from msgspec import Struct

from scribe.cli.output import put_json, say
from scribe.cli.session import Command, Session, add_globals
from scribe.journal.guards import looked_at
from scribe.journal.store import Journal
from scribe.record.board import rebuild
from scribe.record.chain import Break, Stored, Verdict, split, verify
from scribe.record.errors import ScribeError
from scribe.record.events import NO_ENTRY
from scribe.record.noted import Holding, holding
from scribe.record.text import one_line

_LOST = "the record does not hold what was noted: entries were cut off or rewritten"
_ONLY_NOTED = "A cut-off tail or a rewritten file shows only against a head noted earlier: scribe verify --against HEAD"
_TRIES = 5
"""Looks at an incident into which another process writes meanwhile."""


class Found(Struct, frozen=True):
    """What was found of one incident; ``summary`` says how its board differs from its record, if it does.

    ``held`` is what became of what stood there when the head was noted; None when the record does not hold that head.
    """

    incident: str
    verdict: Verdict
    entries: int
    summary: str
    held: Holding | None = None

    @property
    def ok(self) -> bool:
        """Whether every digest holds, and the summary is of this record."""
        return self.verdict.ok and not self.summary


@click.command("verify", cls=Command)
@click.option("--all", "every", is_flag=True, help="Every incident of the journal.")
@click.option("--against", metavar="HEAD", help="A head noted earlier: does the record still hold it?")
@click.option("--json", "as_json", is_flag=True, help="One object, for programs.")
@add_globals
@click.pass_obj
def verify_command(session: Session, every: bool, against: str | None, as_json: bool) -> int:
    """Recompute every digest of the incident; of all incidents when none is open and none was named."""
    noted = _noted(against)
    with session.reading() as journal:
        board = None if every else session.chosen(journal)
        ids = [board.incident] if board else _everything(journal)
        found = [_check(journal, incident, noted) for incident in ids]
        strangers, _ = looked_at(journal.connection)
    held = next(((one.incident, one.held) for one in found if one.held is not None), None)
    is_held = held is not None and held[1].fault is None
    ok = all(one.ok for one in found) and (is_held or not noted) and not strangers
    if as_json:
        shape: dict[str, Any] = {"incidents": [_shape(one) for one in found], "triggers": strangers, "ok": ok}
        if noted:
            shape["against"] = {"head": "+".join(noted), **_held_shape(held)}
        put_json(shape)
    else:
        for line in _text(found, held, noted):
            say(line)
        if strangers:
            say(one_line(f"NOT OK: the file has triggers that scribe did not make: {', '.join(strangers)}"))
    return 0 if ok else 1


def _everything(journal: Journal) -> list[str]:
    """Every incident, whether it is left in the events, in the summaries, or as it should be in both."""
    return sorted({*journal.incidents(), *journal.summarised()})


def _noted(against: str | None) -> tuple[str, ...]:
    if against is None:
        return ()
    tips = tuple(tip.strip().lower() for tip in split(against.strip()))
    if not tips or any(len(tip) != 64 or set(tip) - set("0123456789abcdef") for tip in tips):
        hint = "give the whole head as `scribe verify` printed it, 64 digits and letters (or several joined by +)"
        raise ScribeError("--against: that is not a head", hint)
    return tips


def _check(journal: Journal, incident: str, noted: tuple[str, ...]) -> Found:
    """One incident. What another process writes meanwhile is looked at anew, and taken for no difference."""
    before = journal.version()
    found = _looked_at(journal, incident, noted)
    tries = 1
    while found.summary and tries < _TRIES and journal.version() != before:
        before = journal.version()
        found = _looked_at(journal, incident, noted)
        tries += 1
    return found


def _looked_at(journal: Journal, incident: str, noted: tuple[str, ...]) -> Found:
    known: set[str] = set()
    rows: list[Stored] = []
    entries = 0

    def passing() -> Iterator[Stored]:
        nonlocal entries
        for row in journal.stored(incident):
            known.add(row.digest)
            entries += row.header.kind not in NO_ENTRY
            if noted:  # else a long record need not lie in memory as a whole
                rows.append(row)
            yield row

    verdict = verify(passing())
    held = holding(rows, noted, journal.own()) if noted else None
    return Found(incident, verdict, entries, _summary(journal, incident, verdict, known), held)


def _summary(journal: Journal, incident: str, verdict: Verdict, known: Container[str]) -> str:
    """How the board differs from the record. A board that knows more than the record tells of a cut-off tail."""
    readable = journal.summary(incident) is not None
    board = journal.board(incident) if readable else None  # one that an older version folded is folded anew
    if board is None:
        return "the summary is missing or damaged: run scribe reindex"
    if any(tip not in known for tip in board.heads):
        return "the summary names entries that the record does not hold: they were cut off or rewritten"
    if set(board.heads) != set(split(verdict.head)) or board.events != verdict.events:
        return "the summary does not match the record: run scribe reindex"
    if verdict.ok and (board != rebuild(incident, journal.record(incident)) or not journal.agrees(board)):
        return "the summary says other than the record: run scribe reindex"
    return ""


def _shape(found: Found) -> dict[str, Any]:
    first = found.verdict.first_break
    return {
        "incident": found.incident,
        "entries": found.entries,
        "erased": found.verdict.erased,
        "withheld": found.verdict.withheld,
        "ok": found.ok,
        "first_break": _break_shape(first),
        "head": found.verdict.head,
        "summary": found.summary or None,
    }


def _break_shape(found: Break | None) -> dict[str, str] | None:
    return {"id": found.id, "ref": found.ref, "why": found.why} if found else None


def _held_shape(held: tuple[str, Holding] | None) -> dict[str, Any]:
    if held is None:
        nothing = dict.fromkeys(("since", "incident", "fault", "from_others", "withheld"))
        return {"held": False, **nothing, "erased": [], "lacking": []}
    incident, found = held
    return {
        "held": found.fault is None,
        "since": found.since,
        "incident": incident,
        "fault": _break_shape(found.fault),
        "from_others": found.others,
        "erased": [
            {"id": gone.id, "ref": gone.ref, "by": gone.by, "why": gone.why, "at": gone.at} for gone in found.erased
        ],
        "withheld": len(found.withheld),
        "lacking": [
            {"id": one.id, "ref": one.ref, "noted": one.noted, "by": one.by, "at": one.at} for one in found.withheld
        ],
    }


def _text(found: list[Found], held: tuple[str, Holding] | None, noted: tuple[str, ...]) -> Iterator[str]:
    for one in found:
        first, incident = one.verdict.first_break, one_line(one.incident)
        if first:
            yield f"{incident} BROKEN at {_place(first)}: {one_line(first.why)}"
        if one.summary:
            yield f"{incident} NOT OK: {one.summary}"
        if one.ok:
            counts = ((one.verdict.erased, "erased"), (one.verdict.withheld, "withheld"))
            gone = "".join(f", {count} {word}" for count, word in counts if count)
            yield f"{incident} ok  {one.entries} {_entries(one.entries)}{gone}, head {one.verdict.head}"
    if not found:
        yield "no incidents yet"
    if held:
        yield from _held_text(*held)
    elif noted:
        yield _LOST
    elif found:
        yield _ONLY_NOTED


def _held_text(incident: str, found: Holding) -> Iterator[str]:
    incident = one_line(incident)
    if found.fault:
        yield f"{incident} does not hold what was noted: {_place(found.fault)}: {one_line(found.fault.why)}"
        return
    since, others = found.since, found.others
    come = "nothing has come since"
    if since:
        come = f"{since} {_entries(since)} {'has' if since == 1 else 'have'} come since"
        whose = "" if not others else "from another copy" if since == 1 else f"{others} of them from other copies"
        come += f", {whose}" if whose else ""
    yield f"{incident} holds what was noted; {come}"
    for gone in found.erased:
        named = gone.ref or gone.id
        yield one_line(f"since then erased: {named} by @{gone.by}" + (f": {gone.why}" if gone.why else ""))
    if found.withheld:
        yield f"the words of {len(found.withheld)} of what was noted are withheld from this copy"
    for noted in dict.fromkeys((lacking.noted, lacking.by, lacking.at) for lacking in found.withheld):
        names = [one.ref or one.id for one in found.withheld if (one.noted, one.by, one.at) == noted]
        place, by, at = noted
        yield one_line(f"that the words of {', '.join(names)} never came here says {place}, by @{by} at {at}")


def _place(broken: Break) -> str:
    return one_line(f"{broken.ref} ({broken.id})" if broken.ref else f"({broken.id})")


def _entries(count: int) -> str:
    return "entry" if count == 1 else "entries"
