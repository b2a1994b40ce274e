from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.after import language
from scribe.after.language import Span
from scribe.words import load

PROSE = Path(__file__).parent / "prose"
WORDS = load()
BLAME, ACTIONS, CONCLUSIONS = (
    tomllib.loads((PROSE / f"{name}.toml").read_text(encoding="utf-8")) for name in ("blame", "actions", "conclusions")
)
PEOPLE: tuple[str, ...] = tuple(BLAME.pop("people"))

Check = Callable[[str], object]
CHECKS: dict[str, tuple[dict[str, Any], Check]] = {
    "blame": (BLAME, lambda text: language.blames(text, WORDS, PEOPLE)),
    "action": (ACTIONS, lambda text: language.vague_action(text, WORDS)),
    "human error": (CONCLUSIONS["human_error"], lambda text: language.conclusions(text, WORDS)),
    "single cause": (CONCLUSIONS["single_cause"], lambda text: language.single_causes(text, WORDS)),
    "law": (CONCLUSIONS["legal"], lambda text: language.legal_conclusions(text, WORDS)),
    "debate": (CONCLUSIONS["debate"], lambda text: language.debates_cause(text, WORDS)),
    "person": (CONCLUSIONS["person"], lambda text: language.ends_in_person(text, WORDS, PEOPLE)),
}


def labelled(label: str) -> Iterator[Any]:
    for name, (data, _) in CHECKS.items():
        for part, sentences in data.items():
            yield pytest.param(name, sentences[label], id=f"{name}-{part}")


def blamed(text: str, *people: str) -> list[str]:
    return [span.words for span in language.blames(text, WORDS, people)]


# --- measured on prose ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "sentences"), labelled("clean"))
def test_no_clean_sentence_is_found(name: str, sentences: list[str]) -> None:
    _, check = CHECKS[name]
    assert [text for text in sentences if check(text)] == []


@pytest.mark.parametrize(("name", "sentences"), labelled("bad"))
def test_nine_in_ten_bad_sentences_are_found(name: str, sentences: list[str]) -> None:
    _, check = CHECKS[name]
    missed = [text for text in sentences if not check(text)]
    assert len(missed) <= len(sentences) / 10, missed


def test_each_script_is_found_for_itself() -> None:
    for script in ("[a-z]{4}", "[가-힣]", "[\u4e00-\u9fff]"):
        bad = [text for part in BLAME.values() for text in part["bad"] if re.search(script, text)]
        assert sum(bool(blamed(text, *PEOPLE)) for text in bad) >= 0.9 * len(bad) > 9


def test_there_is_enough_to_measure() -> None:
    assert sum(len(part["clean"]) for part in BLAME.values()) >= 150
    assert sum(len(part["clean"] + part["bad"]) for part in ACTIONS.values()) >= 100


def test_no_sentence_is_labelled_twice() -> None:
    for data, _ in CHECKS.values():
        sentences = [text for part in data.values() for label in ("clean", "bad") for text in part[label]]
        assert len(sentences) == len(set(sentences))


def test_the_sample_incident_is_clean() -> None:
    typed = (files("scribe.sample") / "checkout.txt").read_text(encoding="utf-8")
    people = ("alice", "bob", "carol", "dan", "erin", "jun", "kim", "mina", "sam", "ines")
    for line in typed.splitlines():
        text = line.rpartition("\t")[2]
        assert not language.blames(text, WORDS, people), text
        assert not language.conclusions(text, WORDS), text
        assert not language.single_causes(text, WORDS), text
        assert not language.debates_cause(text, WORDS), text
        assert not language.legal_conclusions(text, WORDS), text


# --- places -------------------------------------------------------------------------------------------


def test_a_span_is_a_place_in_the_text_as_it_was_typed() -> None:
    text = "At 14:02 ALICE Forgot the flag."
    (span,) = language.blames(text, WORDS, ["alice"])
    assert span == Span(9, 21, "ALICE Forgot")
    assert text[span.start : span.end] == span.words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("원인은 인적 오류였다.", "인적 오류"),
        (unicodedata.normalize("NFD", "원인은 인적 오류였다."), unicodedata.normalize("NFD", "인적 오류")),
        ("Ｈｕｍａｎ　ｅｒｒｏｒ", "Ｈｕｍａｎ　ｅｒｒｏｒ"),
        ("İ: hu\u00adman\u200b error!", "hu\u00adman\u200b error"),
        ("Straße ﬁle: HUMAN ERROR", "HUMAN ERROR"),
        ("… the cause is human\nerror", "human\nerror"),
        ("根因：人为失误。", "人为失误"),
        ("Human-Error im Wechsel", "Human-Error"),
    ],
)
def test_places_survive_folding(text: str, found: str) -> None:
    (span,) = language.conclusions(text, WORDS)
    assert text[span.start : span.end] == span.words == found


def test_every_place_of_a_text_is_given_in_order() -> None:
    text = "Alice forgot the flag. The job failed to run. @bob deployed the wrong config; 工程师忘记了。"
    assert blamed(text, "alice") == ["Alice forgot", "@bob deployed the wrong", "工程师忘记"]


def test_a_sentence_goes_on_over_a_hard_line_break_and_ends_before_a_list() -> None:
    assert blamed("The engineer\nfailed to check the lag.")
    assert not blamed("Seen by the engineer\n- failed to check in: 3 pods")


# --- whom -----------------------------------------------------------------------------------------------


def test_a_name_counts_as_a_whole_word_in_any_case() -> None:
    assert blamed("ann forgot the flag", "Ann")
    assert blamed("ANN FORGOT THE FLAG", "Ann") == ["ANN FORGOT"]
    assert not blamed("Annex forgot the flag", "Ann")
    assert not blamed("joann forgot the flag", "Ann")
    assert not blamed("Zoe forgot the flag", "Ann")


def test_a_handle_is_a_person_whether_the_record_knows_it_or_not() -> None:
    assert blamed("@zoe.k forgot the flag") == ["@zoe.k forgot"]
    assert not blamed("@scope/zoe forgot the flag")
    assert not blamed("@channel forgot the flag")
    assert not blamed("mail to zoe@forgot.example forgot the flag")


def test_names_with_several_words_and_unknown_family_names_are_read() -> None:
    assert blamed("Ann Lee forgot the flag", "ann lee") == ["Ann Lee forgot"]
    assert blamed("Ann Lee forgot the flag", "ann") == ["Ann Lee forgot"]
    assert not blamed("Ann saw Lee forgot-password mail", "ann lee")


def test_a_name_that_is_a_word_needs_a_capital_or_an_at() -> None:
    assert blamed("Will forgot the flag", "will")
    assert blamed("@will forgot the flag", "will")
    assert not blamed("the lock will forgotten be", "will")


def test_particles_stand_with_and_without_a_space() -> None:
    assert blamed("앨리스가 깜빡했다", "앨리스") == ["앨리스가 깜빡"]
    assert blamed("Alice 가 깜빡했다", "alice") == ["Alice 가 깜빡"]
    assert blamed("@bob님이 깜빡했다") == ["@bob님이 깜빡"]
    assert not blamed("앨리스터가 깜빡했다", "앨리스")


def test_chinese_names_need_no_spaces() -> None:
    assert blamed("昨晚张伟误删了主表", "张伟") == ["张伟误删"]
    assert not blamed("昨晚脚本误删了主表", "张伟")


def test_who_speaks_is_not_the_subject() -> None:
    assert not blamed("@bob: failed to check in, retrying")
    assert blamed("@bob: Alice forgot the flag", "alice") == ["Alice forgot"]


def test_the_object_of_a_verb_or_a_preposition_is_not_the_subject() -> None:
    assert not blamed("The job that pages @bob and Alice failed to check in", "alice")
    assert not blamed("The page to the on-call engineer failed to escalate")


def test_code_and_addresses_are_quoted_from_machines() -> None:
    assert not blamed("log: `alice forgot the flag`", "alice")
    assert not language.conclusions("see https://example.org/human-error", WORDS)
    assert blamed("Alice ran `rm` on the wrong host", "alice")


def test_quoting_blame_to_refuse_it_is_no_blame() -> None:
    assert not blamed("Never write “Alice forgot the flag”.", "alice")
    assert blamed("“Alice forgot the flag”, said Bob.", "alice")


# --- the rest -----------------------------------------------------------------------------------------


def test_a_denied_conclusion_of_law_is_still_one() -> None:
    assert language.legal_conclusions("This was not a breach of GDPR.", WORDS)
    assert not language.legal_conclusions("Counsel decides whether this was a breach of GDPR.", WORDS)


def test_one_specific_word_rescues_an_improvement_and_a_mechanism_a_plea() -> None:
    assert language.vague_action("Improve monitoring", WORDS)
    assert not language.vague_action("Improve monitoring of ledger-db", WORDS)
    assert language.vague_action("Remind reviewers", WORDS)
    assert not language.vague_action("Remind reviewers with a checkbox in the template", WORDS)


@pytest.mark.parametrize(
    "text", ["- [ ] @alice: improve monitoring", "AI-2611: Improve monitoring.", "1) improve monitoring"]
)
def test_the_vague_words_are_given_without_owner_and_number(text: str) -> None:
    (span,) = language.vague_action(text, WORDS)
    assert span.words.casefold().startswith("improve monitoring")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "TBD",
            "tbd.",
            "TODO",
            "**TODO**",
            "Lorem ipsum dolor sit amet",
            "n/a",
            "XXX",
            "???",
            "...",
            "…",
            "—",
            "{설명}",
        ),
        *("<description>", "[fill in]", "추후 작성", "待补充", "Coming soon!", " \n- \n", "ＴＢＤ"),
    ],
)
def test_filler_says_nothing(text: str) -> None:
    assert language.filler(text, WORDS)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "  ",
            "unknown",
            "none",
            "없음",
            "无",
            "TBD by 14:00: who owns the flag",
            "`kubectl get pods`",
            "0",
            "5xx",
        ),
        *("No data lost.", "https://dash.example.org/d/1", "[runbook](https://example.org)", "<div class='x'>"),
    ],
)
def test_what_is_short_is_not_filler(text: str) -> None:
    assert not language.filler(text, WORDS)


# --- any text -----------------------------------------------------------------------------------------

_SENTENCES = [text for data, _ in CHECKS.values() for part in data.values() for text in part["clean"] + part["bad"]]
_PIECES = sorted({piece for text in _SENTENCES for piece in re.findall(r"\w+\W*|\W+", text)})
_texts = st.text() | st.lists(
    st.sampled_from(_PIECES) | st.sampled_from(["İ", "ﬃ", "é", "\u200b", "`", '"', "\n"])
).map("".join)


@given(_texts)
def test_spans_lie_in_the_text_in_order_and_nothing_is_raised(text: str) -> None:
    for spans in (
        language.blames(text, WORDS, PEOPLE),
        language.conclusions(text, WORDS),
        language.single_causes(text, WORDS),
        language.vague_action(text, WORDS),
        language.legal_conclusions(text, WORDS),
        language.debates_cause(text, WORDS),
    ):
        place = 0
        for span in spans:
            assert place <= span.start < span.end <= len(text)
            assert text[span.start : span.end] == span.words
            place = span.start
    language.ends_in_person(text, WORDS, PEOPLE)
    language.filler(text, WORDS)


@given(
    st.sampled_from([text for part in BLAME.values() for text in part["bad"]]), st.sampled_from(("NFC", "NFD", "NFKD"))
)
def test_the_form_of_the_letters_changes_nothing(text: str, form: Any) -> None:
    def folded(some: str) -> list[str]:
        return [unicodedata.normalize("NFKC", words).casefold() for words in blamed(some, *PEOPLE)]

    assert folded(unicodedata.normalize(form, text)) == folded(text)


@settings(max_examples=40)
@given(st.lists(st.text(max_size=6)))
def test_any_names_may_be_known(names: list[str]) -> None:
    text = f"{' '.join(names)} forgot the flag, 담당자의 실수, 工程师忘记了"
    assert language.blames(text, WORDS, names)
    language.ends_in_person(" ".join(names), WORDS, names)


@pytest.mark.parametrize(
    "piece",
    [
        "alice and ",
        "alice, who ",
        "human error ",
        '"',
        "\n",
        "root cause of the ",
        "담당자의 ",
        "小王把错误的",
        "\u1161",
    ],
)
def test_long_lines_take_time_in_proportion(piece: str) -> None:
    # What grows with the square of the length would take minutes here.
    text = piece * (20_000 // len(piece))
    for _, check in CHECKS.values():
        check(text)
    language.filler(text, WORDS)
