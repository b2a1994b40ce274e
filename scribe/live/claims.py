"""What the words of an entry claim: that a service is down, that data is lost, that somebody rolls back.

People write these in one line and under stress. Where the words deny a harm or say that it is unknown, nothing is
read into them.
"""

from __future__ import annotations

import re

MOST = 240
"""Characters that are read: a claim stands at the beginning, and a pasted log is no claim."""

_CLAUSES = r"[,;\n，；。、]|[.!](?:\s|$)|\bbut\b|[–—]"

_DENIED_FIRST = (
    r"\W*(?:(?:is|are|was|were|there|so|far|data|loss|losses|corruption|lost|or|and)\W+)*"
    r"(?:(?:no|none|nothing|not|never|nil|zero|without|n/?a|false|unknown|unclear|unconfirmed|unsure|tb[dc])\b"
    r"|0(?![.,\d])|[-?]|無|无(?!法)|没|否|未(?:知|确认|发现)|不(?:明|是|详|清楚|确定)|아니|미(?:확인|상|정)|불명)"
)
_DENIED = (
    r"\b(?:none|nothing|unknown|unclear|unconfirmed|ruled out|excluded|intact|unaffected|untouched|fine|ok|okay|safe"
    r"|healthy|clean|checking|being checked|to be (?:checked|confirmed)"
    r"|no (?:\w+ ){0,2}?(?:loss|losses|corruption|damage|impact|evidence|signs?)"
    r"|(?:not|n't|never) (?:\w+ )?(?:lost|corrupt\w*|affected|damaged|known|suspected|expected|at risk))\b"
    r"|없(?!어[진졌])|모름|모르|불명|미확인|확인 ?중|没有|未发现|未知|不明|确认中"
)
_UNDENIED = (
    r"\b(?:not|never|no longer|cannot|can't|can not|couldn't|could not) (?:yet )?(?:be )?"
    r"(?:ruled out|excluded|intact|safe|fine|ok|okay|clean|healthy)\b"
)
_HARM = (
    r"\b(?:lost|loss|losses|missing|corrupt\w*|overwritten|deleted|wiped|gone|damaged|duplicat\w*|stale"
    r"|some|at least|about|possibly|perhaps|maybe)\b|유실|손실|손상|丢失|损坏"
)
_SMALL = r"\b(?:negligible|minimal|minor|low|off-peak|outside (?:business|office|peak|of)|after hours)\b"

_DOWN = (
    r"\b(?:down|outage|unavailable|unreachable|offline)\b"
    r"|다운|전면 ?(?:중단|장애)|(?:접속|이용|서비스) ?불가|宕机|瘫痪|(?:全部|完全)(?:不可用|中断)"
)
_NOT_DOWN = (
    r"\b(?:not|never|partial\w*|partly|some|slow\w*|unknown|unclear|whether|no (?:longer|outage|downtime))\b|n't\b"
    r"|\bdown (?:(?:to|by)\b|from [\d.]+ ?%)|아니|아님|일부|없|部分|没|未"
)
_UP = (
    r"^\W*up\b|\b(?:is|are|now|back|came) (?:up|online|operational|healthy)\b|\b(?:restored|recovered)\b"
    r"|복구(?:됨|되|했| ?완료)|已恢复|恢复正常"
)
_ROLLBACK = r"\broll(?:s|ed|ing)?[ -]?back|\brevert|\bundo|\bback(?:ed|ing)? out\b|롤백|되돌|回滚|回退"
_ROLLBACK_HINTS = ("roll", "revert", "undo", "back", "롤백", "되돌", "回滚", "回退")
"""One of these stands in whatever the pattern finds: looking for them is cheap, and it is done every second."""


def affirmed(value: str) -> bool:
    """Whether a side of the impact is said to be so: neither denied nor unknown."""
    clauses = _clauses(value)
    if not clauses:
        return False
    if _asserts(clauses[0]):
        return True
    # After a denial the rest gives its reasons ("no, checksums match"), unless it names a harm itself.
    return any(re.search(_HARM, clause) and _asserts(clause) for clause in clauses[1:])


def severe(value: str) -> bool:
    """Whether an impact on the business is said to be so, and is not called a small one."""
    return affirmed(value) and not re.search(_SMALL, value[:MOST].casefold())


def down(value: str) -> bool:
    """Whether the service is said to be down as a whole, and not up again."""
    clauses = _clauses(value)
    if any(re.search(_UP, clause) and not re.search(_NOT_DOWN, clause) for clause in clauses):
        return False
    return any(re.search(_DOWN, clause) and not re.search(_NOT_DOWN, clause) for clause in clauses)


def rolls_back(text: str) -> bool:
    """Whether the words speak of rolling back."""
    words = text[:MOST].casefold()
    return any(hint in words for hint in _ROLLBACK_HINTS) and bool(re.search(_ROLLBACK, words))


def _clauses(value: str) -> list[str]:
    return [clause for clause in re.split(_CLAUSES, value[:MOST].casefold()) if clause.strip()]


def _asserts(clause: str) -> bool:
    if re.search(_UNDENIED, clause):
        return True
    return not (re.match(_DENIED_FIRST, clause) or re.search(_DENIED, clause))
