"""Keep the record of an incident while it burns, and write the postmortem from the same record."""

__version__ = "0.1.0"
