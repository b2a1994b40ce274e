"""A word of the field's own as people type it: in any case, with hyphens or spaces, as far as it is needed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # at run time, older versions of click have no generic one
    ParamType = click.ParamType[str]
else:
    ParamType = click.ParamType


class OneOf(ParamType):
    """One of some words; ``third-party``, ``Third_Party`` and ``third`` are ``third_party``."""

    name = "word"

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(words)

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word as the record has it. Raises BadParameter, naming them all."""
        typed = value.strip().casefold().replace("-", "_").replace(" ", "_")
        near = [word for word in self.words if typed and word.casefold().startswith(typed)]
        exact = [word for word in near if word.casefold() == typed]
        if len(exact or near) != 1:
            self.fail(f"{value or 'nothing'} is none of {', '.join(self.words)}", param, ctx)
        return (exact or near)[0]

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:  # noqa: ARG002
        """What the help shows in the place of a value."""
        return f"[{'|'.join(self.words)}]"
