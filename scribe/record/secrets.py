"""Secrets in a text, by the forms that their issuers gave them: where each stands, and what it is called.

Named forms only: what merely looks random is, in the record of an incident, nearly always a hash, a request or a trace.
What has the form of an issuer that detect-secrets knows is a secret if its plugin of that name says so; the library
takes a fifth of a second to load, so it is asked last, and nothing of it is asked that would reach the network.
"""

from __future__ import annotations

import re
import warnings
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from scribe.record.errors import Refused
from scribe.record.secret_forms import BLOCK, BLOCKS, FORMS, Form

if TYPE_CHECKING:
    from detect_secrets.plugins.base import RegexBasedDetector

LONG = 32
"""Characters without a space from which on a word may be a secret that no part of it tells."""

LONGEST = 300
"""Characters of a value that are looked at."""

SHORTEST = 8
"""Characters that a text has at least which holds a secret and what tells it."""

_PARTS: tuple[str, ...] = tuple(dict.fromkeys(part for form in FORMS for part in form.parts))

_PLACEHOLDER = (
    r"(?is)\W*"
    r"|(.)\1+"
    r"|[x*.•#_-]{3,}.*"
    r"|[<\[{$%(!‹].*"
    r"|(?:file:|env:|\.{0,2}/|~/|@|--).*"  # where it lies
    r"|(?:enc\[|vault:v\d+:|arn:|projects/|op://|secretref:).*"  # it is encrypted, or this is its name
    r"|(?:hidden|masked|removed|none|null|nil|true|false|empty|missing|invalid|expired|wrong|rotat\w+|required|unset"
    r"|unknown|leaked|reset|undefined|string|bytes|refreshed|revoked|renewed|changed|unchanged|stdin|vault|prompt\w*"
    r"|yes|no|not|after|before|failed|works?|see|was|were|sensitive|default|user|text|optional)\W*"
    r"|[a-z_]*(?:passw|pwd|secret|token|api_?key|cred|hash|digest)[a-z_]*(?:[\W_].*)?"  # the name of a thing
    r"|[a-z_][\w.]*\(.*"  # what code computes
    r"|(?:\w+\.)*(?:var|locals?|data|self|this|config|settings|env|environ|module|vars|params|args|process)\.\w.*"
)
_SAYS_SO = (
    *("example", "placeholder", "redacted", "withheld", "masked", "filtered", "changeme", "your_", "your-", "dummy"),
    *("...", "***", "…", "xxxx"),
)
_WORDS = r"(?:[A-Za-z]?[a-z]+\d{0,3}|[A-Z]+\d{0,3}|\d+|v\d+|[a-z]{1,3}\d{1,2}[a-z]?)"
_WORDED = rf"{_WORDS}(?:[-_./:@+=%,]+{_WORDS})*[-_./:@+=%,!?]*"
KEY_END = "-----END"
"""How the last line of a private key begins."""

# A line of a private key's block: base64 that is no word, the headers of an old one, a version or a comment.
_BASE64_LINE = r"[0-9A-Za-z+/]{16,}={0,2}|[0-9A-Za-z+/]{1,64}={1,2}|(?=\S*\d)(?=\S*[a-z])(?=\S*[A-Z])[0-9A-Za-z+/]{4,}"
_KEY_LINE = rf"{_BASE64_LINE}|(?:Proc-Type|DEK-Info|Version|Comment): ?.*|"


class Secret(Struct, frozen=True, gc=False):
    """Something that looks like a secret: what it is called, and where in the text it stands."""

    kind: str
    start: int
    end: int

    @property
    def sign(self) -> str:
        """What is put in its place: one word, so that an address or a pair of a list goes on behind it."""
        return f"‹{re.sub('^an? ', '', self.kind).replace(' ', '-')}-masked›"


def find(text: str) -> tuple[Secret, ...]:
    """The secrets in a text, in order, none within another.

    Raises Refused when the library cannot be loaded that has to say whether it is one.
    """
    if "\n" not in text:
        found = _in_line(text)
    else:
        found = [(start, end, rank) for rank in BLOCKS for start, end in _spans(FORMS[rank], text)]
        place = 0
        for line in text.split("\n"):
            found += [(place + start, place + end, rank) for start, end, rank in _in_line_again(line)]
            place += len(line) + 1
    return tuple(Secret(FORMS[rank].kind, start, end) for start, end, rank in _apart(found)) if found else ()


def _in_line(line: str) -> list[tuple[int, int, int]]:
    """Where secrets stand in a line, and which form each has."""
    if len(line) < SHORTEST:
        return []
    folded = line.lower()
    ranks = {rank for part in _PARTS if part in folded for rank in _ranks()[part]}
    if _has_long_word(line):
        ranks |= _ranks()[""]
    return [(start, end, rank) for rank in ranks for start, end in _spans(FORMS[rank], line)]


@lru_cache(maxsize=1 << 13)
def _in_line_again(line: str) -> tuple[tuple[int, int, int], ...]:
    """The same for a line of a text of many, of which most stay as they are while one is being typed in."""
    return tuple(_in_line(line))


def suspects(texts: Sequence[str]) -> list[int]:
    """Which of many texts ``find`` is worth asking about: all at once, which is quicker than each by itself."""
    folded = [text.lower() for text in texts]
    joined = "\n".join(folded)
    starts, place = [], 0
    for text in folded:
        starts.append(place)
        place += len(text) + 1
    held = {index for part in _PARTS for index in _holding(joined, part, starts)}
    return sorted(held | {index for index, text in enumerate(texts) if index not in held and _has_long_word(text)})


def is_key_line(line: str) -> bool:
    """Whether a line may be one of a private key whose first line was seen before."""
    return re.fullmatch(_KEY_LINE, line.strip()) is not None


def opens_key(text: str, found: Secret) -> bool:
    """Whether a private key begins there of which the text has not the end."""
    block = text[found.start : found.end]
    return re.match(BLOCK, block) is not None and KEY_END not in block


@cache
def _ranks() -> Mapping[str, frozenset[int]]:
    """Which forms have a part; those that have none stand under the empty one."""
    ranks: dict[str, set[int]] = {}
    for rank, form in enumerate(FORMS):
        for part in form.parts or ("",):
            ranks.setdefault(part, set()).add(rank)
    return {part: frozenset(found) for part, found in ranks.items()}


def _has_long_word(text: str) -> bool:
    return len(text) >= LONG and re.search(rf"\S{{{LONG}}}", text) is not None


def _holding(joined: str, part: str, starts: list[int]) -> Iterator[int]:
    """The texts that hold a part, each once."""
    place = joined.find(part)
    while place >= 0:
        index = bisect_right(starts, place) - 1
        yield index
        if index + 1 == len(starts):
            return
        place = joined.find(part, starts[index + 1])


def _spans(form: Form, text: str) -> Iterator[tuple[int, int]]:
    place = 0
    pattern = re.compile(form.pattern)
    while (match := pattern.search(text, place)) is not None:
        group = match.lastindex or 0
        start, end = match.span(group)
        place = max(end, match.start() + 1)
        if form.pattern is BLOCK:
            end = place = _block_end(text, end)
            yield start, end
            continue
        if group and end - start < LONGEST:
            end = start + len(text[start:end].rstrip(").,]}>:"))
        value = text[start : min(end, start + LONGEST)]
        if form.before and not re.search(form.before, text[max(0, match.start() - 40) : match.start()]):
            place = match.start() + 1
        elif (
            (group or _begins(text, start))
            and _is_one(form, value, is_quoted=text[start - 1 : start] in "\"'")
            and (not form.plugin or _agrees(form.plugin, match[0]))
        ):
            if end - start >= LONGEST:
                end = place = _run_on(text, end)
            yield start, end
        elif group:
            place = max(start, match.start() + 1)  # what is none may hold one


def _run_on(text: str, end: int) -> int:
    """Where the word ends that goes on at ``end``."""
    more = re.compile(r"[^\s\"'`&;,\\<>]*").match(text, end)
    return more.end() if more else end


def _begins(text: str, start: int) -> bool:
    """Whether something begins here: not in the midst of a word; behind an escape, as of a line's end, it does."""
    before = text[max(0, start - 3) : start]
    if not before or not (before[-1].isascii() and before[-1].isalnum()):
        return True
    return re.search(r"\\[nrt]$|%[0-9A-Fa-f]{2}$", before) is not None


def _is_one(form: Form, value: str, *, is_quoted: bool) -> bool:
    """Whether a value is more than a word, a name or a sign that stands in a secret's place."""
    return _is_needed(form, value, is_quoted=is_quoted) and not (
        any(word in value.lower() for word in _SAYS_SO) or re.fullmatch(_PLACEHOLDER, value)
    )


def _is_needed(form: Form, value: str, *, is_quoted: bool) -> bool:
    has_digit = re.search(r"\d", value) is not None
    has_letter = re.search(r"[A-Za-z]", value) is not None
    match form.need:
        case "opaque":
            return len(value) >= 12 and has_digit and has_letter and not re.fullmatch(_WORDED, value)
        case "strong":
            is_mixed = re.search("[a-z]", value) and re.search("[A-Z!#$%^&*?]", value)
            return len(value) >= 8 and has_digit and bool(is_mixed) and not re.fullmatch(_WORDED, value)
        case "unspoken":
            if is_quoted:
                return len(value) >= 4
            is_name = any(sign in value for sign in "-/.") and re.fullmatch(_WORDED, value)
            return len(value) >= 8 and has_digit and not is_name
        case _:
            return len(value) >= 4 and (has_letter or len(value) >= 6 or is_quoted or not value.isdecimal())


def _block_end(text: str, start: int) -> int:
    """Where the private key ends whose first line ends at ``start``: its last line, or the last that may be one."""
    last = re.compile(rf"{KEY_END} [A-Z0-9 ]{{0,40}}-----").search(text, start)
    following = text.find("-----BEGIN", start)
    if last is not None and (following < 0 or last.start() < following):
        return last.end()
    end = start
    for line in re.compile(r"(?:\\[nr]|\s)*((?:Proc-Type|DEK-Info|Version|Comment): ?[^\n\\]*|[^\s\\]+)").finditer(
        text, start
    ):
        if not is_key_line(line[1]):
            break
        end = line.end()
    return end


def _apart(found: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """What overlaps is one, called by the form that stands first."""
    apart: list[tuple[int, int, int]] = []
    for start, end, rank in sorted(found):
        if apart and start < apart[-1][1]:
            first, last, known = apart[-1]
            apart[-1] = (first, max(last, end), min(known, rank))
        else:
            apart.append((start, end, rank))
    return apart


def _agrees(plugin: str, text: str) -> bool:
    """Whether the library's plugin of that name finds a secret in it; ``analyze_string`` verifies nothing."""
    return any(_plugins()[plugin].analyze_string(text))


@cache
def _plugins() -> Mapping[str, RegexBasedDetector]:
    """The plugins that are asked, by name. Raises Refused when they cannot be loaded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the versions of what the library uses: a person can do nothing there
            from detect_secrets.plugins.aws import AWSKeyDetector
            from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
            from detect_secrets.plugins.cloudant import CloudantDetector
            from detect_secrets.plugins.discord import DiscordBotTokenDetector
            from detect_secrets.plugins.github_token import GitHubTokenDetector
            from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
            from detect_secrets.plugins.ibm_cos_hmac import IbmCosHmacDetector
            from detect_secrets.plugins.jwt import JwtTokenDetector
            from detect_secrets.plugins.mailchimp import MailchimpDetector
            from detect_secrets.plugins.openai import OpenAIDetector
            from detect_secrets.plugins.pypi_token import PypiTokenDetector
            from detect_secrets.plugins.sendgrid import SendGridDetector
            from detect_secrets.plugins.slack import SlackDetector
            from detect_secrets.plugins.softlayer import SoftlayerDetector
            from detect_secrets.plugins.square_oauth import SquareOAuthDetector
            from detect_secrets.plugins.stripe import StripeDetector
            from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
            from detect_secrets.plugins.twilio import TwilioKeyDetector
    except (ImportError, OSError) as error:
        raise Refused(
            f"whether this holds a secret cannot be seen: {error}",
            "with /keep in front (--keep) it is recorded as it is",
        ) from None
    kinds: tuple[type[RegexBasedDetector], ...] = (
        AWSKeyDetector,
        AzureStorageKeyDetector,
        CloudantDetector,
        DiscordBotTokenDetector,
        GitHubTokenDetector,
        GitLabTokenDetector,
        IbmCosHmacDetector,
        JwtTokenDetector,
        MailchimpDetector,
        OpenAIDetector,
        PypiTokenDetector,
        SendGridDetector,
        SlackDetector,
        SoftlayerDetector,
        SquareOAuthDetector,
        StripeDetector,
        TelegramBotTokenDetector,
        TwilioKeyDetector,
    )
    return {kind.__name__: kind() for kind in kinds}
