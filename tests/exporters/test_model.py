"""The whole incident as JSON, held against the schema that is published of it."""

import json
from datetime import UTC
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from msgspec.structs import replace

from scribe.after.build import build
from scribe.exporters.model import schema, to_json
from scribe.exporters.timeline import entry_shape
from scribe.live.policy import DEFAULT
from scribe.live.watch import attention
from scribe.record.afterwards import Written
from scribe.record.events import Opaque, Restricted, Snoozed
from scribe.record.redact import redact
from scribe.record.state import Entries, State
from tests.exporters.full import full, made
from tests.fakes.desk import at
from tests.fakes.tale import Tale

PUBLISHED = Path(__file__).resolve().parents[2] / "docs" / "postmortem.schema.json"
SCHEMA = Draft202012Validator(json.loads(PUBLISHED.read_text(encoding="utf-8")))


def exported(tale: Tale, **more: Any) -> dict[str, Any]:
    passed = redact(tale.state(), **more)
    shape: dict[str, Any] = json.loads(to_json(passed, made(tale, **more)))
    SCHEMA.validate(shape)
    return shape


def test_the_published_schema_is_the_one_that_the_code_makes() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema()
    Draft202012Validator.check_schema(json.loads(schema()))


def test_every_export_validates_and_names_its_schema() -> None:
    for tale in (Tale(), full(), full(security=True)):
        shape = exported(tale)
        assert shape["$schema"] == json.loads(schema())["$id"]
        assert shape["format"] == "scribe-postmortem/1"
    assert exported(full(security=True), include_restricted=True)["counts"]["restricted"] > 0


def test_it_would_not_validate_with_a_field_missing_or_of_another_kind() -> None:
    shape = exported(full())
    for path, value in (("head", None), ("entries", [{}]), ("factors", [{**shape["factors"][0], "score": 4}])):
        assert not SCHEMA.is_valid({**shape, path: value})


def test_entries_have_the_command_lines_shape_and_name_one_another_by_reference() -> None:
    tale = full()
    shape = exported(tale)
    found = {entry["ref"]: entry for entry in shape["entries"]}
    for entry in tale.state().entries:
        plain = entry_shape(entry, "INC-1")
        whole = {name: found[entry.ref][name] for name in plain}
        assert {**whole, "data": None} == {**plain, "data": None}
        assert whole["data"].keys() == plain["data"].keys()
    (closing,) = (entry for entry in shape["entries"] if entry["text"].startswith("A1 done"))
    assert closing["data"]["target"] == "A1"
    assert [entry["ref"] for entry in shape["entries"] if entry["starred"]] != []
    assert [entry["text"] for entry in shape["entries"] if entry["hidden"]] == ["words that are hidden"]
    assert [entry["text"] for entry in shape["entries"] if entry["retracted"]] == ["words taken back"]
    assert sorted(entry["order"] for entry in shape["entries"]) == list(range(1, len(shape["entries"]) + 1))


def test_an_entry_stands_on_a_line_of_its_own() -> None:
    tale = full()
    text = to_json(redact(tale.state()), made(tale))
    lines = [line for line in text.splitlines() if line.startswith('    {"id"')]
    assert len(lines) == len(tale.state().entries)
    assert text.endswith("  ]\n}\n")


def test_restricted_words_are_withheld_and_counted() -> None:
    tale = full(security=True)
    shape = exported(tale)
    text = json.dumps(shape)
    assert "words that are withheld" not in text
    assert shape["counts"]["withheld"] == len(shape["withheld"]) > 0
    assert set(shape["withheld"]).isdisjoint(entry["ref"] for entry in shape["entries"])
    whole = exported(tale, include_restricted=True)
    assert "words that are withheld" in json.dumps(whole)
    assert whole["withheld"] == []


def test_what_ends_something_withheld_names_nothing() -> None:
    tale = full()
    tale.say(Restricted(target="A1"))
    closing = next(entry for entry in exported(tale)["entries"] if entry["text"].startswith("A1 done"))
    assert closing["data"]["target"] is None


def test_words_that_cannot_be_read_any_more_are_null_and_not_empty() -> None:
    state = Tale().state()
    erased = replace(state.entries[0], kind="fact", text="", payload=Opaque())
    passed = redact(State(state.board, Entries([erased], 1)))
    shape = json.loads(to_json(passed, build(passed, zone=UTC)))
    SCHEMA.validate(shape)
    assert shape["entries"][0]["data"] is None


def test_sections_stand_in_the_order_of_documents_with_who_and_when() -> None:
    tale = Tale()
    tale.say(Written(section="whys"), "first\nsecond", by="bob")
    tale.say(Written(section="summary"), "All of it")
    tale.say(Written(section="summary"), "")
    summary, whys = exported(tale)["sections"]
    assert (whys["section"], whys["text"], whys["by"]) == ("whys", "first\nsecond", "bob")
    assert (summary["text"], summary["by"]) == ("", "sam")
    assert summary["first_at"] < summary["at"]


def test_what_was_snoozed_is_no_part_of_it() -> None:
    tale = Tale()
    before = exported(tale)
    waiting = attention(tale.board, DEFAULT, at("12:01"))[0].key
    tale.say(Snoozed(key=waiting, until=at("12:06")), "it is being looked at")
    assert tale.board.snoozes
    after = exported(tale)
    assert {**after, "head": ""} == {**before, "head": ""}
