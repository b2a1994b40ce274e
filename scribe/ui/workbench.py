"""Which worksheet lies open, what its keys do, and what was typed into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from scribe.record.events import Checkpoint, Draft, Event
from scribe.ui.messages import Chosen
from scribe.ui.widgets.worksheet import WorksheetPanel
from scribe.ui.worksheets.page import CHOSEN, Row, Seen, Typed, Worksheet

if TYPE_CHECKING:
    from scribe.record.repeated import Repeated

BOX = "worksheets"
"""The name of the box under which unsent worksheets are kept."""

_NEED_ALL = frozenset({"update", "handoff", "packets"})
"""Worksheets that quote the record, and so wait until all of it is loaded."""


class Workbench:
    """Lays one worksheet at a time into the panel. What it is to do it asks of whoever made it, by ``carry``."""

    def __init__(
        self, seen: Callable[[], Seen | None], carry: Callable[[Chosen], None], wall: Callable[[], str]
    ) -> None:
        self._wall = wall
        self.unsaved = False
        self.awaited = ""
        self._seen = seen
        self._carry = carry
        self._panel: WorksheetPanel | None = None
        self._kinds: dict[str, Worksheet] = {}
        self._open: Worksheet | None = None
        self._left: dict[str, Typed] = {}

    def stand_on(self, panel: WorksheetPanel) -> None:
        """Draw into this panel from now on."""
        self._panel = panel

    @property
    def name(self) -> str:
        """Which worksheet lies open; empty when none does."""
        return self._open.name if self._open is not None else ""

    def needs_all(self, name: str) -> bool:
        """Whether a worksheet has to wait until every entry is loaded."""
        return name in _NEED_ALL

    def lay(self, name: str, argument: str = "") -> None:
        """Lay a worksheet open; one that lies open stays as it is, unless it is to turn to something else."""
        seen = self._seen()
        if seen is None or self._panel is None:
            return
        sheet = self._kind(name)
        if sheet is self._open and not argument:
            return
        sheet.turn_to(argument)
        self._open = sheet
        self._panel.put(sheet.page(seen), fresh=True)

    def again(self) -> None:
        """Its key, pressed while it lies open: what it is for, or it is put away."""
        seen = self._seen()
        if seen is None or self._open is None:
            return
        # What is sent is stamped with this moment, not with the second that was drawn last.
        chosen = self._open.again(replace(seen, now=max(seen.now, self._wall())))
        if chosen is None:
            self.close()
        else:
            self._carry(chosen)

    def close(self) -> None:
        """Put it away; what was typed into it stays."""
        self._open = None
        if self._panel is not None:
            self._panel.put(None)

    def refresh(self) -> None:
        """Draw it as the record and the time have it now."""
        seen = self._seen()
        if self._open is not None and seen is not None and self._panel is not None:
            self._panel.put(self._open.page(seen))

    def enter(self) -> None:
        """Enter in an empty box."""
        if self._open is not None:
            self._ask(self._open.enter)

    def tab(self) -> None:
        """Tab in an empty box."""
        if self._open is not None:
            self._ask(self._open.tab)

    def _ask(self, ask: Callable[[Row, Seen], Chosen | None]) -> None:
        seen, row = self._seen(), self._panel.row if self._panel is not None else None
        if seen is None or row is None:
            return
        chosen = ask(row, seen)
        if chosen is not None:
            self._carry(chosen)
        self.refresh()

    # ── what is typed into it ───────────────────────────────────────────────────────────────────────────────────────

    @property
    def fields(self) -> tuple[str, ...]:
        """The names that ``/set`` takes now."""
        return self._open.fields if self._open is not None else ()

    def set(self, argument: str) -> str:
        """``/set FIELD TEXT``: returns what is wrong with it, or nothing."""
        field, _, text = argument.strip().partition(" ")
        seen = self._seen()
        if self._open is None or seen is None:
            return "/set fills a field of an update (F2) or a packet (F3): open one first"
        wrong = self._open.set(field.casefold().replace("-", "_"), text.strip(), seen)
        self.unsaved = self.unsaved or not wrong
        self.refresh()
        return wrong

    def sent(self) -> None:
        """What was typed into the worksheet that lies open was recorded."""
        if self._open is not None:
            self._open.forget()
            self.unsaved = True
            self.close()

    def written(self, events: Sequence[Event]) -> None:
        """A packet that was handed over took with it what was typed into the worksheet."""
        if any(isinstance(event.payload, Checkpoint) for event in events):
            self._kind("handoff").forget()
            self.unsaved = True

    def enclose(self, draft: Draft) -> Draft:
        """A packet that is handed over carries what was typed into the worksheet."""
        seen = self._seen()
        if isinstance(draft.payload, Checkpoint) and not draft.payload.given and seen is not None:
            return self._kind("handoff").enclose(draft, seen)
        return draft

    def forget(self, words: Repeated) -> None:
        """Keep none of these words in what was typed."""
        for kind in self._kinds.values():
            kept = _masked(kind.typed, words)
            self.unsaved = self.unsaved or kept != kind.typed
            kind.typed = kept
        self._left = {name: _masked(typed, words) for name, typed in self._left.items()}
        self.refresh()

    def kept(self) -> str:
        """What was typed and not sent, as text."""
        found = {name: kind.typed for name, kind in self._kinds.items() if kind.typed}
        waiting = {name: typed for name, typed in self._left.items() if name not in self._kinds}
        return msgspec.json.encode({**waiting, **found}).decode() if found or waiting else ""

    @property
    def typed(self) -> str:
        """The same as people read it: a line for each text, behind the names of its worksheet and field."""
        lines = []
        for name, typed in {**self._left, **{name: kind.typed for name, kind in self._kinds.items()}}.items():
            for of, fields in typed.items():
                if of != CHOSEN:
                    lines += [f"{' '.join(filter(None, (name, of, field)))}: {text}" for field, text in fields.items()]
        return "\n".join(lines)

    def take_up(self, kept: str) -> tuple[str, ...]:
        """What a process that is gone left; returns the worksheets that words were typed into."""
        try:
            self._left = msgspec.json.decode(kept, type=dict[str, Typed])
        except msgspec.MsgspecError:  # another version's: it is no loss that words can mend
            return ()
        return tuple(name for name, typed in self._left.items() if any(typed[key] for key in typed if key != CHOSEN))

    def _kind(self, name: str) -> Worksheet:
        sheet = self._kinds.get(name)
        if sheet is None:
            sheet = self._kinds[name] = _made(name)
            sheet.typed = self._left.pop(name, sheet.typed)
        return sheet


def _masked(typed: Typed, words: Repeated) -> Typed:
    return {key: {name: words.masked(text) for name, text in said.items()} for key, said in typed.items()}


def _made(name: str) -> Worksheet:
    """A worksheet of that kind; imported when it is first wanted, because the first frame shows none."""
    match name:
        case "update":
            from scribe.ui.worksheets.update import UpdateSheet

            return UpdateSheet()
        case "handoff":
            from scribe.ui.worksheets.packet import PacketSheet

            return PacketSheet()
        case "packets":
            from scribe.ui.worksheets.packets import PacketsSheet

            return PacketsSheet()
        case "attention":
            from scribe.ui.worksheets.attention import AttentionSheet

            return AttentionSheet()
        case "checklists":
            from scribe.ui.worksheets.checklist import ChecklistSheet

            return ChecklistSheet()
        case _:
            from scribe.ui.worksheets.impact import ImpactSheet

            return ImpactSheet()
