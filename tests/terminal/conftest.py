"""These tests need a pseudo-terminal; where there is none they are not even collected."""

from __future__ import annotations

import os

collect_ignore_glob = [] if hasattr(os, "forkpty") else ["*.py"]
