"""Sections as they are read: what another copy recorded in one need not have the form that it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from scribe.after.sections import parts
from scribe.record.afterwards import Written
from scribe.record.errors import Refused
from scribe.record.events import Draft
from scribe.record.payloads import Origin
from scribe.record.sections import SECTIONS, checked, holds
from scribe.record.when import stamp
from tests.fakes.desk import NOON, Desk

ODD = ("abc", "(erased)", "-5", "nan", "9" * 40, "2", "2026-99-99", "2026-11-24T99:00:00.000Z", "1e9")


def filled(path: Path, text: str) -> Desk:
    """A record from elsewhere, with that text in every section."""
    desk = Desk(path, severity=2)
    origin = Origin("another copy", stamp(NOON), "#1", "")
    desk.recorder.bring(
        [Draft(Written(section=section.key, origin=origin), text, stamp(NOON)) for section in SECTIONS],
        now=desk.clock.now(),
    )
    return desk


@pytest.mark.parametrize("text", ODD)
def test_what_has_not_the_form_of_its_section_is_shown_and_reckoned_with_nowhere(tmp_path: Path, text: str) -> None:
    found = parts(filled(tmp_path / "j.db", text).state())
    for section in SECTIONS:
        part = found[section.key]
        assert part.text == text
        assert part.section.form == (section.form if holds(section, text) else "line")
        assert (part.amount is None) == (section.form != "amount" or text != "2")
        assert part.day == ""


def test_whatever_is_kept_has_the_form_of_its_section() -> None:
    texts = ["48k", "2 %", "1.2340", "0.5", "999_999", "yes", "no", "2026-11-24", "planned", "done", "a", *ODD]
    for found in SECTIONS:
        for text in texts:
            try:
                kept = checked(found, text)
            except Refused:
                continue
            assert holds(found, kept), (found.key, text)
