"""`scribe log`: one entry from the command line, or one a line from standard input."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterator, Sequence

import click
from msgspec.structs import replace

from scribe.cli.output import say
from scribe.cli.session import Command, Session, add_globals, bare
from scribe.journal.store import Journal
from scribe.live.grammar import OnScreen, ParseError, Setting, parse
from scribe.live.typed import plain
from scribe.record.errors import Busy, JournalError, ScribeError
from scribe.record.events import Action, Correction, Decision, Draft, Event, Fact, Hypothesis, Note, Payload, Snoozed
from scribe.record.text import MAX_BYTES, normalise, one_line, visible
from scribe.record.when import When, instant
from scribe.recorder import Recorder

KINDS: dict[str, Payload] = {
    "fact": Fact(),
    "hypothesis": Hypothesis(),
    "decision": Decision(),
    "action": Action(),
    "note": Note(),
}
"""What ``--kind`` may be."""

INSTEAD: dict[str, str] = {
    "update": "scribe update",
    "set": "scribe update or scribe checkpoint, with an option for each field",
    "handoff": "scribe checkpoint --to NAME",
    "packets": "scribe checkpoint --list",
    "find": "scribe timeline --find WORDS",
    "export": "scribe export",
    "write": "scribe write, scribe factor or scribe actions",
    "check": "scribe check",
    "actions": "scribe actions",
}
"""The shell's own commands for what only a screen can do."""

_OPTION = re.compile(r"--?[A-Za-z]")
_NAME = re.compile(r"[^\W_][\w.-]*")
_TAG = re.compile(r"[^\W\d_][\w-]*")
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_TURNS = 5
"""How often a line of standard input meets a locked journal before it is given up: nobody is there to type it again."""

_AROUND = 60
"""Cells of a long line that are shown on either side of the place that is wrong."""


class TextLast(Command):
    """A command whose text begins at the first word that is no option; ``-12m``, ``-`` and ``->`` are none."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with a ``--`` put before the text."""
        place = self._text_at(args)
        text = args[place + 1 :] if args[place : place + 1] == ["--"] else args[place:]
        return super().parse_args(ctx, [*args[:place], "--", *text])

    def _text_at(self, args: Sequence[str]) -> int:
        takes_value = {
            name: not option.is_flag
            for option in self.params
            if isinstance(option, click.Option)
            for name in option.opts
        }
        place = 0
        while place < len(args) and _OPTION.match(args[place]):
            name, equals, _ = args[place].partition("=")
            place += 1
            if not equals and takes_value.get(name):
                place += 1
        return place


class About:
    """What the options say of every entry of this run."""

    def __init__(
        self,
        kind: str | None,
        when: When | None,
        by: str,
        tags: Sequence[str],
        sources: Sequence[str],
        *,
        restricted: bool,
        keep: bool = False,
    ) -> None:
        self.kind = kind
        self.restricted = restricted
        self.keep = keep
        self.when = when
        self.by = _checked(bare(by), _NAME, "--by: {} is not a name like alice") if by else ""
        self.tags = tuple(_checked(tag.removeprefix("#"), _TAG, "--tag: {} is not a tag like db") for tag in tags)
        self.sources = tuple(
            _checked(url, _URL, "--source: {} does not begin with http:// or https://") for url in sources
        )

    def drafts(self, line: str, setting: Setting) -> tuple[Draft, ...]:
        """What a line becomes; nothing for a blank one. Raises ParseError, and ScribeError for a screen's command."""
        if self.kind is None:
            parsed = parse(line, setting)
            if isinstance(parsed, OnScreen):
                raise _for_the_screen(line, parsed)
            return tuple(map(self._kept, map(self._added, parsed.drafts))) if parsed else ()
        if not line.strip():
            return ()
        size = len(normalise(line).encode())
        if size > MAX_BYTES:
            raise ParseError(f"an entry holds at most 64 KiB; this one has {size // 1024} KiB", 0, 0)
        return (self._kept(self._added(plain(KINDS[self.kind], line, setting))),)

    def _kept(self, draft: Draft) -> Draft:
        return replace(draft, kept=True) if self.keep else draft

    def _added(self, draft: Draft) -> Draft:
        if not (self.when or self.by or self.tags or self.sources or self.restricted):
            return draft
        payload = draft.payload
        if isinstance(payload, Correction | Snoozed):
            hint = "/amend #12 14:05 @alice new words"
            raise ScribeError(
                "--at, --by, --tag, --source and --restricted describe a new entry; this line says it itself", hint
            )
        if self.when and draft.at_raw:
            raise ScribeError("the time is given twice: by --at and in the text")
        if self.by and draft.author:
            raise ScribeError("who is given twice: by --by and in the text")
        tags = tuple(dict.fromkeys((*payload.tags, *self.tags)))
        sources = tuple(dict.fromkeys((*payload.sources, *self.sources)))
        restricted = payload.restricted or self.restricted
        payload = replace(payload, tags=tags, sources=sources, restricted=restricted)
        draft = replace(draft, payload=payload, author=self.by or draft.author)
        if self.when:
            draft = replace(draft, at=self.when.at, precision=self.when.precision, at_raw=self.when.raw)
        return draft


class Log:
    """The entries of one run, recorded and acknowledged one by one."""

    def __init__(self, session: Session, journal: Journal, incident: str, about: About, *, as_json: bool) -> None:
        self._journal = journal
        self._about = about
        self._as_json = as_json
        self._clock = session.clock
        self._zone = session.zone
        self._aliases = session.config.policy.severity_aliases
        self._roles = session.config.policy.role_names
        self._recorder = Recorder(journal, incident, me=session.me, policy=session.config.policy)

    def take(self, line: str) -> bool:
        """Record one line, durably, and say so; whether there was anything to record."""
        now = self._clock.now()
        began = instant(self._about.when.at) if self._about.when else now
        drafts = self._about.drafts(line, Setting(now, began, self._zone, self._aliases, self._roles))
        if not drafts:
            return False
        events = self._recorder.record(drafts, now=now)
        for draft, event in zip(drafts, events, strict=True):
            say(self._shown(event) if self._as_json else f"{one_line(event.id)}\t{one_line(_reference(draft, event))}")
        sys.stdout.flush()
        if any(self._recorder.masked):
            from scribe.cli.masked import tell

            names = [_reference(draft, event) for draft, event in zip(drafts, events, strict=True)]
            tell(self._recorder.masked, names, "scribe log --keep …")
        return True

    def _shown(self, event: Event) -> str:
        from scribe.exporters.timeline import encoded, entry_shape
        from scribe.record.fold import entry_of

        incident = event.incident
        payload = event.payload
        if isinstance(payload, Correction):
            entries = self._recorder.load().entries
            entry = next(found for found in entries if found.id == payload.target)
        else:
            board = self._journal.board(incident)
            assert board is not None
            entry = entry_of(event, board)
        return encoded(entry_shape(entry, incident))


@click.command("log", cls=TextLast, context_settings={"allow_interspersed_args": False})
@click.argument("text", nargs=-1, metavar="TEXT… | -")
@click.option("--kind", type=click.Choice(list(KINDS)), help="Take the text as it stands, as an entry of this kind.")
@click.option("--at", metavar="TIME", help="When it happened, like 14:02 or -12m.")
@click.option("--by", metavar="NAME", default="", help="Who did or said it.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="A tag; may be repeated.")
@click.option("--source", "sources", metavar="URL", multiple=True, help="A source's address; may be repeated.")
@click.option("--restricted", is_flag=True, help="Need-to-know: left out of whatever is passed on.")
@click.option("--keep", is_flag=True, help="Record secrets in the text as they are, instead of masking them.")
@click.option("--json", "as_json", is_flag=True, help="Print the entry as `scribe timeline` does.")
@add_globals
@click.pass_obj
def log_command(
    session: Session,
    text: tuple[str, ...],
    kind: str | None,
    at: str | None,
    by: str,
    tags: tuple[str, ...],
    sources: tuple[str, ...],
    restricted: bool,
    keep: bool,
    as_json: bool,
) -> int:
    """Record an entry, with the grammar of the screen's capture line; prints its id and its reference.

    The text begins at the first word that is no option. "-" reads standard input: one entry a line, each recorded
    and acknowledged as it comes.
    """
    if not text:
        raise click.UsageError(
            "nothing to record: TEXT is missing, or - for standard input", click.get_current_context()
        )
    when = session.time(at, "--at") if at is not None else None
    about = About(kind, when, by, tags, sources, restricted=restricted, keep=keep)
    with session.incident(write=True) as (journal, board):
        log = Log(session, journal, board.incident, about, as_json=as_json)
        if text == ("-",):
            return _stream(log)
        line = normalise(" ".join(text))
        try:
            if not log.take(line):
                raise ScribeError("nothing to record: the text is blank")
        except ParseError as error:
            from scribe.cli.root import complain

            return complain(error.message, _pointed(line, error), 2)
    return 0


def _stream(log: Log) -> int:
    """Record standard input line by line; 2 when a line could not be read."""
    from scribe.cli.root import complain

    gc.enable()  # a stream may run for hours
    code = 0
    for number, line in enumerate(_lines(), 1):
        try:
            if line is None:
                raise ParseError("an entry holds at most 64 KiB", 0, 0)
            _wait_for(log, number, line)
        except JournalError as error:
            error.message = f"line {number}: {error.message}"  # from here on nothing was recorded
            raise
        except ScribeError as error:
            code = complain(f"line {number}: {error.message}", error.hint, 2)
    return code


def _wait_for(log: Log, number: int, line: str) -> None:
    """Record a line; a journal that is locked is waited for longer than at a prompt. Raises what Log.take raises."""
    from scribe.cli.root import complain

    for _ in range(_TURNS):
        try:
            log.take(line)
            return
        except Busy as error:
            complain(f"line {number}: {error.message}", "waiting: this line and those behind it are kept", 3)
    log.take(line)


def _lines() -> Iterator[str | None]:
    """The lines of standard input as they come; None for one that no entry can hold, which is not kept in memory."""
    stream = sys.stdin.buffer
    first = True
    while raw := stream.readline(MAX_BYTES + 2):
        is_long = len(raw) > MAX_BYTES and not raw.endswith(b"\n")
        while is_long and raw and not raw.endswith(b"\n"):
            raw = stream.readline(MAX_BYTES)
        text = raw.decode("utf-8", "surrogateescape")
        yield None if is_long else (text.removeprefix("\ufeff") if first else text).rstrip("\r\n")
        first = False


def _reference(draft: Draft, event: Event) -> str:
    """What people call it: of a correction, the entry that it corrects, as it was typed; of a snooze, what it is of."""
    payload = event.payload
    if isinstance(payload, Snoozed):
        return payload.key
    return draft.payload.target if isinstance(draft.payload, Correction) else event.ref


def _for_the_screen(line: str, parsed: OnScreen) -> ScribeError:
    """Why a command cannot be carried out here, and which command of the shell does the same."""
    from scribe.live.slash import BY_NAME

    found = re.search(r"(?:^|\s)/([\w-]+)", line)
    slash = BY_NAME.get(found[1].casefold() if found else parsed.command)
    name = slash.name if slash else parsed.command
    alone = " without words" if slash and slash.read else ""
    instead = f"; or use: {INSTEAD[name]}" if name in INSTEAD else ""
    return ScribeError(f"/{name}{alone} needs the screen", f"open it with: scribe{instead}")


def _checked(value: str, shape: re.Pattern[str], message: str) -> str:
    value = normalise(value)
    if not shape.fullmatch(value):
        raise ScribeError(message.format(value or "nothing"))
    return value


def _pointed(line: str, error: ParseError) -> str:
    """The line with a caret under the place that is wrong, and what would be accepted there."""
    from scribe.cli.cells import width

    begin = line.rfind("\n", 0, error.start) + 1
    end = line.find("\n", begin)
    shown = line[begin : end if end >= 0 else len(line)]
    start, stop = error.start - begin, min(error.end - begin, len(shown))
    skipped = max(0, start - _AROUND)
    before, wrong = visible(shown[skipped:start]), visible(shown[start:stop])
    after = visible(shown[stop : stop + _AROUND])
    lead = "…" if skipped else ""
    lines = [
        f"  {lead}{before}{wrong[: 2 * _AROUND]}{after}",
        f"  {' ' * width(lead + before)}{'^' * max(1, width(wrong[: 2 * _AROUND]))}",
    ]
    if error.choices:
        lines.append(f"  try: {', '.join(error.choices)}")
    return "\n".join(lines)
