"""What comes in from the keyboard as text, and a terminal that goes away while it is written to."""

from __future__ import annotations

import os
import threading

import pytest
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread
from textual.events import Key, Paste

from scribe.ui.driver import GuardedParser, Outlet, typed


@pytest.mark.parametrize("character", ["\u3000", "\u00a0", "\u202f", "\u200d", "\u200c", "\U0001fae9"])
def test_a_character_that_python_calls_unprintable_is_typed_all_the_same(character: str) -> None:
    came = typed(Key("unknown", character))
    assert isinstance(came, Paste)
    assert came.text == character


@pytest.mark.parametrize(("key", "character"), [("a", "a"), ("enter", "\r"), ("escape", "\x1b"), ("f2", None)])
def test_keys_stay_keys(key: str, character: str | None) -> None:
    pressed = Key(key, character)
    assert typed(pressed) is pressed


def test_a_line_feed_is_enter() -> None:
    (came,) = [message for message in GuardedParser().feed("\n") if isinstance(message, Key)]
    entered = typed(came)
    assert isinstance(entered, Key)
    assert (entered.key, entered.character) == ("enter", "\r")


def test_nobody_waits_for_a_terminal_that_is_gone() -> None:
    reads, writes = os.pipe()
    os.close(reads)
    gone = os.fdopen(writes, "w")
    writer = WriterThread(Outlet(gone))  # type: ignore[arg-type]  # what of a file it uses
    writer.start()

    def much() -> None:
        for _ in range(3 * MAX_QUEUED_WRITES):
            writer.write("a frame")
        writer.stop()

    others = threading.Thread(target=much, daemon=True)
    others.start()
    others.join(timeout=10)
    assert not others.is_alive()
    gone.close()


def test_what_a_terminals_encoding_lacks_is_a_question_mark_and_not_the_end_of_the_screen() -> None:
    reads, writes = os.pipe()
    with os.fdopen(writes, "w", encoding="ascii") as file:
        Outlet(file).write("Zürich – ▸")
    assert os.read(reads, 100) == b"Z?rich ? ?"
    os.close(reads)


def test_a_terminal_that_somebody_told_not_to_wait_loses_nothing() -> None:
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    file = os.fdopen(writes, "w")
    outlet, frame = Outlet(file), "x" * 300_000  # more than a pipe holds
    writer = threading.Thread(target=outlet.write, args=(frame,), daemon=True)
    writer.start()
    found = 0
    while found < len(frame):
        found += len(os.read(reads, 65536))
    writer.join(timeout=10)
    assert (found, outlet.written) == (len(frame), len(frame))
    file.close()
    os.close(reads)
