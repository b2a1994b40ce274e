"""Values of the config file, checked one by one; every complaint names file and key and says what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from scribe.record.errors import ScribeError
from scribe.record.text import one_line

WEEK: Final = 7 * 24 * 60 * 60
"""The longest that something may be away in a file: rarer than weekly is a slip of the pen."""

_DURATION: Final = r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?"  # compiled when a file needs it: starts stay quick


class ConfigError(ScribeError):
    """The config file cannot be used: the message names file and key, the hint says what would be right."""


class Reader:
    """Reads values out of a file's tables; holds the file's name so that every complaint can give it."""

    def __init__(self, file: str) -> None:
        self._file = file

    def error(self, key: str, problem: str, hint: str = "") -> ConfigError:
        """What is wrong with a key, to be raised."""
        from scribe.record.text import one_line  # only when something is wrong: a key may hold any character

        return ConfigError(one_line(f"{self._file}: {key}: {problem}"), one_line(hint))

    def unknown(self, name: str, key: str, known: Sequence[str]) -> ConfigError:
        """That there is no key of that name in the table ``key``, and which was probably meant."""
        return self.error(f"{key}.{name}" if key else name, "unknown key", like(name, known))

    def known(self, table: Mapping[str, object], key: str, known: Sequence[str]) -> None:
        """Raise ConfigError when a table has any key but these."""
        for name in table:
            if name not in known:
                raise self.unknown(name, key, known)

    def table(self, value: object, key: str) -> Mapping[str, object]:
        """A table; a key that was left out (None) is an empty one."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.error(key, f"wants a table, not {kind(value)}")
        return value

    def listed(self, value: object, key: str, what: str) -> list[object]:
        """A list of ``what``, which has at least one."""
        if not isinstance(value, list):
            raise self.error(key, f"wants a list of {what}, not {kind(value)}")
        if not value:
            raise self.error(key, f"wants at least one of the {what}", "or leave the key out")
        return value

    def text(self, value: object, key: str) -> str:
        """Text in one line, without white space around it."""
        if value is None:
            raise self.error(key, "is missing")
        if not isinstance(value, str):
            raise self.error(key, f"wants text, not {kind(value)}")
        text = one_line(" ".join(value.split()))  # it will stand on a terminal
        if not text:
            raise self.error(key, "is empty", "leave the key out instead")
        return text

    def texts(self, value: object, key: str, what: str) -> tuple[str, ...]:
        """A list of texts, each once."""
        listed = self.listed(value, key, what)
        return tuple(dict.fromkeys(self.text(text, f"{key}.{place}") for place, text in enumerate(listed, 1)))

    def among(
        self, value: object, key: str, known: Sequence[str], what: str, *, empty: bool = False
    ) -> tuple[str, ...]:
        """A list of known words, each once; ``what`` says one and several of them, like ``role, roles``."""
        one, _, several = what.partition(", ")
        if empty and value == []:
            return ()
        words = self.listed(value, key, several)
        for word in words:
            if not isinstance(word, str):
                raise self.error(key, f"wants a list of {several}, and {kind(word)} is none")
            if word not in known:
                raise self.error(key, f"{word!r} is no {one}", like(word, known))
        return tuple(dict.fromkeys(str(word) for word in words))

    def numbered(
        self, table: Mapping[str, object], key: str, word: str, numbers: Sequence[int], said: str
    ) -> Iterator[tuple[int, str, object]]:
        """The number, the full key and the value of each key like ``sev1``, ``SEV-1`` or ``1``."""
        found = set()
        for name, value in table.items():
            match = re.fullmatch(rf"(?:{word})?[-_ ]?(\d)", name, re.ASCII | re.IGNORECASE)
            number = int(match[1]) if match else 0
            if number not in numbers:
                raise self.unknown(name, key, [f"{word}{number}" for number in numbers])
            if number in found:
                raise self.error(f"{key}.{name}", f"{said}{number} is given twice")
            found.add(number)
            yield number, f"{key}.{word}{number}", value

    def duration(self, value: object, key: str, *, shortest: int = 1, longest: int = WEEK) -> int:
        """Read "15m", "1h30m", "90s", "1d", or a whole number of minutes; return seconds."""
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise self.error(key, f'wants a duration such as "15m" or a number of minutes, not {kind(value)}')
        seconds: float
        if isinstance(value, int):
            seconds = value * 60
        else:
            match = re.fullmatch(_DURATION, "".join(value.split()).casefold(), re.ASCII)
            if match is None or not any(match.groups()):
                raise self.error(key, f"{value!r} is no duration", 'write "15m", "2h" or "1h30m"')
            # float, because int() refuses thousands of digits; what counts is that it is too much.
            days, hours, minutes, rest = (float(part or 0) for part in match.groups())
            seconds = days * 86400 + hours * 3600 + minutes * 60 + rest
        if not shortest <= seconds <= longest:
            least = "more than nothing and " if shortest else ""
            raise self.error(key, f"{value!r} is out of bounds", f"it takes {least}at most {longest // 86400} days")
        return int(seconds)


def like(word: str, known: Sequence[str]) -> str:
    """Name the known word that was probably meant, or all of them."""
    import difflib  # only when something is wrong

    close = difflib.get_close_matches(word.casefold(), known, n=1)
    return f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"


def kind(value: object) -> str:
    """Name a TOML value's type as people call it."""
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(value), "a date or time")


def spell(seconds: int) -> str:
    """A length of time in minutes, and seconds where there are any."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min" + (f" {rest} s" if rest else "")
