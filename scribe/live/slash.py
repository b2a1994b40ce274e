"""The slash commands of the capture line: what each is called, how it is written, who reads it."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from scribe.live import coordinating, correcting, recording
from scribe.live.arguments import near
from scribe.live.typed import OnScreen, Parsed, ParseError, Recorded, Setting
from scribe.live.words import Line
from scribe.record.events import Draft
from scribe.record.when import When


class _Afterwards(Struct, frozen=True):
    """The reader of a command of the time after, by its name: what is typed while it burns does not wait for it."""

    name: str

    def __call__(self, line: Line) -> tuple[Draft, ...] | OnScreen:
        from scribe.live import reviewing

        read: Callable[[Line], tuple[Draft, ...] | OnScreen] = getattr(reviewing, self.name)
        return read(line)


def _nothing_to_keep(line: Line) -> tuple[Draft, ...]:
    """A ``/keep`` alone; with a line behind it, the grammar reads that line."""
    raise ParseError("nothing to record yet: write what is to be kept", len(line.text), len(line.text))


class Slash(Struct, frozen=True):
    """One command: its name, its arguments as help shows them, what it does, and its reader.

    ``takes`` says what its arguments are, word by word, for completion: severity, state, role, holder, person, packet,
    moment, action, hypothesis, entry, duration, audience, switch, row, scope, impact, aspect, strategy, level,
    ended, shown, checklist, tick, item, factor, section, field; ``audience:`` is a label that may stand before them.
    """

    name: str
    arguments: str
    help: str
    read: Callable[[Line], tuple[Draft, ...] | OnScreen] | None = None
    takes: str = ""

    @property
    def untimed(self) -> bool:
        """Whether nobody says when it happened: only its writing counts."""
        return isinstance(self.read, _Afterwards)

    @property
    def usage(self) -> str:
        """The command as it is typed."""
        return f"/{self.name} {self.arguments}".rstrip()


def run(name: str, line: str, found: re.Match[str], when: When | None, setting: Setting) -> Parsed:
    """Read the command that stands in ``line`` at ``found``. Raises ParseError."""
    slash = BY_NAME.get(name)
    if slash is None:
        close = tuple(f"/{match}" for match in near(name, BY_NAME))
        advice = f"did you mean {' or '.join(close)}?" if close else "/help lists the commands"
        message = f"there is no command /{name}; {advice} A leading \\ records it as text"
        raise ParseError(message.replace("commands A", "commands. A"), found.start(), found.end(), close)
    rest = Line(line, found.end(), when, setting)
    if slash.read is None:
        return OnScreen(slash.name, rest.rest())
    found_out = slash.read(rest)
    if isinstance(found_out, OnScreen):
        return found_out
    if slash.untimed and when is not None:
        start = len(line) - len(line.lstrip())
        raise ParseError(f"/{name} has no time of its own", start, start + len(when.raw))
    return Recorded(found_out)


COMMANDS: tuple[Slash, ...] = (
    Slash("sev", "1-4 [why]", "set the severity", recording.read_sev, "severity"),
    Slash(
        "state", "STATE [why]", "set the state: investigating, identified, mitigating …", recording.read_state, "state"
    ),
    Slash("role", "ROLE @name", "assign a role (or: not-needed, released)", coordinating.read_role, "role holder"),
    Slash("solo", "[@name]", "one person takes every role, each under its own label", coordinating.read_solo, "person"),
    Slash(
        "handoff",
        "[@name [ROLE]]",
        "hand over with a packet; alone it shows the packet",
        coordinating.read_handoff,
        "person role",
    ),
    Slash("ack", "[@name]", "the packet is acknowledged: the role moves", coordinating.read_ack, "packet"),
    Slash("take", "ROLE [@name]", "take a role whose holder is gone", coordinating.read_take, "role person"),
    Slash(
        "update",
        "[AUDIENCE:] [TEXT]",
        "a status update as it was sent; alone it composes one",
        coordinating.read_update,
        "audience:",
    ),
    Slash(
        "next",
        "[AUDIENCE:] 20m [why]",
        "when the next status update is due",
        coordinating.read_next,
        "audience: duration",
    ),
    Slash(
        "cadence",
        "[AUDIENCE:] 2h [why]",
        "how often status updates are sent",
        coordinating.read_cadence,
        "audience: duration",
    ),
    Slash(
        "audience",
        "AUDIENCE on or off",
        "count down for an audience, or no longer",
        coordinating.read_audience,
        "audience switch",
    ),
    Slash("set", "FIELD TEXT", "a field of the update or packet that is shown", takes="field"),
    Slash(
        "impact", "[SIDE:] TEXT", "what users suffer (better: worse: users: data: …)", recording.read_impact, "impact"
    ),
    Slash(
        "scope",
        "ROW NAME VERDICT [evidence]",
        "is it affected, not affected, unknown",
        recording.read_scope,
        "row scope",
    ),
    Slash("decide", "WHAT @who by TIME", "the next decision to be taken (none: settled)", recording.read_decide),
    Slash("strategy", "STRATEGY [@who] [why]", "the strategy changes", recording.read_strategy, "strategy person"),
    Slash(
        "trigger",
        "15m",
        "no progress for so long asks for another strategy (or: off)",
        coordinating.read_trigger,
        "duration",
    ),
    Slash(
        "escalate", "1-4 [@name] [why]", "a level of the ladder is called", coordinating.read_escalate, "level person"
    ),
    Slash(
        "timebox", "5m [@name] TEXT", "somebody looks into it for so long", coordinating.read_timebox, "duration person"
    ),
    Slash("snooze", "10m [why]", "leave what needs attention alone for so long", coordinating.read_snooze, "duration"),
    Slash("done", "A1 [how]", "an action or time-box ended well; an action item (T1)", recording.read_done, "ended"),
    Slash("failed", "A1 [why]", "an action or time-box failed", recording.read_failed, "action"),
    Slash("confirm", "H1 [evidence]", "a hypothesis holds", recording.read_confirm, "hypothesis"),
    Slash("rule-out", "H1 [evidence]", "a hypothesis does not hold", recording.read_rule_out, "hypothesis"),
    Slash(
        "milestone",
        "MOMENT [time]",
        "a moment: detected, acknowledged, mitigated …",
        recording.read_milestone,
        "moment",
    ),
    Slash("note", "TEXT", "a remark", recording.read_note),
    Slash(
        "tick",
        "[LIST ITEM] [how]",
        "an item of a checklist is done; alone it shows them",
        coordinating.read_tick,
        "checklist tick",
    ),
    Slash("untick", "LIST ITEM [why]", "an item is not done after all", coordinating.read_untick, "checklist tick"),
    Slash(
        "security",
        "[indicator: containment: legal:] TEXT",
        "a security incident (off: none); its fields",
        coordinating.read_security,
        "aspect",
    ),
    Slash(
        "restrict",
        "#12 [why] or TEXT",
        "need-to-know: an entry, or TEXT as a new one",
        correcting.read_restrict,
        "entry",
    ),
    Slash("unrestrict", "#12 [why]", "need-to-know no longer", correcting.read_unrestrict, "entry"),
    Slash(
        "amend",
        "#12 [time] [TEXT]",
        "correct an entry; the earlier words stay readable",
        correcting.read_amend,
        "entry",
    ),
    Slash("retract", "#12 WHY", "take an entry back; it stays in the record", correcting.read_retract, "entry"),
    Slash("link", "#12 URL", "add a source to an entry", correcting.read_link, "entry"),
    Slash(
        "write",
        "SECTION TEXT",
        "a section of the postmortem (+SECTION: behind it); alone it opens it",
        _Afterwards("read_write"),
        "section",
    ),
    Slash("send", "#12 SECTION", "an entry's words go into a section", _Afterwards("read_send"), "entry section"),
    Slash(
        "factor",
        "[F1] TEXT [layer: class: score: standing:]",
        "a contributing factor, or a change of one (F1 drop WHY)",
        _Afterwards("read_factor"),
        "factor",
    ),
    Slash(
        "action",
        "[T1] TEXT [owner: due: verify: category: priority: for:]",
        "an action item, or a change of one",
        _Afterwards("read_action"),
        "item",
    ),
    Slash(
        "verified",
        "T1 @name [what]",
        "somebody saw that an action item works",
        _Afterwards("read_verified"),
        "shown person",
    ),
    Slash("drop", "T1 WHY", "an action item will not be done, or F1 is no factor", _Afterwards("read_drop"), "item"),
    Slash("star", "#12 …", "documents point the entry out", _Afterwards("read_star"), "entry"),
    Slash("unstar", "#12 …", "they point it out no longer", _Afterwards("read_unstar"), "entry"),
    Slash("hide", "#12 …", "documents leave the entry out of their timeline", _Afterwards("read_hide"), "entry"),
    Slash("unhide", "#12 …", "it stands in their timeline again", _Afterwards("read_unhide"), "entry"),
    Slash("check", "", "what the check finds in the record and the postmortem"),
    Slash("waive", "CODE[@PLACE] WHY", "a finding of the check is accepted", _Afterwards("read_waive")),
    Slash("unwaive", "CODE[@PLACE]", "it counts again", _Afterwards("read_unwaive")),
    Slash("actions", "", "the action items of all incidents"),
    Slash(
        "keep",
        "LINE",
        "record a line with the secrets in it as they are, which are masked otherwise",
        _nothing_to_keep,
    ),
    Slash("find", "WORDS", "show the entries that hold these words, kinds, @names or #tags"),
    Slash("packets", "", "every packet handed over; compare two"),
    Slash("export", "", "write the postmortem's draft to a file"),
    Slash("backup", "[FILE]", "copy the whole journal into a new file, even of one that was moved or deleted"),
    Slash("help", "", "keys and commands"),
    Slash("quit", "", "leave the screen"),
)
"""Every command, in the order that help lists them."""

BY_NAME = {slash.name: slash for slash in COMMANDS}
