"""The causal tree: from the symptom over the trigger and the whys to the factors, layer by layer."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from scribe.after.postmortem import Postmortem
from scribe.record.written import Factor

Kind = Literal["symptom", "trigger", "why", "layer", "factor", "candidate"]


class Cause(Struct, frozen=True, gc=False):
    """One node: what it says, what it is, the references it came from, and what brought it about."""

    label: str
    kind: Kind
    refs: tuple[str, ...] = ()
    children: tuple[Cause, ...] = ()


def causes(document: Postmortem) -> Cause | None:
    """The tree as people wrote it; None while nothing but the symptom is known.

    The whys hang in a chain below the trigger, the factors below their layers. What was scored 0 is no factor, and a
    candidate is called one.
    """
    sections = document.sections
    chain: tuple[Cause, ...] = ()
    for line in reversed(sections["whys"].lines):
        chain = (Cause(line, "why", (), chain),)
    trigger = sections["trigger"].text
    branches = [Cause(_first(trigger), "trigger", sections["trigger"].refs, chain)] if trigger else list(chain)
    for layer in document.layers:
        factors = tuple(_leaf(factor) for factor in document.factors if factor.layer == layer.key and factor.score != 0)
        if factors:
            branches.append(Cause(layer.title, "layer", (), factors))
    unplaced = tuple(_leaf(factor) for factor in document.factors if factor.layer is None and factor.score != 0)
    branches += unplaced
    if not branches:
        return None
    observed = sections["observed"]
    return Cause(observed.text or document.title, "symptom", observed.refs, tuple(branches))


def _leaf(factor: Factor) -> Cause:
    return Cause(factor.text, "candidate" if factor.standing == "candidate" else "factor", (factor.ref,))


def _first(text: str) -> str:
    return text.split("\n", 1)[0]
