"""What can be refused, and why: one class a reason, each with the exit code and the way to put it right."""

from __future__ import annotations


class ScribeError(Exception):
    """Something that a person is told in one line, never as a traceback.

    ``message`` says what went wrong, ``hint`` how to put it right, and ``exit_code`` is what the command line
    ends with: 2 for unusable input, 3 for a journal that cannot be used.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Refused(ScribeError):
    """A draft that the record cannot take as it stands: an unknown reference, a cap passed, a thing closed twice."""


class NotFound(ScribeError):
    """No incident, or more than one, answers to what was asked for."""


class JournalError(ScribeError):
    """The journal cannot be used; nothing was changed."""

    exit_code = 3


class Busy(JournalError):
    """Another process held the journal's write lock for longer than the caller would wait."""


class ReadOnly(JournalError):
    """The journal, or the file system it lies on, cannot be written."""


class Full(JournalError):
    """The disk (or a quota, or a file-size limit) has no room for the entry."""


class Corrupt(JournalError):
    """The file is not a journal, or is damaged."""


class Newer(JournalError):
    """The journal was written by a newer scribe; opening it for writing could lose what that one knows."""


class Missing(JournalError):
    """There is no journal at that path, and the caller did not ask for one to be made."""


class Gone(JournalError):
    """The file is not where it was opened any more: nobody would find again what is written into it.

    ``short`` says so in a line that has no room for the path.
    """

    def __init__(self, message: str, hint: str, short: str) -> None:
        super().__init__(message, hint)
        self.short = short
