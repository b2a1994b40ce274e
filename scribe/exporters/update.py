"""A status update as it is sent: Markdown, Slack's mrkdwn, plain text.

What people typed is shown as written and acts nowhere; ``@here`` and its kin, which would ring for hundreds wherever
the text is pasted, are spelt with the wide sign ＠.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import tzinfo

from scribe.exporters.escape import inline
from scribe.live.updates import Composition, footer, opening, text
from scribe.record.text import one_line, visible

FORMATS: dict[str, str] = {"markdown": "md", "slack": "txt", "plain": "txt"}
"""The names of the formats, as people choose them, and how a file of each ends."""

_SIGNS = {"yellow": "🟡 ", "orange": "🟠 ", "green": "🟢 "}
"""A status page's colours; the word for each state stands behind its sign."""

_RINGS = r"@(?=(?:channel|here|everyone|group|all)(?!\w))"
# Slack knows no escape for these. Another sign of the same looks is the only way to show them and have them do nothing.
_LOOKALIKES = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
# An underscore within a word does nothing and stays, so that names can be copied.
_UNDERSCORE = r"(?<![^\W_])_|_(?![^\W_])"


def rendered(composition: Composition, zone: tzinfo, form: str) -> str:
    """The update in one of FORMATS."""
    shapes = {"markdown": to_markdown, "slack": to_slack, "plain": to_plain}
    return shapes[form](composition, zone)


def to_markdown(composition: Composition, zone: tzinfo) -> str:
    """CommonMark, ending in a newline."""
    parts = [
        f"## {_sign(composition)}{_md(composition.heading)}",
        _md(opening(composition, zone)),
        *_fields(composition, _md, "**{}:**", "- ", "\n\n"),
        *(f"**{_md(line)}**" for line in footer(composition, zone)),
    ]
    return "\n\n".join(parts) + "\n"


def to_slack(composition: Composition, zone: tzinfo) -> str:
    """Slack's mrkdwn, ending in a newline."""
    parts = [
        f"*{_sign(composition)}{_mrkdwn(composition.heading)}*",
        _mrkdwn(opening(composition, zone)),
        *_fields(composition, _mrkdwn, "*{}:*", "• ", "\n"),
        *(f"*{_mrkdwn(line)}*" for line in footer(composition, zone)),
    ]
    return "\n".join(parts) + "\n"


def to_plain(composition: Composition, zone: tzinfo) -> str:
    """The words alone, as the record keeps them, ending in a newline."""
    return _quiet(visible(text(composition, zone))) + "\n"


def _fields(composition: Composition, shown: Callable[[str], str], label: str, bullet: str, between: str) -> list[str]:
    """Each field: one statement beside its label, several as a list below it."""
    found = []
    for field in composition.fields:
        name, items = label.format(shown(field.label)), field.items
        if len(items) == 1:
            found.append(f"{name} {shown(items[0])}")
        else:
            found.append(between.join((name, "\n".join(f"{bullet}{shown(item)}" for item in items))))
    return found


def _sign(composition: Composition) -> str:
    return _SIGNS.get(composition.colour, "")


def _md(line: str) -> str:
    return inline(_quiet(line))


def _mrkdwn(line: str) -> str:
    line = _quiet(one_line(line.strip()))
    line = re.sub(_UNDERSCORE, "＿", line.translate(_LOOKALIKES))
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quiet(line: str) -> str:
    return re.sub(_RINGS, "＠", line, flags=re.IGNORECASE)
