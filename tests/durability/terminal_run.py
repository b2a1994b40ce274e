"""Real terminals: ended, killed, stopped, resized, held up and written to by others, at random moments, and counted."""

from __future__ import annotations

import os
import random
import re
import select
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.durability.tally import Tally
from tests.terminal.shell import READY, Shell
from tests.terminal.terminal import ENTER, Pty, Terminal, plain, scribe

ENDS_WITHIN = 3.0
"""Seconds after which a process that was asked to end has to be gone, with one more for a busy machine."""

MOST_LOST = 1.0
"""Seconds of typing that a kill may cost."""

ENDINGS = {signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGINT: 130, signal.SIGQUIT: 131}

F2, F8, F9 = b"\x1bOQ", b"\x1b[19~", b"\x1b[20~"

PLACES = ("box", "postmortem", "worksheet", "register", "declare")
"""Wherever somebody types."""

_BEGUN = "begun "

_WORDS = ("quick", "brown", "fox", "looked", "at", "pool", "of", "connections", "and", "found", "it", "dry")


def run(count: int = 100, seed: int = 0) -> dict[str, int]:
    """``count`` kills, and of every other fault a share of that. What was measured stands in the names."""
    chance = random.Random(seed)
    tally = Tally()
    losses: list[float] = []
    found: Counter[str] = Counter()
    plan: list[tuple[str, int, Callable[[Shell], Counter[str]]]] = [
        ("kill, wherever somebody types", count, lambda shell: kill(shell, chance, losses)),
        ("signal or closed window, wherever somebody types", max(2, count // 2), lambda shell: ending(shell, chance)),
        ("signal while it starts", max(2, count // 2), lambda shell: early(shell, chance)),
        ("process stopped and continued, twice", max(2, count // 10), lambda shell: stopped(shell, chance)),
        ("storm of sizes", max(1, count // 20), lambda shell: storm(shell, chance, sizes=200)),
        ("terminal that takes nothing any more", max(1, count // 50), stalled),
        ("shell killed under it", max(1, count // 50), orphaned),
        ("pair of screens beside eight writers", max(1, count // 50), lambda shell: crowd(shell, writers=8, lines=20)),
        ("lock of thirty seconds", 1, lambda shell: lock(shell, seconds=30)),
    ]
    for name, times, fault in plan:
        for turn in range(times):
            if tally.hopeless:
                break
            what = f"{name}, seed {seed}, turn {turn}"
            with TemporaryDirectory(prefix="scribe-terminal-") as folder, tally.trying(what):
                found |= fault(Shell(Path(folder)))  # of what was measured the largest
                tally.add(name)
    lost, echo = round(max(losses, default=0.0) * 1000), found["echo p99 in ms"]
    killing = "kill, wherever somebody types"
    named = {killing: f"{killing} (at worst {lost} ms of it lost)"}
    named["pair of screens beside eight writers"] = (
        f"pair of screens beside eight writers (key to echo {echo} ms at p99)"
    )
    return {named.get(name, name): times for name, times in tally.result().items()}


# ── the process ends ────────────────────────────────────────────────────────────────────────────────────────────────


def ending(shell: Shell, chance: random.Random) -> Counter[str]:
    """A signal, or a closed window, at some moment behind the last key, wherever somebody types."""
    place = chance.choice(PLACES)
    text = " ".join([*chance.choices(_WORDS, k=chance.randint(0, 7)), f"word{chance.randrange(10**6)}"])
    number = chance.choice([*ENDINGS, None])
    if place != "declare":
        shell.declare()
    with Terminal(scribe(), env=shell.env(), cwd=shell.home) as terminal:
        shown = _typed_at(terminal, place, text)
        terminal.until(
            lambda: shown in plain(bytes(terminal.raw)).decode("utf-8", "replace") or terminal.shows(shown), shown
        )
        _pause(terminal, chance.uniform(0, 0.3))
        _end(terminal, number)
    assert any(text in draft for draft in shell.drafts()), (place, text, shell.drafts())
    return Counter([place, signal.Signals(number).name if number else "closed window"])


def _typed_at(terminal: Terminal, place: str, text: str) -> str:
    """Go to a place and type there; returns the end of what is shown."""
    if place == "declare":
        terminal.sees("What is going on?")
    else:
        terminal.sees(READY)
    if place == "postmortem":
        terminal.write(F8)
        terminal.sees("What broke, for whom")
    elif place == "worksheet":
        terminal.write(F2)
        terminal.sees("STATUS UPDATE")
        text = f"/set eta {text}"
    elif place == "register":
        terminal.write(b"/actions" + ENTER)
        terminal.sees("Action items")
        text = f"/action {text}"
    terminal.write(text)
    return text[-30:].strip() if place != "postmortem" else text.split()[-1]


def _end(terminal: Pty, number: int | None) -> None:
    """Have it end, and see that it does, with the terminal as it was."""
    began = time.monotonic()
    if number is None:
        terminal.close()
        code = terminal.wait(ENDS_WITHIN)
        assert code == 129, code
        return
    terminal.signal(number)
    code = terminal.wait(ENDS_WITHIN)
    assert code == ENDINGS[signal.Signals(number)], code
    assert time.monotonic() - began < ENDS_WITHIN
    assert terminal.broken == set(), terminal.broken
    assert b"Traceback" not in terminal.raw


def early(shell: Shell, chance: random.Random) -> Counter[str]:
    """A signal while scribe starts: before there is a screen, or just then."""
    shell.declare()
    number = chance.choice(list(ENDINGS))
    with Pty(scribe(), env=shell.env(), cwd=shell.home) as pty:
        _pause(pty, chance.uniform(0.1, 1.0))
        pty.signal(number)
        code = pty.wait(ENDS_WITHIN)
        # While Python itself starts, before a line of scribe was read, ^C is Python's own, and may end it with 1.
        is_pythons = number == signal.SIGINT and b"scribe/ui" not in pty.raw
        assert code in (-number, 128 + number) or (is_pythons and code == 1), code
        assert pty.broken == set(), pty.broken
        assert b"Traceback" not in pty.raw or is_pythons, pty.shown()
    return Counter(["before the screen" if code < 0 else "with a screen"])


def orphaned(shell: Shell) -> Counter[str]:
    """The shell that scribe was started from is killed."""
    shell.declare()
    with Terminal(["sh", "-c", '"$0"; :', *scribe()], env=shell.env(), cwd=shell.home) as terminal:
        terminal.sees(READY)
        terminal.write("half a sentence")
        terminal.sees("KST half a sentence")
        (child,) = Path(f"/proc/{terminal.pid}/task/{terminal.pid}/children").read_text().split()
        terminal.signal(signal.SIGKILL)
        terminal.until(lambda: _state(int(child)) in ("", "Z"), "the end of scribe", ENDS_WITHIN)
    assert shell.drafts() == ["half a sentence"]
    return Counter()


def stalled(shell: Shell) -> Counter[str]:
    """A terminal takes nothing any more, and then scribe is asked to end."""
    shell.declare()
    with shell.open() as terminal:
        terminal.write("half a")
        terminal.sees("KST half a")
        for turn in range(80):  # nobody reads what is drawn
            terminal.resize(100 + turn % 2 * 60, 30 + turn % 2 * 20)
            select.select([], [], [], 0.01)
        os.write(terminal.fd, b" sentence")
        deadline = time.monotonic() + 5
        while shell.drafts() != ["half a sentence"] and time.monotonic() < deadline:
            select.select([], [], [], 0.02)
        assert shell.drafts() == ["half a sentence"], shell.drafts()
        began = time.monotonic()
        terminal.signal(signal.SIGTERM)
        while terminal.is_running():
            assert time.monotonic() - began < ENDS_WITHIN, "it waits for a terminal that takes nothing"
            select.select([], [], [], 0.01)
    return Counter()


# ── killed ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def kill(shell: Shell, chance: random.Random, losses: list[float]) -> Counter[str]:
    """SIGKILL while somebody types at a person's pace, anywhere; how much of it is not offered again, in seconds."""
    place = chance.choice(PLACES)
    if place != "declare":
        shell.declare()
    text = " ".join(chance.choices(_WORDS, k=40))
    with Terminal(scribe(), env=shell.env(), cwd=shell.home) as terminal:
        _typed_at(terminal, place, _BEGUN)
        times = [time.monotonic()]
        end = times[0] + chance.uniform(0.05, 1.5)
        for letter in text:
            if time.monotonic() >= end:
                break
            times.append(time.monotonic())
            terminal.write(letter)
            _pause(terminal, chance.expovariate(1 / 0.05))
        terminal.signal(signal.SIGKILL)
        killed = time.monotonic()
        assert terminal.wait() == -signal.SIGKILL
    kept = _kept(shell.drafts(), text[: len(times) - 1])
    lost = killed - times[kept] if kept < len(times) else 0.0
    losses.append(lost)
    assert lost <= MOST_LOST, f"{lost:.2f} s of what was typed at the {place} are lost"
    assert place == "declare" or shell.texts() == []
    return Counter({place: 1, "letters": len(times), "letters lost": len(times) - kept})


def _kept(drafts: list[str], text: str) -> int:
    """How many key strokes of a text stand in drafts; the words that it was begun with count as one."""
    for length in range(len(text), -1, -1):
        if any(f"{_BEGUN}{text[:length]}".rstrip() in draft for draft in drafts):
            return length + 1
    return 0


# ── stopped ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def stopped(shell: Shell, chance: random.Random) -> Counter[str]:
    """Stopped and continued, by itself or from outside, some times; keys go on, and the terminal is given back."""
    shell.declare()
    with shell.open() as terminal:
        wanted = ""
        for turn, number in enumerate(chance.sample([signal.SIGTSTP, signal.SIGSTOP], 2)):
            terminal.write(f"part {turn} ")
            wanted += f"part {turn} "
            terminal.sees(f"KST {wanted}".rstrip())
            terminal.signal(number)
            terminal.until(lambda: _state(terminal.pid) == "T", "it stands still")
            while terminal.read(0.0):
                pass
            if number == signal.SIGTSTP:
                assert terminal.broken == set(), terminal.broken
                assert shell.drafts() == [wanted]
                with shell.lock():  # whoever stopped it did not stop it in the middle of an append
                    pass
            before = len(terminal.raw)
            terminal.signal(signal.SIGCONT)
            terminal.until(lambda before=before: _drawn(terminal, before), "all of it drawn anew")  # type: ignore[misc]
        threads = list(Path(f"/proc/{terminal.pid}/task").iterdir())
        assert len(threads) == 3, "one that reads keys, one that writes, one that works"
        terminal.write(ENTER)
        terminal.until(lambda: shell.texts() == [wanted.strip()], "the line in the journal")
        _end(terminal, signal.SIGTERM)
    return Counter(stops=2)


# ── sizes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def storm(shell: Shell, chance: random.Random, sizes: int) -> Counter[str]:
    """Any size whatever, many times, while somebody types and others write; then it looks as if just started."""
    shell.declare()
    typed: list[str] = []
    others = 0
    with shell.open((80, 24)) as terminal:
        for turn in range(sizes):
            size = chance.choice([(0, 0), (1, 1), (2, 2), (500, 200), (80, 24), (40, 12)])
            terminal.resize(*chance.choice([size, (chance.randint(0, 300), chance.randint(0, 90))]))
            if chance.random() < 0.4:
                typed.append(f"line {len(typed)} typed in a storm")
                terminal.write(typed[-1].encode() + ENTER)
            if turn % 50 == 25:
                others += 1
                assert shell.run("--me", "alice", "log", f"from elsewhere {others}").returncode == 0
            terminal.read(0.005)
        terminal.until(lambda: len(shell.texts()) == len(typed) + others, "every line in the journal", 30.0)
        assert [text for text in shell.texts() if "storm" in text] == typed
        terminal.resize(80, 24)
        with shell.open((80, 24)) as fresh:
            terminal.until(lambda: _looks(terminal) == _looks(fresh), f"what a fresh start shows:\n{fresh.shown()}")
        terminal.write(b"\x04")
        assert terminal.wait() == 0
        assert terminal.broken == set()
    return Counter(sizes=sizes, lines=len(typed))


def _looks(terminal: Terminal) -> list[str]:
    """What is on the screen, apart from what the clock says."""
    terminal.read(0.0)
    return [re.sub(r"\d", "0", line) for line in terminal.lines]


# ── others ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def crowd(shell: Shell, *, writers: int, lines: int) -> Counter[str]:
    """Two screens, and processes that write; every entry is on both screens and once in the file."""
    shell.declare()
    total = (writers + 2) * lines
    with shell.open((110, 30)) as left, shell.open((110, 30)) as right:
        others = [_writer(shell, number, lines) for number in range(writers)]
        echoes: list[float] = []
        for turn in range(lines):
            for name, terminal, other in (("left", left, right), ("right", right, left)):
                text = f"{name} screen, line {turn}."
                terminal.write(text[:-1])
                terminal.sees(text[:-1])
                echoes.append(_echo(terminal, text[-1], text))
                terminal.write(ENTER)
                other.read(0.0)
        for process in others:
            assert process.wait(60) == 0
            assert process.stdout is not None
            process.stdout.close()
        found = Counter(shell.texts())
        left.until(lambda: len(shell.texts()) >= total, "every entry in the journal")
        found = Counter(shell.texts())
        wanted = {f"writer {number}, line {turn}." for number in range(writers) for turn in range(lines)}
        wanted |= {f"{name} screen, line {turn}." for name in ("left", "right") for turn in range(lines)}
        assert found == Counter(wanted), (found - Counter(wanted), Counter(wanted) - found)
        for terminal in (left, right):
            terminal.resize(110, total + 40)
            terminal.until(lambda terminal=terminal: _shown(terminal, wanted), "every entry on the screen")  # type: ignore[misc]
        left.write("mine on the left")
        right.write("mine on the right")
        left.until(lambda: set(shell.drafts()) == {"mine on the left", "mine on the right"}, "both drafts")
        right.sees("KST mine on the right")
        left.sees("KST mine on the left")
    echoes.sort()
    return Counter({"entries": total, "echo p99 in ms": round(echoes[int(len(echoes) * 0.99) - 1] * 1000)})


def _writer(shell: Shell, number: int, lines: int) -> subprocess.Popen[bytes]:
    script = 'i=0; while [ $i -lt "$1" ]; do echo "writer $2, line $i."; i=$((i+1)); done | "$0" --me "w$2" log -'
    return subprocess.Popen(
        ["sh", "-c", script, scribe()[0], str(lines), str(number)], env=shell.env(), stdout=subprocess.PIPE
    )


def _echo(terminal: Terminal, letter: str, text: str) -> float:
    """Seconds from a key to its echo."""
    terminal.write(letter)
    return terminal.until(lambda: terminal.shows(text), "the echo")


def _drawn(terminal: Terminal, before: int) -> bool:
    return READY.encode() in plain(bytes(terminal.raw[before:]))


def _shown(terminal: Terminal, wanted: set[str]) -> bool:
    rows = "\n".join(terminal.lines)
    return all(text in rows for text in wanted)


def lock(shell: Shell, seconds: float) -> Counter[str]:
    """Another process holds the write lock so long: the text stays, waiting is said, and all of it lands in order."""
    shell.declare()
    holder = subprocess.Popen(
        ["python3", "-c", _HOLD, str(shell.path), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    began = time.monotonic()
    echoes: list[float] = []
    with shell.open() as terminal:
        terminal.write(b"the first line" + ENTER)
        terminal.sees("another process holds the journal; waiting, the text is kept")
        terminal.sees("KST the first line")
        terminal.write(b"the second line" + ENTER + b"the third ")
        terminal.sees("waiting, 2 lines are kept")
        typed = "the third "
        while time.monotonic() - began < seconds - 1:
            if len(typed) < 60:
                typed += "x"
                echoes.append(_echo(terminal, "x", f"KST {typed}"))
            _pause(terminal, 0.3)
            assert shell.texts() == []
        terminal.until(lambda: len(shell.texts()) == 2, "both lines in the journal", seconds + 10)
        terminal.write(ENTER)
        terminal.until(lambda: len(shell.texts()) == 3, "the third line in the journal")
        assert shell.texts() == ["the first line", "the second line", typed]
        first = shell.events()[1]
        assert first.at < first.recorded_at
        terminal.write(b"\x04")
        assert terminal.wait() == 0
    assert holder.wait(10) == 0
    holder.stdout.close()
    return Counter({"landed": 3, "slowest echo in ms": round(max(echoes) * 1000)})


_HOLD = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=5)
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
db.execute("ROLLBACK")
"""


# ── waiting ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _pause(terminal: Pty, seconds: float) -> None:
    """Let time pass, reading what is drawn."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if not terminal.read(left):
            select.select([], [], [], min(left, 0.01))


def _state(pid: int) -> str:
    """What the kernel calls the process's state; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
