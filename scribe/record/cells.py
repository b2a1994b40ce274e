"""The cells of a table that spreadsheets open: what they would work out is kept from it, and found again when read."""

from __future__ import annotations

import re

from scribe.record.text import visible

# Spreadsheets of East Asia take the wide signs too; white space before them stops nobody.
_WORKED_OUT = re.compile(r"['\s]*[=+@＝＋＠－-]")


def cell(text: str) -> str:
    """The cell as a spreadsheet shows it. An apostrophe keeps it from being a formula.

    One that was typed before a formula gets another, so that whoever reads the table can take one away again.
    """
    shown = visible(text)
    return f"'{shown}" if _WORKED_OUT.match(shown) else shown


def typed(cell: str) -> str:
    """What stood in a cell before it was kept from being a formula."""
    return cell[1:] if cell.startswith("'") and _WORKED_OUT.match(cell) else cell
