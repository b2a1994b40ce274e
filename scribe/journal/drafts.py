"""What is typed and not yet sent, saved within a second, offered again once its process is gone."""

from __future__ import annotations

from msgspec import Struct

from scribe.journal import identity
from scribe.journal.store import Journal
from scribe.record.text import normalise


class Unsent(Struct, frozen=True):
    """A text that was never sent: the box it stood in, the words, and its first key stroke (UTC text)."""

    box: str
    text: str
    began: str


class Drafts:
    """The unsent texts of one process for one incident."""

    def __init__(self, journal: Journal, incident: str) -> None:
        self._journal = journal
        self._incident = incident
        self._process = identity.process()

    def key(self, box: str) -> tuple[str, str, str]:
        """What an append names, so that the sent text stops being a draft in the same transaction."""
        return (self._incident, box, self._process)

    def save(self, box: str, text: str, began: str) -> None:
        """Keep ``text``; an empty one is forgotten. Raises Busy when the journal is locked: try again later."""
        text = normalise(text)
        with self._journal.light_write() as connection:
            if text:
                connection.execute(
                    "INSERT INTO drafts (incident, box, process, text, began) VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET text = excluded.text, began = excluded.began",
                    (*self.key(box), text, began),
                )
            else:
                connection.execute("DELETE FROM drafts WHERE incident = ? AND box = ? AND process = ?", self.key(box))

    def adopt(self) -> list[Unsent]:
        """The texts that this process left, or one that is gone, oldest first; they are this process's to keep now."""
        with self._journal.light_write() as connection:
            rows = connection.execute(
                "SELECT box, process, text, began FROM drafts WHERE incident = ? ORDER BY began", (self._incident,)
            ).fetchall()
            left = [row for row in rows if row[1] == self._process or identity.is_gone(row[1])]
            for box, process, *_ in left:
                connection.execute(
                    "DELETE FROM drafts WHERE incident = ? AND box = ? AND process = ?",
                    (self._incident, box, process),
                )
            for (
                box,
                _,
                text,
                began,
            ) in left:  # until it is sent or cleared, a box's newest stays saved, under this process
                connection.execute(
                    "INSERT OR REPLACE INTO drafts (incident, box, process, text, began) VALUES (?, ?, ?, ?, ?)",
                    (*self.key(box), text, began),
                )
        return [Unsent(box, text, began) for box, _, text, began in left]
