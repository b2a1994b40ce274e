"""What the sheets say: an entry with its history, the board, help, the incidents."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from scribe.live.policy import Policy
from scribe.live.slash import COMMANDS as SLASHES
from scribe.record.erasure import words
from scribe.record.events import KNOWN
from scribe.record.redact import redact
from scribe.record.state import AnyState, Board, Entries, Entry, State
from scribe.record.text import one_line, visible
from scribe.record.timeline import LETTERS
from scribe.record.when import local, seconds_between, spell
from scribe.ui import board_lines
from scribe.ui.commands import COMMANDS, EDITING, Command
from scribe.ui.desk import NEWLINE
from scribe.ui.messages import Choice, Chosen
from scribe.ui.wrap import wrap
from scribe.ui.zones import Zones

WIDTH = 64


def entry(found: Entry, zones: Zones, state: AnyState, writer: str = "") -> tuple[str, Text, list[Choice]]:
    """One entry whole, with what it said before, and what can be done with it.

    ``writer`` is the tag of this copy's writer: where diverged copies were merged, the sheet says who wrote it where.
    """
    who = f"@{found.by}" if found.by else ""
    kind = f"{found.kind} · restricted" if found.restricted else found.kind
    heading = one_line(f"{found.ref}  {kind}  {_moment(found.at, zones, found)}  {who}").rstrip()
    body = Text(visible(words(found)))
    body.append("\n")
    if found.at_raw:
        body.append(f"\nwritten as “{one_line(found.at_raw)}”, {spell(_delay(found))} later", "italic")
    recorder = f" by @{one_line(found.recorded_by)}" if found.recorded_by else ""
    body.append(f"\nrecorded {_moment(found.recorded_at, zones)}{recorder}", "italic")
    if state.board.merged:
        where = "in this copy" if found.writer == writer else "in another copy"
        body.append(f"\nwritten{recorder} {where} ({one_line(found.id)})", "italic")
    if found.is_withheld:
        body.append("\n\nIts words did not come with this copy of the record: they are need-to-know.", "italic")
        return heading, body, []
    if found.erased is not None:
        destroyed = _moment(found.erased.at, zones)
        body.append(f"\n\nIts words were destroyed {destroyed}; the chain still verifies.", "italic")
        return heading, body, []
    if found.reconstructed:
        body.append("\nreconstructed: written after the incident was resolved", "italic")
    for source in found.sources:
        body.append(f"\n↗ {one_line(source)}")
    for revision in reversed(found.revisions):
        body.append(f"\n\nbefore {_moment(revision.recorded_at, zones)} it said, by @{one_line(revision.by)}", "italic")
        body.append(f" at {_moment(revision.at, zones)}:\n{visible(revision.text)}")
    if found.retracted is not None:
        body.append(f"\n\nretracted by @{one_line(found.retracted.by)}: {visible(found.retracted.why)}", "bold")
    flat = found.text.replace("\n", NEWLINE)
    kept = f"\\{flat}" if _reads_as_more(found.text) else flat
    choices: list[Choice] = [
        ("Amend    its words or its time", Chosen(put=f"/amend {found.ref} {kept}")),
        ("Retract  it, with the reason", Chosen(put=f"/retract {found.ref} ")),
        ("Link     a source to it", Chosen(put=f"/link {found.ref} https://")),
        ("Restrict it: need-to-know from now on", Chosen(put=f"/restrict {found.ref} ")),
    ]
    if found.restricted:  # what was asked for by name may be copied, so the choice names it
        choices[-1:] = [
            ("Lift     the restriction", Chosen(put=f"/unrestrict {found.ref} ")),
            ("Copy     its words (restricted)", Chosen(copy=found.text)),
        ]
    elif isinstance(state, State):  # else what is restricted is not known yet
        choices.append(("Copy     its words", Chosen(copy=_leaving(found, state))))
    if found.status in ("in_flight", "running"):
        choices[:0] = [
            ("Done     it ended well", Chosen(put=f"/done {found.ref} ")),
            ("Failed   it did not", Chosen(put=f"/failed {found.ref} ")),
        ]
    if found.status == "open":
        choices[:0] = [
            ("Confirm  it holds", Chosen(put=f"/confirm {found.ref} ")),
            ("Rule out it does not", Chosen(put=f"/rule-out {found.ref} ")),
        ]
    return heading, body, choices


def board(state: AnyState, now: str, zones: Zones, policy: Policy) -> tuple[str, Text, list[Choice]]:
    """The whole board with targets and duties, and a choice for every role."""
    found = state.board
    lines = [
        *board_lines.countdown(found, now, zones),
        (),
        *board_lines.now_lines(found, now, zones, WIDTH),
        (),
        *board_lines.moments(found, policy, now, zones),
        (),
        *board_lines.duties(found, policy, WIDTH),
    ]
    body = Text("\n").join(Text(one_line("".join(text for text, _ in line))) for line in lines)
    choices: list[Choice] = [("Impact and scope      say them anew", Chosen(show="impact"))]
    for role in board_lines.shown_roles(found, policy):
        held = ", ".join(f"@{one_line(holder.who)}" for holder in found.holders(role))
        standing = held or ("not needed" if role in found.not_needed else "—" if role == "sme" else "unassigned")
        verb = "hand over" if held and role != "sme" else "assign"
        choices.append((f"{policy.label(role):7} {standing:24} {verb}", Chosen(put=f"/role {role} @")))
    choices.append(("Solo    one person takes every role", Chosen(put="/solo")))
    return one_line(f"{found.incident}  {found.title}"), body, choices


def incidents(boards: list[Board], now: str) -> tuple[str, Text, list[Choice]]:
    """All incidents, and a new one."""
    body = Text("Every incident in this journal, the one active last first." if boards else "There is no incident yet.")
    choices: list[Choice] = [("＋ declare a new incident", Chosen(open="+"))]
    for found in boards:
        severity = f"SEV-{found.severity}" if found.severity else "SEV ?"
        age = spell(max(0.0, seconds_between(found.active_at, now)))
        due = board_lines.remaining(found, now)
        late = " · update overdue" if due is not None and due < 0 else ""
        label = f"{severity}  {found.state:13} {found.title}  · {found.incident} · active {age} ago{late}"
        choices.append((one_line(label), Chosen(open=found.incident)))
    if boards:
        choices.append(("action items of all incidents", Chosen(show="actions")))
        body.append(" ↑ goes to the action items of them all.")
    return "Incidents", body, choices


def help_text(
    width: int, commands: Iterable[Command] = COMMANDS, editing: Iterable[tuple[str, str]] = EDITING
) -> tuple[str, Text, list[Choice]]:
    """Keys, the grammar, commands, in two columns."""
    body = Text()
    body.append("One line and Enter is an entry. Every part is optional:\n  [time] [sign] [@who] text\n", "bold")
    grammar = (
        ("14:02  -12m", "when it happened; also 14:02:30, 14:02Z, yesterday 23:50, 2026-11-20 14:02, 22:??"),
        ("?  !  >  =", "hypothesis, decision, action in flight, action already done"),
        ("@alice first", "who did or said it; later ones are mentions"),
        ("#tag  URL", "a tag; a source link"),
        ("\\", "the rest is plain text, whatever it looks like"),
    )
    _columns(body, grammar, 14, width)
    body.append("\n\nKeys\n", "bold")
    _columns(body, [*((command.shown, command.help) for command in commands), *editing], 12, width)
    body.append("\n\nCommands\n", "bold")
    _columns(body, [(slash.usage, slash.help) for slash in SLASHES], 26, width)
    body.append("\n\nSigns in the timeline\n", "bold")
    signs = "  ".join(f"{letter} {kind}" for kind, letter in LETTERS.items() if kind in KNOWN)
    _columns(body, [("", signs)], 0, width)
    return "Keys and commands", body, []


def _columns(body: Text, rows: Iterable[tuple[str, str]], first: int, width: int) -> None:
    """Two columns, the second wrapped within itself; under the first where the screen is narrow."""
    beside = width >= first + 30
    for left, right in rows:
        if not beside and left:
            body.append(f"\n {left}")
        for number, line in enumerate(wrap(right, max(8, width - (first if beside else 3) - 2))):
            head = (left if number == 0 else "").ljust(first) if beside else "  "
            body.append(f"\n {head} {line}")


def _leaving(found: Entry, state: State) -> str:
    """An open entry's words as they may leave: without those that it repeats of restricted ones."""
    kept = [*(entry for entry in state.entries if entry.restricted), found]
    return "\n".join(entry.text for entry in redact(State(state.board, Entries(kept, len(kept)))).entries)


def _moment(at: str, zones: Zones, found: Entry | None = None) -> str:
    precision = found.precision if found else "second"
    return f"{local(at, zones.main):%d %b} {zones.row(at, precision).strip()}"


def _reads_as_more(text: str) -> bool:
    """Whether words would be taken for a time, a name or a backslash when they are typed again."""
    return text.startswith("\\") or text[:1] in "@-?" or text[:1].isdigit() or text.casefold().startswith(("to", "ye"))


def _delay(found: Entry) -> float:
    return max(0.0, seconds_between(found.at, found.recorded_at))
