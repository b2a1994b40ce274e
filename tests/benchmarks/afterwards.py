"""The time after: documents and the check, from a loaded record, against one plain walk over its texts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

from scribe import words
from scribe.after.build import build
from scribe.after.lint import check
from scribe.clock import Clock
from scribe.exporters.html import page
from scribe.exporters.markdown import TEMPLATES, Template, postmortem
from scribe.exporters.model import to_json
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.redact import redact
from scribe.record.when import stamp
from scribe.recorder import Recorder
from tests.benchmarks.measures import Place, Row, against_a_walk

MOST = 100
"""Milliseconds that a document of 10,000 entries may take after they are loaded."""


def exporting(place: Place) -> list[Row]:
    """Every document of 10,000 entries: redacted, built and written, but not yet saved."""
    journal = Journal.writing(place.some, Clock(), wait=1.0)
    board = journal.active()
    assert board is not None
    state = Recorder(journal, board.incident, me="sam", policy=DEFAULT).load()
    journal.close()
    now, lists = stamp(Clock().now()), words.load()

    def document(template: Template) -> Callable[[], object]:
        return lambda: postmortem(build(redact(state), zone=UTC), template)

    def drawn() -> object:
        built = build(redact(state), zone=UTC)
        return page(built, postmortem(built, TEMPLATES[0], diagrams=False))

    def model() -> object:
        passed = redact(state)
        return to_json(passed, build(passed, zone=UTC))

    def checked() -> object:
        passed = redact(state)
        return check(build(passed, zone=UTC), passed, now=now, template=TEMPLATES[0], words=lists)

    works: dict[str, tuple[Callable[[], object], int | None]] = {
        **{f"the {name} document as Markdown": (document(name), MOST) for name in TEMPLATES},
        "the whole model as JSON": (model, MOST),
        "the document as HTML, drawn": (drawn, None),
        "the check": (checked, None),
    }
    return against_a_walk(place, state, works)
