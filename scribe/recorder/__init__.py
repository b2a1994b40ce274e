"""The only thing that writes the journal: the screen, the command line and importers all go through it."""

from __future__ import annotations

from scribe.journal.drafts import Unsent
from scribe.recorder.copies import erase, going, merge
from scribe.recorder.incidents import Incidents, declare, restore, solo_roles
from scribe.recorder.recorder import Recorder

__all__ = ["Incidents", "Recorder", "Unsent", "declare", "erase", "going", "merge", "restore", "solo_roles"]
