"""The postmortem as one HTML page that needs nothing else: the document's own Markdown, and a drawn timeline."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from scribe.after.postmortem import Postmortem
from scribe.exporters.drawing import draw
from scribe.exporters.html_body import body
from scribe.exporters.lanes import chart
from scribe.record.text import one_line

if TYPE_CHECKING:
    from jinja2 import Template

_PLACE = "<!-- sections -->"


def page(document: Postmortem, markdown: str) -> str:
    """The page of a document that a template has set in Markdown; it ends in a newline.

    It holds no script, loads nothing, and fits screens from a telephone's on, dark ones and paper.
    """
    read = body(markdown, [entry.ref for entry in document.timeline])
    drawn = chart(document)
    title = read.title_text or one_line(document.title) or "Postmortem"
    frame = _template().render(
        title=f"{title} – {one_line(document.id)}",
        heading=read.title or title,
        body=read,
        picture=draw(drawn, read.anchors) if drawn else None,
        place=Markup(_PLACE),  # noqa: S704  # our own
    )
    # Megabytes need not go through a template: of what anybody typed, nothing can look like this comment.
    before, _, after = frame.partition(_PLACE)
    return "".join((before, *read.sections, after))


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("scribe.exporters"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    ).get_template("page.html.j2")
