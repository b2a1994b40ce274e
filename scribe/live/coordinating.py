"""Commands that coordinate: roles, packets, updates and their pace, escalation, time-boxes, ticks, protection."""

from __future__ import annotations

from scribe.live.arguments import labelled, name, person, role, seconds
from scribe.live.typed import OnScreen, ParseError
from scribe.live.words import Line
from scribe.record.events import (
    Checkpoint,
    Draft,
    Escalation,
    Note,
    Role,
    Security,
    Snoozed,
    Tick,
    Timebox,
    Update,
)
from scribe.record.terms import AUDIENCES, RoleName, SecurityAspect
from scribe.record.typed_time import duration, parse
from scribe.record.when import Unreadable, instant, shifted, stamp

Drafts = tuple[Draft, ...]

_OFF = ("off", "0", "never", "none")
_ASPECTS: tuple[SecurityAspect, ...] = ("indicator", "containment", "legal")


def read_role(line: Line) -> Drafts:
    """A role is assigned, released or not needed."""
    found = _role(line)
    word, start = line.needed("who holds it: @name, not-needed or released,", ("not-needed", "released"))
    if word in ("not-needed", "not_needed", "needless"):
        return line.draft(Role(role=found, change="not_needed"), line.rest())
    if word in ("released", "release", "none", "-"):
        return line.draft(Role(role=found, change="released", who=person(line)), line.rest())
    return line.draft(Role(role=found, who=name(line, word, start)), line.rest())


def read_solo(line: Line) -> Drafts:
    """One person takes every role."""
    who = person(line)
    why = line.rest()
    held: tuple[RoleName, ...] = ("ic", "ops", "comms", "scribe")
    return tuple(one for each in held for one in line.draft(Role(role=each, who=who, solo=True), why))


def read_take(line: Line) -> Drafts:
    """A role is taken, because whoever held it is gone."""
    found = _role(line)
    return line.draft(Role(role=found, who=person(line), taken=True), line.rest())


def read_handoff(line: Line) -> Drafts | OnScreen:
    """A packet is handed over; without a name the screen shows it first."""
    if not line.peek():
        return OnScreen("handoff", "")
    known = role(line.peek(), line.setting)
    if known:  # ROLE @name, as it is typed elsewhere
        line.word()
    word, start = line.needed("who takes over: @name,")
    if known and not word.startswith("@"):
        raise line.wrong(f"{word} is not a name like @alice", word, start)
    incoming = name(line, word, start)
    if known is None:
        known = role(line.peek(), line.setting)
        if known:
            line.word()
    return line.draft(Checkpoint(role=known or "ic", incoming=incoming), line.rest())


def read_ack(line: Line) -> Drafts:
    """The incoming person has command."""
    return line.draft(Role(role="", who=person(line), acknowledges="?"), line.rest())


def _role(line: Line) -> RoleName:
    roles = line.setting.roles
    word, start = line.needed("the role", roles)
    found = role(word, line.setting)
    if found is None:
        raise line.wrong(f"{word} is not a role: {', '.join(roles)}", word, start, roles)
    return found


def read_update(line: Line) -> Drafts | OnScreen:
    """A status update as it was sent; without words the screen composes one."""
    audience = labelled(line, AUDIENCES)
    if not line.peek():
        return OnScreen("update", audience)
    return line.draft(Update(audience=audience), line.words("the text of the update as it was sent"))


def read_next(line: Line) -> Drafts:
    """When the next update is due."""
    audience = labelled(line, AUDIENCES)
    word, at = line.needed("when the next update is due, like 20m or 14:50,")
    # Said of the past it counts from then: what was promised when an update was sent is recorded later.
    said = line.when.at if line.when is not None else stamp(line.setting.now)
    try:
        if ":" in word:
            due = parse(word, now=instant(said), zone=line.setting.zone, future=True).at
        else:
            due = shifted(said, duration(word))
    except Unreadable as error:
        raise ParseError(error.message, at + error.start, at + error.end, error.choices) from error
    if due <= said:
        raise line.wrong(f"{word} has passed; an update is due in the future", word, at)
    return line.draft(Note(next_at=due, audience=audience), line.rest())


def read_cadence(line: Line) -> Drafts:
    """How often updates are sent."""
    audience = labelled(line, AUDIENCES)
    length = seconds(line, "how often an update is sent, like 2h,", ("15m", "30m", "1h", "2h"))
    return line.draft(Note(cadence=length, audience=audience), line.rest())


def read_audience(line: Line) -> Drafts:
    """An audience's countdown is switched on or off."""
    word, start = line.needed("the audience", AUDIENCES)
    audience = next((known for known in AUDIENCES if known == word.casefold().rstrip(":")), None)
    if audience is None:
        raise line.wrong(f"{word} is no audience: {', '.join(AUDIENCES)}", word, start, AUDIENCES)
    turned, start = line.needed("on or off", ("on", "off"))
    if turned.casefold() not in ("on", "off"):
        raise line.wrong(f"{turned} is neither on nor off", turned, start, ("on", "off"))
    return line.draft(Note(audience=audience, switched="on" if turned.casefold() == "on" else "off"), line.rest())


def read_snooze(line: Line) -> Drafts:
    """What needs attention is left alone for a while."""
    length = seconds(line, "for how long, like 10m,", ("5m", "10m", "15m"))
    until = shifted(stamp(line.setting.now), length)
    return line.draft(Snoozed(until=until), line.rest())


def read_trigger(line: Line) -> Drafts:
    """After how long without progress another strategy is asked for."""
    if line.peek().casefold() in _OFF:
        line.word()
        return line.draft(Note(trigger=0), line.rest())
    length = seconds(line, "how long without progress, like 15m, or off,", ("15m", "30m", "off"))
    return line.draft(Note(trigger=length), line.rest())


def read_escalate(line: Line) -> Drafts:
    """A level of the ladder is called."""
    choices = ("1", "2", "3", "4")
    word, start = line.needed("the level, 1 to 4,", choices)
    if word not in choices:
        raise line.wrong(f"{word} is no level: 1 to 4", word, start, choices)
    return line.draft(Escalation(level=int(word), who=person(line)), line.rest())


def read_timebox(line: Line) -> Drafts:
    """Somebody looks into something for a set time."""
    length = seconds(line, "how long, like 5m,", ("5m", "10m", "15m"))
    who = person(line)
    words = line.words("what is looked into")
    since = line.when.at if line.when else stamp(line.setting.began)
    return line.draft(Timebox(who=who, until=shifted(since, length)), words)


def read_tick(line: Line) -> Drafts | OnScreen:
    """An item of a checklist is done; without one the screen shows the checklists."""
    return _ticked(line, done=True)


def read_untick(line: Line) -> Drafts | OnScreen:
    """An item of a checklist is not done after all."""
    return _ticked(line, done=False)


def _ticked(line: Line, *, done: bool) -> Drafts | OnScreen:
    if not line.peek():
        return OnScreen("tick", "")
    listed, _ = line.needed("the checklist")
    item, _ = line.needed("the item")
    return line.draft(Tick(list=listed.casefold(), item=item.casefold(), done=done), line.rest())


def read_security(line: Line) -> Drafts:
    """The protected track: begun, lifted, or one of its own fields."""
    label = labelled(line, _ASPECTS)
    for aspect in _ASPECTS:
        if aspect == label:
            return line.draft(Security(aspect=aspect), line.words(f"the {aspect}"))
    if line.peek().casefold() in ("off", "lift", "lifted"):
        line.word()
        return line.draft(Security(aspect="lifted"), line.rest())
    if line.peek().casefold() == "on":
        line.word()
    return line.draft(Security(), line.rest())
