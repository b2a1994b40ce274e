"""What the team's config says of postmortems, as the screen needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from scribe.after.lint.options import Options


class Agreed(Struct, frozen=True):
    """The template that is meant where none is named, and what the check goes by (None: the defaults)."""

    template: str = "layered"
    options: Options | None = None
