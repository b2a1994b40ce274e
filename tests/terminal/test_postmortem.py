"""The postmortem through a real terminal, which the person's own editor has meanwhile."""

from __future__ import annotations

from pathlib import Path
from signal import SIGTERM

from scribe.record.afterwards import Written
from tests.terminal.shell import READY, Shell
from tests.terminal.terminal import ESCAPE

F4, F8, F9 = b"\x1bOS", b"\x1b[19~", b"\x1b[20~"

EDITOR = """#!/bin/sh
test -t 0 && test -t 1 && printf ' and from the editor' >> "$1"
"""


def test_a_section_goes_through_the_persons_editor_and_what_is_typed_outlives_a_kill(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.declare()
    editor = tmp_path / "editor"
    editor.write_text(EDITOR, encoding="utf-8")
    editor.chmod(0o700)
    with shell.open(more={"EDITOR": str(editor)}) as terminal:
        terminal.write(F8)
        terminal.sees("What broke, for whom")
        terminal.write("typed")
        terminal.write(F9)
        terminal.sees("and from the editor")
        terminal.until(lambda: len(shell.events()) == 2, "the section in the journal")
        terminal.write(F4 + b"one order in eight")
        terminal.until(lambda: any("one order in eight" in text for text in shell.drafts()), "the draft on the disk")
        terminal.end()
    written = shell.events()[1]
    assert isinstance(written.payload, Written)
    assert written.payload.section == "summary"
    assert written.text.split() == ["typed", "and", "from", "the", "editor"]
    with shell.open() as terminal:
        terminal.sees("not sent the last time: F8 postmortem")
        terminal.write(F8 + F4)
        terminal.sees("one order in eight")
        terminal.write(ESCAPE)
        terminal.sees(READY)
        terminal.until(lambda: len(shell.events()) == 3, "the other section in the journal")
        terminal.until(lambda: shell.drafts() == [], "no draft any more")
    assert shell.events()[2].text == "one order in eight"


def test_an_editor_that_fails_gives_the_terminal_back(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.declare()
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho lost > "$1"\nexit 3\n', encoding="utf-8")
    editor.chmod(0o700)
    with shell.open(more={"EDITOR": str(editor)}) as terminal:
        terminal.write(F8)
        terminal.sees("What broke, for whom")
        terminal.write("typed")
        terminal.write(F9)
        terminal.sees("ended with 3; the text stays as it was")
        terminal.write(" and on")
        terminal.write(F4)
        terminal.until(lambda: len(shell.events()) == 2, "the section in the journal")
    assert shell.events()[1].text == "typed and on"


def test_what_was_saved_in_an_editor_that_a_signal_ended_is_recorded(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.declare()
    editor = tmp_path / "editor"
    script = '#!/bin/sh\nprintf "saved in time" > "$1"\necho rest > "$1.swp"\nprintf "SAVED "\nexec sleep 60\n'
    editor.write_text(script, encoding="utf-8")
    editor.chmod(0o700)
    (tmp_path / "tmp").mkdir()
    with shell.open(more={"EDITOR": str(editor), "TMPDIR": str(tmp_path / "tmp")}) as terminal:
        terminal.write(F8)
        terminal.sees("What broke, for whom")
        terminal.write("typed" + F9.decode())
        terminal.sees("SAVED")
        terminal.signal(SIGTERM)
        assert terminal.wait() == 143
    assert [event.text for event in shell.events()[1:]] == ["saved in time"]
    assert [path.name for path in (tmp_path / "tmp").rglob("*") if path.is_file()] == ["summary.md.swp"]
