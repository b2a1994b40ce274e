"""How factors and action items come to stand on the board, from the events that tell of them."""

from __future__ import annotations

from typing import TypeVar

from msgspec import UNSET
from msgspec.structs import replace

from scribe.record.afterwards import FactorSaid, ItemSaid
from scribe.record.events import Event, Payload
from scribe.record.state import Board
from scribe.record.written import ActionItem, Done, Factor

T = TypeVar("T", Factor, ActionItem)

_FACTOR_FIELDS = ("layer", "factor_class", "score", "standing")
_ITEM_FIELDS = ("owner", "due", "verification", "category", "priority", "answers", "status")


def registered(board: Board, event: Event, payload: Payload) -> Board:
    """The board once such an event is recorded; the same board for any other."""
    match payload:
        case FactorSaid(target=""):
            made = Factor(event.id, event.ref, event.text, event.who, event.written_at)
            return replace(board, factors=(*board.factors, _filled(made, payload, _FACTOR_FIELDS)))
        case FactorSaid(target=target, dropped=True):
            return replace(board, factors=tuple(factor for factor in board.factors if factor.id != target))
        case FactorSaid(target=target):
            factors = (_factor(factor, event, payload) if factor.id == target else factor for factor in board.factors)
            return replace(board, factors=tuple(factors))
        case ItemSaid(target=""):
            item = _filled(
                ActionItem(event.id, event.ref, event.text, event.who, event.written_at), payload, _ITEM_FIELDS
            )
            return replace(board, items=(*board.items, item))
        case ItemSaid(target=target):
            items = (_item(item, event, payload) if item.id == target else item for item in board.items)
            return replace(board, items=tuple(items))
        case _:
            return board


def _factor(factor: Factor, event: Event, change: FactorSaid) -> Factor:
    factor = _filled(factor, change, _FACTOR_FIELDS)
    return replace(
        factor,
        text=factor.text if change.words is UNSET else change.words,
        remark=event.text or factor.remark,
    )


def _item(item: ActionItem, event: Event, change: ItemSaid) -> ActionItem:
    before = item.status
    item = _filled(item, change, _ITEM_FIELDS)
    if change.words is not UNSET:
        item = replace(item, text=change.words)
    said = Done(event.who, event.written_at, event.text)
    if change.verified_by is not UNSET:
        # Verifying what nobody reported as done says both.
        closed = item.closed if before == "done" else said
        return replace(item, status="done", closed=closed, verified=replace(said, by=change.verified_by))
    if item.is_closed and change.status is not UNSET:
        return replace(item, closed=said, verified=None)
    if not item.is_closed:
        return replace(item, closed=None, verified=None)
    return item


def _filled(found: T, said: FactorSaid | ItemSaid, names: tuple[str, ...]) -> T:
    given = {name: getattr(said, name) for name in names if getattr(said, name) is not UNSET}
    return replace(found, **given) if given else found
