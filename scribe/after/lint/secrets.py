"""Credentials in the text, by the forms that their issuers gave them.

Named forms only: what merely looks random is, in the record of an incident, nearly always a hash, a request or a trace.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct

from scribe.after.lint.subject import Piece, Subject
from scribe.record.events import Checkpoint

_NAME = r"(?<![0-9A-Za-z])(?:[0-9A-Za-z]+[_-])*"
_QUOTE = r"[\"']?"
_VALUE = r"[^\s\"',;)&]"
_MIXED = r"(?=\S*\d)(?=\S*[A-Za-z])"
_PLACEHOLDER = (
    r"(?i)\W*"
    r"|(.)\1+"
    r"|[x*.•#_-]{3,}.*"
    r"|[<\[{$%(].*"
    r"|.*(?:example|placeholder|redacted|withheld|changeme|your[_-]|dummy|\.\.\.|\*\*\*|…|xxxx).*"
    r"|(?:hidden|masked|removed|none|null|nil|true|false|empty|missing|invalid|expired|wrong|rotat\w+|required|unset|unknown"
    r"|leaked|reset|undefined|string|bytes|refreshed|revoked|renewed|changed|stdin|vault|secret|password|passwd|prompt)\W*"
)


class Form(Struct, frozen=True):
    """One kind of credential: what it is called, its form, and parts one of which each of them has (in small letters).

    The parts are looked for first, in all texts at once. ``value`` is the group that must be no placeholder.
    """

    kind: str
    parts: tuple[str, ...]
    pattern: str
    value: int = 0


FORMS: tuple[Form, ...] = (
    Form("a private key", ("private key",), r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"),
    Form("an AWS access key", ("akia", "asia"), r"(?<![0-9A-Za-z])A[KS]IA[0-9A-Z]{16}(?![0-9A-Za-z])"),
    Form("a GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"\bgh[pousr]_[0-9A-Za-z]{36,255}"),
    Form("a GitHub token", ("github_pat_",), r"\bgithub_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}"),
    Form("a GitLab token", ("glpat-", "gldt-", "glrt-", "glptt-"), r"\bgl(?:pat|dt|rt|ptt)-[0-9A-Za-z_-]{20,}"),
    Form("a Slack token", ("xox",), r"\bxox[abeoprs]-[0-9A-Za-z-]{10,}"),
    Form(
        "a Slack webhook",
        ("hooks.slack.com",),
        r"hooks\.slack\.com/(?:services|workflows)/T[0-9A-Z]+/[0-9A-Za-z/]{10,}",
    ),
    Form("a Stripe key", ("k_live_",), r"\b[rs]k_live_[0-9A-Za-z]{16,}"),
    Form("a Google API key", ("aiza",), r"\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])"),
    Form("a Google OAuth secret", ("gocspx-",), r"\bGOCSPX-[0-9A-Za-z_-]{28}"),
    Form("a SendGrid key", ("sg.",), r"\bSG\.[0-9A-Za-z_-]{16,32}\.[0-9A-Za-z_-]{16,64}"),
    Form("an API key of a language model", ("sk-",), r"\bsk-(?:proj|ant-api\d\d|svcacct)-[0-9A-Za-z_-]{20,}"),
    Form("an npm token", ("npm_",), r"\bnpm_[0-9A-Za-z]{36}\b"),
    Form("a PyPI token", ("pypi-",), r"\bpypi-AgE[0-9A-Za-z_-]{50,}"),
    Form("a DigitalOcean token", ("_v1_",), r"\bdo[opr]_v1_[0-9a-f]{64}"),
    Form("a Vault token", ("hvs.",), r"\bhvs\.[0-9A-Za-z_-]{24,}"),
    Form("a JSON Web Token", ("eyj",), r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}"),
    Form("a password in an address", ("://",), r"://[^\s/?#:@]{0,100}:([^\s/?#@]{3,200})@[^\s/]", 1),
    Form(
        "an authorisation header",
        ("authorization",),
        rf"(?i)\bauthorization{_QUOTE}\s*[:=]\s*{_QUOTE}(?:bearer|basic|token)\s+([0-9A-Za-z._~+/=-]{{12,}})",
        1,
    ),
    Form(
        "a password",
        ("passw", "passphrase"),
        rf"(?i){_NAME}pass(?:word|wd|phrase)\s?:?={_QUOTE}\s?{_QUOTE}({_VALUE}{{6,}})",
        1,
    ),
    Form("a password", ("passw",), rf"(?i)--password[\s=]{_QUOTE}(?!-)({_VALUE}{{6,}})", 1),
    Form(
        "a password",  # prose says "the password: it was rotated"; what nobody would say has a digit in it
        ("passw",),
        rf"(?i){_NAME}pass(?:word|wd){_QUOTE}\s?:\s?{_QUOTE}((?=\S*\d){_VALUE}{{8,}})",
        1,
    ),
    Form(
        "a key or token",
        ("api_key", "api-key", "apikey", "secret", "_token", "-token", "authtoken", "accesstoken"),
        rf"(?i){_NAME}(?:api[_-]?key|secret(?:[_-](?:access[_-])?key)?|(?:access|auth|bearer|api|refresh|bot)[_-]?token)"
        rf"{_QUOTE}\s?(?::?=|:)\s?{_QUOTE}({_MIXED}{_VALUE}{{12,}})",
        1,
    ),
    Form("a key or token", ("token=",), rf"(?i)(?<![0-9A-Za-z])token={_QUOTE}({_MIXED}{_VALUE}{{16,}})", 1),
)
"""The forms."""


def secrets(subject: Subject) -> Iterator[tuple[str, str, int, int]]:
    """Where credentials stand: the place, what each looks like, and where in the text; 0 and 0 beside the text."""
    texts = [piece for piece in _texts(subject) if len(piece.text) >= 8]
    folded = [piece.text.lower() for piece in texts]
    joined = "\n".join(folded)
    starts = []
    place = 0
    for text in folded:
        starts.append(place)
        place += len(text) + 1
    told = set()
    for form in FORMS:
        for index in sorted({index for part in form.parts for index in _with(joined, part, starts)}):
            piece = texts[index]
            found = _first(form, piece.text)
            if found is not None and (piece.where, form.kind) not in told:
                told.add((piece.where, form.kind))
                yield piece.where, form.kind, *((0, 0) if piece.offset < 0 else found.span(form.value))


def _with(joined: str, part: str, starts: list[int]) -> Iterator[int]:
    """The texts that hold a part, each once."""
    place = joined.find(part)
    while place >= 0:
        index = bisect_right(starts, place) - 1
        yield index
        if index + 1 == len(starts):
            return
        place = joined.find(part, starts[index + 1])


def _first(form: Form, text: str) -> re.Match[str] | None:
    for found in re.finditer(form.pattern, text):
        if not (form.value and re.fullmatch(_PLACEHOLDER, found[form.value])):
            return found
    return None


def _texts(subject: Subject) -> Iterator[Piece]:
    """Everything that a document could show, whatever its size; beside the text itself with an offset of -1."""
    for key, part in subject.document.sections.items():
        yield Piece(key, part.text)
    for factor in subject.document.factors:
        yield Piece(factor.ref, factor.text)
        yield Piece(factor.ref, factor.remark, -1)
    for item in subject.document.items:
        yield Piece(item.ref, item.text)
        yield Piece(item.ref, item.verification, -1)
        for done in (item.closed, item.verified):
            if done is not None:
                yield Piece(item.ref, done.words, -1)
    for entry in subject.state.entries:
        yield Piece(entry.ref, entry.text)
        for more in (*(old.text for old in entry.revisions), *entry.sources):
            yield Piece(entry.ref, more, -1)
        if isinstance(entry.payload, Checkpoint):
            yield from (Piece(entry.ref, given, -1) for given in entry.payload.given.values())
