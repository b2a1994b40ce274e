"""The sample incident that `scribe demo` opens."""
