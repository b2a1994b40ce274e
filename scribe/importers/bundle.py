"""A bundle from another machine, read as rows for the journal: everything in it is recomputed and nothing believed.

A record that is forged well has digests that fit. So what the digests cannot tell is looked at too: whether times are
times, and levels levels, because the board and the screens reckon with them ever after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any, get_args

import msgspec
from msgspec import Struct

from scribe.importers.archive import LIMITS, Limits, TooMuch, flat_enough, lines
from scribe.record.bundled import NAME, VERSION, First, Row, Sign, stored_of
from scribe.record.chain import WRITER, Header, Stored, accounted, accounts, verify
from scribe.record.codec import decode_payload
from scribe.record.errors import ScribeError
from scribe.record.events import FORMAT, KNOWN, Absent, Correction, Escalation, Opaque, Payload, Timebox, is_board
from scribe.record.naming import INCIDENT
from scribe.record.references import MOST, prefix_of
from scribe.record.text import normalise, one_line
from scribe.record.when import DAY, Precision, instant, short, stamp

WRITERS = 1000
"""Copies that a record may have been written in."""

_GIVE = "give the file that `scribe bundle` wrote"
_AGAIN = "nothing was taken; ask for the bundle once more"

_DIGEST = r"[0-9a-f]{64}"
_DIGESTS = rf"(?:{_DIGEST}(?:\+{_DIGEST})*)?"
_REFERENCE = r"(?:[#A-Z][1-9][0-9]{0,11})?"
_KIND = r"[a-z][a-z_]{0,39}"
_FIRST_YEAR, _LAST_YEAR = "0002", "2999"
"""Of a time: what lies a while before or behind it, or in another zone, has to be a time too."""

_POINTERS = frozenset({"target", "also", "entry", "acknowledges", "withheld"})
_POINTER = rf"(?:{WRITER}-[0-9]{{1,12}})?"

_TIMES = frozenset({"at", "next_at", "until", "recorded_at"})
_SAID = frozenset({"at", "next_at"})
"""Times that are one wherever they stand; of the others nothing may be said."""

_LEVELS = frozenset({"severity", "level", "previous"})
_LOWEST = 4
_HIGHEST_RUNG = 99
_LENGTHS = frozenset({"cadence", "trigger", "cadences"})
_LONGEST = 366 * DAY
_MOST = 1_000_000_000


class Bundle(Struct, frozen=True):
    """A record that came: its rows in order of arrival, and whose bodies (``writer-seq``) were withheld from it."""

    incident: str
    head: str
    rows: tuple[Stored, ...]
    withheld: tuple[str, ...]


def read(source: IO[bytes], limits: Limits = LIMITS) -> Bundle:
    """The record in a bundle, packed or not, with every digest recomputed and every link followed.

    Raises TooMuch for a limit that it passes, and ScribeError for anything else that scribe did not write so; the
    message names the entry.
    """
    waiting = lines(source, limits)
    first = _first(next(waiting, b""))
    rows = tuple(_rows(waiting, first, limits))
    verdict = verify(rows, lacking=True)
    if verdict.first_break is not None:
        broken = verdict.first_break
        raise _forged(broken.ref, broken.id, broken.why)
    if not rows:
        raise ScribeError("the bundle holds no entries", _AGAIN)
    if len(rows) != first.events:
        raise ScribeError(f"the bundle holds {len(rows)} of {first.events} events: it was cut off or altered", _AGAIN)
    if verdict.head != first.head:
        raise ScribeError("the bundle's head is not that of its entries: it was cut off or altered", _AGAIN)
    _check_absent(rows, first.withheld)
    return Bundle(first.incident, first.head, rows, first.withheld)


def _first(line: bytes) -> First:
    """The first line. Raises ScribeError where it is not that of a bundle that this version reads."""
    none = ScribeError("this is no bundle of scribe", _GIVE)
    text = _text(line, none)
    try:
        sign = msgspec.json.decode(text, type=Sign)
    except (msgspec.MsgspecError, RecursionError):
        raise none from None
    if sign.format != NAME:
        raise none
    if sign.version != VERSION:
        raise ScribeError(
            f"the bundle is of version {sign.version}, and this scribe reads {VERSION}", "update scribe to read it"
        )
    try:
        first = msgspec.json.decode(text, type=First)
    except msgspec.MsgspecError as error:
        raise ScribeError(f"the first line of the bundle is not as scribe writes it: {one_line(str(error))}") from None
    if not INCIDENT.fullmatch(first.incident):
        raise ScribeError("the bundle's incident has an id that none can have")
    return first


def _rows(waiting: Iterator[bytes], first: First, limits: Limits) -> Iterator[Stored]:
    decoder = msgspec.json.Decoder(Row)
    writers: set[str] = set()
    before = _Before()
    for number, line in enumerate(waiting, 1):
        here = f"line {number + 1} of the bundle"
        wrong = ScribeError(f"{here} is no event as scribe writes it", _AGAIN)
        try:
            row = decoder.decode(_text(line, wrong))
            stored = stored_of(row, first.incident, number)
        except (msgspec.MsgspecError, RecursionError, ValueError) as error:
            raise ScribeError(f"{here} is no event as scribe writes it: {one_line(str(error))}", _AGAIN) from None
        why = fault(stored, limits) or before.fault(stored)
        if why:
            raise _forged(row.ref, stored.id, why)
        writers.add(row.writer)
        if len(writers) > WRITERS:
            raise TooMuch(f"the bundle's record was written in more than {WRITERS:,} copies")
        yield stored


def fault(row: Stored, limits: Limits = LIMITS) -> str:
    """What a row holds that scribe never writes, though its digests may fit; empty where it is well."""
    return _header_fault(row.header, row) or _body_fault(row, limits)


def _header_fault(header: Header, row: Stored) -> str:
    """What a header cannot hold; empty where it is well."""
    if header.format != FORMAT:
        return "a newer version of scribe wrote it" if header.format > FORMAT else "it has a format that is none"
    forms = (
        (header.writer, WRITER, "its writer"),
        (header.kind, _KIND, "its kind"),
        (header.ref, _REFERENCE, "its reference"),
        (header.seen, _DIGESTS, "what it had seen"),
        (header.prev, _DIGESTS, "what it follows"),
        (row.body_digest, _DIGEST, "its digest"),
        (row.digest, _DIGEST, "its digest"),
    )
    for value, form, name in forms:
        if not re.fullmatch(form, value):
            return f"{name} is none that scribe writes"
    if not 0 < header.seq <= _MOST:
        return "its number is none that scribe gives"
    if header.precision not in get_args(Precision):
        return "the precision of its time is none"
    for time in (header.at, header.recorded_at):
        if not _is_time(time):
            return f"{short(one_line(time))} is not a time"
    return ""


def _body_fault(stored: Stored, limits: Limits) -> str:
    """What a body cannot hold, though its digest fits; empty where it is well, or not here."""
    body = stored.body
    if body is None:
        return ""
    if any(normalise(said) != said for said in (body.author, body.recorder, body.at_raw, body.text)):
        return "it holds characters that scribe does not store"
    if not flat_enough(body.payload, limits):
        return f"its content is nested more than {limits.nesting} deep"
    try:
        fields = msgspec.json.decode(body.payload)
    except msgspec.MsgspecError:
        return "its content is no JSON"
    if not isinstance(fields, dict) or fields.get("kind") != stored.header.kind:
        return "its content is of another kind than its header says"
    payload = decode_payload(body.payload)
    return _payload_fault(payload) if stored.header.kind in KNOWN else ""


class _Before:
    """What stands before an entry, and decides what it is called and whether the board has to read it."""

    def __init__(self) -> None:
        self._boards: set[str] = set()
        self._highest: dict[str, int] = {}

    def fault(self, stored: Stored) -> str:
        """What its header says otherwise than its content would have it; empty where it is well."""
        header, body = stored.header, stored.body
        prefix, number = header.ref[:1], int(header.ref[1:] or 0)
        highest = self._highest.get(prefix, 0)
        self._highest[prefix] = max(highest, number)
        if number > max(MOST, highest + 1):
            return "its reference is none that scribe gives"
        if header.is_board:
            self._boards.add(stored.id)
        payload = decode_payload(body.payload) if body is not None else Absent()
        if body is None or header.kind not in KNOWN or isinstance(payload, Opaque):
            return ""
        if prefix != prefix_of(payload, header.kind):
            return "its reference is none that scribe gives to its kind"
        target = payload.target if isinstance(payload, Correction) else ""
        wanted = is_board(payload, target_is_board=target in self._boards)
        is_newer = msgspec.json.decode(body.payload).keys() - {"kind", *payload.__struct_encode_fields__}
        if header.is_board != wanted and not (header.is_board and is_newer):
            return "the board would read it for nothing" if header.is_board else "the board would not be told of it"
        return ""


def _payload_fault(payload: Payload) -> str:
    if isinstance(payload, Timebox) and not (payload.target or payload.until):
        return "a time-box ends at some time"
    lowest = _HIGHEST_RUNG if isinstance(payload, Escalation) else _LOWEST
    for name, value in _fields(msgspec.to_builtins(payload)):
        is_said = value is not None if name in _SAID else bool(value)
        if name in _TIMES and is_said and not (isinstance(value, str) and _is_time(value)):
            return f"{name} is not a time"
        if name in _POINTERS and isinstance(value, str) and not re.fullmatch(_POINTER, value):
            return f"{name} names no entry"
        if name == "due" and value and not _is_time(f"{value}T00:00:00.000Z"):
            return "due is not a day"
        if not isinstance(value, int) or isinstance(value, bool):
            continue
        if name in _LEVELS and not 1 <= value <= lowest:
            return f"{name} is none from 1 to {lowest}"
        if name in _LENGTHS and not 0 <= value <= _LONGEST:
            return f"{name} is no length of time to count down"
        if not -_MOST <= value <= _MOST:
            return f"{name} is too large"
    return ""


def _fields(found: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every field of a payload with its name; what is within ``point``, and ``cadences``, by their own."""
    match found:
        case dict():
            for key, value in found.items():
                within = "until" if name == "point" and key == "by" else name if name == "cadences" else key
                yield from _fields(value, within)
        case list() | tuple():
            for value in found:
                yield from _fields(value, name)
        case _:
            yield name, found


def _is_time(text: str) -> bool:
    try:
        return _FIRST_YEAR <= text[:4] <= _LAST_YEAR and stamp(instant(text)) == text
    except ValueError:
        return False


def _check_absent(rows: tuple[Stored, ...], withheld: tuple[str, ...]) -> None:
    """Refuse a body that is missing for no reason, and one that is here though it is said to be withheld.

    And an erasure of what did not stand there yet: it would destroy what is written in days to come.
    """
    erased, _ = accounted(rows)
    told = set(withheld)
    before: set[str] = set()
    for row in rows:
        place = row.id
        before.add(place)
        if not before.issuperset(accounts(row)[0]):
            raise _forged(row.header.ref, place, "it erases what was not written yet")
        if row.body is None and place not in erased and place not in told:
            raise _forged(row.header.ref, place, "its words are missing, and it was neither erased nor withheld")
        if row.body is not None and place in told:
            raise _forged(row.header.ref, place, "its words are here, though they are said to be withheld")
        told.discard(place)
    if told or len(set(withheld)) != len(withheld):
        raise ScribeError("the bundle's list of what was withheld names what is not in it", _AGAIN)


def _forged(ref: str, place: str, why: str) -> ScribeError:
    named = f"{one_line(ref)} ({one_line(place)})" if ref else f"entry {one_line(place)}"
    return ScribeError(f"the bundle was altered or forged at {named}: {why}", _AGAIN)


def _text(line: bytes, error: ScribeError) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise error from None
