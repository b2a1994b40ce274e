"""Untrusted text, made safe to store and safe to show.

What was typed is kept as it was typed; it is the *showing* that puts a visible sign in the place of whatever
would move the cursor, colour the screen, turn the line round or hide in it.
"""

from __future__ import annotations

import re
import unicodedata

MAX_BYTES = 64 * 1024
"""The most that an entry holds, in UTF-8."""

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_CRLF = re.compile("(?<!\r)\r+\n")  # begun at the first of many: from each of them it would take minutes

# Format characters that show, or that join what shows: Arabic and Kaithi number marks, and the two joiners
# that Persian, Indic scripts and emoji are spelt with.
_SHOWN_FORMATS = frozenset(
    "\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
# Letters and marks that show nothing: the fillers of Hangul and Khmer, the grapheme joiner.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]")


def normalise(text: str) -> str:
    r"""The form that is stored and hashed.

    As typed, but for what UTF-8 or SQLite cannot hold: lone surrogates become U+FFFD (halves that meet become
    the character they mean), NUL its picture. ``\r\n``, with however many ``\r``, becomes ``\n``.
    """
    if _UNSTORABLE.search(text):
        text = text.replace("\0", "␀").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CRLF.sub("\n", text)


def visible(text: str) -> str:
    r"""What may be shown on a terminal: every control and every invisible character as a sign.

    ``\n`` stays, a tab is four spaces, ESC is ␛, a bidi override ‹202E›. What emoji are joined with stays.
    """
    if _is_shown(text.replace("\n", "")):
        return text
    # Line by line, and each unusual character once: of a long text it is one line among thousands that has any.
    return "\n".join(line if _is_shown(line) else line.translate(_signs(line)) for line in text.split("\n"))


def one_line(text: str) -> str:
    """`visible` text for a place that has one line."""
    return visible(text).replace("\n", " ⏎ ")


def json_text(document: str) -> str:
    r"""JSON that may be shown on a terminal: what would act there, or hide, is written as ``\uXXXX``.

    It means the same to whoever reads it as JSON: such characters stand in nothing but strings.
    """
    if _is_shown(document.replace("\n", "")):
        return document
    return "\n".join(line if _is_shown(line) else line.translate(_escapes(line)) for line in document.split("\n"))


def _escapes(line: str) -> dict[int, str]:
    return {ord(char): _escape(char) for char in set(line) if not _is_shown(char) and _sign(char) != char}


def _escape(char: str) -> str:
    coded = char.encode("utf-16-be")
    return "".join(f"\\u{coded[place : place + 2].hex()}" for place in range(0, len(coded), 2))


def _is_shown(line: str) -> bool:
    """Whether every character of a line is one that shows, and does nothing else."""
    return line.isprintable() and (line.isascii() or not _BLANK.search(line))


def _signs(line: str) -> dict[int, str]:
    return {ord(char): _sign(char) for char in set(line) if not _is_shown(char)}


def _sign(char: str) -> str:
    """What is shown for a character that Python calls unprintable, or that shows nothing."""
    code = ord(char)
    if char == "\t":
        return "    "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    # Spaces of other widths, and private use (the icons of terminal fonts), only look odd.
    if unicodedata.category(char) in ("Zs", "Co") or char in _SHOWN_FORMATS:
        return char
    return f"‹{code:04X}›"
