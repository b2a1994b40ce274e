"""What says in a file that it is a journal, and of which version."""

from __future__ import annotations

from typing import Final

APPLICATION_ID: Final = 0x73637262
"""``scrb``: marks the file as a journal for file(1) and for scribe itself."""

VERSION: Final = 3
"""The schema that this scribe writes, in SQLite's user_version. 2: boards hold coordination."""
