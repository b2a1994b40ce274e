"""The tables of the config file that are a team's own: its roles, its ladder, its words, its checklists."""

from __future__ import annotations

import re
from typing import Final

from scribe.config.reader import Reader, kind
from scribe.live.checklists import NAME, slug
from scribe.live.policy import DEFAULT, Level, RoleKind
from scribe.live.procedures import Checklist, Item, Phase
from scribe.record.terms import ROLES
from scribe.record.timeline import KINDS

_MINUTES: Final = r"([0-9]{1,4})\s*[-–]\s*([0-9]{1,4})(?:\s*min)?"
_RESTRICTABLE: Final = tuple(name for name in KINDS if name not in ("declared", "erased"))
"""The declaration's words are the title; without it there is nothing to pass on."""


def own_roles(value: object, reader: Reader) -> tuple[RoleKind, ...]:
    """Roles beside the usual ones."""
    roles = []
    for name, about in reader.table(value, "roles.own").items():
        key = f"roles.own.{name}"
        _name(name, key, reader)
        if name in ROLES:
            raise reader.error(key, f"{name} is one of the usual roles", "a team's own has a name of its own")
        table = reader.table(about, key)
        reader.known(table, key, ("title", "label", "duties"))
        title = reader.text(table.get("title"), f"{key}.title")
        label = reader.text(table["label"], f"{key}.label") if "label" in table else title
        duties = reader.texts(table["duties"], f"{key}.duties", "duties") if "duties" in table else ()
        roles.append(RoleKind(name, label, title, duties))
    return tuple(roles)


def ladder(value: object, reader: Reader) -> tuple[Level, ...]:
    """The levels of escalation; a text is whom to call, a table may also give the level another title."""
    rungs = {rung.level: rung for rung in DEFAULT.ladder}
    table = reader.table(value, "escalation")
    for number, key, about in reader.numbered(table, "escalation", "level", tuple(rungs), "level "):
        if isinstance(about, dict):
            reader.known(about, key, ("title", "contact"))
            said = {name: reader.text(words, f"{key}.{name}") for name, words in about.items()}
        else:
            said = {"contact": reader.text(about, key)}
        rungs[number] = Level(number, said.get("title", rungs[number].title), said.get("contact", ""))
    return tuple(rungs.values())


def restricted_kinds(value: object, reader: Reader) -> frozenset[str]:
    """Kinds of entries that are need-to-know in a security incident; the protected track's own always are."""
    table = reader.table(value, "security")
    reader.known(table, "security", ("restricted",))
    if "restricted" not in table:
        return DEFAULT.restricted_kinds
    kinds = reader.among(
        table["restricted"], "security.restricted", _RESTRICTABLE, "kind, kinds of entries", empty=True
    )
    return frozenset(kinds) | DEFAULT.restricted_kinds


def snooze_reasons(value: object, reader: Reader) -> tuple[str, ...]:
    """The reasons that are offered for leaving something alone, in their order."""
    table = reader.table(value, "snooze")
    reader.known(table, "snooze", ("reasons",))
    return reader.texts(table["reasons"], "snooze.reasons", "reasons") if "reasons" in table else DEFAULT.snooze_reasons


def checklists(value: object, reader: Reader) -> tuple[Checklist, ...]:
    """A team's checklists; one that has the name of a built-in one replaces it."""
    found: dict[str, Checklist] = {}
    for place, about in enumerate([] if value is None else reader.listed(value, "checklists", "tables"), 1):
        checklist = _checklist(about, f"checklists.{place}", reader)
        if checklist.name in found:
            raise reader.error(f"checklists.{place}.name", f"{checklist.name!r} is given twice")
        found[checklist.name] = checklist
    return tuple(found.values())


def _checklist(value: object, key: str, reader: Reader) -> Checklist:
    table = reader.table(value, key)
    name = _name(reader.text(table.get("name"), f"{key}.name"), f"{key}.name", reader)
    key = f"checklists.{name}"
    reader.known(table, key, ("name", "title", "phases"))
    title = reader.text(table.get("title"), f"{key}.title")
    parts = []
    written: dict[str, object] = {}
    for place, part in enumerate(_needed(table.get("phases"), f"{key}.phases", "phases", reader), 1):
        full = f"{key}.phases.{place}"
        phase = reader.table(part, full)
        reader.known(phase, full, ("title", "minutes", "items"))
        items = _needed(phase.get("items"), f"{full}.items", "items", reader)
        keys = [f"{full}.items.{place}" for place, _ in enumerate(items, 1)]
        written.update(zip(keys, items, strict=True))
        words = reader.text(phase["title"], f"{full}.title") if phase.get("title", "") != "" else ""
        parts.append((words, _minutes(phase.get("minutes"), f"{full}.minutes", reader), keys))
    named = _items(written, reader)
    phases = (Phase(words, minutes, tuple(named[full] for full in keys)) for words, minutes, keys in parts)
    return Checklist(name, title, tuple(phases))


def _items(written: dict[str, object], reader: Reader) -> dict[str, Item]:
    """The items of a checklist by key; those without a name take one from their words, behind those that have one."""
    texts: dict[str, str] = {}
    names: dict[str, str] = {}
    for key, item in written.items():
        if isinstance(item, str):
            texts[key] = reader.text(item, key)
            continue
        if not isinstance(item, dict):
            raise reader.error(key, f"wants text, or a table with name and text, not {kind(item)}")
        reader.known(item, key, ("name", "text"))
        texts[key] = reader.text(item.get("text"), f"{key}.text")
        if "name" in item:
            name = _name(reader.text(item["name"], f"{key}.name"), f"{key}.name", reader)
            if name in names.values():
                raise reader.error(f"{key}.name", f"{name!r} is given twice in this checklist")
            names[key] = name
    for key, text in texts.items():
        if key not in names:
            names[key] = slug(text, names.values())
    return {key: Item(names[key], text) for key, text in texts.items()}


def _needed(value: object, key: str, what: str, reader: Reader) -> list[object]:
    if value is None:
        raise reader.error(key, "is missing")
    return reader.listed(value, key, what)


def _minutes(value: object, key: str, reader: Reader) -> str:
    """``0-5 min``, or empty where nothing was said."""
    if value is None or value == "":
        return ""
    text = reader.text(value, key)
    match = re.fullmatch(_MINUTES, text)
    if match is None or int(match[1]) >= int(match[2]):
        raise reader.error(key, f"{text!r} is no span of minutes", 'write "0-5"')
    return f"{int(match[1])}-{int(match[2])} min"


def _name(name: str, key: str, reader: Reader) -> str:
    if name != name.casefold() or re.fullmatch(NAME, name) is None:
        proposal = slug(name, ())
        raise reader.error(key, f"{name!r} is no name", f"small letters, digits and hyphens, like {proposal}")
    return name
