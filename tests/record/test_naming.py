from __future__ import annotations

import re
import shlex
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scribe.record.naming import INCIDENT, LONGEST, file_name
from tests.hostile.values import HOSTILE, hostile

DEVICES = [
    "CON",
    "PRN",
    "AUX",
    "NUL",
    "COM0",
    "COM1",
    "COM9",
    "LPT1",
    "LPT9",
    "CLOCK$",
    "CONIN$",
    "CONOUT$",
    "COM¹",
    "LPT³",
]


def is_safe(name: str) -> bool:
    """Whether a name can do nothing but name, on any system."""
    return (
        0 < len(name.encode()) <= LONGEST
        and PurePosixPath(name).name == name
        and PureWindowsPath(name).name == name
        and not PureWindowsPath(name).drive
        and name[0] not in ".-~_ "
        and name[-1] not in ". "
        and ".." not in name
        and name.partition(".")[0].upper() not in DEVICES
        and all(char in "-_." or unicodedata.category(char)[0] in "LMN" for char in name)
        and name.isprintable()
        and unicodedata.is_normalized("NFC", name)
        and (not name.isascii() or shlex.quote(name) == name)
    )


@given(hostile, st.sampled_from(["", ".md", ".json", ".ics"]), hostile)
@example("..", ".md", "")
@example("../../etc/passwd", "", "")
@example("é" * 200, ".md", "")
@example("漢" * 27 + "a", ".md", "")
@example("a" * 79 + "漢", "", "")
@example("con", ".md", "")
@example("a\u0301" * 60, "", "")
def test_a_name_made_of_anything_is_safe(wanted: str, ending: str, instead: str) -> None:
    name = file_name(wanted, ending, instead=instead)
    assert is_safe(name)
    assert name.endswith(ending)


def test_a_name_made_of_something_hostile_is_safe() -> None:
    assert [value for value in HOSTILE if not is_safe(file_name(value, ".md"))] == []


@pytest.mark.parametrize("form", ["{}", "{}.x", ".{}", "-{}-"])
def test_no_name_is_a_device(form: str) -> None:
    for device in DEVICES:
        for name in (form.format(device), form.format(device.lower())):
            assert is_safe(file_name(name, ".md"))


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("INC-20261120-K3F2", "INC-20261120-K3F2.md"),
        ("INC-1-packet-2", "INC-1-packet-2.md"),
        ("Checkout fails in EU", "Checkout-fails-in-EU.md"),
        ("checkout: 5xx at 12 % / EU", "checkout-5xx-at-12-EU.md"),
        ("결제가 느려요", "결제가-느려요.md"),
        ("हिन्दी", "हिन्दी.md"),
        ("v1.42", "v1.42.md"),
        ("a_b", "a_b.md"),
        ("../../etc/passwd", "etc-passwd.md"),
        (".bashrc", "bashrc.md"),
        ("-rf", "rf.md"),
        ("NUL", "file-NUL.md"),
        ("console", "console.md"),
        ("ends. ", "ends.md"),
    ],
)
def test_a_name_stays_readable(wanted: str, name: str) -> None:
    assert file_name(wanted, ".md") == name


@pytest.mark.parametrize("wanted", ["", " ", "...", "///", "\u202e\u200b", "👩‍🚒", "---"])
def test_where_nothing_is_left_the_incident_names_it(wanted: str) -> None:
    assert file_name(wanted, ".md", instead="INC-1") == "INC-1.md"
    assert file_name(wanted, ".md") == "scribe.md"


def test_a_long_name_is_cut_between_characters() -> None:
    assert file_name("漢" * 100) == "漢" * (LONGEST // 3)


@given(st.from_regex(INCIDENT, fullmatch=True))
def test_an_incidents_id_names_its_files(incident: str) -> None:
    name = file_name(incident, ".md")
    assert is_safe(name)
    if (
        re.fullmatch(r"[A-Za-z0-9]+(?:[-._][A-Za-z0-9]+)*", incident)
        and incident.partition(".")[0].upper() not in DEVICES
    ):
        assert name == f"{incident}.md"
