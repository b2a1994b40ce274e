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
    Command("postmortem", "f8", "F8", "postmortem", "write the postmortem; F8 in it writes the document out", True),
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

AFTERWARDS = frozenset({"help", "postmortem"})
"""Those that the footer shows first once the incident is over."""

POSTMORTEM: tuple[Command, ...] = (
    Command(
        "take",
        "f2",
        "F2",
        "take",
        "take what the record holds; again: the next section that it holds something for",
        True,
    ),
    Command("previous", "f3,ctrl+up,shift+tab", "F3", "back", "the section before (also ^↑ ⇧Tab)"),
    Command("next", "f4,ctrl+down,tab", "F4", "next", "the next section (also ^↓ Tab)", True),
    Command("finding", "f5", "F5", "finding", "the next finding of the check, where it is", True),
    Command("entries", "f6", "F6", "pick", "pick entries: Enter sends one here, s stars it, h hides it", True),
    Command("waive", "f7", "F7", "waive", "accept the finding under the cursor, with a reason", True),
    Command("export", "f8", "F8", "export", "write the document to a file: which template, which format", True),
    Command("leave", "escape", "Esc", "live", "back to the live screen; what was written is recorded", True),
    Command("help", "f1", "F1", "help", "keys and commands", True),
    Command("editor", "f9", "F9", "$EDITOR", "write the section in your own editor", True),
    Command("line", "ctrl+l", "^L", "line", "from the text to the capture line, and back", True),
    Command("supply", "ctrl+g", "^G", "supply", "begin the milestone that a figure waits for"),
    Command("beside", "ctrl+r", "^R", "sources", "sources and figures, where the screen has no room beside the text"),
    Command("zones", "ctrl+o", "^O", "UTC", "show local time, UTC, or both"),
    Command("stamp_now", "ctrl+t", "^T", "time is now", "take the time of this moment, not of the first key stroke"),
    Command("command_palette", "ctrl+p", "^P", "all", "every action by name", True),
)
"""The keys of the postmortem. Those that an editor owns are left alone: ^Z undoes, ^Y redoes, ^A ^E ^K ^U ^W edit."""

REGISTER: tuple[Command, ...] = (
    Command("help", "f1", "F1", "help", "keys and commands", True),
    Command("new", "f2", "F2", "new", "begin an action item in the incident of the chosen row", True),
    Command("sort", "f3", "F3", "sort", "the next order: due, priority, owner, incident, status", True),
    Command("group", "f4", "F4", "group", "under each factor, under each incident, or one list", True),
    Command("show", "f5", "F5", "show", "open, late, stale, done and not verified, all", True),
    Command("find", "f6", "F6", "find", "show only items with words, of an @owner, or of nobody (@none)", True),
    Command("mine", "f7", "F7", "mine", "show only your own items; again: everybody's", True),
    Command("export", "f8", "F8", "pass on", "CSV for Jira, a checklist, or a calendar, of what is shown", True),
    Command("change", "f9", "F9", "change", "begin a change of the chosen item: due: owner: priority: for: …", True),
    Command("whole", "ctrl+r", "^R", "whole", "the chosen item in the place of the list; again: the list", True),
    Command(
        "back", "escape", "Esc", "back", "out of the whole and what is left out; then to where you came from", True
    ),
    Command("command_palette", "ctrl+p", "^P", "all", "every action by name", True),
)
"""The keys of the register of action items."""


EDITING: tuple[tuple[str, str], ...] = (
    ("Enter", "record the line; in an empty box: do what the chosen row of a worksheet is for"),
    ("Tab", "take the completion offered, again for the next one; in an empty box: turn the worksheet"),
    ("↑ ↓", "lines recorded before; rows of a worksheet; while picking, entries"),
    ("PgUp PgDn", "scroll the timeline, or what stands beside a worksheet's rows; ^Home ^End to the timeline's ends"),
    ("Esc", "put a worksheet away; back to the newest entry, and out of a filter or the picking"),
)
"""Keys of the capture line that are no commands."""

WRITING: tuple[tuple[str, str], ...] = (
    ("Enter", "a new line; in a section of one line: the next section; among answers: chooses"),
    ("^Z ^Y", "undo, redo"),
    ("1 2 3", "choose the answer of that number"),
    ("s h Space", "while picking entries: star, hide, show the whole"),
)
"""Keys of the postmortem's sections that are no commands."""

FOLLOWING: tuple[tuple[str, str], ...] = (
    ("Enter", "in an empty box: begin what the chosen item needs next; else record the line, or find its words"),
    ("Tab", "take the completion offered; in an empty box: show something else, as F5 does"),
    ("↑ ↓", "choose an item while the box is empty, else lines recorded before; ^Home ^End: the first, the last"),
    ("PgUp PgDn", "a screen of items; of the whole one, while it is shown"),
    ("^D", "back at once, when the box is empty"),
)
"""Keys of the register that are no commands."""
