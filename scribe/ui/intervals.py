"""How often every screen looks and tries again, in seconds."""

from __future__ import annotations

from typing import Final

POLL: Final = 0.2
"""Between two looks at the file for what other processes wrote, and between two savings of unsent text."""

RETRY: Final = 0.1
"""Between two tries while another process holds the journal."""
