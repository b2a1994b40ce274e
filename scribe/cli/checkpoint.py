"""`scribe checkpoint`: the packet for whoever takes over: printed, handed over, acknowledged, looked up, compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from scribe.cli.masked import places, tell
from scribe.cli.output import put_json, put_utf8, say
from scribe.cli.session import Command, Session, add_globals, bare
from scribe.journal.store import Journal
from scribe.live.checkpoint import Handover, Packet, carried, chosen, handovers, packet, stored
from scribe.live.grammar import Recorded, Setting, parse
from scribe.live.typed import fits
from scribe.record.errors import ScribeError
from scribe.record.events import Checkpoint, Draft
from scribe.record.redact import redact
from scribe.record.state import State
from scribe.record.text import normalise, one_line
from scribe.record.when import local, stamp
from scribe.recorder import Recorder

F = TypeVar("F", bound=Callable[..., Any])

_BY_HAND = (
    ("--next-decision", "The next decision point."),
    ("--risks", "The risks of the next hour."),
    ("--exit-criteria", "What has to hold before it is over."),
    ("--questions", "Open questions."),
    ("--channels", "Where people talk."),
    ("--next-ic", "Who commands next, where another role is handed over."),
    ("--notes", "Anything else."),
)
"""What only a person knows."""


def by_hand(command: F) -> F:
    """Give the command an option for each of these."""
    for name, help_line in reversed(_BY_HAND):
        command = click.option(name, metavar="TEXT", help=help_line)(command)
    return command


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the options say of a packet: which role goes to whom, what a person filled in, and how it is printed."""

    session: Session
    to: str
    role: str
    given: dict[str, str]
    form: str
    include_restricted: bool

    def proposal(self, state: State) -> dict[str, str]:
        """What the options fill in, and else what the packet before says; one that is restricted proposes nothing."""
        return {name: text for name, text in {**carried(redact(state)), **self.given}.items() if text.strip()}


@click.command("checkpoint", cls=Command)
@click.option("--to", metavar="NAME", help="Who takes over.")
@click.option("--role", metavar="ROLE", default="ic", help="The role handed over; the commander's unless said.")
@click.option("--record", is_flag=True, help="Hand it over: it is stored, and can no longer be changed.")
@click.option("--ack", metavar="NAME", help="The incoming person acknowledges the last packet: the role moves.")
@by_hand
@click.option("--format", "form", type=click.Choice(["md", "json"]), default="md", help="The form.")
@click.option("--include-restricted", is_flag=True, help="With restricted entries; without it they are withheld.")
@click.option("--list", "as_list", is_flag=True, help="Every packet that was handed over.")
@click.option("--show", metavar="N", help="A packet that was handed over, by its number or reference.")
@click.option("--compare", metavar="N M", nargs=2, help="In what two packets differ.")
@add_globals
@click.pass_obj
def checkpoint_command(
    session: Session,
    /,
    to: str | None,
    role: str,
    record: bool,
    ack: str | None,
    form: str,
    include_restricted: bool,
    as_list: bool,
    show: str | None,
    compare: tuple[str, str] | None,
    **filled_in: str | None,
) -> int:
    """Print the checkpoint packet, filled from the record.

    What only a person knows is given by options, and is otherwise taken from the packet before; an empty text clears
    it. Nothing is recorded without --record or --ack.
    """
    given = {name: normalise(text) for name, text in filled_in.items() if text is not None}
    _alone(
        {"--ack": ack is not None, "--list": as_list, "--show": show is not None, "--compare": compare is not None},
        beside=bool(to or record or given),
    )
    if ack is not None:
        return _acknowledge(session, ack)
    for text in given.values():
        fits(text)
    wanted = Wanted(session, _named(to), _role(session, role), given, form, include_restricted)
    if record:
        return _hand_over(wanted)
    with session.incident() as (journal, board):
        state = _recorder(session, journal, board.incident).load()
        view = redact(state, include_restricted=include_restricted)
        if as_list:
            return _list(wanted, handovers(view))
        if show is not None:
            return _put_stored(wanted, journal, state, handovers(view), show)
        if compare is not None:
            return _compare(wanted, journal, state, compare)
    now = stamp(session.clock.now())
    _put(wanted, packet(view, at=now, role=wanted.role, incoming=wanted.to, given=wanted.proposal(state)))
    return 0


def _hand_over(wanted: Wanted) -> int:
    session = wanted.session
    with session.incident(write=True) as (journal, board):
        recorder = _recorder(session, journal, board.incident)
        given = wanted.proposal(recorder.load())
        now = session.clock.now()
        draft = Draft(Checkpoint(role=wanted.role, incoming=wanted.to, given=given), "", stamp(now))
        (event,) = recorder.record((draft,), now=now)
        tell(recorder.masked, places([event]), "scribe log --keep /handoff …")
        events = journal.record(board.incident)
    _put(wanted, stored(events, event.id, include_restricted=wanted.include_restricted))
    return 0


def _acknowledge(session: Session, name: str) -> int:
    """As if ``/ack @name`` were typed: one rule, wherever it is said."""
    with session.incident(write=True) as (journal, board):
        now = session.clock.now()
        policy = session.config.policy
        setting = Setting(now, now, session.zone, policy.severity_aliases, policy.role_names)
        parsed = parse(f"/ack @{_named(name)}", setting)
        assert isinstance(parsed, Recorded)
        (event,) = _recorder(session, journal, board.incident).record(parsed.drafts, now=now)
    say(f"{one_line(event.ref)}\t{one_line(event.text)}")
    return 0


def _list(wanted: Wanted, packets: tuple[Handover, ...]) -> int:
    if wanted.form == "json":
        put_json([_shape(one) for one in packets])
        return 0
    for one in packets:
        say(_line(wanted.session, one))
    return 0 if packets else 1


def _line(session: Session, one: Handover) -> str:
    told = one.packet
    outgoing = f"@{told.outgoing} " if told.outgoing else ""
    whom = f"{session.config.policy.label(told.role)} {outgoing}→ @{told.incoming}"
    if not told.incoming:
        standing = "checkpoint"
    elif one.acknowledged is None:
        standing = f"{whom}, not acknowledged"
    else:
        said = one.acknowledged
        typed = "" if said.typed_by == said.who else f", typed by @{said.typed_by}"
        standing = f"{whom}, acknowledged {local(said.at, session.zone):%Y-%m-%d %H:%M:%S}{typed}"
    gone = ", taken back" if one.is_retracted else ""
    return one_line(f"{told.number}  {told.ref}  {local(told.at, session.zone):%Y-%m-%d %H:%M:%S}  {standing}{gone}")


def _shape(one: Handover) -> dict[str, object]:
    told, said = one.packet, one.acknowledged
    return {
        "number": told.number,
        "ref": told.ref,
        "at": told.at,
        "role": told.role,
        "from": told.outgoing or None,
        "to": told.incoming or None,
        "recorded_by": one.recorded_by,
        "acknowledged": {"who": said.who, "at": said.at, "typed_by": said.typed_by} if said else None,
        "retracted": one.is_retracted,
    }


def _put_stored(wanted: Wanted, journal: Journal, state: State, open_ones: tuple[Handover, ...], name: str) -> int:
    place = chosen(handovers(state), name).packet.id
    found = next((one for one in open_ones if one.packet.id == place), None)
    events = journal.record(state.board.incident)
    _put(wanted, stored(events, place, include_restricted=wanted.include_restricted), found)
    return 0


def _compare(wanted: Wanted, journal: Journal, state: State, names: tuple[str, str]) -> int:
    from datetime import UTC

    from scribe.exporters.packet import comparison, comparison_json
    from scribe.live.packet_rows import compare

    packets = handovers(state)
    events = journal.record(state.board.incident)
    before, after = (
        stored(events, chosen(packets, name).packet.id, include_restricted=wanted.include_restricted) for name in names
    )
    if wanted.form == "json":
        put_utf8(comparison_json(before, after, compare(before, after, UTC)))
    else:
        zone = wanted.session.zone
        put_utf8(comparison(before, after, compare(before, after, zone), zone))
    return 0


def _put(wanted: Wanted, packet: Packet, handover: Handover | None = None) -> None:
    from scribe.exporters.packet import markdown, to_json

    said = handover.acknowledged if handover else None
    if wanted.form == "json":
        put_utf8(to_json(packet, acknowledged=said))
    else:
        put_utf8(markdown(packet, wanted.session.zone, acknowledged=said))


def _recorder(session: Session, journal: Journal, incident: str) -> Recorder:
    return Recorder(journal, incident, me=session.me, policy=session.config.policy)


def _alone(given: dict[str, bool], *, beside: bool) -> None:
    """Each of these says what the command does, so two of them, or one beside what a new packet is given, clash."""
    names = [name for name, is_given in given.items() if is_given]
    if len(names) > 1:
        raise click.UsageError(f"{names[0]} and {names[1]} cannot be given together")
    if names and beside:
        raise click.UsageError(f"{names[0]} takes no packet to hand over: leave the other options out")


def _named(name: str | None) -> str:
    """A person's bare name. Raises ScribeError where it cannot be one."""
    import re

    found = bare(name or "")
    if name is not None and not re.fullmatch(r"[^\W_][\w.-]*", found):
        raise ScribeError(f"{found or 'nothing'} is not a name like alice")
    return found


def _role(session: Session, word: str) -> str:
    from scribe.live.arguments import role

    now = session.clock.now()
    names = session.config.policy.role_names
    found = role(normalise(word), Setting(now, now, session.zone, roles=names))
    if found is None:
        raise ScribeError(f"{word} is not a role", f"the roles are: {', '.join(names)}")
    return found
