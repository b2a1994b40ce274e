"""Commands that record what is so, as they are read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.live.grammar import OnScreen, ParseError, Recorded, Setting, parse
from scribe.live.recording import SCOPE_WORDS, STRATEGY_CHOICES
from scribe.record.events import Action, Decision, Draft, Impact, Payload, Scope, Timebox
from scribe.record.terms import IMPACT_LABELS, STRATEGIES, ScopeRowName, Verdict
from tests.fakes.desk import Desk

NOW = datetime(2026, 11, 20, 14, 10, tzinfo=UTC)
HERE = Setting(NOW, NOW, UTC)


def read(line: str) -> Draft:
    parsed = parse(line, HERE)
    assert isinstance(parsed, Recorded)
    (draft,) = parsed.drafts
    return draft


def wrong(line: str) -> tuple[str, tuple[str, ...]]:
    with pytest.raises(ParseError) as caught:
        parse(line, HERE)
    return line[caught.value.start : caught.value.end], caught.value.choices


# ── impact ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "payload", "text"),
    [
        ("/impact EU only", Impact(), "EU only"),
        ("/impact users: 12 % of orders", Impact(field="users"), "12 % of orders"),
        ("/impact USERS: 12 %", Impact(field="users"), "12 %"),
        ("/impact better: error rate falls", Impact(trend="better"), "error rate falls"),
        ("/impact worse: US too", Impact(trend="worse"), "US too"),
        # a sentence that begins with such a word is a sentence
        ("/impact users cannot pay", Impact(), "users cannot pay"),
        ("/impact users : x", Impact(), "users : x"),
        ("/impact EU: all", Impact(), "EU: all"),
    ],
)
def test_impact(line: str, payload: Payload, text: str) -> None:
    assert (read(line).payload, read(line).text) == (payload, text)


@pytest.mark.parametrize("field", IMPACT_LABELS)
def test_every_side_of_the_impact_can_be_said(field: str) -> None:
    payload = read(f"/impact {field}: unknown").payload
    assert isinstance(payload, Impact)
    assert (payload.field, payload.value) == (field, "")


def test_a_side_without_words_is_unfinished() -> None:
    assert wrong("/impact users:  ") == ("", ())
    assert wrong("/impact better:") == ("", ())


# ── scope ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "row", "name", "verdict", "evidence"),
    [
        ("group EU customers affected 12 % fail", "user_group", "EU customers", "affected", "12 % fail"),
        ("group EU customers: affected, 12 % fail", "user_group", "EU customers", "affected", "12 % fail"),
        ("tenant acme not affected", "user_group", "acme", "not_affected", ""),
        ("users acme not-affected", "user_group", "acme", "not_affected", ""),
        ("users acme NOT  affected by it", "user_group", "acme", "not_affected", "by it"),
        ("users acme unaffected", "user_group", "acme", "not_affected", ""),
        ("domain eu-west-1 ✗ all probes", "fault_domain", "eu-west-1", "affected", "all probes"),
        ("region us ✓", "fault_domain", "us", "not_affected", ""),
        ("Dependency: DNS ?", "dependency", "DNS", "unknown", ""),
        ("vendor DNS", "dependency", "DNS", "unknown", ""),
        ("change 1.41 rollout affected", "recent_change", "1.41 rollout", "affected", ""),
        ("deploy  a\t b  unknown", "recent_change", "a b", "unknown", ""),
        # a name may hold what looks like a verdict
        ("group unknown affected", "user_group", "unknown", "affected", ""),
        ("group unknown unknown", "user_group", "unknown", "unknown", ""),
        ("group affected users not affected", "user_group", "affected users", "not_affected", ""),
        ("group unknown-clients affected", "user_group", "unknown-clients", "affected", ""),
        ("group unaffectedness ? affected", "user_group", "unaffectedness", "unknown", "affected"),
        ("dependency 결제·게이트웨이 (v2)/eu? affected", "dependency", "결제·게이트웨이 (v2)/eu?", "affected", ""),
        ("dependency \x1b[31mred affected", "dependency", "\x1b[31mred", "affected", ""),
        ("group 50% affected", "user_group", "50%", "affected", ""),
    ],
)
def test_scope(words: str, row: ScopeRowName, name: str, verdict: Verdict, evidence: str) -> None:
    draft = read(f"/scope {words}")
    assert draft.payload == Scope(row=row, name=name, verdict=verdict, evidence=evidence)


@pytest.mark.parametrize(
    ("line", "where", "choices"),
    [
        ("/scope xyz earth affected", "xyz", SCOPE_WORDS),
        ("/scope chnage x affected", "chnage", ("change",)),
        ("14:02   /scope xyz x", "xyz", SCOPE_WORDS),
        ("/scope group", "", ()),
        ("/scope group   ", "", ()),
        # no name is made up
        ("/scope group  affected  ", "affected", ()),
        ("/scope group unknown", "unknown", ()),
        ("/scope group affected 12 % fail ", "affected 12 % fail", ()),
        ("/scope group : affected", ": affected", ()),
        ("/scope group , ", ",", ()),
    ],
)
def test_what_is_wrong_with_a_scope_is_pointed_at(line: str, where: str, choices: tuple[str, ...]) -> None:
    assert wrong(line) == (where, choices)


NAMES = st.text(min_size=1, max_size=20).map(lambda text: " ".join(f"n{text}".split()).strip(" ,:;"))


@given(st.sampled_from(SCOPE_WORDS), NAMES, st.sampled_from(["affected", "not affected", "unknown"]))
def test_a_name_is_kept_as_it_was_typed(row: str, name: str, verdict: str) -> None:
    from scribe.record.text import normalise

    if any(word in ("affected", "unknown", "unaffected", "?", "✗", "✓") for word in name.casefold().split()):
        return
    name = normalise(name)
    if name != " ".join(name.split()).strip(" ,:;") or any(word[:1] in "?✗✓" for word in name.split()):
        return
    payload = read(f"/scope {row} {name} {verdict}").payload
    assert isinstance(payload, Scope)
    assert (payload.name, payload.verdict) == (name, verdict.replace(" ", "_"))


# ── strategy ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_strategy_can_be_typed() -> None:
    found = [read(f"/strategy {word}").payload for word in STRATEGY_CHOICES]
    assert found == [Decision(strategy=strategy) for strategy in STRATEGIES]
    assert [read(f"/strategy {word}").payload for word in STRATEGIES] == found


@pytest.mark.parametrize(
    ("line", "payload", "text"),
    [
        ("/strategy Rollback @al it is down", Decision(strategy="roll_back", confirmed_by="al"), "it is down"),
        ("/strategy docs", Decision(strategy="consult"), ""),
        ("/strategy continue the fix lands", Decision(strategy="continue"), "the fix lands"),
        ("/strategy narrow ask @bob", Decision(strategy="narrow", mentions=("bob",)), "ask @bob"),
    ],
)
def test_strategies(line: str, payload: Payload, text: str) -> None:
    assert (read(line).payload, read(line).text) == (payload, text)


@pytest.mark.parametrize(
    ("line", "where", "choices"),
    [
        ("/strategy", "", STRATEGY_CHOICES),
        ("/strategy wait for the vendor", "wait", STRATEGY_CHOICES),
        ("/strategy escalat x", "escalat", ("escalate",)),
        ("/strategy narrow @! x", "@!", ()),
    ],
)
def test_what_is_wrong_with_a_strategy_is_pointed_at(line: str, where: str, choices: tuple[str, ...]) -> None:
    assert wrong(line) == (where, choices)


# ── what ended ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "payload", "text"),
    [
        ("/done B1 it was DNS", Timebox(status="done", target="B1"), "it was DNS"),
        ("/done b12:", Timebox(status="done", target="B12"), ""),
        ("/failed B1 nothing found", Timebox(status="failed", target="B1"), "nothing found"),
        # a word is no reference because it begins with its letter
        ("/done backups restored", Action(status="done", target="A"), "backups restored"),
        ("/failed Both pods", Action(status="failed", target="A"), "Both pods"),
        ("/done B", Action(status="done", target="A"), "B"),
    ],
)
def test_a_time_box_ends_only_by_its_reference(line: str, payload: Payload, text: str) -> None:
    assert (read(line).payload, read(line).text) == (payload, text)


def test_another_reference_is_pointed_at() -> None:
    assert wrong("/done D1 x") == ("D1", ())
    assert wrong("/confirm B1") == ("B1", ())


@pytest.mark.parametrize("line", ["/impact", "/scope", " /impact  "])
def test_alone_they_are_shown(line: str) -> None:
    assert parse(line, HERE) == OnScreen("impact", "")


def test_how_one_side_of_the_impact_moved_is_both_said_at_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "j.db")
    (event,) = desk.type("/impact better: users: 3 % of orders", after=1)
    assert isinstance(event.payload, Impact)
    assert (event.payload.field, event.payload.trend, event.payload.value) == ("users", "better", "3 % of orders")
    assert desk.board.impact == ""
    assert desk.board.sides["users"].value == "3 % of orders"
