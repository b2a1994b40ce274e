"""Pastes of any size into every box: the text stays, nothing in it is pressed, and what is too large is said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.widgets import Input

from scribe.record.text import normalise
from scribe.ui.driver import LARGEST_PASTE, GuardedParser
from scribe.ui.widgets.editor import SectionEditor
from scribe.ui.widgets.shown import _LONG, TOO_LARGE, shown_text
from tests.hostile.screens import looked
from tests.hostile.values import HOSTILE, escapes
from tests.journeys.live import Live, Scribe

KEYS = "A\x1b[201~\r\x04\x03\x1b\x1b[A\x15\x1b[21~\n/quit\n\x1b[24~Z"
"""A paste's end, Enter, ^D, ^C, Esc, an arrow, ^U, F10, a command of its own, F12: none of it is pressed."""


@pytest.fixture
def scribe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scribe:
    monkeypatch.setattr("pyperclip.copy", lambda text: None)
    found = Scribe(tmp_path)
    found.told("! roll back", "/impact one in eight fails")
    return found


BOXES: dict[str, tuple[str, ...]] = {
    "live": (),
    "find": ("f6",),
    "worksheet": ("f3", "enter"),
    "register": ("/actions",),
    "postmortem": ("f8",),
    "postmortem box": ("f8", "escape"),
    "declare": ("f9", "enter"),
}
"""The boxes that take a paste, and the keys that lead to each."""

QUICK = ("live", "postmortem")
"""One of each class of box; the others are of the same classes."""


async def go(live: Live, keys: Sequence[str]) -> None:
    for key in keys:
        await (live.enter(key) if key.startswith("/") else live.press(key))


def text_of(live: Live) -> str:
    """What stands where one types."""
    there = live.top.focused
    assert isinstance(there, Input | SectionEditor), there
    return there.value.replace("⏎", "\n") if isinstance(there, Input) else there.text


@pytest.mark.parametrize("box", [pytest.param(box, marks=() if box in QUICK else pytest.mark.torture) for box in BOXES])
async def test_nothing_of_a_paste_is_pressed_and_nothing_too_large_is_taken(scribe: Scribe, box: str) -> None:
    async with scribe(size=(100, 30)) as live:
        await go(live, BOXES[box])
        before, screen, held = text_of(live), live.top, len(live.events)
        await live.paste(KEYS)
        assert live.top is screen
        assert live.app.is_running
        stands = text_of(live)
        assert stands.startswith(before)
        assert "A" in stands
        assert stands.rstrip().endswith("Z")
        looked(live.app)
        await live.paste("x" * (LARGEST_PASTE + 1))
        assert text_of(live) == stands
        assert "not pasted" in live.seen
        await live.paste("a\r\n" * (LARGEST_PASTE // 3 + 1))  # as lines of a box they would be shorter
        assert text_of(live) == stands
        await live.press("end", "y")
        assert text_of(live).endswith("y")
        assert len(live.events) == held


async def test_nothing_acts_that_is_laid_into_the_editor(scribe: Scribe) -> None:
    """What a process that is gone left there, what the record proposes, what is taken over from it."""
    async with scribe(size=(100, 30)) as live:
        await go(live, BOXES["postmortem"])
        editor = live.top.query_one(SectionEditor)
        for text in HOSTILE[:: len(HOSTILE) // 40]:
            editor.lay(text, is_line=False, proposed="")
            assert escapes(editor.text) == []
            editor.lay("", is_line=False, proposed=text)
            assert escapes(str(editor.placeholder)) == []
            editor.exchange(f"{text} more")
            assert escapes(editor.text) == []
        looked(live.app)


@pytest.mark.torture
@pytest.mark.parametrize("size", [10, 1000, 65_000, LARGEST_PASTE - 100])
@pytest.mark.parametrize("piece", ["x", "some words\n", "10:02 timed\n", "漢\u200d", "@a #b https://a.example/ "])
async def test_what_a_box_takes_it_keeps(scribe: Scribe, piece: str, size: int) -> None:
    """How long a key takes is measured by the benchmarks; here ten of them come through."""
    text = (piece * (size // len(piece) + 1))[:size].strip("\n")
    async with scribe(size=(100, 30)) as live:
        await live.paste(text)
        await live.press("home", *"0123456789", "end", "z")
        assert live.box == f"0123456789{text}z"
        looked(live.app)
        await live.press("enter")
        if size > 65536:
            assert "holds at most 64 KiB" in live.line("hint") or len(live.entries) > 2
            assert live.app.is_running


def test_what_is_said_of_a_paste_that_is_too_large() -> None:
    assert TOO_LARGE == (
        "not pasted: the box takes 256 KiB, and an entry holds at most 64 KiB; what stood here is kept; "
        "scribe log - reads lines, scribe import whole files"
    )


# ── a long text in a box of one line ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("piece", ["가나 x⏎\u202e\x1b"])
async def test_a_long_text_is_drawn_as_a_short_one_is(
    scribe: Scribe, piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part that is seen, the cursor in it and the columns are what the whole would give."""
    async with scribe(size=(40, 12)) as live:
        live.capture.put(piece * 40)
        for keys in ((), ("left",) * 3, ("home",), ("right",) * 5, ("shift+right",) * 4, ("end",)):
            await live.press(*keys)
            drawn = []
            for long in (_LONG, 1):
                monkeypatch.setattr("scribe.ui.widgets.shown._LONG", long)
                strip = live.capture.render_line(0)
                cells = [(char, segment.style) for segment in strip for char in segment.text]
                place = (live.capture.cursor_screen_offset, live.capture.cell_of(7), live.capture.content_width)
                drawn.append((strip.text, cells, strip.cell_length, place))
            assert drawn[0] == drawn[1], keys


def test_every_character_has_one_sign() -> None:
    for value in HOSTILE:
        shown = shown_text(value)
        assert len(shown) == len(value)
        assert escapes(shown) == []


# ── as it comes from the terminal ───────────────────────────────────────────────────────────────────────────────────


def test_a_paste_of_megabytes_goes_no_further_than_it_takes_to_be_refused() -> None:
    parser = GuardedParser()
    messages = []
    for piece in ("\x1b[200~", *["x" * 4096] * 2500, "\x1b[201~", "y"):
        messages += list(parser.feed(piece))
    pasted, key = messages
    assert len(pasted.text) == LARGEST_PASTE + 1  # type: ignore[attr-defined]  # a paste
    assert key.key == "y"  # type: ignore[attr-defined]  # a key behind it
    messages = list(parser.feed("\x1b[200~short\x1b[201~"))
    assert [message.text for message in messages] == ["short"]  # type: ignore[attr-defined]  # another paste


def test_a_paste_whose_end_never_comes_is_over_once_nothing_comes_any_more() -> None:
    parser = GuardedParser()
    assert list(parser.give_up()) == []
    messages = list(parser.feed("\x1b[200~abc\x1b[20"))
    assert messages == []
    messages = list(parser.give_up())
    assert [message.text for message in messages] == ["abc\ufdd0[20"]  # type: ignore[attr-defined]  # the paste
    assert list(parser.give_up()) == []
    (key,) = parser.feed("y")
    assert key.key == "y"  # type: ignore[attr-defined]  # a key


def test_no_number_of_line_ends_costs_more_than_their_sum() -> None:
    for text in ("a" + "\r" * 300_000 + "b", "\r" * 300_000 + "\n"):
        assert normalise(text) == ("\n" if text.endswith("\n") else text)
