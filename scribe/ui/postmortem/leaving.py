"""The question in which template and format the document leaves."""

from __future__ import annotations

from rich.text import Text

from scribe.exporters.markdown import TEMPLATES
from scribe.record.text import one_line
from scribe.ui.messages import Choice, Chosen
from scribe.ui.postmortem.look import Look
from scribe.ui.postmortem.places import counted

_ABOUT = {
    "layered": "contributing factors by layer",
    "icre": "issue, cause, resolution, enhancement",
    "review": "five whys, ten classes scored, for a review meeting",
    "classic": "root cause, timeline, action items",
    "lite": "impact, timeline and actions, for a small incident",
}


def sheet(look: Look, last: tuple[str, str]) -> tuple[str, Text, list[Choice]]:
    """What is to be chosen; what was written out last stands first."""
    errors = [finding for finding in counted(look.findings) if finding.level == "error"]
    body = Text()
    if look.document.is_draft:
        body.append("Users are still affected: whatever is written out now is marked as a draft.")
    elif errors:
        count = f"{len(errors)} error{'s stand' if len(errors) > 1 else ' stands'}"
        body.append(f"{count}: it is written out as a draft that lists {'them' if len(errors) > 1 else 'it'}.")
        body.append("\nF5 goes through them; F7 waives one, with a reason.")
    else:
        body.append("The check finds no error: this is the final document.")
    return "Write the postmortem out", body, [_choice(*each) for each in ways(last)]


def ways(last: tuple[str, str]) -> list[tuple[str, str]]:
    """Every template and format, what was used last first."""
    found: list[tuple[str, str]] = [(name, "md") for name in TEMPLATES]
    found += [(last[0], "html"), (TEMPLATES[0], "json"), ("icre", "json"), (TEMPLATES[0], "csv")]
    return list(dict.fromkeys((last, *found)))


def _choice(template: str, form: str) -> Choice:
    match form:
        case "md":
            said = f"{one_line(template):10} Markdown: {_ABOUT.get(template, 'your own template')}"
        case "html":
            said = f"{'html':10} one page, {one_line(template)}, with the timeline drawn"
        case "json" if template == "icre":
            said = f"{'json':10} ICRE, for a pipeline"
        case "json":
            said = f"{'json':10} all of it, which can be imported again"
        case _:
            said = f"{'csv':10} the timeline"
    return (said, Chosen(export=(template, form)))
