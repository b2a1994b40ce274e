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
    Command("update", "f2", "F2", "update", "compose a status update from the record; again: send it", True),
    Command("handoff", "f3", "F3", "handoff", "the packet for whoever takes over; again: hand it over", True),
    Command("roles", "f4", "F4", "board", "roles and duties, countdown, what is open, targets, whole", True),
    Command("attention", "f5", "F5", "attention", "everything that needs attention, and what deals with it", True),
    Command("find", "f6", "F6", "find", "show only entries of a kind, a @person, a #tag, or with words", True),
    Command(
        "checklists", "f7", "F7", "checklist", "checklists: what is done, what the record shows, what is open", True
    ),
    Command("export", "f8", "F8", "export", "write the postmortem's draft to a file", True),
    Command("incidents", "f9", "F9", "incidents", "all incidents, and declare another", True),
    Command(
        "pick", "shift+up,ctrl+r", "^R", "pick", "pick an entry (also ⇧↑): amend, retract, link, copy, restrict", True
    ),
    Command("answer", "ctrl+g", "^G", "answer", "deal with what needs attention most"),
    Command("zones", "ctrl+o", "^O", "UTC", "show local time, UTC, or both", True),
    Command("stamp_now", "ctrl+t", "^T", "time is now", "take the time of this moment, not of the first key stroke"),
    Command("leave", "ctrl+d", "^D", "quit", "leave, when the box is empty: nothing unsent is left behind", True),
    Command("command_palette", "ctrl+p", "^P", "all", "every action by name", True),
)
"""The keys. Those that terminals, tmux and readline hands own are left alone: ^B, ^S, ^Q and plain letters."""


EDITING: tuple[tuple[str, str], ...] = (
    ("Enter", "record the line; in an empty box: do what the chosen row of a worksheet is for"),
    ("Tab", "take the completion offered, again for the next one; in an empty box: turn the worksheet"),
    ("↑ ↓", "lines recorded before; rows of a worksheet; while picking, entries"),
    ("PgUp PgDn", "scroll the timeline, or what stands beside a worksheet's rows; ^Home ^End to the timeline's ends"),
    ("Esc", "put a worksheet away; back to the newest entry, and out of a filter or the picking"),
)
"""Keys of the capture line that are no commands."""
