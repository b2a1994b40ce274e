"""What an incident cost (001): direct and indirect, in total, and for a minute of downtime."""

from __future__ import annotations

from msgspec import Struct

from scribe.after.postmortem import Postmortem


class Cost(Struct, frozen=True, gc=False):
    """Amounts by what they are for; None is unknown and never zero.

    ``total`` is the sum of what is known, None where nothing is; ``unknown`` names what is missing from it.
    ``per_minute`` is the total over the impact's duration, None where either is unknown.
    """

    currency: str
    direct: tuple[tuple[str, float | None], ...]
    indirect: tuple[tuple[str, float | None], ...]
    total: float | None
    per_minute: float | None

    @property
    def unknown(self) -> tuple[str, ...]:
        """What nobody gave a number for."""
        return tuple(title for title, amount in (*self.direct, *self.indirect) if amount is None)


def cost(document: Postmortem) -> Cost:
    """The cost as the sections state it: hours times rate, and users times probability of leaving times their value."""

    def amount(key: str) -> float | None:
        return document.sections[f"cost-{key}"].amount

    direct = (
        ("revenue lost", amount("revenue")),
        ("SLA credits", amount("credits")),
        ("vendors", amount("vendors")),
    )
    indirect = (
        ("engineer hours", _product(amount("hours"), amount("rate"))),
        ("customers who may leave", _product(amount("users"), amount("churn"), amount("lifetime"))),
        ("reputation", amount("reputation")),
    )
    known = [found for _, found in (*direct, *indirect) if found is not None]
    total = sum(known) if known else None
    seconds = document.measure("Impact").seconds
    per_minute = total / (seconds / 60) if total is not None and seconds else None
    return Cost(document.sections["currency"].text, direct, indirect, total, per_minute)


def _product(*factors: float | None) -> float | None:
    product = 1.0
    for factor in factors:
        if factor is None:
            return None
        product *= factor
    return product
