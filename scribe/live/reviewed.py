"""What a command of the time after would do, in the words of the hint under the box."""

from __future__ import annotations

from msgspec import UNSET

from scribe.record.afterwards import Curated, FactorSaid, ItemSaid, Waived, Written
from scribe.record.sections import BY_KEY
from scribe.record.state import Board
from scribe.record.terms import FACTOR_CLASSES


def announced(payload: Written | FactorSaid | ItemSaid | Curated | Waived, board: Board) -> str:
    """What Enter would record."""
    match payload:
        case Written(section=key, entry=entry) if entry:
            return f"puts {entry} into {BY_KEY[key].title.lower()}, as it stands"
        case Written(section=key, added=added):
            where = "behind" if added else "in place of"
            return f"{BY_KEY[key].title.lower()}: {where} what stands there"
        case FactorSaid(dropped=True, target=target):
            return f"{target} is no factor"
        case FactorSaid(target=target):
            name = target or f"factor F{board.refs.get('F', 0) + 1}"
            return " · ".join((name, *_factor(payload)))
        case ItemSaid(target=target):
            name = target or f"action item T{board.refs.get('T', 0) + 1}"
            return " · ".join((name, *_item(payload)))
        case Curated(target=target, starred=starred, hidden=hidden):
            return f"{target} {_shown(starred, hidden)}"
        case Waived(code=code, place=place, lifted=lifted):
            where = f" at {place}" if place else ", wherever it is found"
            return f"{code}{where} {'counts again' if lifted else 'is accepted'}"


def _factor(payload: FactorSaid) -> list[str]:
    said: list[str] = []
    if payload.layer is not UNSET:
        said.append(payload.layer)
    elif not payload.target:
        said.append("layer: missing")
    if payload.factor_class is not UNSET:
        said.append(FACTOR_CLASSES[payload.factor_class])
    if payload.score is not UNSET:
        said.append(f"score {payload.score}")
    if payload.standing is not UNSET:
        said.append(payload.standing)
    return said


def _item(payload: ItemSaid) -> list[str]:
    if payload.verified_by is not UNSET:
        return [f"verified by @{payload.verified_by}"]
    said: list[str] = []
    if payload.owner is not UNSET:
        said.append(f"@{payload.owner}" if payload.owner else "no owner")
    if payload.due is not UNSET:
        said.append(f"due {payload.due}" if payload.due else "no due date")
    if payload.verification is not UNSET:
        said.append(f"verified by: {payload.verification}")
    given = (payload.category, payload.priority, payload.status)
    said += [word.replace("_", " ") for word in given if word is not UNSET]
    if payload.answers is not UNSET:
        said.append(f"answers {', '.join(payload.answers)}")
    if not payload.target:
        missing = {"owner:": payload.owner, "due:": payload.due, "verify:": payload.verification}
        left = [label for label, value in missing.items() if value is UNSET]
        said += [f"still without {' '.join(left)}"] if left else []
    return said


def _shown(starred: object, hidden: object) -> str:
    if starred is not UNSET:
        return "is pointed out in documents" if starred else "is pointed out no longer"
    return "is left out of the documents' timeline" if hidden else "stands in the documents' timeline again"
