"""The slash commands of the capture line: what each is called, how it is written, what it records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from scribe.live.typed import (
    OnScreen,
    Parsed,
    ParseError,
    Recorded,
    Setting,
    draft,
    entry,
    links,
    plain,
)
from scribe.live.words import Line
from scribe.record.events import (
    MOMENTS,
    ROLES,
    STATES,
    Action,
    Amended,
    Draft,
    Hypothesis,
    Impact,
    Linked,
    Milestone,
    MomentName,
    Note,
    Point,
    Retracted,
    Role,
    RoleName,
    Severity,
    StateChange,
    StateName,
    Update,
)
from scribe.record.typed_time import duration, parse
from scribe.record.when import Unreadable, When, shifted, stamp

_NAME = r"@?([^\W_][\w.-]*)$"
_REFERENCE = r"((?:#|[HDAhda])\d+(?:·\w+)?)[,.:;]?$"
_SEVERITY = r"(?i)(?:sev-?)?([1-4])$"
_BY = r"(?:^|\s)by\s+(\S+(?:\s+\d{1,2}:\d{2}\S*)?)\s*$"
_DECIDER = r"(?:^|(?<=\s))@([^\W_][\w.-]*)"

_STATE_WORDS = {
    "investigate": "investigating",
    "investigated": "investigating",
    "identify": "identified",
    "mitigate": "mitigating",
    "mitigated": "mitigating",
    "monitor": "monitoring",
    "monitored": "monitoring",
    "resolve": "resolved",
    "verify": "verification",
    "close": "closed",
}
_ROLE_WORDS = {
    "commander": "ic",
    "operations": "ops",
    "tech": "ops",
    "communications": "comms",
    "communication": "comms",
}


class Slash(Struct, frozen=True):
    """One command: its name, its arguments as help shows them, what it does, and its reader.

    ``takes`` says what the first argument is, for completion: severity, state, role, moment, action, hypothesis,
    entry, duration or nothing.
    """

    name: str
    arguments: str
    help: str
    read: Callable[[Line], tuple[Draft, ...]] | None = None
    takes: str = ""

    @property
    def usage(self) -> str:
        """The command as it is typed."""
        return f"/{self.name} {self.arguments}".rstrip()


def run(name: str, line: str, found: re.Match[str], when: When | None, setting: Setting) -> Parsed:
    """Read the command that stands in ``line`` at ``found``. Raises ParseError."""
    slash = BY_NAME.get(name)
    if slash is None:
        close = tuple(f"/{match}" for match in _near(name, BY_NAME))
        advice = f"did you mean {' or '.join(close)}?" if close else "/help lists the commands"
        message = f"there is no command /{name}; {advice} A leading \\ records it as text"
        raise ParseError(message.replace("commands A", "commands. A"), found.start(), found.end(), close)
    rest = Line(line, found.end(), when, setting)
    if slash.read is None:
        return OnScreen(slash.name, rest.rest())
    return Recorded(slash.read(rest))


def severity(word: str, setting: Setting) -> int | None:
    """1, sev1, SEV-1, or a team's own name for it; None when it is not a severity."""
    aliased = setting.severity_aliases.get(word.casefold())
    if aliased is not None:
        return aliased
    found = re.match(_SEVERITY, word)
    return int(found[1]) if found else None


def state(word: str) -> StateName | None:
    """A state by its name or another form of the verb; None when it is not one."""
    known = _STATE_WORDS.get(word.casefold(), word.casefold())
    return next((name for name in STATES if name == known), None)


def role(word: str) -> RoleName | None:
    """A role by its short or long name; None when it is not one."""
    known = _ROLE_WORDS.get(word.casefold(), word.casefold())
    return next((name for name in ROLES if name == known), None)


def _near(word: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names that a word may have been meant for, the nearest first."""
    from difflib import get_close_matches  # only a mistyped word pays for it

    return tuple(get_close_matches(word, list(names), 3, 0.5))


# ── one reader a command ────────────────────────────────────────────────────────────────────────────────────────────


def _sev(line: Line) -> tuple[Draft, ...]:
    choices = ("1", "2", "3", "4")
    word, start = line.needed("the severity, 1 to 4,", choices)
    level = severity(word, line.setting)
    if level is None:
        raise line.wrong(f"{word} is not a severity: 1 (critical) to 4 (low)", word, start, choices)
    return line.draft(Severity(level=level), line.rest())


def _state(line: Line) -> tuple[Draft, ...]:
    word, start = line.needed("the state", STATES)
    name = state(word)
    if name is None:
        close = _near(word.casefold(), STATES)
        raise line.wrong(f"{word} is not a state: {', '.join(STATES)}", word, start, close)
    return line.draft(StateChange(state=name), line.rest())


def _role(line: Line) -> tuple[Draft, ...]:
    word, start = line.needed("the role", ROLES)
    name = role(word)
    if name is None:
        raise line.wrong(f"{word} is not a role: {', '.join(ROLES)}", word, start, ROLES)
    word, start = line.needed("who holds it: @name, not-needed or released,", ("not-needed", "released"))
    if word in ("not-needed", "not_needed", "needless"):
        return line.draft(Role(role=name, change="not_needed"), line.rest())
    if word in ("released", "release", "none", "-"):
        who = _name(line, *line.word()) if line.peek().startswith("@") else ""
        return line.draft(Role(role=name, change="released", who=who), line.rest())
    return line.draft(Role(role=name, who=_name(line, word, start)), line.rest())


def _solo(line: Line) -> tuple[Draft, ...]:
    who = _name(line, *line.word()) if line.peek().startswith("@") else ""
    why = line.rest()
    held: tuple[RoleName, ...] = ("ic", "ops", "comms", "scribe")
    return tuple(one for name in held for one in line.draft(Role(role=name, who=who, solo=True), why))


def _next(line: Line) -> tuple[Draft, ...]:
    word, at = line.needed("when the next update is due, like 20m or 14:50,")
    now = line.setting.now
    try:
        if ":" in word:
            due = parse(word, now=now, zone=line.setting.zone, future=True).at
        else:
            due = shifted(stamp(now), duration(word))
    except Unreadable as error:
        raise ParseError(error.message, at + error.start, at + error.end, error.choices) from error
    if due <= stamp(now):
        raise line.wrong(f"{word} has passed; an update is due in the future", word, at)
    return line.draft(Note(next_at=due), line.rest())


def _cadence(line: Line) -> tuple[Draft, ...]:
    word, at = line.needed("how often an update is sent, like 2h,", ("15m", "30m", "1h", "2h"))
    try:
        seconds = duration(word)
    except Unreadable as error:
        raise ParseError(error.message, at + error.start, at + error.end, error.choices) from error
    return line.draft(Note(cadence=seconds), line.rest())


def _update(line: Line) -> tuple[Draft, ...]:
    return line.draft(Update(), line.words("the text of the update as it was sent"))


def _impact(line: Line) -> tuple[Draft, ...]:
    return line.draft(Impact(), line.words("what users suffer"))


def _note(line: Line) -> tuple[Draft, ...]:
    return (entry(Note(), line.text, line.begins(), line.when, line.setting),)


def _milestone(line: Line) -> tuple[Draft, ...]:
    word, start = line.needed("the moment", MOMENTS)
    known = word.casefold().replace("_", "-")
    name: MomentName | None = next((moment for moment in MOMENTS if moment == known), None)
    if name is None:
        close = _near(known, MOMENTS) or MOMENTS
        raise line.wrong(f"{word} is not a moment: {', '.join(MOMENTS)}", word, start, close)
    line.when = line.time() or line.when
    return line.draft(Milestone(moment=name), line.rest())


def _decide(line: Line) -> tuple[Draft, ...]:
    start = line.begins()
    text = line.words("the decision to be taken")
    if text.casefold() in ("none", "done", "-"):
        return line.draft(Note(point_settled=True), "")
    until = None
    what = text
    by = re.search(_BY, text)
    if by:
        try:
            until = parse(by[1], now=line.setting.now, zone=line.setting.zone, future=True).at
        except Unreadable as error:
            if any(character.isdigit() for character in by[1]):
                place = start + by.start(1)
                raise ParseError(error.message, place, place + len(by[1]), error.choices) from error
        else:
            what = text[: by.start()].rstrip()
    names = re.findall(_DECIDER, what)
    who = names[-1].rstrip(".-") if names else ""
    if who and what.endswith(f"@{who}"):
        what = what[: -len(who) - 1].rstrip()
    if not what:
        raise line.wrong("what is to be decided is missing", text, start)
    return line.draft(Note(point=Point(what, who, until)), text)


def _done(line: Line) -> tuple[Draft, ...]:
    return _close(line, Action(status="done"), "A")


def _failed(line: Line) -> tuple[Draft, ...]:
    return _close(line, Action(status="failed"), "A")


def _confirm(line: Line) -> tuple[Draft, ...]:
    return _close(line, Hypothesis(status="confirmed"), "H")


def _rule_out(line: Line) -> tuple[Draft, ...]:
    return _close(line, Hypothesis(status="ruled_out"), "H")


def _close(line: Line, payload: Action | Hypothesis, prefix: str) -> tuple[Draft, ...]:
    """``/done A1 how``; without a reference the only open one is meant, which the record decides."""
    target = prefix
    if re.match(_REFERENCE, line.peek()):
        target, start = _reference(line)
        if not target.startswith(prefix):
            what = "an action (A1)" if prefix == "A" else "a hypothesis (H1)"
            raise line.wrong(f"{target} is not {what}", target, start)
    return line.draft(replace(payload, target=target), line.rest())


def _amend(line: Line) -> tuple[Draft, ...]:
    target = _corrected(line)
    when = line.time()
    place = line.begins()
    change = Amended(target=target)
    if when is not None:
        change = replace(change, at=when.at, precision=when.precision, at_raw=when.raw)
    if line.text.startswith("\\", place):
        said = plain(change, line.text[place + 1 :], line.setting, at=place + 1)
        change = replace(change, text=said.text)
    elif line.text[place:].strip():
        said = entry(change, line.text, place, None, line.setting)
        assert isinstance(said.payload, Amended)
        change = replace(said.payload, text=said.text)
        if said.author:
            change = replace(change, by=said.author)
    elif when is None:
        raise ParseError("the new words, or a new time, are missing", len(line.text), len(line.text))
    return (draft(change, "", None, line.setting),)


def _retract(line: Line) -> tuple[Draft, ...]:
    target = _corrected(line)
    return (draft(Retracted(target=target), line.words("why it is taken back"), None, line.setting),)


def _link(line: Line) -> tuple[Draft, ...]:
    target = _corrected(line)
    start = line.begins()
    words = line.words("the address")
    found = links(words)
    if not found:
        raise line.wrong("a link begins with http:// or https://", words, start)
    return (draft(Linked(target=target, sources=found), "", None, line.setting),)


def _corrected(line: Line) -> str:
    """What is corrected. A correction is made now: a time before it would be lost without a word."""
    if line.when is not None:
        raise ParseError("a correction has no time of its own; /amend #12 14:02 corrects a time", 0, len(line.when.raw))
    return _reference(line)[0]


def _reference(line: Line) -> tuple[str, int]:
    word, start = line.needed("the reference, like #12, H2 or A5,")
    found = re.match(_REFERENCE, word)
    if not found:
        raise line.wrong(f"{word} is not a reference like #12, H2 or A5", word, start)
    return found[1][0].upper() + found[1][1:], start


def _name(line: Line, word: str, start: int) -> str:
    found = re.match(_NAME, word)
    if not found:
        raise line.wrong(f"{word} is not a name like @alice", word, start)
    return found[1]


COMMANDS: tuple[Slash, ...] = (
    Slash("sev", "1-4 [why]", "set the severity", _sev, "severity"),
    Slash("state", "STATE [why]", "set the state: investigating, identified, mitigating …", _state, "state"),
    Slash("role", "ROLE @name", "assign or hand over a role (or: not-needed, released)", _role, "role"),
    Slash("solo", "[@name]", "one person takes every role, each under its own label", _solo),
    Slash("update", "TEXT", "a status update, as it was sent", _update),
    Slash("next", "20m [why]", "when the next status update is due", _next, "duration"),
    Slash("cadence", "2h [why]", "how often status updates are sent", _cadence, "duration"),
    Slash("impact", "TEXT", "what users suffer", _impact),
    Slash("decide", "WHAT @who by TIME", "the next decision to be taken (none: settled)", _decide),
    Slash("done", "A1 [how]", "an action ended well", _done, "action"),
    Slash("failed", "A1 [why]", "an action failed", _failed, "action"),
    Slash("confirm", "H1 [evidence]", "a hypothesis holds", _confirm, "hypothesis"),
    Slash("rule-out", "H1 [evidence]", "a hypothesis does not hold", _rule_out, "hypothesis"),
    Slash("milestone", "MOMENT [time]", "a moment: detected, acknowledged, mitigated …", _milestone, "moment"),
    Slash("note", "TEXT", "a remark", _note),
    Slash("amend", "#12 [time] [TEXT]", "correct an entry; the earlier words stay readable", _amend, "entry"),
    Slash("retract", "#12 WHY", "take an entry back; it stays in the record", _retract, "entry"),
    Slash("link", "#12 URL", "add a source to an entry", _link, "entry"),
    Slash("find", "WORDS", "show the entries that hold these words, kinds, @names or #tags"),
    Slash("export", "", "write the postmortem's draft to a file"),
    Slash("help", "", "keys and commands"),
    Slash("quit", "", "leave the screen"),
)
"""Every command, in the order that help lists them."""

BY_NAME = {slash.name: slash for slash in COMMANDS}
