"""How entries that were typed as commands say what they changed."""

from __future__ import annotations

from scribe.record.events import Draft
from scribe.record.state import Board


def said(sentence: str, words: str) -> str:
    """What changed, and the words that somebody gave with it."""
    return f"{sentence}: {words}" if words else sentence


def people(names: tuple[str, ...]) -> str:
    """Names as they are typed: "@alice, @bob"."""
    return ", ".join(f"@{name}" for name in names)


def backdated(draft: Draft, board: Board) -> bool:
    """Whether the board has moved on since: what it says now is not what was before this."""
    return draft.at < board.key[0]
