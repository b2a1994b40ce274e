"""What is measured, and against what. Each measure returns rows of the table."""

from __future__ import annotations

import os
import re
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from scribe.clock import Clock
from scribe.exporters.packet import markdown as packet_markdown
from scribe.exporters.update import to_markdown
from scribe.journal.store import Journal
from scribe.live.checkpoint import packet
from scribe.live.policy import DEFAULT
from scribe.live.updates import compose, people
from scribe.live.watch import attention
from scribe.record.events import Draft, Fact
from scribe.record.redact import redact
from scribe.record.state import State
from scribe.record.when import stamp
from scribe.recorder import Recorder
from tests.benchmarks.journals import LAST
from tests.terminal.terminal import ENTER, Pty, environment, plain, scribe

_HERE = Path(__file__).parent
_STATIC, _INPUT = _HERE / "rival_static.py", _HERE / "rival_input.py"
_COPYING = _HERE / "always_copying.py"


@dataclass(frozen=True)
class Row:
    """One line of the table: what, how long, against what, the ratio, what it must reach, and whether it does."""

    what: str
    found: str
    rival: str
    ratio: str
    target: str
    met: bool | None


@dataclass(frozen=True)
class Place:
    """Where the measuring happens: a folder, the journals in it, and how often each thing is done."""

    folder: Path
    none: Path
    some: Path
    many: Path
    rounds: int
    entries: int
    """How many there are in the largest journal."""

    def env(self, journal: Path | None = None) -> dict[str, str]:
        """The child's surroundings."""
        return environment(self.folder, SCRIBE_DB=str(journal or self.none))

    @property
    def size(self) -> str:
        """The largest journal's size, to be read."""
        return f"{self.entries:,} entries"


def middle(found: Sequence[float]) -> float:
    """The median."""
    return statistics.median(found)


def slow(found: Sequence[float]) -> float:
    """The 99th of a hundred."""
    return sorted(found)[min(len(found) - 1, int(len(found) * 0.99))]


def ms(seconds: float) -> str:
    """Milliseconds, as exact as they are worth."""
    found = seconds * 1000
    return f"{found:.2f} ms" if found < 1 else f"{found:.1f} ms" if found < 100 else f"{found:.0f} ms"


# ── the journal ─────────────────────────────────────────────────────────────────────────────────────────────────────


def appending(place: Place) -> list[Row]:
    """One durable append against a write and fdatasync of as many bytes, turn by turn."""
    clock = Clock()
    journal = Journal.writing(place.many, clock, wait=1.0)
    board = journal.active()
    assert board is not None
    recorder = Recorder(journal, board.incident, me="sam", policy=DEFAULT)
    sync = getattr(os, "fdatasync", os.fsync)
    text = "checkout answers 5xx at 12 % in eu-west-1, p99 of the payment API is 900 ms"
    appended: list[float] = []
    floor: list[float] = []
    path = place.folder / "floor.bin"
    with path.open("ab", buffering=0) as file:
        for number in range(place.rounds * 40):
            now = clock.now()
            draft = Draft(Fact(), f"{text} {number}", stamp(now))
            began = time.perf_counter()
            (event,) = recorder.record((draft,), now=now)
            appended.append(time.perf_counter() - began)
            row = b"".join(str(getattr(event, name)).encode() for name in event.__struct_fields__)
            began = time.perf_counter()
            file.write(row)
            sync(file.fileno())
            floor.append(time.perf_counter() - began)
    journal.close()
    return [
        Row(
            f"append one event, durable, {name}",
            ms(of(appended)),
            f"write and fdatasync of its bytes {ms(of(floor))}",
            f"{of(appended) / of(floor):.1f} ×",
            "",
            None,
        )
        for name, of in (("p50", middle), ("p99", slow))
    ]


# ── coordination ────────────────────────────────────────────────────────────────────────────────────────────────────


def coordinating(place: Place) -> list[Row]:
    """A packet, an update and what needs attention, from a loaded record, against one plain walk over its texts."""
    clock = Clock()
    journal = Journal.writing(place.some, clock, wait=1.0)
    board = journal.active()
    assert board is not None
    recorder = Recorder(journal, board.incident, me="sam", policy=DEFAULT)
    hidden = Draft(Fact(restricted=True), "key account Nordwind is among them", stamp(clock.now()))
    recorder.record((hidden,), now=clock.now())
    state, now = recorder.load(), stamp(clock.now())
    journal.close()

    def packed() -> object:
        return packet_markdown(packet(redact(state), at=now), UTC)

    def told() -> object:
        return to_markdown(compose(redact(state), DEFAULT, now, "public", UTC, names=people(state)), UTC)

    works: dict[str, tuple[Callable[[], object], int | None]] = {
        "a packet, redacted, as Markdown": (packed, 50),
        "a public update, redacted, as Markdown": (told, None),
        "what needs attention": (lambda: attention(state.board, DEFAULT, now), None),
    }
    return against_a_walk(place, state, works)


def against_a_walk(
    place: Place, state: State, works: Mapping[str, tuple[Callable[[], object], int | None]]
) -> list[Row]:
    """Each work, and the milliseconds that it may take at most, turn by turn with joining the texts of all entries."""
    found: dict[str, list[float]] = {name: [] for name in works}
    walks: list[float] = []
    for _ in range(place.rounds):
        for name, (work, _) in works.items():
            found[name].append(timed(work))
        walks.append(timed(lambda: "\n".join(entry.text for entry in state.entries)))
    return [
        Row(
            f"{name}, {len(state.entries):,} entries",
            ms(middle(found[name])),
            f"joining their texts {ms(middle(walks))}",
            f"{middle(found[name]) / middle(walks):.0f} ×",
            f"≤ {most} ms" if most else "",
            middle(found[name]) * 1000 <= most if most else None,
        )
        for name, (_, most) in works.items()
    ]


def timed(work: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# ── the command line ────────────────────────────────────────────────────────────────────────────────────────────────


def commands(place: Place) -> list[Row]:
    """Whole processes, turn by turn: nothing at all, and the two commands on an empty and on a full journal."""
    cases: dict[str, tuple[list[str], Path]] = {
        "pass": ([sys.executable, "-c", "pass"], place.none),
        "log 0": ([*scribe(), "log", "checkout", "answers", "again"], place.none),
        "log many": ([*scribe(), "log", "checkout", "answers", "again"], place.many),
        "status 0": ([*scribe(), "status", "--short"], place.none),
        "status many": ([*scribe(), "status", "--short"], place.many),
    }
    found: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(place.rounds + 1):
        for name, (argv, journal) in cases.items():
            began = time.perf_counter()
            subprocess.run(argv, env=place.env(journal), stdout=subprocess.DEVNULL, check=True)
            if turn:  # the first one fills the caches
                found[name].append(time.perf_counter() - began)
    floor = middle(found["pass"])
    rows = []
    for name, command in (("log", "scribe log"), ("status", "scribe status --short")):
        empty, full = middle(found[f"{name} 0"]), middle(found[f"{name} many"])
        for size, seconds in (("an empty journal", empty), (place.size, full)):
            ratio = seconds / floor
            rows.append(
                Row(
                    f"`{command}`, whole process, {size}",
                    ms(seconds),
                    f"`python -c pass` {ms(floor)}",
                    f"{ratio:.1f} ×",
                    "≤ 8 ×",
                    ratio <= 8,
                )
            )
        rows.append(
            Row(
                f"`{command}`, what the size of the journal costs",
                ms(full),
                f"an empty journal {ms(empty)}",
                f"{(full / empty - 1) * 100:+.0f} %",
                "≤ 10 % more",
                full / empty - 1 <= 0.1,
            )
        )
    return rows


# ── the screen ──────────────────────────────────────────────────────────────────────────────────────────────────────


def starting(place: Place) -> list[Row]:
    """From fork to the first bytes of a known text, turn by turn."""
    cases: dict[str, tuple[list[str], Path, str]] = {
        "static": ([sys.executable, str(_STATIC)], place.none, "here is one static text"),
        "some": (scribe(), place.some, LAST),
        "many": (scribe(), place.many, LAST),
    }
    found: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(place.rounds + 1):
        for name, (argv, journal, text) in cases.items():
            began = time.perf_counter()
            with Pty(argv, env=place.env(journal)) as pty:
                pty.until(_has(pty, text, 0), text)
                if turn:
                    found[name].append(time.perf_counter() - began)
    floor = middle(found["static"])
    return [
        Row(
            f"start to first frame, {size}",
            ms(middle(found[name])),
            f"Textual with one Static {ms(floor)}",
            f"{middle(found[name]) / floor:.2f} ×",
            "≤ 1.4 ×",
            middle(found[name]) / floor <= 1.4,
        )
        for name, size in (("some", "10,000 entries"), ("many", place.size))
    ]


def typing(place: Place) -> list[Row]:
    """Keys and Enter on the open screen with every entry loaded; the rival is an Input with nothing around it."""
    with Pty([sys.executable, str(_INPUT)], env=place.env()) as pty:
        pty.until(_has(pty, "here one can type", 0), "the input")
        settle(pty)
        rival = keys(pty, place.rounds)
    with opened(place, place.many) as pty:
        memory = resident(pty.pid)
        echo = keys(pty, place.rounds)
        entered = enters(pty, place)
    rows = [
        Row(
            f"key to echo, {place.size}, {name}",
            ms(of(echo)),
            f"Textual's Input alone {ms(of(rival))}",
            f"{of(echo) / of(rival):.2f} ×",
            "≤ 8 ms" if of is slow else "",
            of(echo) <= 0.008 if of is slow else None,
        )
        for name, of in (("p50", middle), ("p99", slow))
    ]
    rows += [
        Row(
            f"Enter to durable and painted, {place.size}, {name}",
            ms(of(entered)),
            f"key to echo {ms(of(echo))}",
            f"{of(entered) / of(echo):.1f} ×",
            "≤ 16 ms" if of is slow else "",
            of(entered) <= 0.016 if of is slow else None,
        )
        for name, of in (("p50", middle), ("p99", slow))
    ]
    if memory is not None:
        rows.append(Row(f"memory of the screen, {place.size}", f"{memory:.0f} MB", "", "", "≤ 150 MB", memory <= 150))
    return rows


def others(place: Place) -> list[Row]:
    """An entry of another process, and keys while another process holds the journal."""
    clock = Clock()
    journal = Journal.writing(place.many, clock, wait=1.0)
    board = journal.active()
    assert board is not None
    recorder = Recorder(journal, board.incident, me="bob", policy=DEFAULT)
    appeared: list[float] = []
    with opened(place, place.many) as pty:
        for number in range(place.rounds):
            text, start = f"from elsewhere {number:04d}", len(pty.raw)
            now = clock.now()
            recorder.record((Draft(Fact(), text, stamp(now)),), now=now)
            appeared.append(pty.until(_has(pty, text, start), text))
            drain(pty, 0.03 * (number % 7))  # not always at the same moment between two looks
        journal.close()
        lock = sqlite3.connect(place.many, isolation_level=None)
        try:
            lock.execute("BEGIN IMMEDIATE")
            until = time.perf_counter() + (5.0 if place.rounds >= 15 else 1.0)
            held: list[float] = []
            while time.perf_counter() < until:
                held += keys(pty, 1)
            lock.execute("ROLLBACK")
        finally:
            lock.close()
    worst = max(appeared)
    return [
        Row("another process's entry on the screen, slowest", ms(worst), "", "", "≤ 500 ms", worst <= 0.5),
        Row(
            "key to echo while another process holds the journal, p99",
            ms(slow(held)),
            "",
            "",
            "≤ 100 ms",
            slow(held) <= 0.1,
        ),
    ]


def copying(place: Place) -> list[Row]:
    """Keys and Enter while rolling backups are made one behind the other, against a screen that makes none."""
    found: dict[str, tuple[list[float], list[float]]] = {}
    for name, argv in (("none", scribe()), ("always", [sys.executable, str(_COPYING)])):
        with opened(place, place.many, argv) as pty:
            found[name] = keys(pty, place.rounds // 2), enters(pty, place)
    made = len(list(place.folder.rglob("backups/*/*.db")))
    assert made, "no backup was made"
    return [
        Row(
            f"{what} while backups are made all the time, {place.size}, {name}",
            ms(of(found["always"][which])),
            f"none made {ms(of(found['none'][which]))}",
            f"{of(found['always'][which]) / of(found['none'][which]):.2f} ×",
            "",
            None,
        )
        for which, what in ((0, "key to echo"), (1, "Enter to durable and painted"))
        for name, of in (("p50", middle), ("p99", slow))
    ]


def idling(place: Place) -> list[Row]:
    """The processor's time while nobody types and the countdown counts."""
    seconds = 20.0 if place.rounds >= 15 else 4.0
    with opened(place, place.many) as pty:
        before = spent(pty.pid)
        if before is None:
            return []
        began = time.perf_counter()
        drain(pty, seconds)
        used = spent(pty.pid)
        assert used is not None
        share = (used - before) / (time.perf_counter() - began) * 100
    return [
        Row(f"idle, the countdown running, {seconds:.0f} s", f"{share:.2f} % of a core", "", "", "≤ 1 %", share <= 1)
    ]


@contextmanager
def opened(place: Place, journal: Path, argv: Sequence[str] = ()) -> Iterator[Pty]:
    """The screen, once it has loaded everything and come to rest."""
    with Pty([*(argv or scribe())], env=place.env(journal)) as pty:
        pty.until(_has(pty, " F1 help", 0), "the first frame")
        settle(pty)
        yield pty


def settle(pty: Pty) -> None:
    """Wait until the program is at rest."""
    before = spent(pty.pid)
    if before is None:
        drain(pty, 6.0)
        return
    for _ in range(60):
        drain(pty, 0.5)
        now = spent(pty.pid)
        assert now is not None
        if now - before < 0.025:
            return
        before = now


def drain(pty: Pty, seconds: float) -> None:
    """Read whatever comes for so long."""
    until = time.perf_counter() + seconds
    while (left := until - time.perf_counter()) > 0:
        pty.read(left)


def keys(pty: Pty, lines: int) -> list[float]:
    """Type lines key by key, each key after the echo of the one before; the seconds from a key to its echo."""
    found = []
    for number in range(lines):
        text = f"{number % 26 + 10:x}-checkout-fails-in-eu"
        for end in range(1, len(text) + 1):
            start = len(pty.raw)
            began = time.perf_counter()
            pty.write(text[end - 1])
            pty.until(_has(pty, text[:end], start), text[:end])
            found.append(time.perf_counter() - began)
            drain(pty, 0.05)  # twenty keys a second: nobody types faster
        pty.write(b"\x15")  # ^U
        drain(pty, 0.05)
    return found


def enters(pty: Pty, place: Place) -> list[float]:
    """Type lines and press Enter; the seconds from Enter to the entry in the timeline. Checks that all are recorded."""
    found, tokens = [], []
    for number in range(place.rounds * 8):
        token = f"painted-{number:05d}-{os.urandom(3).hex()}"
        start = len(pty.raw)
        pty.write(token)
        pty.until(_has(pty, token, start), token)
        drain(pty, 0.06)
        start = len(pty.raw)
        began = time.perf_counter()
        pty.write(ENTER)
        pty.until(_has(pty, token, start, rb"#\d+ +"), token)  # the box is drawn anew now and then: not that one
        found.append(time.perf_counter() - began)
        tokens.append(token)
        drain(pty, 0.02)
    with sqlite3.connect(place.many) as connection:
        recorded = {row[0] for row in connection.execute("SELECT text FROM events WHERE text LIKE 'painted-%'")}
    connection.close()
    assert recorded.issuperset(tokens), "an entry was shown and not recorded"
    return found


def _has(pty: Pty, text: str, start: int, before: bytes = b"") -> Callable[[], bool]:
    """Whether the text was drawn since ``start``, behind what ``before`` matches."""
    wanted = re.compile(before + re.escape(text.encode()))
    seen = -1

    def has() -> bool:
        nonlocal seen
        if len(pty.raw) == seen:
            return False
        seen = len(pty.raw)
        return wanted.search(plain(bytes(pty.raw[start:]))) is not None

    return has


def spent(pid: int) -> float | None:
    """The processor's seconds that a process has used; None where the system does not say."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float | None:
    """The megabytes of memory that a process has; None where the system does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
