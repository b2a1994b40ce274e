"""What lies over the register: its keys and commands, and the question in which form it is passed on."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from scribe.live.slash import BY_NAME
from scribe.ui.commands import FOLLOWING, REGISTER
from scribe.ui.messages import Choice, Chosen
from scribe.ui.register.routing import ON_SCREEN, RECORDED
from scribe.ui.register.view import NAMES, View
from scribe.ui.wrap import wrap

NAME = "action-items"
"""What the file that is passed on is called, without its ending."""

FORMS: tuple[tuple[str, str], ...] = (
    ("csv", "a table as Jira imports it"),
    ("md", "a checklist in Markdown, by incident and factor"),
    ("ics", "a calendar of what is due"),
)
"""The forms, and what each is."""


def help_text(width: int) -> tuple[str, Text, list[Choice]]:
    """Keys, how lines are read here, commands, in two columns."""
    body = Text()
    body.append("Words alone show only the items that hold them. A command is for the incident of the chosen\n", "bold")
    body.append("row, or of the item that it names: /done K3F2/T1 what shows it.", "bold")
    body.append("\n\nKeys\n", "bold")
    _columns(body, [*((command.shown, command.help) for command in REGISTER), *FOLLOWING], 10, width)
    body.append("\n\nCommands\n", "bold")
    commands = [BY_NAME[name] for name in (*RECORDED, *ON_SCREEN)]
    _columns(body, [(command.usage, command.help) for command in commands], 26, width)
    return "The register of action items", body, []


def passing_on(view: View, shown: int) -> tuple[str, Text, list[Choice]]:
    """In which form what is shown is passed on."""
    body = Text(f"{shown} action item{'' if shown == 1 else 's'} as shown ({NAMES[view.show]}), into a new file. ")
    body.append("What is restricted is left out.")
    choices: list[Choice] = [(f"{form:5} {about}", Chosen(export=(NAME, form))) for form, about in FORMS]
    return "Pass the register on", body, choices


def _columns(body: Text, rows: Iterable[tuple[str, str]], first: int, width: int) -> None:
    """Two columns, the second wrapped within itself; under the first where it is short of room."""
    for left, right in rows:
        beside = width >= first + 30 and len(left) <= first
        if not beside:
            body.append(f"\n {left}")
        for number, line in enumerate(wrap(right, max(8, width - first - 2))):
            head = (left if number == 0 and beside else "").ljust(first)
            body.append(f"\n {head} {line}")
