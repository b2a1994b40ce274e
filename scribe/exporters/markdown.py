"""The postmortem as Markdown, through a template."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal

from scribe.after.postmortem import Postmortem
from scribe.exporters.blocks import Blocks
from scribe.exporters.escape import Md, inline
from scribe.exporters.rows import timeline_table

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["TEMPLATES", "Template", "postmortem", "timeline_table"]

Template = Literal["layered", "icre", "review", "classic", "lite"]

TEMPLATES: tuple[Template, ...] = ("layered", "icre", "review", "classic", "lite")
"""The templates that come with scribe, the default first."""

_GAPS = re.compile(r"\n(?:\n\n+|\n*\Z)")


def postmortem(document: Postmortem, template: Template, *, diagrams: bool = True) -> str:
    """The document in one of the templates: CommonMark with GitHub's tables, ending in a newline.

    ``diagrams`` are Mermaid's, in fenced code; whoever cannot draw them asks for none.
    """
    text = (
        environment().get_template(f"{template}.md.j2").render(doc=document, part=Blocks(document, diagrams=diagrams))
    )
    return tidied(text)


def tidied(text: str) -> str:
    """A filled template without the gaps that empty parts leave, ending in one newline."""
    # In one go, and by a literal sign: the text may be megabytes, and each copy of it takes milliseconds.
    text = text.lstrip("\n")
    text = _GAPS.sub(lambda gap: "\n" if gap.end() == len(text) else "\n\n", text)
    return text if text.endswith("\n") else f"{text}\n"


@cache
def environment() -> Environment:
    """Where the built-in templates are filled."""
    # Imported here because `scribe timeline` needs the table only.
    from jinja2 import PackageLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        loader=PackageLoader("scribe.exporters"),
        undefined=StrictUndefined,
        finalize=finalized,
        # HTML's rules are not Markdown's: `finalized` escapes whatever is not Md already.
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def finalized(value: object) -> object:
    """What every expression of a template goes through: a template cannot forget to escape."""
    from jinja2 import Undefined

    return value if isinstance(value, (Md, Undefined)) else inline(str(value))
