import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.record.errors import Refused
from scribe.record.sections import BY_KEY, SECTIONS, Section, checked, section


def test_every_section_has_a_name_of_its_own_and_says_what_belongs_there() -> None:
    assert len(BY_KEY) == len(SECTIONS)
    for found in SECTIONS:
        assert found.key == found.key.casefold().replace(" ", "-")
        assert found.title
        assert found.guidance.endswith((".", "?", "…"))
        assert bool(found.choices) == (found.form == "choice")


@pytest.mark.parametrize(("typed", "key"), [("summary", "summary"), (" Root_Cause ", "root-cause"), ("WHYS", "whys")])
def test_a_section_is_found_however_it_is_spelt(typed: str, key: str) -> None:
    assert section(typed).key == key


def test_an_unknown_section_names_near_ones() -> None:
    with pytest.raises(Refused, match="no section sumary") as caught:
        section("sumary")
    assert "summary" in caught.value.hint


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("whys", "- one\n\n  * two\n3. three\n• four", "one\ntwo\nthree\nfour"),
        ("whys", "-12 % of requests\n2026.5 was the version", "-12 % of requests\n2026.5 was the version"),
        ("users", " 12 %\nof all ", "12 % of all"),
        ("summary", "\n one\n\n two \n", "one\n\n two"),
        ("detected-by", "Monitoring", "monitoring"),
        ("detected-by", "model validation", "model-validation"),
        ("detected-by", "cust", "customer"),
        ("prevent-tests", "not needed", "not-needed"),
        ("prevent-tests", "no", "no"),
        ("meeting", "2026-11-24", "2026-11-24"),
        ("meeting", "2026-11-24T10:00:00.000Z", "2026-11-24T10:00:00.000Z"),
        ("cost-revenue", "48000", "48000"),
        ("cost-revenue", "$48,000.50", "48000.5"),
        ("cost-revenue", "48 k", "48000"),
        ("cost-revenue", "1.5m", "1500000"),
        ("cost-revenue", "1 200 EUR", "1200"),
        ("cost-revenue", "0", "0"),
        ("cost-churn", "2 %", "0.02"),
        ("cost-churn", "0.0005", "0.0005"),
        ("cost-churn", "0.125", "0.125"),
        ("cost-hours", "1.2000", "1.2"),
        ("detected-by", "", ""),
        ("cost-revenue", "  ", ""),
    ],
)
def test_a_text_is_kept_in_the_form_of_its_section(key: str, typed: str, kept: str) -> None:
    assert checked(BY_KEY[key], typed) == kept


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("detected-by", "luck"),
        ("detected-by", "m"),
        ("prevent-tests", "n"),
        ("meeting", "soon"),
        ("meeting", "2026-02-30"),
        ("meeting", "2026-02-30T10:00:00.000Z"),
        ("meeting", "2026-11-24 10:00"),
        ("cost-revenue", "much"),
        ("cost-revenue", "1,23"),
        ("cost-revenue", "-5"),
        ("cost-revenue", "1e9"),
        ("cost-revenue", "nan"),
        ("cost-revenue", "1.200"),
        ("cost-revenue", "٤٨"),
        ("cost-revenue", "1000000000m"),
    ],
)
def test_what_the_form_cannot_be_is_refused(key: str, typed: str) -> None:
    with pytest.raises(Refused):
        checked(BY_KEY[key], typed)


@given(st.sampled_from(SECTIONS), st.text(max_size=60))
def test_what_was_kept_is_kept_as_it_is(found: Section, typed: str) -> None:
    try:
        kept = checked(found, typed)
    except Refused:
        return
    assert checked(found, kept) == kept
