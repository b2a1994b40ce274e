"""What gives a restricted text away: a few words in a row, and values; what everybody says does not."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from scribe.record.events import Amended, Fact, Restricted, Update
from scribe.record.giveaways import runs, values, words
from scribe.record.redact import redact
from scribe.record.state import Entries, State
from scribe.record.veil import FEW, VEILED, Veil
from tests.fakes.tale import Tale


def test_words_are_compared_without_case_signs_names_and_what_shows_nothing() -> None:
    assert words("@bob SAID: “the (pool)  is\u200b-dry…”⏎again") == ["said", "“the", "pool", "is-dry...”", "again"]
    assert words("Cafe\u0301") == words("café")


def test_three_words_in_a_row_tell_or_six_characters_of_a_script_without_spaces() -> None:
    assert list(runs(words("the pool ran dry"))) == ["the pool ran", "pool ran dry"]
    assert list(runs(words("too short"))) == []
    assert list(runs(["攻击者读取了客"])) == ["攻击者读取了", "击者读取了客"]
    assert list(runs(["Überprüfungen"])) == []


@pytest.mark.parametrize(
    "word",
    [
        *(
            "hunter22",
            "akia77xq",
            "203.0.113.7",
            "cdn.evil.example",
            "https://a.example/x",
            "/etc/passwd",
            "bob@a.example",
        ),
        *("4bf92f3577b34da6", "db-7", "pool_size", "com.example.Pool", "2001:db8::1", "0x80070005", "std::vector"),
    ],
)
def test_values_say_something_alone(word: str) -> None:
    assert list(values([word])) == [word]


@pytest.mark.parametrize(
    "word",
    [
        *(
            "pool",
            "2026-11-20",
            "14:02",
            "14:02:30z",
            "t+40",
            "sev-1",
            "40",
            "12%",
            "1200ms",
            "4,711",
            "1.41.3",
            "v1.42.0",
        ),
        *("v2.0.0-rc.1", "40/40", "1920x1080", "http/2", "tls1.3", "sha-256", "eu-west-1", "us-east-1a", "5xx"),
    ],
)
def test_a_time_a_version_or_a_quantity_says_nothing_alone(word: str) -> None:
    assert list(values([word])) == []


def shown(tale: Tale) -> list[str]:
    return [entry.text for entry in redact(tale.state()).entries]


def test_a_value_of_any_restricted_entry_is_hidden_where_it_is_said_again() -> None:
    tale = Tale()
    tale.say(
        Fact(restricted=True), "the vendor's login is hunter22x at vpn.acme.example, 203.0.113.7, since 14:02 on 1.41.3"
    )
    tale.say(Fact(), "they used hunter22x; VPN.acme.example blocked (203.0.113.7). 203.0.113.77 is ours")
    tale.say(Fact(), "rolled back to 1.41.3 at 14:02")
    assert shown(tale)[1:] == [
        f"they used {VEILED}; {VEILED} blocked ({VEILED}). 203.0.113.77 is ours",
        "rolled back to 1.41.3 at 14:02",
    ]


def test_a_value_that_was_said_openly_before_is_no_secret_of_who_said_it_later() -> None:
    tale = Tale()
    tale.say(Fact(), "db7.example.net is slow")
    tale.say(Fact(restricted=True), "db7.example.net was read by ACME, key AKIA77XQ")
    tale.say(Fact(), "db7.example.net restarted, AKIA77XQ revoked")
    assert shown(tale)[1:] == ["db7.example.net is slow", f"db7.example.net restarted, {VEILED} revoked"]


def test_a_late_entry_about_an_earlier_time_was_not_said_before() -> None:
    tale = Tale()
    tale.say(Fact(restricted=True), "key AKIA77XQ was taken")
    tale.say(Fact(), "AKIA77XQ was used then", ago=3000)
    assert f"{VEILED} was used then" in shown(tale)


def test_an_earlier_wording_of_a_restricted_entry_has_values_too() -> None:
    tale = Tale()
    event = tale.say(Fact(), "key AKIA77XQ was taken")
    tale.say(Amended(target=event.id, text="a key was taken"))
    tale.say(Restricted(target=event.id))
    tale.say(Fact(), "AKIA77XQ revoked")
    assert shown(tale)[-1] == f"{VEILED} revoked"


def test_an_update_that_is_restricted_takes_no_everyday_values_along() -> None:
    tale = Tale()
    tale.say(Update(restricted=True), "Checkout at shop.example.com fails. https://status.example.com/x")
    tale.say(Fact(), "shop.example.com answers")
    assert shown(tale)[-1] == "shop.example.com answers"


@pytest.mark.parametrize("count", [3, FEW])
def test_many_texts_at_once_are_hidden_as_each_alone(count: int) -> None:
    tale = Tale()
    for number in range(count):
        tale.say(Fact(restricted=True), f"tenant {number} lost key AKIA77XQ{number} to z{number}.evil.example")
    tale.say(Fact(restricted=True), "고객 테이블")
    base = tale.state()
    seed = replace(base.entries[0], recorded_at="2026-11-21T00:00:00.000Z")
    texts = [
        "tenant 2 lost  key akia77xq2⏎to z2.evil.example",
        "AKIA77XQ1,z1.evil.example",
        "xAKIA77XQ1 AKIA77XQ11x",
        "어제 고객 테이블이 유출",
        "tenant lost key to",
        "checkout 5xx",
    ]
    entries = [*base.entries, *(replace(seed, number=900 + n, seq=900 + n, text=text) for n, text in enumerate(texts))]
    state = State(base.board, Entries(entries, len(entries)))
    alone = Veil([entry for entry in state.entries if entry.restricted], state.entries)
    expected = [alone.text(text) for text in texts]
    assert expected == [
        VEILED,
        f"{VEILED},{VEILED}",
        texts[2],
        f"어제 {VEILED}이 유출",
        *texts[4:],
    ]
    assert [entry.text for entry in redact(state).entries][-len(texts) :] == expected


def test_a_text_that_shows_nothing_hides_nothing() -> None:
    tale = Tale()
    tale.say(Fact(restricted=True), "\u200b\u200b\u200b\u200b")
    tale.say(Fact(), "checkout 5xx")
    assert shown(tale)[-1] == "checkout 5xx"
