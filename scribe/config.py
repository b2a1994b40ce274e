"""The config file, and how options, environment and config together answer where, who and which zone.

The file is TOML; every key may be left out:

    me = "alice"                    # who writes; else the login name
    zone = "Europe/Berlin"          # the zone times are shown in; else the machine's
    theme = "dark"                  # or "light"

    [cadence]                       # time between two status updates: "15m", "1h30m", or minutes
    sev1 = "10m"
    sev2 = { investigating = "15m", default = "30m" }
    sev3 = "2h"

    [caps]                          # the longest that an update may be away
    sev1 = "30m"

    [roles.required]                # besides the commander, who is always required
    sev3 = ["ops"]

    [severity.aliases]
    P0 = 1
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeVar, cast

from scribe.live.policy import ANY_STATE, DEFAULT, SEVERITIES, Policy
from scribe.record.errors import ScribeError
from scribe.record.events import ROLES, STATES

Theme = Literal["dark", "light"]
"""The two themes."""

T = TypeVar("T")

_THEMES: Final = ("dark", "light")
_SEVERITY_KEYS: Final = tuple(f"sev{severity}" for severity in SEVERITIES)
_DURATION: Final = r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?"  # compiled when a file needs it: starts stay quick
_SEVERITY: Final = r"(?:sev)?[-_ ]?(\d+)"
_LONGEST: Final = (
    7 * 24 * 60 * 60
)  # rarer than weekly is a slip of the pen, and numbers stay small enough to add to a date


class ConfigError(ScribeError):
    """The config file cannot be used: the message names file and key, the hint says what would be right."""


@dataclass(frozen=True, slots=True)
class Config:
    """What one person configured.

    Attributes:
        me: the name entries are recorded under, or None to ask the machine.
        zone: the name of the zone that times are shown in, or None for the machine's.
        theme: "dark", "light", or None to let the screen choose.
        policy: cadence, caps, required roles and severity aliases, defaults filled in.
    """

    me: str | None = None
    zone: str | None = None
    theme: Theme | None = None
    policy: Policy = DEFAULT


def load(path: Path | None) -> Config:
    """Read and check a config file.

    Args:
        path: the file, as `config_path` found it; None means there is none, and everything is default.

    Raises:
        ConfigError: the file is missing, unreadable or not TOML; a key is unknown, or its value has a wrong
            type or is out of bounds; a cadence is longer than its cap.
    """
    if path is None:
        return Config()
    import tomllib  # half a millisecond that those without a config file do not pay

    try:
        raw = tomllib.loads(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text (byte {error.start})") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from None
    return _Reader(str(path)).config(raw)


def journal_path(option: str | None, environ: Mapping[str, str]) -> Path:
    """Return the journal's file: `--db`, else SCRIBE_DB, else journal.db in the user's data directory.

    The file and its directory need not exist.
    """
    named = option or environ.get("SCRIBE_DB")
    if named:
        return Path(named).expanduser()
    import platformdirs  # only when nobody said where

    return Path(platformdirs.user_data_dir("scribe", appauthor=False), "journal.db")


def config_path(option: str | None, environ: Mapping[str, str]) -> Path | None:
    """Return the config file: `--config`, else SCRIBE_CONFIG, else the user's config directory's config.toml.

    A file that was asked for by name is returned whether it exists or not, and `load` complains; of the
    directory's file nobody has spoken, so None when there is none.
    """
    named = option or environ.get("SCRIBE_CONFIG")
    if named:
        return Path(named).expanduser()
    import platformdirs  # only when nobody said where

    path = Path(platformdirs.user_config_dir("scribe", appauthor=False), "config.toml")
    return path if path.exists() else None


def who(option: str | None, environ: Mapping[str, str], config: Config) -> str:
    """Return who is writing: `--me`, else SCRIBE_ME, else the config, else the login name, else "unknown"."""
    for name in (option, environ.get("SCRIBE_ME"), config.me):
        if name and name.strip():
            return name.strip()
    import getpass  # only when nobody said who

    try:
        return getpass.getuser() or "unknown"
    except (ImportError, KeyError, OSError):  # no such user, as in a container run under a bare number
        return "unknown"


def zone_name(option: str | None, config: Config) -> str | None:
    """Return the name of the zone to show times in: `--tz`, else the config; None means the machine's.

    The name is passed on as written; whoever turns it into a zone says when there is none of that name.
    """
    return option or config.zone


class _Reader:
    """Turns the file's tables into a Config; holds the file's name so that every complaint can give it."""

    def __init__(self, file: str) -> None:
        self._file = file

    def config(self, raw: Mapping[str, object]) -> Config:
        self._known(raw, "", ("me", "zone", "theme", "cadence", "caps", "roles", "severity"))
        theme = self._text(raw, "theme")
        if theme is not None and theme not in _THEMES:
            raise self._error("theme", f"{theme!r} is neither dark nor light", _like(theme, _THEMES))
        return Config(
            me=self._text(raw, "me"),
            zone=self._text(raw, "zone"),
            theme=cast("Theme | None", theme),
            policy=self._policy(raw),
        )

    def _policy(self, raw: Mapping[str, object]) -> Policy:
        roles = self._table(raw, "roles")
        self._known(roles, "roles", ("required",))
        severity = self._table(raw, "severity")
        self._known(severity, "severity", ("aliases",))
        caps = {**DEFAULT.caps, **self._by_severity(self._table(raw, "caps"), "caps", self._duration)}
        cadences = {
            **DEFAULT.cadences,
            **self._by_severity(self._table(raw, "cadence"), "cadence", self._cadence),
        }
        required = self._by_severity(self._table(roles, "required", "roles.required"), "roles.required", self._roles)
        aliases = self._aliases(self._table(severity, "aliases", "severity.aliases"))
        for level, table in cadences.items():
            self._within_cap(level, table, caps.get(level))
        return Policy(
            cadences=MappingProxyType(cadences),
            proposed=DEFAULT.proposed,
            caps=MappingProxyType(caps),
            roles=MappingProxyType({**DEFAULT.roles, **required}),
            severity_aliases=MappingProxyType(aliases),
        )

    def _within_cap(self, severity: int, table: Mapping[str, int], cap: int | None) -> None:
        for state, seconds in table.items():
            if cap is not None and seconds > cap:
                key = f"cadence.sev{severity}" + (f".{state}" if state else "")
                raise self._error(
                    key,
                    f"{_spell(seconds)} is longer than the cap of SEV-{severity}, {_spell(cap)}",
                    f"shorten it, or raise caps.sev{severity}",
                )

    def _cadence(self, value: object, key: str) -> Mapping[str, int]:
        """Read one duration for every state, or a table by state laid over the default one."""
        if not isinstance(value, dict):
            return MappingProxyType({ANY_STATE: self._duration(value, key)})
        self._known(value, key, (*STATES, "default"))
        severity = int(key[-1])
        rows = {
            ANY_STATE if state == "default" else state: self._duration(duration, f"{key}.{state}")
            for state, duration in value.items()
        }
        return MappingProxyType({**DEFAULT.cadences.get(severity, {}), **rows})

    def _roles(self, value: object, key: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise self._error(key, f"wants a list of roles, not {_kind(value)}")
        for name in value:
            if name not in ROLES:
                raise self._error(key, f"{name!r} is no role", _like(name, ROLES))
        return tuple(dict.fromkeys(["ic", *value]))

    def _aliases(self, table: Mapping[str, object]) -> dict[str, int]:
        aliases: dict[str, int] = {}
        for name, level in table.items():
            key = f"severity.aliases.{name}"
            if not name or name.split() != [name]:
                raise self._error(key, "an alias is one word")
            if re.fullmatch(_SEVERITY, name, re.ASCII | re.IGNORECASE):
                raise self._error(key, f"{name!r} already means a severity and cannot mean another")
            if not isinstance(level, int) or isinstance(level, bool) or level not in SEVERITIES:
                raise self._error(key, f"wants a severity from 1 to 4, not {level!r}")
            if name.casefold() in aliases:
                raise self._error(key, "is given twice", "capitals make no difference")
            aliases[name.casefold()] = level
        return aliases

    def _by_severity(self, table: Mapping[str, object], key: str, read: Callable[[object, str], T]) -> dict[int, T]:
        found: dict[int, T] = {}
        for name, value in table.items():
            match = re.fullmatch(_SEVERITY, name, re.ASCII | re.IGNORECASE)
            severity = int(match[1]) if match else 0
            if severity not in SEVERITIES:
                raise self._unknown(name, key, _SEVERITY_KEYS)
            if severity in found:
                raise self._error(f"{key}.{name}", f"SEV-{severity} is given twice")
            found[severity] = read(value, f"{key}.sev{severity}")
        return found

    def _duration(self, value: object, key: str) -> int:
        """Read "15m", "1h30m", "90s", or a whole number of minutes; return seconds."""
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise self._error(key, f'wants a duration such as "15m" or a number of minutes, not {_kind(value)}')
        if isinstance(value, int):
            seconds = value * 60
        else:
            match = re.fullmatch(_DURATION, value.replace(" ", "").casefold(), re.ASCII)
            if match is None or not any(match.groups()):
                raise self._error(key, f"{value!r} is no duration", 'write "15m", "2h" or "1h30m"')
            hours, minutes, rest = (int(part or 0) for part in match.groups())
            seconds = hours * 3600 + minutes * 60 + rest
        if not 0 < seconds <= _LONGEST:
            raise self._error(key, f"{value!r} is out of bounds", "it takes more than nothing and at most 7 days")
        return seconds

    def _text(self, table: Mapping[str, object], key: str) -> str | None:
        value = table.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self._error(key, f"wants text, not {_kind(value)}")
        if not value.strip():
            raise self._error(key, "is empty", "leave the key out instead")
        return value.strip()

    def _table(self, table: Mapping[str, object], name: str, key: str = "") -> Mapping[str, object]:
        value = table.get(name, {})
        if not isinstance(value, dict):
            raise self._error(key or name, f"wants a table, not {_kind(value)}")
        return value

    def _known(self, table: Mapping[str, object], key: str, known: Sequence[str]) -> None:
        for name in table:
            if name not in known:
                raise self._unknown(name, key, known)

    def _unknown(self, name: str, key: str, known: Sequence[str]) -> ConfigError:
        full = f"{key}.{name}" if key else name
        return self._error(full, "unknown key", _like(name, known))

    def _error(self, key: str, problem: str, hint: str = "") -> ConfigError:
        return ConfigError(f"{self._file}: {key}: {problem}", hint)


def _like(word: str, known: Sequence[str]) -> str:
    """Name the known word that was probably meant, or all of them."""
    import difflib  # only when something is wrong

    close = difflib.get_close_matches(word.casefold(), known, n=1)
    return f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"


def _kind(value: object) -> str:
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


def _spell(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min" + (f" {rest} s" if rest else "")
