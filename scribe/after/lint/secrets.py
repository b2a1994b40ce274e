"""Secrets in the text, by the forms that their issuers gave them: those that were kept when they were recorded."""

from __future__ import annotations

from collections.abc import Iterator

from scribe.after.lint.subject import Piece, Subject
from scribe.record.events import Checkpoint
from scribe.record.secrets import find, suspects


def secrets(subject: Subject) -> Iterator[tuple[str, str, int, int]]:
    """Where secrets stand: the place, what each looks like, and where in the text; 0 and 0 beside the text."""
    texts = list(_texts(subject))
    told = set()
    for index in suspects([piece.text for piece in texts]):
        piece = texts[index]
        for found in find(piece.text):
            if (piece.where, found.kind) not in told:
                told.add((piece.where, found.kind))
                yield piece.where, found.kind, *((0, 0) if piece.offset < 0 else (found.start, found.end))


def _texts(subject: Subject) -> Iterator[Piece]:
    """Everything that a document could show, whatever its size; beside the text itself with an offset of -1."""
    for key, part in subject.document.sections.items():
        yield Piece(key, part.text)
    for factor in subject.document.factors:
        yield Piece(factor.ref, factor.text)
        yield Piece(factor.ref, factor.remark, -1)
    for item in subject.document.items:
        yield Piece(item.ref, item.text)
        yield Piece(item.ref, item.verification, -1)
        for done in (item.closed, item.verified):
            if done is not None:
                yield Piece(item.ref, done.words, -1)
    for entry in subject.state.entries:
        yield Piece(entry.ref, entry.text)
        for more in (*(old.text for old in entry.revisions), *entry.sources):
            yield Piece(entry.ref, more, -1)
        if isinstance(entry.payload, Checkpoint):
            yield from (Piece(entry.ref, given, -1) for given in entry.payload.given.values())
