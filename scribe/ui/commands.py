"""Every action once: footer, palette, help and the README's key table are made from this list."""

from __future__ import annotations

from msgspec import Struct


class Command(Struct, frozen=True):
    """One thing that a key does: the action's id, its key as Textual names it, and how people read both."""

    id: str
    key: str
    shown: str
    title: str
    help: str
    footer: bool = False


COMMANDS: tuple[Command, ...] = (
    Command("help", "f1", "F1", "help", "keys and commands", True),
    Command("update", "f2", "F2", "update", "write a status update as it was sent", True),
    Command("roles", "f4", "F4", "board", "roles, countdown and what is open, whole; assign and hand over", True),
    Command("find", "f6", "F6", "find", "show only entries of a kind, a @person, a #tag, or with words", True),
    Command("pick", "f7,shift+up", "F7", "pick", "pick an entry: amend, retract, link, copy, earlier words", True),
    Command("export", "f8", "F8", "export", "write the postmortem's draft to a file", True),
    Command("incidents", "f9", "F9", "incidents", "all incidents, and declare another", True),
    Command("zones", "ctrl+o", "^O", "UTC", "show local time, UTC, or both", True),
    Command("stamp_now", "ctrl+t", "^T", "time is now", "take the time of this moment, not of the first key stroke"),
    Command("leave", "ctrl+d", "^D", "quit", "leave, when the box is empty: nothing unsent is left behind", True),
    Command("command_palette", "ctrl+p", "^P", "all", "every action by name", True),
)
"""The keys. Those that terminals, tmux and readline hands own are left alone: ^B, ^S, ^Q and plain letters."""


EDITING: tuple[tuple[str, str], ...] = (
    ("Enter", "record the line"),
    ("Tab", "take the completion offered; again for the next one"),
    ("↑ ↓", "lines recorded before (while picking: the entry before and after)"),
    ("PgUp PgDn", "scroll the timeline; ^Home ^End to its ends"),
    ("Esc", "back to the newest entry, and out of a filter or the picking"),
)
"""Keys of the capture line that are no commands."""
