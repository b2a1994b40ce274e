from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.live.anonymous import masked, names_in, people, restricted_in
from scribe.record.state import Entries, State
from tests.after.records import told

NAMES = frozenset(("alice", "Bob", "민수", "李雷", "José", "Strauß", "anna-maria", "Ann Lee", "Lee"))


def restricted(state: State, *refs: str) -> State:
    entries = [replace(entry, restricted=entry.ref in refs) for entry in state.entries]
    return State(state.board, Entries(entries, len(entries)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alice rolls back", "a colleague rolls back"),
        ("ask @Alice, or ALICE's phone", "ask a colleague, or a colleague's phone"),
        ("malice and alices stay", "malice and alices stay"),
        ("@bob이 확인했고 민수가 배포", "a colleague이 확인했고 a colleague가 배포"),
        ("由李雷处理", "由a colleague处理"),
        ("JOSE\u0301 and jose", "a colleague and jose"),
        ("STRAUSS called", "a colleague called"),
        ("Ann  Lee, Ann and anna-maria", "a colleague, Ann and a colleague"),
        ("al\u200bice, al\u00adice", "a colleague, a colleague"),
        ("bob_laptop and bob-laptop", "a colleague_laptop and a colleague-laptop"),
        ("bob2 is a host", "bob2 is a host"),
        ("a.bob@example.org", "a.a colleague@example.org"),
    ],
)
def test_names_are_replaced_as_whole_words_however_they_are_written(text: str, expected: str) -> None:
    assert masked(text, NAMES) == expected


def test_the_neutral_word_is_nobodys_name() -> None:
    assert masked("kim called", frozenset({"kim", "colleague"})) == "someone called"
    assert masked("kim called", frozenset({"kim", "colleague", "someone"})) == "… called"


def test_without_names_a_text_stays_as_it_is() -> None:
    assert masked("kim called", frozenset()) == "kim called"


_words = st.text(st.characters(categories=("Lu", "Ll", "Lo", "Nd")), min_size=1, max_size=8).map(
    lambda word: unicodedata.normalize("NFC", word)
)


@given(st.lists(_words, min_size=1, max_size=5), st.lists(_words | st.sampled_from([" ", "@", "'s", "이", ", "])))
@example(["a"], ["a", " ", "A", "'s"])
@example(["ſ"], ["S"])
def test_no_name_is_left(names: list[str], parts: list[str]) -> None:
    for mixed in ("".join(parts), " ".join(parts), " ".join((*parts, *names)), " @".join(names).upper()):
        text = masked(mixed, frozenset(names))
        assert names_in(text, frozenset(names)) == ()
        # By another road: no word of what is left is a name.
        left = {word.casefold() for word in re.findall(r"\w+", text)}
        for name in names:
            assume(name.casefold() not in {"a", "colleague", "someone"})
            assert name.casefold() not in left


def test_everybody_on_record_is_found(tmp_path: Path) -> None:
    state = told(
        tmp_path,
        "01:00 /role ic @alice",
        "02:00 /role ic @bob",
        "03:00 @carol 5xx at 12 %, says @dan.",
        "04:00 /decide Roll back? @erin by 15:00",
        "05:00 /amend #4 5xx at 12 %",
        "06:00 /escalate 2 @frank",
        "07:00 /timebox 5m @gus look at the pool",
        "08:00 /handoff @hana",
    )
    found = people(state)
    assert {"sam", "alice", "bob", "carol", "dan", "erin", "frank", "gus", "hana"} <= found


def test_a_full_name_is_known_by_its_parts(tmp_path: Path) -> None:
    state = told(tmp_path, "01:00 5xx")
    entries = [replace(entry, by="Alice van Smith") for entry in state.entries]
    assert {"Alice", "Smith", "Alice van Smith"} <= people(State(state.board, Entries(entries, len(entries))))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the key AKIA77XQ was taken", ["akia77xq"]),
        ("traffic from (198.51.100.7).", ["198.51.100.7"]),
        ("Somebody READ the  whole customer table", ["somebody read the"]),
        ("a customer wrote at 14:02 about a table", []),
        ("고객 테이블 전체가 유출", ["고객 테이블 전체가"]),
        ("ok so far", []),
        ("5 % of EU/UK orders fail: 40 of them, at SEV-1", []),
    ],
)
def test_what_a_text_repeats_of_restricted_entries(tmp_path: Path, text: str, found: list[str]) -> None:
    state = told(
        tmp_path,
        "01:00 key AKIA77XQ used from 198.51.100.7 at 14:02, SEV-1, 40 rows, EU/UK",
        "02:00 somebody read the whole customer table",
        "03:00 고객 테이블 전체가 외부로 나감",
        "04:00 ok",
    )
    state = restricted(state, "#2", "#3", "#4", "#5")
    assert [piece.rpartition(" (")[0] for piece in restricted_in(text, state, strict=True)] == found


def test_a_sentence_without_spaces_is_known_by_a_part_of_it(tmp_path: Path) -> None:
    state = restricted(told(tmp_path, "01:00 攻击者读取了整个客户表"), "#2")
    assert restricted_in("有人读取了整个客户表", state, strict=True)
    assert not restricted_in("客户无法登录", state, strict=True)


def test_what_is_said_openly_too_is_no_secret_unless_it_is_strict_or_an_indicator(tmp_path: Path) -> None:
    state = told(tmp_path, "01:00 host db7.example.net is slow", "02:00 db7.example.net is slow because of them")
    state = restricted(state, "#3")
    assert restricted_in("db7.example.net is slow", state, strict=False) == ()
    assert restricted_in("db7.example.net is slow", state, strict=True) == ("db7.example.net (#3)",)
    marked = told(
        tmp_path / "b", "01:00 /security", "02:00 /security indicator: db7.example.net", "03:00 db7.example.net"
    )
    assert restricted_in("at db7.example.net", marked, strict=False) == ("db7.example.net (#3)",)


def test_nothing_is_found_where_nothing_is_restricted(tmp_path: Path) -> None:
    assert restricted_in("key AKIA77XQ", told(tmp_path, "01:00 key AKIA77XQ"), strict=True) == ()
