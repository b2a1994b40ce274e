"""Commands that correct and protect, as they are read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scribe.live.grammar import ParseError, Recorded, Setting, parse
from scribe.record.events import Action, Draft, Fact, Hypothesis, Payload, Restricted

NOW = datetime(2026, 11, 20, 14, 10, tzinfo=UTC)
HERE = Setting(NOW, NOW, UTC)


def read(line: str) -> Draft:
    parsed = parse(line, HERE)
    assert isinstance(parsed, Recorded)
    (draft,) = parsed.drafts
    return draft


@pytest.mark.parametrize(
    ("line", "payload", "text"),
    [
        ("/restrict #12", Restricted(target="#12"), ""),
        ("/restrict #12, a password", Restricted(target="#12"), "a password"),
        ("/restrict h2", Restricted(target="H2"), ""),
        ("/restrict B1", Restricted(target="B1"), ""),
        ("/unrestrict #12 it is public", Restricted(target="#12", lifted=True), "it is public"),
        ("/restrict the key was in the log", Fact(restricted=True), "the key was in the log"),
        ("/restrict ? an insider", Hypothesis(restricted=True), "an insider"),
        ("/restrict > rotate #keys", Action(restricted=True, tags=("keys",)), "rotate #keys"),
        ("/restrict #keys leaked", Fact(restricted=True, tags=("keys",)), "#keys leaked"),
        ("/restrict \\A1 is their key", Fact(restricted=True), "A1 is their key"),
        ("/restrict \\? why", Fact(restricted=True), "? why"),
    ],
)
def test_protecting(line: str, payload: Payload, text: str) -> None:
    assert (read(line).payload, read(line).text) == (payload, text)


def test_who_said_what_is_restricted_and_when() -> None:
    for line in ("14:02 /restrict @bob it was me", "14:02 /restrict > @bob it was me"):
        draft = read(line)
        assert (draft.author, draft.at_raw, draft.text) == ("bob", "14:02", "it was me")
    assert read("14:02 /restrict \\@bob it was me").at_raw == "14:02"


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("/unrestrict secret", "secret"),
        ("/unrestrict  12 x", "12"),
        ("14:02 /restrict #12", "14:02"),
        ("14:02 /unrestrict #12", "14:02"),
        ("  14:02 /retract #12 why", "14:02"),
        ("  yesterday 14:02 /link #12 https://x.example", "yesterday 14:02"),
        ("/restrict", ""),
        ("/restrict >", ""),
        ("/restrict \\ ", "\\ "[:0]),
        ("/unrestrict", ""),
    ],
)
def test_what_is_wrong_is_pointed_at(line: str, wrong: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(line, HERE)
    assert line[caught.value.start : caught.value.end] == wrong
