"""The payloads of what is written afterwards: sections, contributing factors, action items, curation, waivers."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from scribe.record.payloads import Payload
from scribe.record.terms import Category, FactorClass, FactorLayer, ItemStatus, Priority, Standing


class Written(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="written", gc=False):
    """A section of the postmortem; the event's text is what it says from then on.

    ``added`` puts the text behind what stands there, as a line of its own. With an ``entry`` (``writer-seq``) the
    words are that entry's as they stood then: they are quoted by reference, and the event has no text.
    """

    section: str
    added: bool = False
    entry: str = ""


class FactorSaid(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="factor", gc=False):
    """A contributing factor, or (``target``) a change of one; what is UNSET stays as it was.

    The event's text is the factor itself, and with a ``target`` a remark: why it was dropped, what verified it.
    """

    target: str = ""
    words: str | UnsetType = UNSET
    layer: FactorLayer | UnsetType = UNSET
    factor_class: FactorClass | UnsetType = UNSET
    score: int | UnsetType = UNSET
    standing: Standing | UnsetType = UNSET
    dropped: bool = False


class ItemSaid(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="action_item", gc=False):
    """An action item, or (``target``) a change of one; what is UNSET stays as it was.

    The event's text is the action itself, and with a ``target`` what is said of the change: the evidence of what is
    done or ``verified_by`` somebody, the reason for which it will not be done. ``due`` is a date (ISO 8601), and
    ``answers`` names factors by reference (``F1``), or ``trigger``.
    """

    target: str = ""
    words: str | UnsetType = UNSET
    owner: str | UnsetType = UNSET
    due: str | UnsetType = UNSET
    verification: str | UnsetType = UNSET
    category: Category | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    answers: tuple[str, ...] | UnsetType = UNSET
    status: ItemStatus | UnsetType = UNSET
    verified_by: str | UnsetType = UNSET


class Curated(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="curated", gc=False):
    """How documents show the entry ``target``: starred, or left out of their timeline. What is UNSET stays."""

    target: str
    starred: bool | UnsetType = UNSET
    hidden: bool | UnsetType = UNSET


class Waived(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="waived", gc=False):
    """A finding of a check is accepted, or (``lifted``) no longer; the event's text is the reason.

    ``code`` is the rule's, ``place`` where it was found; an empty place waives the rule for the whole incident.
    """

    code: str
    place: str = ""
    lifted: bool = False
