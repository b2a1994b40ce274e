"""What comes in from the keyboard as text, and a terminal that goes away while it is written to."""

from __future__ import annotations

import io
import threading

import pytest
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread
from textual.events import Key, Paste

from scribe.ui.driver import Outlet, typed


@pytest.mark.parametrize("character", ["\u3000", "\u00a0", "\u202f", "\u200d", "\u200c", "\U0001fae9"])
def test_a_character_that_python_calls_unprintable_is_typed_all_the_same(character: str) -> None:
    came = typed(Key("unknown", character))
    assert isinstance(came, Paste)
    assert came.text == character


@pytest.mark.parametrize(("key", "character"), [("a", "a"), ("enter", "\r"), ("escape", "\x1b"), ("f2", None)])
def test_keys_stay_keys(key: str, character: str | None) -> None:
    pressed = Key(key, character)
    assert typed(pressed) is pressed


class Gone(io.StringIO):
    """A terminal that was closed."""

    def write(self, text: str) -> int:
        raise OSError(5, "Input/output error")

    def flush(self) -> None:
        raise OSError(5, "Input/output error")


def test_nobody_waits_for_a_terminal_that_is_gone() -> None:
    writer = WriterThread(Outlet(Gone()))  # type: ignore[arg-type]  # what of a file it uses
    writer.start()

    def much() -> None:
        for _ in range(3 * MAX_QUEUED_WRITES):
            writer.write("a frame")
        writer.stop()

    others = threading.Thread(target=much, daemon=True)
    others.start()
    others.join(timeout=10)
    assert not others.is_alive()
