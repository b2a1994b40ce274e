"""Records looked through from end to end in a real terminal: every byte that it gets is read."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from unittest.mock import patch

from tests.hostile import fields
from tests.hostile.fields import Record
from tests.hostile.forged import forge
from tests.hostile.values import escapes
from tests.terminal.shell import READY, Shell
from tests.terminal.terminal import Pty, Terminal, scribe

SEQUENCES = re.compile(
    rb"\x1b\[(?P<csi>[0-?]*[ -/]*[@-~])"
    rb"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    rb"|\x1b(?P<other>[PX^_][^\x1b]*\x1b\\|[ -/]*[0-~])"
    rb"|(?P<control>[\x00-\x1f\x7f])"
)
BELL = "control 07"
RINGS = 6
"""It rings for what needs attention, on each incident's screen anew; words that rang would with every drawing."""

SIZES = ((120, 40), (80, 24), (50, 16), (200, 60))

_ESCAPE, _EMPTY = b"\x1b", b"\x05\x15\x15"

KEYS: dict[str, bytes] = {
    "help": b"\x1bOP",
    "further down in it": b"\x1b[6~",
    "off the help": _ESCAPE,
    "update": b"\x1bOQ",
    "turned": b"\t",
    "away": _ESCAPE,
    "handoff": b"\x1bOR",
    "away again": _ESCAPE,
    "board": b"\x1bOS",
    "further down on it": b"\x1b[6~",
    "off the board": _ESCAPE,
    "attention": b"\x1b[15~",
    "off it": _ESCAPE,
    "answer": b"\x07",
    "no answer": _ESCAPE,
    "nothing begun": _EMPTY,
    "find": b"\x1b[17~",
    "found": b"x\r",
    "all again": _ESCAPE,
    "checklists": b"\x1b[18~",
    "the next list": b"\t",
    "off them": _ESCAPE,
    "packets": _EMPTY + b"/packets\r",
    "another packet": b"\x1b[B",
    "compared": b"\t",
    "off the packets": _ESCAPE,
    "impact": _EMPTY + b"/impact\r",
    "a side of it": b"\x1b[B",
    "off the impact": _ESCAPE,
    "local time": b"\x0f",
    "both": b"\x0f",
    "UTC": b"\x0f",
    "palette": b"\x10",
    "off the palette": _ESCAPE,
    "up": b"\x1b[5~",
    "down": b"\x1b[6~",
    "pick": b"\x12",
    "another": b"\x1b[A",
    "entry": b"\r",
    "further down in the entry": b"\x1b[6~",
    "off the entry": _ESCAPE,
    "the one above": b"\x1b[A",
    "its sheet": b"\r",
    "off the sheet": _ESCAPE,
    "off the picking": _ESCAPE,
    "postmortem": b"\x1b[19~",
    "its next section": b"\x1b[6~",
    "taken over": b"\x1bOQ",
    "finding": b"\x1b[15~",
    "ways out": b"\x1b[19~",
    "off the ways out": _ESCAPE,
    "off the postmortem": _ESCAPE,
    "register": _EMPTY + b"/actions\r",
    "an item": b"\x1b[B",
    "grouped": b"\x1bOS",
    "all items": b"\x1b[15~" * 4,
    "another item": b"\x1b[B",
    "whole": b"\x12",
    "the list again": b"\x12",
    "passed on": b"\x1b[19~",
    "off the passing on": _ESCAPE,
    "off the register": _ESCAPE,
    "incidents": b"\x1b[20~",
    "further down in them": b"\x1b[B",
    "off the incidents": _ESCAPE,
    "incidents again": b"\x1b[20~",
    "declare": b"\r",
    "off the declaring": _ESCAPE,
}
"""What is looked at, and the key that leads there."""

THERE: dict[str, str] = {
    "help": "Keys and commands",
    "update": "Esc closes",
    "handoff": "Esc closes",
    "attention": "ATTENTION  ",
    "find": "/find WORDS",
    "checklists": "Esc closes",
    "packets": "Esc closes",
    "impact": "Esc closes",
    "pick": "↑ ↓ entry",
    "postmortem": "F8 export",
    "register": "Action items",
    "all items": "all · by",
    "incidents": "Every incident",
    "declare": "What is going on?",
}
"""What the screen there says whatever the record holds, where there is room for it: the keys lead where they say."""


def walked(
    shell: Shell, size: tuple[int, int], incident: str, keys: Mapping[str, bytes] = KEYS, *, pause: float = 0.25
) -> bytes:
    """All that the terminal was given while somebody looked at everything."""
    with Terminal([*scribe(), "open", incident], env=shell.env(), size=size, cwd=shell.home) as terminal:
        terminal.sees(READY)
        for name, key in keys.items():
            terminal.write(key)
            _quiet(terminal, pause)
            assert terminal.is_running(), name
            if name in THERE and size[0] >= 100:
                terminal.sees(THERE[name])
        terminal.write(b"\x1b\x1b")
        _quiet(terminal, pause)
        return bytes(terminal.raw)


def _quiet(terminal: Pty, pause: float) -> None:
    """Read on until nothing comes for a moment; a countdown says something once a second."""
    until = time.monotonic() + 3
    while terminal.read(pause) and time.monotonic() < until:
        pass


def shapes(raw: bytes) -> set[str]:
    """The kinds of sequences and controls that stand in what was written."""
    return set(_shapes(raw))


def _shapes(raw: bytes) -> Iterator[str]:
    for found in SEQUENCES.finditer(raw):
        if (csi := found["csi"]) is not None:
            body = csi[:-1] if re.search(rb"[hlu]$|^[<>?]", csi) else re.sub(rb"[0-9;]+", b"", csi[:-1])
            yield f"CSI {body.decode()} {csi[-1:].decode()}"
        elif (osc := found["osc"]) is not None:
            yield f"OSC {osc.partition(b';')[0].decode()}"
        elif (other := found["other"]) is not None:
            yield f"ESC {other[:2].decode('latin-1')}"
        else:
            yield f"control {found['control'][0]:02x}"


def titles(raw: bytes) -> list[str]:
    """What the terminal's title was to be."""
    return [
        found["osc"].partition(b";")[2].decode()
        for found in SEQUENCES.finditer(raw)
        if found["osc"] is not None and found["osc"].startswith((b"0;", b"1;", b"2;"))
    ]


def words(raw: bytes) -> str:
    """What is drawn, without the sequences that place it."""
    return SEQUENCES.sub(b"", raw).decode()


def unharmed(raw: bytes) -> None:
    """Raise AssertionError where the terminal got what acts, or what shall never come of a record."""
    assert [title for title in titles(raw) if escapes(title)] == []
    assert list(_shapes(raw)).count(BELL) <= RINGS
    assert escapes(words(raw)) == []
    assert not {"OSC 8", "OSC 52"} & shapes(raw)


def plainly(folder: Path, size: tuple[int, int], random: Random) -> set[str]:
    """What a walk over a record of the same kinds gives the terminal when its words are plain ones."""
    shell = Shell(folder)
    with patch.object(fields, "mixed", lambda random: f"plain words {random.randint(0, 99)}"):
        record = Record(shell.path, random)
    return shapes(walked(shell, size, record.incident))


def run(count: int, seed: int) -> dict[str, int]:
    """So many records, each walked through at one size; what was seen. Raises AssertionError where something got out.

    Of three, one has forged headers, one a forged summary too, and one was recorded as it stands.
    """
    seen: Counter[str] = Counter()
    plain: dict[tuple[int, int], set[str]] = {}
    for number in range(count):
        random, size = Random(seed + number), SIZES[number % len(SIZES)]
        with TemporaryDirectory() as top:
            home, other = Path(top, "home"), Path(top, "plain")
            home.mkdir()
            other.mkdir()
            if size not in plain:
                plain[size] = plainly(other, size, Random(seed))
            record = Record(Shell(home).path, random)
            if number % 3 < 2:
                forge(record, random, summary=number % 3 == 1)
            try:
                raw = walked(Shell(home), size, record.incident.replace("\0", ""))
                unharmed(raw)
                assert shapes(raw) - plain[size] <= {BELL}
            except AssertionError as error:
                raise AssertionError(f"record {seed + number} at {size}: {error}") from error
        seen.update(records=1, fields=len(record.stood), values=record.stood.total())
        seen.update(keys=len(KEYS), bytes=len(raw), characters=len(words(raw)))
    return dict(seen)
