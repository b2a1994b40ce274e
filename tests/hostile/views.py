"""Every view that the command line gives of a record, and what must hold of what it says, format by format.

The screen's views are walked in test_screens. A command that stands in none of these tables fails a test.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch
from xml.etree.ElementTree import Element

import html5lib
from icalendar import Calendar
from markdown_it import MarkdownIt
from msgspec import DecodeError
from msgspec import json as strict

from scribe.cli.root import run
from scribe.clock import Clock
from tests.hostile.values import escapes

AUDIENCES = ("responders", "stakeholders", "public")
TEMPLATES = ("layered", "icre", "review", "classic", "lite")
OWN = """# {{ doc.title }}
{% for each in doc.timeline %}
- {{ each.text }} {{ each.by }}
{% endfor %}
{{ part.timeline() }}
"""
"""A template of a team's own."""


@dataclass(frozen=True)
class View:
    """A command that shows something: what is typed, what it is written in, and whether it is for passing on."""

    argv: tuple[str, ...]
    form: str
    passed_on: bool = False
    asked: tuple[str, ...] = ("--include-restricted",)
    """What asks for restricted entries too; nothing where it cannot be asked for."""

    @property
    def name(self) -> str:
        return " ".join(self.argv)


VIEWS: tuple[View, ...] = (
    View(("list",), "text"),
    View(("list", "--json"), "json"),
    View(("status",), "text"),
    View(("status", "--short"), "prompt", passed_on=True, asked=()),
    View(("status", "--json"), "json"),
    View(("timeline",), "text"),
    View(("timeline", "--all", "--format", "json"), "entries"),
    View(("timeline", "--format", "json"), "entries"),
    View(("timeline", "--format", "csv"), "csv", passed_on=True),
    View(("timeline", "--format", "md"), "md", passed_on=True),
    *(View(("update", "--for", each), "md", passed_on=True, asked=()) for each in AUDIENCES),
    View(("update", "--format", "slack"), "slack", passed_on=True, asked=()),
    View(("update", "--format", "plain"), "text", passed_on=True, asked=()),
    View(("checkpoint",), "md", passed_on=True),
    View(("checkpoint", "--format", "json"), "json", passed_on=True),
    View(("checkpoint", "--list"), "text"),
    View(("verify",), "text"),
    View(("verify", "--all", "--json"), "json"),
    View(("check",), "text", passed_on=True),
    View(("check", "--format", "json"), "json", passed_on=True),
    *(View(("export", "--draft", "--template", each), "md", passed_on=True) for each in TEMPLATES),
    View(("export", "--draft", "--template", "{own}"), "md", passed_on=True),
    View(("export", "--draft", "--format", "html"), "html", passed_on=True),
    View(("export", "--draft", "--format", "csv"), "csv", passed_on=True),
    View(("export", "--draft", "--format", "json"), "whole", passed_on=True),
    View(("export", "--draft", "--template", "icre", "--format", "json"), "json", passed_on=True),
    View(("write",), "text"),
    View(("write", "--json"), "json"),
    View(("write", "impact"), "text"),
    View(("factor", "list"), "text"),
    View(("factor", "list", "--json"), "json"),
    View(("actions", "--all"), "text"),
    View(("actions", "--all", "--group", "factor"), "text"),
    View(("actions", "--all", "--json"), "json"),
    View(("actions", "--all", "--format", "json"), "json"),
    View(("actions", "--all", "--format", "csv"), "csv", passed_on=True),
    View(("actions", "--all", "--format", "md"), "md", passed_on=True),
    View(("actions", "--all", "--format", "ics"), "ics", passed_on=True),
)

WRITES = frozenset({"new", "log", "import", "unbundle", "reindex", "run", "changes", "drill", "erase"})
"""Commands that show nothing of a record but what they were given: their arguments are fuzzed (test_arguments)."""

SCREENS = frozenset({"open", "demo"})
"""Commands that open the full screen: walked in test_screens."""

FILES = frozenset({"bundle", "backup", "salvage", "doctor"})
"""Commands that write files of their own kind, and say where: seen in test_files."""


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


def say(argv: Sequence[str], clock: Clock, stdin: bytes = b"") -> Said:
    """Carry out one command in this process, the last gate of what it prints open: what would lean on it is seen."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin))
    try:
        with redirect_stdout(out), redirect_stderr(err), patch("scribe.cli.output._gated", lambda text, _: text):
            code = run(argv, clock)
            out.flush()
            err.flush()
    finally:
        sys.stdin = before
    found = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return Said(code, *found)


def own_template(folder: Path) -> str:
    """The file of a team's own template."""
    path = folder / "own.md.j2"
    if not path.exists():
        path.write_text(OWN, encoding="utf-8")
    return str(path)


# ── what must hold of each format ───────────────────────────────────────────────────────────────────────────────────


def check(view: View, said: Said) -> None:
    """Raise AssertionError where something got out that could act."""
    assert said.code in (0, 1) or "would give away" in said.err, (view.name, said.err)
    harmless(said.err)
    harmless(said.out.replace("\r\n", "\n") if view.form in ("csv", "ics") else said.out)
    if said.out:
        CHECKS[view.form](said.out)


def harmless(text: str) -> None:
    """Nothing that a terminal obeys, that turns the line round or that hides."""
    assert escapes(text) == [], (escapes(text)[:5], text[:2000])
    text.encode()


def _prompt(text: str) -> None:
    """One line: it stands in a shell's prompt, or in a status bar."""
    assert text.count("\n") <= 1


def _json(text: str) -> None:
    try:
        strict.decode(text)
    except DecodeError as error:
        raise AssertionError(f"no JSON: {error}") from error


def _csv(text: str) -> None:
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len({len(row) for row in rows}) == 1
    for cell in (cell for row in rows for cell in row):
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")), cell
        assert not cell.startswith(("\t", "\r")), cell


_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_ALLOWED = re.compile(r"(?:https?://[^\s/?#]|mailto:|#)", re.IGNORECASE)


def _md(text: str) -> None:
    for block in _PARSER.parse(text):
        for token in (block, *(block.children or ())):
            assert token.type not in ("html_block", "html_inline", "image", "code_block"), token.content[:200]
            if token.type == "link_open":
                assert _ALLOWED.match(str(token.attrs["href"])), token.attrs
            if token.type == "fence":
                assert token.info == "mermaid", token.info
                _mermaid(token.content)


def _mermaid(text: str) -> None:
    first, *lines = text.splitlines()
    assert first.split()[0] in ("gantt", "timeline", "flowchart", "graph", "stateDiagram-v2"), first
    for line in lines:
        assert not re.match(r"\s*(?:click|%%|href|call|link)\b|.*%%\{", line), line


def _html(text: str) -> None:
    root = html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=False)
    nothing_acts(root)


_FORBIDDEN = re.compile(
    "i?frame|frameset|script|noscript|object|embed|applet|audio|video|img|source|track|portal|math|template|"
    "base|form|input|button|textarea|select|plaintext|xmp"
)


def nothing_acts(root: Element) -> None:
    """No script, no event, nothing loaded, no style but the page's own, no link to anything but addresses."""
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        name = element.tag.rpartition("}")[2]
        assert not _FORBIDDEN.fullmatch(name), name
        for raw, value in element.attrib.items():
            attribute = raw.rpartition("}")[2].casefold()
            assert not attribute.startswith("on"), (name, attribute)
            assert attribute not in ("srcdoc", "formaction", "action", "background", "ping", "autofocus"), attribute
            if name == "link":
                assert element.attrib == {"rel": "icon", "href": "data:,"}
            elif attribute in ("href", "src"):
                assert _ALLOWED.match(value), (name, value)
            if attribute == "style":
                assert not re.search(r"url\(|position|expression|@import|;\s*[^\d\s:;-][^:]*:[^;]*\(", value), value
        if name == "style":
            assert not re.search(r"@import|url\((?!#)|</", element.text or "")
        if name == "meta":
            assert element.attrib.get("http-equiv", "").casefold() in ("", "content-security-policy")


def _ics(text: str) -> None:
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "").rstrip("\n")
    (calendar,) = Calendar.from_ical(text, multiple=True)
    for component in calendar.walk():
        assert component.name in ("VCALENDAR", "VEVENT"), component.name
        assert not {"ATTENDEE", "ATTACH", "URL", "ORGANIZER"} & set(component)


def _slack(text: str) -> None:
    """Slack's mrkdwn: <…> is a link, a mention of everybody, a command."""
    for found in re.findall(r"<([^>]*)>", text):
        assert re.match(r"https?://", found), found
    assert not re.search(r"<!|<@|<#", text)


def _nothing(_: str) -> None:
    pass


CHECKS: dict[str, Callable[[str], None]] = {
    "text": _nothing,
    "slack": _slack,
    "prompt": _prompt,
    "json": _json,
    "entries": _json,
    "whole": _json,
    "csv": _csv,
    "md": _md,
    "html": _html,
    "ics": _ics,
}


@cache
def commands() -> frozenset[str]:
    """Every command there is."""
    from scribe.cli.root import COMMANDS

    return frozenset(COMMANDS)
