"""The config file, and how options, environment and config together answer where, who and which zone.

The file is TOML; every key may be left out. A duration is written "15m", "1h30m", "90s" or "1d", or as a number of
minutes.

    me = "alice"                    # who writes; else the login name
    zone = "Europe/Berlin"          # the zone times are shown in; else the machine's
    theme = "dark"                  # or "light"

    [cadence]                       # time between two status updates
    sev1 = "10m"
    sev2 = { investigating = "15m", default = "30m" }
    sev3 = "2h"

    [caps]                          # the longest that an update may be away, for every audience
    sev1 = "30m"

    [proposed]                      # the cadence proposed where none is set; "none" for no proposal
    sev3 = "2h"

    [audiences]                     # who is sent updates and counts down: responders, stakeholders, public
    on = ["stakeholders", "public"] # the first one leads

    [audiences.cadence.public]      # as in [cadence], which holds where an audience says nothing
    sev1 = "20m"

    [stall]                         # time without progress proposed for changing the strategy; "none" for no proposal
    sev1 = "15m"

    [milestones.sev1]               # when a moment is to be reached, from T+0; "none" takes a target away
    acknowledged = 0                # acknowledged, declared, assembled, diagnosed, fix-deployed, mitigated,
    assembled = "15m"               # resolved, closed

    [attention]                     # when something needs attention
    update_soon = "5m"              # before an update is due (0: never)
    action_long = "20m"             # an action in flight
    impact_unknown = "10m"          # no impact stated
    scope_unknown = "15m"           # a row of the scope still unknown, or none
    checkpoint_due = "4h"           # no checkpoint
    quiet = "15m"                   # no entry
    hypotheses_open = "10m"         # hypotheses open and no mitigation in flight
    escalate_unanswered = "15m"     # not acknowledged: level 2
    escalate_unresolved = "30m"     # not resolved: level 3
    escalate_long = "1h"            # not resolved: level 4
    rollback_diagnosis = "30m"      # a diagnosis that takes longer advises to roll back
    grace = "15m"                   # of a SEV-1, in which only what concerns safety is said (0: none)
    hat_after = "5m"                # one person in every role is left alone before a duty is named
    cooldown = "5m"                 # between two bells for the same thing (0: none)

    [roles.required]                # besides the commander, who is always required
    sev1 = ["ops", "comms", "legal"]

    [roles.own.legal]               # a role beside the usual ones; label (on the board) and duties may be left out
    title = "Legal liaison"
    label = "Legal"
    duties = ["says who has to be told, and by when"]

    [severity.aliases]
    P0 = 1

    [escalation]                    # whom to call at level1 to level4; a table may also give a level another title
    level2 = "@tina, +49 30 1234"
    level3 = { title = "duty manager", contact = "@raj" }

    [security]                      # kinds of entries that are need-to-know in a security incident,
    restricted = ["hypothesis"]     # besides the protected track's own, which always are

    [snooze]                        # the reasons offered for leaving something alone
    reasons = ["being written now", "agreed with the commander"]

    [postmortem]                    # what `scribe export` writes where --template says nothing: layered, icre, review,
    template = "review"             # classic, lite, or a Jinja2 file (a relative one lies beside this file)

    [check]                         # what `scribe check` asks for; rules by code, family or beginning of a code
    ignore = ["scope-rows"]         # rules that are not asked; select = ["actions", "text"]: no others are
    factors = 3                     # contributing factors wanted at least
    layers = 2                      # over how many layers
    reconstructed = 0.5             # the share of entries from the time after from which on it is one from memory

    [check.levels]                  # error, warning or off
    few-factors = "warning"

    [check.gaps]                    # time without an entry while users suffer; "none" for any
    sev1 = "15m"

    [backup]                        # the copies that scribe makes by itself while the screen is open
    folder = "/mnt/backup/scribe"   # where (each journal has a folder of its own in it); else the user's data directory
    keep = 5                        # how many of a journal stay (0: none are made)
    every = "10m"                   # at most one in this time, and only when something was recorded

    [[checklists]]                  # a checklist beside the built-in ones; one of the same name replaces it
    name = "db-failover"
    title = "Database failover"

    [[checklists.phases]]           # title and minutes may be left out; so may an item's name
    title = "before"
    minutes = "0-5"
    items = ["see that the replica is up to date", { name = "freeze", text = "stop deployments" }]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

from scribe.config.path import path_of
from scribe.config.reader import ConfigError, Reader, like
from scribe.live.policy import DEFAULT, Policy

if TYPE_CHECKING:
    from scribe.after.lint.options import Options
    from scribe.config.backup import Backups

__all__ = ["Config", "ConfigError", "Theme", "config_path", "journal_path", "load", "who", "zone_name"]

Theme = Literal["dark", "light"]
"""The two themes."""

_THEMES: Final = ("dark", "light")


@dataclass(frozen=True, slots=True)
class Config:
    """What one person configured.

    Attributes:
        me: the name entries are recorded under, or None to ask the machine.
        zone: the name of the zone that times are shown in, or None for the machine's.
        theme: "dark", "light", or None to let the screen choose.
        policy: what the team agreed on, defaults filled in.
        template: the postmortem's template, a name or a file; None for the usual one.
        check: what the check goes by; None for the defaults.
        backup: where and how often copies are made; None for the defaults.
    """

    me: str | None = None
    zone: str | None = None
    theme: Theme | None = None
    policy: Policy = DEFAULT
    template: str | None = None
    check: Options | None = None
    backup: Backups | None = None


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
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits, brackets without end
        raise ConfigError(f"{path}: is not TOML: {error}") from None
    return _config(raw, Reader(str(path)), path.parent)


def journal_path(option: str | None, environ: Mapping[str, str]) -> Path:
    """Return the journal's file: `--db`, else SCRIBE_DB, else journal.db in the user's data directory.

    The file and its directory need not exist.
    """
    named = option or environ.get("SCRIBE_DB")
    if named:
        return path_of(named)
    import platformdirs  # only when nobody said where

    try:
        return Path(platformdirs.user_data_dir("scribe", appauthor=False), "journal.db")
    except RuntimeError:
        hint = "set HOME, or name a file with --db or SCRIBE_DB"
        raise ConfigError("there is no home directory to keep the journal in", hint) from None


def config_path(option: str | None, environ: Mapping[str, str]) -> Path | None:
    """Return the config file: `--config`, else SCRIBE_CONFIG, else the user's config directory's config.toml.

    A file that was asked for by name is returned whether it exists or not, and `load` complains; of the
    directory's file nobody has spoken, so None when there is none.
    """
    named = option or environ.get("SCRIBE_CONFIG")
    if named:
        return path_of(named)
    import platformdirs  # only when nobody said where

    try:
        path = Path(platformdirs.user_config_dir("scribe", appauthor=False), "config.toml")
        return path if path.exists() else None
    except (RuntimeError, OSError):  # no home, or one that nobody may look into: nothing is configured there
        return None


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


def _config(raw: Mapping[str, object], reader: Reader, folder: Path) -> Config:
    from scribe.config.backup import backups  # only for those who have a file
    from scribe.config.check import options
    from scribe.config.policy import TABLES, policy

    reader.known(raw, "", ("me", "zone", "theme", "postmortem", "check", "backup", *TABLES))
    said = {key: reader.text(raw[key], key) for key in ("me", "zone", "theme") if key in raw}
    theme = said.get("theme")
    if theme is not None and theme not in _THEMES:
        raise reader.error("theme", f"{theme!r} is neither dark nor light", like(theme, _THEMES))
    template = _template(raw, reader, folder)
    agreed = policy(raw, reader)
    check = options(raw.get("check"), agreed, reader)
    copies = backups(raw.get("backup"), reader, folder)
    return Config(said.get("me"), said.get("zone"), cast("Theme | None", theme), agreed, template, check, copies)


def _template(raw: Mapping[str, object], reader: Reader, folder: Path) -> str | None:
    table = reader.table(raw.get("postmortem"), "postmortem")
    reader.known(table, "postmortem", ("template",))
    if "template" not in table:
        return None
    named = reader.text(table["template"], "postmortem.template")
    path = path_of(named)
    return str(folder / path) if path.suffix or path.name != named else named
