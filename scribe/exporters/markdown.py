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

Template = Literal["layered", "classic"]

TEMPLATES: tuple[Template, ...] = ("layered", "classic")
"""The templates that come with scribe, the default first."""

_GAPS = re.compile(r"\n{3,}")


def postmortem(document: Postmortem, template: Template) -> str:
    """The document in one of the templates: CommonMark with GitHub's tables, ending in a newline."""
    text = _environment().get_template(f"{template}.md.j2").render(doc=document, part=Blocks(document))
    return _GAPS.sub("\n\n", text).strip("\n") + "\n"


@cache
def _environment() -> Environment:
    # Imported here because `scribe timeline` needs the table only.
    from jinja2 import PackageLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        loader=PackageLoader("scribe.exporters"),
        undefined=StrictUndefined,
        finalize=_finalize,
        # HTML's rules are not Markdown's: `finalize` escapes whatever is not Md already.
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _finalize(value: object) -> object:
    """What every expression of a template goes through: a template cannot forget to escape."""
    from jinja2 import Undefined

    return value if isinstance(value, (Md, Undefined)) else inline(str(value))
