"""What docs/DURABILITY.md says, from the counts of one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tests.durability.operations import OPERATIONS
from tests.durability.tally import FAILED

Counts = Mapping[str, Mapping[str, int]]

_PAGE = """# Durability

What may be relied on when something breaks, how each fault was provoked, and what came of it. `make torture` repeats it
(some {minutes} minutes on two cores; `TORTURE=quick make torture` does a tenth) and writes this page from its counts.
The messages that a person sees, and what to do, are in [FAULTS.md](FAULTS.md).

Run on {date}. {machine}

## The promise

- **What scribe has acknowledged is on the disk.** An entry that the screen shows as recorded, and that the command line
  printed, was synced before: it is there, once, with the same digest, after a kill, a crash and a power cut.
- **All or nothing.** An entry with its summary, an import, a merge, an erasure, a migration, an export, a copy: each is
  there as a whole or not at all, and can be done again.
- **Nothing that was altered is taken for the record.** `scribe verify` names the first entry that was altered, is
  missing or stands in another order, or what is read is to the letter what was recorded.
- **What is typed and not yet sent** survives a kill but for the last second. A power cut may take it.
- **A fault is said** in one line with what to do, never as a traceback, and never leaves a half of anything behind.

## What is not promised

- A disk, a controller or a network file system that says that it has synced and has not.
- A file that was deleted, or that another program rewrites as a whole: every digest is right then, and only a head that
  was noted elsewhere shows it (`scribe verify --against HEAD`; packets, exports and backups carry the head). The same
  goes for an end that was cut off cleanly, and for the newest entries of a write-ahead log that was damaged or removed.
- Whether an entry that was refused because a *sync* failed is there after all: nobody can know until the journal is
  opened again. Look before it is typed again.
- That no hidden file (`.NAME.xxxxxxxx`) stays beside an export or a copy whose making was killed. It holds nothing that
  is needed, is readable by its owner alone, and may be deleted.
- That no folder of an editor (`scribe-xxxxxxxx` among the temporary files, its owner's alone) stays when scribe was
  killed while a section was open in `$EDITOR`. What was typed there stands in it; erasing does not reach it.
- What a disk keeps of what was erased: its own copies of sectors, snapshots, and copies out of scribe's reach.

## What was provoked

| fault | how | in this run | what held | test |
|---|---|---|---|---|
{rows}

"Failed" stands at {failed} in this run{verdict}.{again}

### Killed at every call

strace kills the process as it enters its call number N of each kind, for N = 1, 2, 3 … until it ends by itself: that is
before the call, and behind the one before it. Each time the journal is opened, verified, its summary folded anew and
compared, SQLite's own check run, and the work done again. In all {places:,} places: {calls}.

| what scribe was doing | places |
|---|---|
{operations}

### Refused by the system

The call number N of a kind fails, once or from there on, for every N of an entry that is typed, refused and typed
again, and for a share of them of all else that scribe does. {refusals:,} refusals: {errors}. {told:,} were told in one
line; the others befell a call that SQLite or scribe does without. {there:,} times an entry was there though its *sync*
had been refused (see above); never was one acknowledged that was not.

### Changed behind scribe's back

{changes:,} changes: {told_changes:,} named by `scribe verify`, {refused_changes:,} refused when the file was opened,
{hidden_changes:,} of the kind that only a noted head shows and that `--against` showed, {harmless_changes:,} in bytes
that nothing depends on: the record was read as it was.
"""


def page(found: Counts, *, machine: str, date: str, minutes: int, again: Sequence[str] = ()) -> str:
    """The page; ``again`` names the parts that were run again once what they had found was mended."""
    is_whole = "marked" in found
    found = {name: Counter(counts) for name, counts in found.items()}  # what fell over counted nothing else
    failed = sum(counts[FAILED] for counts in found.values())
    places, disks, altered = found["points"], found["disks"], found["altered"]
    errors = ("ENOSPC", "EDQUOT", "EIO", "EFBIG", "EMFILE", "ENFILE")
    return _PAGE.format(
        minutes=minutes,
        date=date,
        machine=machine,
        rows="\n".join(f"| {' | '.join(row)} |" for row in _rows(found)),
        failed=failed,
        again=_apart(again, is_whole=is_whole),
        verdict="" if failed == 0 else ": **the promise was broken**",
        places=places["places"],
        calls=", ".join(
            f"{count:,} × {name.removeprefix('at ')}" for name, count in places.items() if name.startswith("at ")
        ),
        operations="\n".join(f"| {one.name} | {places.get(one.name, 0):,} |" for one in OPERATIONS),
        refusals=disks["refusals"],
        errors=", ".join(f"{disks[name]:,} × {name}" for name in errors),
        told=disks["told"],
        there=disks.get("refused and there all the same", 0),
        changes=altered["changes"],
        told_changes=altered["told"],
        refused_changes=altered["refused"],
        hidden_changes=altered["shown by the noted head"],
        harmless_changes=altered["of no consequence"],
    )


def _apart(again: Sequence[str], *, is_whole: bool) -> str:
    told = f" Run again once what they had found was mended: {', '.join(again)}." if again else ""
    return told + ("" if is_whole else "\nThe long tests (`pytest -m torture`) were not a part of it.")


def _rows(found: Counts) -> Iterator[tuple[str, str, str, str, str]]:
    kills, points, company = found["kills"], found["points"], found["company"]
    yield (
        "kill -9 at random",
        "four processes at once record, amend, export, copy, declare, erase; each is killed at any moment of its life",
        f"{kills['kills']:,} kills over {kills['acknowledged']:,} acknowledged entries, {kills['exports']:,} exports, "
        f"{kills['copies']:,} copies, {kills['erasures']:,} erasures; {kills['looks']:,} looks",
        "none lost, none doubled; chain, summary and file in order; no sent line offered again",
        "test_kill.py",
    )
    yield (
        "kill -9 at every write, sync and rename",
        "strace, see below",
        f"{points['places']:,} places in {len(OPERATIONS)} kinds of work",
        "done as a whole or not at all; can be done again; nothing readable by others",
        "test_kill.py",
    )
    yield (
        "the same, while another has the journal open",
        "what the dead one left in shared memory counts then",
        f"{company['places']:,} places",
        "the other one goes on; nothing lost",
        "test_kill.py",
    )
    power = found["power"]
    yield (
        "power cut",
        "the calls of a real run are recorded; images are made in which unsynced writes are missing, torn at sectors "
        "of 512 bytes or out of order, and new, renamed and removed names are there or not",
        f"{power['images']:,} images of {power['calls recorded']:,} calls: {power['writes dropped']:,} writes dropped, "
        f"{power['writes torn']:,} torn, {power['names dropped']:,} names dropped; "
        f"{power['acknowledged']:,} acknowledged entries looked for",
        "each opens, verifies and goes on; nothing acknowledged is missing; what was erased stays away",
        "test_power.py",
    )
    disks = found["disks"]
    yield (
        "the disk refuses",
        "strace has a call fail with ENOSPC, EDQUOT, EIO, EFBIG, EMFILE or ENFILE, once or from there on",
        f"{disks['refusals']:,} refusals",
        "said in one line, exit code 3; nothing acknowledged is missing; goes on when there is room",
        "test_power.py, test_files.py",
    )
    altered = found["altered"]
    yield (
        "altered behind scribe's back",
        "bits, runs, pages, cut ends, swapped pages, rows changed, deleted, added, reordered or rewritten with right "
        "digests, summaries, logs",
        f"{altered['changes']:,} changes",
        "nothing altered was taken for the record",
        "test_altered.py",
    )
    unsent = found["unsent"]
    yield (
        "killed while somebody types",
        "twenty type at once, a word every 50 ms; each is killed at any moment",
        f"{unsent['kills']:,} kills; at worst {unsent['worst loss in ms']} ms of typing lost",
        "less than a second lost",
        "test_kill.py",
    )
    crowd = found["crowd"]
    yield (
        "eight writers and two readers at once",
        "half of the writers open the journal anew for every entry",
        f"{crowd['acknowledged']:,} entries, {crowd['looks']:,} looks",
        "every entry is there once, nobody is turned away",
        "test_processes.py",
    )
    yield from _others(found)


def _others(found: Counts) -> Iterator[tuple[str, str, str, str, str]]:
    if salvaged := found.get("salvage"):
        yield (
            "a damaged file is salvaged",
            "journals damaged in every way that a disk, a copy or a hand can",
            f"{salvaged['damages']:,} damages; {salvaged['taken']:,} entries taken, {salvaged['missing']:,} missing",
            "nothing altered is taken, no erased word comes back, and whatever is missing is said",
            "test_backup.py, tests/journal/test_salvage.py",
        )
    if hostile := found.get("hostile"):
        yield (
            "hostile text, in what is printed and exported",
            "control bytes, escapes, markup, formulas and links in every text field of every kind, in forged "
            "headers and summaries, through every view of the command line and every export",
            f"{hostile['records']:,} records, {hostile['values']:,} values in them; {hostile['views']:,} views, "
            f"{hostile['characters']:,} characters looked at",
            "nothing of it acts in any format",
            "tests/hostile/test_fuzz.py",
        )
    if screens := found.get("screens"):
        yield (
            "the same, on every screen",
            "every screen, sheet and worksheet walked through by its keys, at four sizes, and every cell looked at",
            f"{screens['records']:,} records, {screens['values']:,} values; {screens['screens']:,} times a screen, "
            f"{screens['cells']:,} cells",
            "no cell holds what acts, no link, no action",
            "tests/hostile/test_screens.py",
        )
    if raw := found.get("bytes"):
        yield (
            "the same, in the bytes that a terminal gets",
            "walked through in a real terminal, beside a record of plain words of the same kinds",
            f"{raw['records']:,} records, {raw['values']:,} values; {raw['keys']:,} keys, {raw['bytes']:,} bytes, "
            f"{raw['characters']:,} characters",
            "no sequence that a plain record does not give it too, but for one bell",
            "tests/terminal/test_hostile.py",
        )
    if restricted := found.get("restricted"):
        yield (
            "restricted entries, through every exit",
            "restricted words that others say again in any place; every option of every command that prints what is "
            "passed on, in every form, the file beside, the bundle",
            f"{restricted['records']:,} records, {restricted['secrets']:,} restricted words, "
            f"{restricted['repeated']:,} said again; {restricted['exits']:,} exits that said something, "
            f"{restricted['refused']:,} that refused",
            "none of them leaves unasked",
            "tests/hostile/test_restricted.py",
        )
    if terminal := found.get("terminal"):
        yield (
            "terminals",
            "real ones: killed, signalled, stopped, resized, taken away, shared, a lock of thirty seconds",
            ", ".join(f"{count:,} × {name}" for name, count in terminal.items() if name != FAILED),
            "the draft is kept, the terminal given back, the process gone; nothing acknowledged is lost",
            "test_terminal.py, test_screens.py",
        )
    if others := found.get("marked"):
        yield (
            "all other faults",
            "read-only files and file systems, moved and deleted files, foreign and newer files, clocks, imported "
            "archives, templates, erasing step by step",
            f"{others['tests']:,} long tests ({others['skipped']:,} skipped), besides the quick ones of every run",
            "each as its test says",
            "`pytest -m torture`",
        )
