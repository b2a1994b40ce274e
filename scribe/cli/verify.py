"""`scribe verify`: was the record altered, and does it still hold what it held when a head was noted?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from msgspec import MsgspecError, Struct

from scribe.cli.output import put_json, say
from scribe.cli.session import Command, Session, add_globals
from scribe.journal.store import Journal
from scribe.record.chain import Stored, Verdict, split, verify
from scribe.record.errors import ScribeError
from scribe.record.events import NO_ENTRY
from scribe.record.state import Board

_LOST = "the record does not hold what was noted: entries were cut off or rewritten"


class Found(Struct, frozen=True):
    """What was found of one incident; ``summary`` says how its board differs from its record, if it does.

    ``since`` counts the entries that have come since the noted head; None when the record does not hold that head.
    """

    incident: str
    verdict: Verdict
    entries: int
    summary: str
    since: int | None = None

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
    held = [one for one in found if one.since is not None]
    ok = all(one.ok for one in found) and (bool(held) or not noted)
    if as_json:
        shape: dict[str, Any] = {"incidents": [_shape(one) for one in found], "ok": ok}
        if noted:
            shape["against"] = {"head": "+".join(noted), "held": bool(held), "since": held[0].since if held else None}
        put_json(shape)
    else:
        for line in _text(found, held, noted):
            say(line)
    return 0 if ok else 1


def _everything(journal: Journal) -> list[str]:
    """Every incident, whether it is left in the events, in the summaries, or as it should be in both."""
    try:
        boards = journal.boards()
    except MsgspecError:
        boards = []
    return sorted({*journal.incidents(), *(board.incident for board in boards)})


def _noted(against: str | None) -> tuple[str, ...]:
    if against is None:
        return ()
    tips = tuple(tip.strip().lower() for tip in split(against.strip()))
    if not tips or any(len(tip) != 64 or set(tip) - set("0123456789abcdef") for tip in tips):
        hint = "give the whole head as `scribe verify` printed it, 64 digits and letters (or several joined by +)"
        raise ScribeError("--against: that is not a head", hint)
    return tips


def _check(journal: Journal, incident: str, noted: tuple[str, ...]) -> Found:
    links: dict[str, tuple[str, ...]] = {}
    entries: set[str] = set()

    def counted() -> Iterator[Stored]:
        for row in journal.stored(incident):
            links[row.digest] = (row.header.prev, *split(row.header.seen))
            if row.header.kind not in NO_ENTRY:
                entries.add(row.digest)
            yield row

    verdict = verify(counted())
    since = None
    if noted and all(tip in links for tip in noted):
        since = len(entries - _before(noted, links))
    return Found(incident, verdict, len(entries), _summary(_board(journal, incident), verdict, links), since)


def _board(journal: Journal, incident: str) -> Board | None:
    try:
        return journal.board(incident)
    except MsgspecError:
        return None


def _before(tips: tuple[str, ...], links: dict[str, tuple[str, ...]]) -> set[str]:
    """The digests that a head answers for: itself and everything before it."""
    seen: set[str] = set()
    waiting = list(tips)
    while waiting:
        digest = waiting.pop()
        if digest in links and digest not in seen:
            seen.add(digest)
            waiting.extend(links[digest])
    return seen


def _summary(board: Board | None, verdict: Verdict, links: dict[str, tuple[str, ...]]) -> str:
    """How the board differs from the record. A board that knows more than the record tells of a cut-off tail."""
    if board is None:
        return "the summary is missing or damaged: run scribe reindex"
    if any(tip not in links for tip in board.heads):
        return "the summary names entries that the record does not hold: they were cut off or rewritten"
    if set(board.heads) != set(split(verdict.head)) or board.events != verdict.events:
        return "the summary does not match the record: run scribe reindex"
    return ""


def _shape(found: Found) -> dict[str, Any]:
    first = found.verdict.first_break
    return {
        "incident": found.incident,
        "entries": found.entries,
        "erased": found.verdict.erased,
        "ok": found.ok,
        "first_break": {"id": first.id, "ref": first.ref, "why": first.why} if first else None,
        "head": found.verdict.head,
        "summary": found.summary or None,
    }


def _text(found: list[Found], held: list[Found], noted: tuple[str, ...]) -> Iterator[str]:
    for one in found:
        first = one.verdict.first_break
        erased = f", {one.verdict.erased} erased" if one.verdict.erased else ""
        if first:
            ref = f"{first.ref} " if first.ref else ""
            yield f"{one.incident} BROKEN at {ref}({first.id}): {first.why}"
        if one.summary:
            yield f"{one.incident} NOT OK: {one.summary}"
        if one.ok:
            plural = "y" if one.entries == 1 else "ies"
            yield f"{one.incident} ok  {one.entries} entr{plural}{erased}, head {one.verdict.head}"
    if not found:
        yield "no incidents yet"
    if held:
        since = held[0].since or 0
        come = "nothing has" if not since else f"{since} {'entry has' if since == 1 else 'entries have'}"
        yield f"{held[0].incident} holds what was noted; {come} come since"
    elif noted:
        yield _LOST
    elif found:
        yield "A cut-off tail shows only against a head noted earlier: scribe verify --against HEAD"
