from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from scribe.record.chain import Header
from scribe.record.text import visible
from tests.hostile import fuzz
from tests.hostile.fields import APART, KINDS, POINTERS, TIMES, Record, text_fields
from tests.hostile.forged import FREE
from tests.hostile.values import CONTROLS, HOSTILE, escapes
from tests.hostile.views import CHECKS, FILES, SCREENS, VIEWS, WRITES, Said, View, check, commands


def test_hostile_text_in_every_field_acts_in_no_view() -> None:
    seen = fuzz.run(1, seed=1)
    assert seen["views"] == len(VIEWS)
    assert seen["kinds"] == len(KINDS.keys() - APART)
    assert all(seen[f"header.{name}"] for name in FREE)


@pytest.mark.torture
def test_much_of_it() -> None:
    seen = fuzz.run(150, seed=1000)
    assert seen["records"] == 150


# ── that nothing is left out ────────────────────────────────────────────────────────────────────────────────────────


def test_every_text_field_of_every_kind_gets_something_hostile() -> None:
    """A new field is filled by its type; one of a type that the filler does not know fails here."""
    filled = set(text_fields())
    for kind, struct in KINDS.items():
        for name in ("tags", "sources", "mentions"):
            assert f"{kind}.{name}" in filled
        for name in struct.__struct_fields__:
            annotation = str(struct.__annotations__.get(name, ""))
            is_text = "str" in annotation.replace("Literal", "") and name not in TIMES | POINTERS
            at_times = any(place in (f"{kind}.{name}", name) for place in TIMES)
            if is_text and not at_times and name != "origin":
                assert any(place.startswith(f"{kind}.{name}") for place in filled), f"{kind}.{name}"


def test_every_text_of_a_header_is_forged() -> None:
    """A new field of the header stands here, or gets something hostile."""
    fixed = {"seq", "format", "at", "precision", "recorded_at", "is_board", "seen", "prev"}
    assert set(Header.__struct_fields__) == FREE | fixed


def test_every_kind_and_every_text_field_of_it_stands_hostile_in_the_record(tmp_path: Path) -> None:
    """Not only made: taken by both roads, and to be read back. Whoever asks for another field names its road here."""
    record = Record(tmp_path / "journal.db", Random(1), rounds=2)
    assert {kind for kind, _ in record.kinds} == KINDS.keys() - APART
    assert KINDS.keys() - APART == {kind for kind, road in record.kinds if road == "typed"}
    wanted = {place for place in text_fields() if place.split(".")[0] not in APART}
    assert wanted - {place for place, count in record.stood.items() if count} == set()


def test_every_command_stands_in_a_table() -> None:
    shown = {view.argv[0] for view in VIEWS}
    assert commands() - shown - WRITES - SCREENS - FILES == set()


def test_every_format_has_its_check() -> None:
    assert {view.form for view in VIEWS} <= CHECKS.keys()


# ── that it would be seen ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("text", "a\x1b[31m"),
        ("text", "a\x9b2J"),
        ("text", "a\u202eb"),
        ("text", "a\tb"),
        ("json", '{"a": "\x9b"}'),
        ("json", '{"a": "\u2066"}'),
        ("json", "{"),
        ("csv", "a,b\r\n=1,2\r\n"),
        ("csv", 'a,b\r\n" ＠x",2\r\n'),
        ("csv", "a,b\r\n1\r\n"),
        ("md", "<b>x</b>"),
        ("md", "![x](https://a.example/p.png)"),
        ("md", "[x](ftp://a.example)"),
        ("md", "``` sh\nx\n```"),
        ("md", '```mermaid\ngantt\n  click A href "x"\n```'),
        ("html", "<p onclick=x>"),
        ("html", "<script>1</script>"),
        ("html", "<a href=' javascript:1'>x</a>"),
        ("html", "<p style='background:url(https://a.example)'>"),
        ("html", "<link rel=stylesheet href=//a.example>"),
        ("ics", "BEGIN:VCALENDAR\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VCALENDAR\r\n"),
        ("slack", "<!channel> hello"),
        ("prompt", "a\nb\n"),
    ],
)
def test_what_gets_out_is_seen(form: str, text: str) -> None:
    with pytest.raises(AssertionError):
        check(View(("x",), form), Said(0, text, ""))


def test_an_error_message_is_looked_at_too() -> None:
    with pytest.raises(AssertionError):
        check(View(("x",), "text"), Said(0, "", "\x1b"))


def test_the_values_hold_what_acts_and_none_of_it_is_shown() -> None:
    assert set(CONTROLS) - {"\n"} <= set(escapes(CONTROLS))
    assert len(escapes("".join(HOSTILE))) > 100
    assert escapes("".join(map(visible, HOSTILE))) == []
