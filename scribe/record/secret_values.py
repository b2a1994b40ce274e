"""What stands in a secret's place: whether it is one, or a word, a name or a sign instead."""

from __future__ import annotations

import re
from typing import Literal

Need = Literal["", "opaque", "strong", "unspoken"]
"""What a value must be besides no sign for one.

"opaque" for no words, "strong" for letters and digits mixed as nobody writes words, "unspoken" for what is within
quotes or has a digit.
"""

_WORDS = r"(?:[A-Za-z]?[a-z]+\d{0,3}|[A-Z]+\d{0,3}|\d+|v\d+|[a-z]{1,3}\d{1,2}[a-z]?)"
_WORDED = rf"{_WORDS}(?:[-_./:@+=%,]+{_WORDS})*[-_./:@+=%,!?]*"

_NAME = r"(?:passw|pwd|secret|token|api_?key|cred|hash|digest)"
_SAYS_SO = (
    "example|placeholder|redacted|withheld|masked|filtered|removed|changeme|change-me|change_me|your[_-]|dummy|my[_-]"
)

# Each is the form of the whole value: a password may begin like any of them, or hold it.
_PLACEHOLDER = (
    r"(?s)(?i:"
    r"\W*"
    r"|(.)\1+"
    r"|‹[\w-]+-masked›.*"
    r"|(?:[a-z0-9]{1,12}[_.-]){0,3}[x*.•#_-]{4,}\w{0,4}"  # masked, but for how it begins or ends
    r"|[\w.-]{1,12}(?:\.{3}|…)|\w{0,4}\*{3,}\w{0,4}"
    r"|<[^<>]*>|<[a-z _.-]*|\[[^\[\]\d]*\]?|\([a-z _.-]*\)?|\{\{.*|\{[a-z_.]*\d?\}?"  # a sign for a value
    r"|%\w+%|%[sdvq]|%\(\w+\)s|\$\{?\d?\}?|\$\{[\w.:-]+\}?|\$\{?\{.*|\$\(.*|\$env:\w*"
    r"|@[a-z_./-]+|--[a-z-]+"
    r"|(?:file|env):[\w./~$-]+|[a-z]:[\\/][\w\\/. -]*"  # where it lies
    r"|(?:\.{0,2}|~)/|(?:enc\[|\{cipher\}|vault:v\d+:|arn:|projects/|op://|secretref:).*"  # encrypted, or its name
    r"|(?:hidden|masked|removed|none|null|nil|true|false|empty|missing|invalid|expired|wrong|rotat\w+|required|unset"
    r"|unknown|leaked|reset|undefined|string|bytes|refreshed|revoked|renewed|changed|unchanged|stdin|vault|prompt\w*"
    r"|yes|no|not|after|before|failed|works?|see|was|were|pass|sensitive|default|user|text|optional|1password\d*)\W*"
    r"|secrets?(?:/[a-z0-9_.#-]+)+"
    r"|(?:[a-z_]+\d?\.)*(?:var|locals?|data|self|this|config|settings|env|environ|module|vars|params|args|process)"
    r"(?:\.[a-z_]+\d?)+\W*"
    r")"
    r"|\$(?:[A-Z_][A-Z0-9_]*|[A-Za-z_]+)"
    r"|(?:\.{0,2}|~)/\.?[a-z][a-z0-9_.-]*(?:/[\w.@$-]+)+/?|(?:\.{0,2}|~)/[a-z._-]+"
    rf"|[a-z_-]*(?:{_NAME}|{_SAYS_SO})[a-z_-]*\W?|[A-Z_]*(?i:{_NAME}|{_SAYS_SO})[A-Z_]*\W?|[A-Z]+(?:_[A-Z]+)+"
    r"|[0-9A-Za-z/+]{9,36}EXAMPLE(?:KEY)?"  # as the documentation of AWS writes one
    r"|[A-Za-z_][A-Za-z_.]{2,}\((?:\d{1,3}|\D*)\)?"  # what code computes
)


def is_one(need: Need, value: str, *, is_quoted: bool) -> bool:
    """Whether a value is a secret."""
    return _is_needed(need, value, is_quoted=is_quoted) and not is_sign(value)


def is_sign(value: str) -> bool:
    """Whether a value is a word, a name or a sign that stands in a secret's place."""
    return re.fullmatch(_PLACEHOLDER, value) is not None


def _is_needed(need: Need, value: str, *, is_quoted: bool) -> bool:
    has_digit = re.search(r"\d", value) is not None
    if need in {"opaque", "strong"}:
        return has_digit and (_is_opaque if need == "opaque" else _is_strong)(value)
    if need == "unspoken" and not is_quoted:
        is_name = any(sign in value for sign in "-/.") and re.fullmatch(_WORDED, value)
        return len(value) >= 8 and has_digit and not is_name
    has_letter = re.search(r"[A-Za-z]", value) is not None
    return len(value) >= 4 and (has_letter or len(value) >= 6 or is_quoted or not value.isdecimal())


def _is_opaque(value: str) -> bool:
    return len(value) >= 12 and re.search(r"[A-Za-z]", value) is not None and not re.fullmatch(_WORDED, value)


def _is_strong(value: str) -> bool:
    is_mixed = re.search("[a-z]", value) and re.search("[A-Z!#$%^&*?]", value)
    return len(value) >= 8 and bool(is_mixed) and not re.fullmatch(_WORDED, value)
