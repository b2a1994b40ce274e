"""Entries as rows of a Markdown timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from functools import lru_cache

from scribe.exporters.escape import Md, inline, joined, linked
from scribe.exporters.tables import long_table
from scribe.exporters.times import Times
from scribe.record.erasure import told as told_of
from scribe.record.events import Action, Decision, Fact, Hypothesis, Impact, Opaque, Security, Timebox
from scribe.record.redact import withheld_note
from scribe.record.state import Entry

VERDICTS = {"open": "open", "confirmed": "confirmed", "ruled_out": "ruled out"}
"""What has become of a hypothesis."""

OUTCOMES = {"in_flight": "in flight", "running": "running", "done": "done", "failed": "failed"}
"""What has become of an action, or of a time-box."""

RESTRICTED = Md("*(restricted)*")
"""The mark of what is need-to-know."""

_NO_NOTES = Md("")


def timeline_table(entries: Sequence[Entry], zone: tzinfo, withheld: Sequence[str] = (), head: str = "") -> str:
    """Entries as a table, in the order given. Retracted ones among them are marked as such, with the reason.

    Below it stands the record's ``head``, above it what was ``withheld`` by reference, or that restricted entries are
    among these, and the day where there is but one, because the table's times leave it out then.
    """
    times = times_of(entries, zone)
    above = restrictions(withheld, [entry.ref for entry in entries if entry.restricted])
    dated = any(entry.precision != "unknown" for entry in entries)
    above.append(Md(f"Times are {times.label}{f', all on {times.day}' if times.one_day and dated else ''}."))
    below = f"\nThe record's head is {inline(head)}.\n" if head else ""
    return f"{timeline(entries, times, above)}\n{below}"


def restrictions(withheld: Sequence[str], included: Sequence[str]) -> list[Md]:
    """What a document says on top of restricted entries: that it holds some, and how many it withholds."""
    said = []
    if included:
        said.append(Md(f"**Contains restricted entries** – need to know, not to be passed on: {joined(included)}."))
    if withheld:
        said.append(Md(f"{inline(withheld_note(withheld))}."))
    return said


def times_of(entries: Sequence[Entry], zone: tzinfo) -> Times:
    """The zone, over the time that these entries span."""
    stamps = [entry.at for entry in entries if entry.precision != "unknown"] or ["1970-01-01T00:00:00.000Z"]
    return Times(zone, min(stamps), max(stamps))


def timeline(entries: Sequence[Entry], times: Times, above: Sequence[Md] = ()) -> Md:
    """The table itself, with some paragraphs ``above`` it."""
    header = (f"Time ({times.name})", "Ref", "Kind", "Who", "What")
    columns = (
        [times.clock(entry.at, entry.precision) for entry in entries],
        [inline(entry.ref) for entry in entries],
        [_kind(kind(entry)) for entry in entries],
        [who(entry.by) for entry in entries],
    )
    return long_table(header, columns, (told(entry, times) for entry in entries), above)


def told(entry: Entry, times: Times) -> Md:
    """An entry's words, and everything a reader must know beside them."""
    beside = notes(entry, times)
    return Md(f"{said(entry)}{beside}") if beside else said(entry)


def said(entry: Entry) -> Md:
    """An entry's words with their links, or that they are not to be had; restricted ones are marked."""
    if entry.erased:
        return marked(Md(f"*{inline(told_of(entry.erased))}*"), entry)
    if not entry.text and isinstance(entry.payload, Opaque):
        return Md("*(words erased, withheld, or of a newer version)*")
    return marked(linked(entry.text, entry.sources), entry)


def marked(words: Md, entry: Entry) -> Md:
    """Words of an entry, wherever they stand, with the mark of what is restricted."""
    return Md(f"{words} {RESTRICTED}".lstrip()) if entry.restricted else words


def kind(entry: Entry) -> str:
    """What an entry is. A hypothesis is called one wherever it stands, with its verdict."""
    payload = entry.payload
    match payload:
        case Fact():  # before all others, because nearly every row of a timeline is one
            return entry.kind
        case Hypothesis():
            return "verdict" if payload.target else f"hypothesis, {VERDICTS.get(entry.status, 'open')}"
        case Action():
            return "outcome" if payload.target else f"action, {OUTCOMES.get(entry.status, 'in flight')}"
        case Timebox():
            return "outcome" if payload.target else f"time-box, {OUTCOMES.get(entry.status, 'running')}"
        case Impact(trend=trend) if trend:
            return f"impact, {trend}"
        case Decision(strategy=strategy) if strategy:
            return "decision, strategy"
        case Security(aspect=aspect) if aspect not in ("marked", "lifted"):
            return f"security, {aspect}"
        case _:
            return entry.kind


def notes(entry: Entry, times: Times) -> Md:
    """Everything a reader must know of an entry beside its words, above all how it came to be written.

    Empty for one that was written as it happened and needs no more.
    """
    # Nearly every entry is a fact, and nothing stands beside those.
    beside = "" if isinstance(entry.payload, Fact) else _beside(entry, times)
    if not (entry.late or entry.imported or entry.revisions or entry.retracted or beside):
        return _NO_NOTES
    found = [beside] if beside else []
    if entry.late:
        word = "reconstructed" if entry.reconstructed else "late"
        found.append(f"{word}: written {times.beside(entry.recorded_at, entry.at)}")
    if entry.imported:
        found.append("imported")
    if entry.revisions:
        count = len(entry.revisions)
        found.append(f"amended: {count} earlier wording{'s' if count > 1 else ''} in the record")
    if entry.retracted:
        found.append("retracted" + (f": {inline(entry.retracted.why)}" if entry.retracted.why else ""))
    return Md(f" *({'; '.join(found)})*")


def _beside(entry: Entry, times: Times) -> str:
    match entry.payload:
        case Decision(confirmed_by=name) if name:
            return f"confirmed by {who(name)}"
        case Timebox(target="", until=until) if until:
            looks = f"{who(entry.payload.who)} " if entry.payload.who not in ("", entry.by) else ""
            return f"{looks}until {times.beside(until, entry.at)}"
        case _:
            return ""


@lru_cache(maxsize=1024)
def who(name: str) -> Md:
    """A name as people type it."""
    return inline(f"@{name}") if name else Md("")


_kind = lru_cache(maxsize=64)(inline)  # the same few words in every timeline
