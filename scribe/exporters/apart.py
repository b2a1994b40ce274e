"""What crosses to the process in which a team's own template is filled, and what comes back: data alone, no code.

The document itself cannot cross: which kind a payload is stands in no type of it. So what it was made of crosses, as
it may be passed on, and the document is made again there.
"""

from __future__ import annotations

from datetime import UTC, tzinfo

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from scribe.after.build import build
from scribe.after.findings import Finding
from scribe.after.postmortem import Postmortem
from scribe.after.targets import Target
from scribe.record.codec import decode_payload, encode_payload
from scribe.record.errors import ScribeError
from scribe.record.events import Absent, Opaque, Payload
from scribe.record.redact import Redacted
from scribe.record.state import Board, Entries, Entry
from scribe.record.when import zone
from scribe.record.written import Waiver, Words

_BARE = Payload()


class Task(Struct, frozen=True):
    """A template to be filled: its text, its file's name, and the document that it is filled with, taken apart.

    ``payloads`` are those of ``entries``, as the record stores them; None where a body is not here. ``zone`` is the
    key of the zone shown, empty for the machine's own, None for UTC.
    """

    source: str
    name: str
    diagrams: bool
    board: Board
    entries: list[Entry]
    payloads: list[str | None]
    sections: dict[str, Words]
    waivers: tuple[Waiver, ...]
    withheld: tuple[str, ...]
    zone: str | None
    own_roles: dict[str, str]
    targets: tuple[Target, ...]
    findings: tuple[Finding, ...]
    is_draft: bool


class Answer(Struct, frozen=True, omit_defaults=True):
    """The filled document, or what is wrong with the template, in one line, and how to put it right."""

    text: str | None = None
    message: str = ""
    hint: str = ""


_tasks = msgspec.msgpack.Decoder(Task)
_answers = msgspec.msgpack.Decoder(Answer)


def packed(document: Postmortem, passed: Redacted, source: str, name: str, *, diagrams: bool = True) -> bytes:
    """A task as bytes; ``document`` was made from ``passed``."""
    entries = list(passed.entries)
    task = Task(
        source,
        name,
        diagrams,
        passed.board,
        [replace(entry, payload=_BARE) for entry in entries],
        [_stored(entry.payload) for entry in entries],
        dict(passed.sections),
        passed.waivers,
        passed.withheld,
        _key(document.zone),
        dict(document.own_roles),
        document.targets,
        document.findings,
        document.is_draft,
    )
    return msgspec.msgpack.encode(task)


def unpacked(data: bytes) -> Task:
    """The task of such bytes. Raises msgspec.MsgspecError."""
    return _tasks.decode(data)


def document_of(task: Task) -> Postmortem:
    """The document, as it was on the other side."""
    payloads = map(decode_payload, task.payloads)
    entries = [replace(entry, payload=payload) for entry, payload in zip(task.entries, payloads, strict=True)]
    passed = Redacted(task.board, Entries(entries, len(entries)), task.sections, task.waivers, task.withheld)
    shown = UTC if task.zone is None else zone(task.zone or None)
    made = build(passed, zone=shown, own_roles=task.own_roles)
    return replace(made, targets=task.targets, findings=task.findings, is_draft=task.is_draft)


def answer(data: bytes) -> str:
    """The filled document of an answer as bytes.

    Raises ScribeError with what is wrong with the template, msgspec.MsgspecError where it is no answer.
    """
    found = _answers.decode(data)
    if found.text is None:
        raise ScribeError(found.message, found.hint)
    return found.text


def _stored(payload: Payload) -> str | None:
    if isinstance(payload, Absent):
        return None
    return "" if isinstance(payload, Opaque) else encode_payload(payload)


def _key(shown: tzinfo) -> str | None:
    return None if shown is UTC else getattr(shown, "key", None) or ""
