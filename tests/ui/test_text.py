"""Text to lines, lines to strips, entries to rows: at every width, whatever the text is."""

from __future__ import annotations

import unicodedata
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from scribe.record.events import Action, Fact, Hypothesis, Payload, Update, kind_of
from scribe.record.state import Entry, Retraction, Revision
from scribe.ui import rows
from scribe.ui.lines import Line, spread, strip, width_of
from scribe.ui.wrap import cut, fit, wrap
from scribe.ui.zones import Zones

WORDS = st.lists(
    st.sampled_from(
        ["a", "checkout", "5xx", "복제", "지연", "中文没有空格的句子", "🎉", "x" * 40, " ", "  ", "\n", "é", "日本"]
    ),
    max_size=30,
).map(" ".join)
ANY = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Mn", "Me")), max_size=120)


def solid(text: str) -> str:
    """A text without its white space."""
    return "".join(text.split())


@given(WORDS | ANY, st.integers(2, 80))
@example("中中中", 2)
@example("a 中", 2)
@example("x" * 10_000, 7)
@example(" " * 50, 10)
@example("ab " * 50 + "🎉🎉🎉", 5)
def test_no_line_is_too_wide_and_only_white_space_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert lines
    assert all(cell_len(line) <= width for line in lines)
    assert solid("".join(lines)) == solid(text)


@given(WORDS, st.integers(20, 60))
def test_words_that_fit_are_not_broken(text: str, width: int) -> None:
    words = [word for line in wrap(text, width) for word in line.split()]
    assert [word for word in text.split() if word.isascii() and len(word) <= width] == [
        word for word in words if word.isascii() and word in text.split() and len(word) <= width
    ] or "x" * 40 in text


def test_newlines_and_indents_are_kept() -> None:
    assert wrap("a\n\n  b", 10) == ["a", "", "  b"]
    assert wrap("", 10) == [""]
    assert wrap("\n", 10) == ["", ""]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 3, ["one", "two", "thr", "ee"]),
        ("복제 지연", 4, ["복제", "지연"]),
        ("복제지연", 5, ["복제", "지연"]),
        ("a복제지연", 5, ["a복제", "지연"]),
        ("🎉🎉🎉", 4, ["🎉🎉", "🎉"]),
        ("https://example.org/x", 10, ["https://ex", "ample.org/", "x"]),
        ("see https://example.org/x", 10, ["see", "https://ex", "ample.org/", "x"]),
    ],
)
def test_wrap(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


@pytest.mark.parametrize("width", [-3, 0, 1])
def test_no_width_at_all_is_no_crash(width: int) -> None:
    assert solid("".join(wrap("one 복제 two 🎉", width))) == "one복제two🎉"


@given(WORDS.map(lambda text: text.replace("\n", " ")), st.integers(0, 60))
def test_cut_and_fit(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= width
    assert cell_len(fit(text, width)) == width
    assert cut(text, width) == text or "…" in cut(text, width) or width == 0


# ── lines ───────────────────────────────────────────────────────────────────────────────────────────────────────────

PIECES = st.lists(st.tuples(WORDS.map(lambda text: text.replace("\n", "")), st.just("words")), max_size=4).map(tuple)


@given(PIECES, st.integers(0, 100))
def test_a_strip_is_exactly_as_wide_as_asked(line: Line, width: int) -> None:
    made = strip(line, width, lambda name: Style.null())
    assert sum(cell_len(segment.text) for segment in made) == width
    assert made.cell_length == width


@given(PIECES, PIECES, st.integers(0, 200))
def test_spread_is_exactly_as_wide_when_there_is_room(left: Line, right: Line, width: int) -> None:
    made = spread(left, right, width)
    if width - width_of(right) >= 8:
        assert width_of(made) == width
        assert made[-len(right) :] == right or not right


# ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────

NASTY = (
    "",
    " ",
    "\n\n\n",
    "\x1b]52;c;aGVsbG8=\x07\x1b[2J\x1b[31mred",
    "[/] [bold]x[/bold] [@click=app.quit]y[/] [red",
    "a\u202eb\u2066c\u2069\u200f\u061cd",
    "zero\u200bwidth\ufeff\u00adsoft",
    "x" * 10_000,
    "word " * 2000,
    "복제 지연 0.2초 " * 30,
    "👩‍👩‍👧‍👦 🏳️‍🌈 é e\u0301\u0301\u0301",
    "tab\tand\rreturn\x00nul\x7f",
    "\u2028line\u2029paragraph\x85next",
    "\ue000 private \U000f0000",
    "\u0e33\u0eb3",
)
ZONES = (Zones(UTC), Zones(ZoneInfo("Asia/Seoul"), "both"))


def entry(text: str, payload: Payload | None = None, **fields: object) -> Entry:
    payload = payload or Fact()
    base = {
        "number": 1,
        "writer": "w",
        "seq": 1,
        "ref": "#123",
        "at": "2026-11-20T14:02:11.000Z",
        "precision": "second",
        "at_raw": "",
        "recorded_at": "2026-11-20T14:02:11.000Z",
        "kind": kind_of(payload),
        "text": text,
        "by": text[:40] or "sam",
        "recorded_by": "sam",
        "payload": payload,
    }
    return Entry(**(base | fields))  # type: ignore[arg-type]


def shapes(text: str) -> list[Entry]:
    """One text in every kind of row."""
    return [
        entry(text),
        entry(text, Update(number=3)),
        entry(text, Action(), status="failed", ended_at="2026-11-20T14:20:00.000Z", sources=("https://e.org",)),
        entry(text, Hypothesis(), late=True, at_raw=text, at="2026-11-20T11:02:11.000Z", precision="unknown"),
        entry(
            text,
            reconstructed=True,
            retracted=Retraction(text, "sam", "2026-11-20T14:20:00.000Z"),
            revisions=(Revision(text, "2026-11-20T14:02:11.000Z", "sam", "2026-11-20T14:02:11.000Z"),),
        ),
    ]


def hidden(text: str) -> list[str]:
    """Characters that would move the cursor, hide, or turn the line round."""
    return [
        char
        for char in text
        if unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs")
        or unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        or char in "\u200e\u200f\u061c\u200b\ufeff"
    ]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_an_entry_is_harmless_at_every_width(text: str) -> None:
    widths = range(1, 131) if len(text) < 1000 else (1, 2, 7, 8, 9, 49, 50, 71, 72, 130)
    for zones in ZONES:
        for found in shapes(text):
            for width in widths:
                made = rows.lines(found, rows.Shape(width, zones))
                assert 1 <= len(made) <= rows.MOST_LINES + 1
                for line in made:
                    assert not hidden("".join(piece for piece, _ in line))
                    drawn = strip(line, width, lambda name: Style.null())
                    assert sum(cell_len(segment.text) for segment in drawn) == width
                rows.separator(found, rows.Shape(width, zones))


@pytest.mark.parametrize("ref", ["#1", "#123", "#1234", "#12345", "#12·k7abcd", "H10"])
def test_columns_stay_in_line_whatever_the_reference(ref: str) -> None:
    for width in range(50, 131):
        for line in rows.lines(entry("word " * 40, by="sam", ref=ref), rows.Shape(width, ZONES[0])):
            assert width_of(line) <= width


@pytest.mark.parametrize("width", [30, 60, 100])
def test_a_row_holds_time_sign_words_and_who(width: int) -> None:
    first, *_ = rows.lines(entry("5xx at 12 %", by="bob"), rows.Shape(width, ZONES[0]))
    text = "".join(piece for piece, _ in first)
    assert "14:02" in text
    assert " F " in text
    assert "5xx" in text
    assert "@bob" in text


def test_what_is_known_of_an_entry_stands_before_its_words() -> None:
    def said(found: Entry) -> str:
        return "".join(piece for line in rows.lines(found, rows.Shape(120, ZONES[0])) for piece, _ in line)

    assert "✓ done 18m · x" in said(entry("x", Action(), status="done", ended_at="2026-11-20T14:20:11.000Z"))
    assert "✗ ruled out · x" in said(entry("x", Hypothesis(), status="ruled_out"))
    assert "late 3h · x" in said(entry("x", late=True, at="2026-11-20T11:02:11.000Z"))
    assert "reconstructed · x" in said(entry("x", reconstructed=True, late=True))
    assert "update 3: x" in said(entry("x", Update(number=3)))


def test_a_very_long_entry_says_how_much_is_hidden_within_the_width() -> None:
    for width in range(50, 131):
        *_, last = rows.lines(entry("word " * 300, by="sam"), rows.Shape(width, ZONES[0]))
        assert width_of(last) <= width
    made = rows.lines(entry("\n".join(map(str, range(100)))), rows.Shape(100, ZONES[0]))
    assert len(made) == rows.MOST_LINES
    assert any("89 more lines" in piece for piece, _ in made[-1])
