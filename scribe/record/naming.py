"""Names of files made from what people typed, and the names that incidents may have."""

from __future__ import annotations

import re
import unicodedata

from scribe.record.errors import Refused
from scribe.record.text import visible

LONGEST = 80
"""Bytes of a file's name at most, its ending included: what is put before or behind it has room up to 255."""

INCIDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What an incident's id may be, for `fullmatch`."""

INCIDENT_HINT = "letters, digits, '.', '_' and '-', at most 64, the first a letter or a digit"

_KEPT = "-_."
_BETWEEN = re.compile(r"-*(?:\.\.+|--+)[-.]*")
_DEVICES = re.compile(r"(?i)(?:con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)")


def check_incident(wanted: str, *, said: str = "") -> None:
    """Raise Refused where that cannot be an incident's id; ``said`` is the option that it was given with."""
    if not INCIDENT.fullmatch(wanted):
        raise Refused(f"{said and f'{said}: '}{wanted} cannot be an incident's id", INCIDENT_HINT)


def file_name(wanted: str, ending: str = "", *, instead: str = "scribe") -> str:
    """A name for a file, made of what somebody typed: safe in every shell and on every file system, never a path.

    Letters and digits of any script stay, everything else between them becomes ``-``. ``ending`` (``.md``) is one of
    scribe's own. Where nothing is left the name is made of ``instead``, which is an incident's id or a word.
    """
    for text in (wanted, instead, "scribe"):
        stem = _stem(text, LONGEST - len(ending.encode()))
        if stem:
            return stem + ending
    raise AssertionError("the last of them is a name")


def _stem(text: str, most: int) -> str:
    text = unicodedata.normalize("NFC", text)
    text = _BETWEEN.sub("-", "".join(char if _is_kept(char) else "-" for char in text))
    text = _cut(text.lstrip("-_."), most)
    # On Windows these are devices, in every folder and with any ending.
    return _cut(f"file-{text}", most) if _DEVICES.match(text) else text


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore").rstrip("-_.")


def _is_kept(char: str) -> bool:
    if char.isascii():
        return char.isalnum() or char in _KEPT
    return unicodedata.category(char)[0] in "LMN" and visible(char) == char
