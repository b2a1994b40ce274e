"""What gives a restricted text away where it is said again: the one rule, for whoever hides it and whoever refuses it.

A few words in a row do, and so does a value alone: an address, a host, a key, a number that is nobody's everyday word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

RUN = 3
"""Words in a row that tell what a text said, though names in it were masked and its end was cut off."""

RUN_WIDE = 6
"""The same in characters, for scripts that write words without spaces."""

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts that write particles and neighbours right behind a word, so that no boundary shows where it ends."""

INVISIBLE = "[\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
"""Characters that show nothing."""

_AROUND = "\"'()[]{}<>,;:!?.`*@…–-"
_VALUE = (
    r"(?=.*\d).{4,}"  # a hash, a key's number, a password
    r"|.*\w(?:[.@_\\]|://|::)\w.*"  # a host, an address of the net or of a person, a file, a name of code
    r"|/.*\w.*"
)
# A time, a severity, a version or a quantity is no secret of a text that happens to name it.
_COMMONPLACE = (
    r"(?:\d{4}-\d\d-\d\d)?t?(?:\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?z?)?|sev-?\d|t[+-]\d[\d:]*"
    r"|(?!\d+\.\d+\.\d+\.\d+)v?[\d.,]{1,12}(?:%|[a-z]{1,3})?"
    r"|v?\d+(?:\.\d+){1,2}-?(?:rc|beta|alpha|b|a)[.-]?\d*|(?!0x)[\d.,]+[/:x][\d.,]+|(?:http|tls|utf|sha|ipv|h)[/-]?\d[\d.]*"
    r"|[a-z]{2}-[a-z]{4,9}-\d[a-z]?"
)


def plain(text: str) -> str:
    """One form for what looks the same: composed characters, and none that show nothing."""
    if text.isascii():
        return text
    return re.sub(INVISIBLE, "", unicodedata.normalize("NFC", text))


def alike(text: str) -> str:
    """One form for what differs in case or width, or in how its letters are put together; it may be longer.

    Accents are characters of their own in it. The dotless and the dotted i of Turkish are one letter: whoever writes
    without these writes the same word.
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKD", plain(text)).casefold().replace("ı", "i").replace("i\u0307", "i")


def squeezed(text: str) -> str:
    """The same with one space between two words, and each letter one character again."""
    return " ".join(unicodedata.normalize("NFC", alike(text)).split())


def words(text: str) -> list[str]:
    """The words of a text without case, signs round them and names."""
    folded = squeezed(text.replace("⏎", " "))
    return [bare for raw in folded.split() if not raw.startswith("@") and (bare := raw.strip(_AROUND))]


def runs(said: list[str]) -> Iterator[str]:
    """Every few of some words in a row; of a long word in a script without spaces its characters."""
    for word in said:
        if not word.isascii() and len(word) >= RUN_WIDE and re.match(f"[{UNSPACED}]", word):
            yield from (word[place : place + RUN_WIDE] for place in range(len(word) - RUN_WIDE + 1))
    yield from (" ".join(said[place : place + RUN]) for place in range(len(said) - RUN + 1))


def values(said: list[str]) -> Iterator[str]:
    """Those of some words that say something each by itself."""
    return (word for word in said if re.fullmatch(_VALUE, word) and not re.fullmatch(_COMMONPLACE, word))
