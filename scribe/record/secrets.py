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
from scribe.record.secret_forms import BLOCK, ISSUED, Form
from scribe.record.secret_names import IN_QUOTES, LONGEST, NAMED, WORD
from scribe.record.secret_values import is_one, is_sign

if TYPE_CHECKING:
    from detect_secrets.plugins.base import RegexBasedDetector

LONG = 32
"""Characters without a space from which on a word may be a secret that no part of it tells."""

SHORTEST = 8
"""Characters that a text has at least which holds a secret and what tells it."""

FORMS: tuple[Form, ...] = (*ISSUED, *NAMED)
"""The forms; where two find the same, the first names it."""

_PARTS: tuple[str, ...] = tuple(dict.fromkeys(part for form in FORMS for part in form.parts))

_OVER_LINES = tuple(rank for rank, form in enumerate(FORMS) if form.reach != "line")
"""The forms that go over lines."""

_WRAPPED = tuple(rank for rank, form in enumerate(ISSUED) if form.reach == "line" and form.parts)
"""The forms that are known again when their line was broken."""

_CHUNK = r"[ \t]{0,40}([0-9A-Za-z_.=+/~-]{4,})(\\?[ \t]*\Z)?"
"""What may go on on the line below."""

_MOST_CHUNKS, _FEWEST_CHUNKS = 24, 8
"""Lines that a wide secret, and a narrow one, is looked for on."""

_LAST_WORD = r"(?<![^\s\"'\\=:,;(])[^\s\"'\\=:,;(]{1,400}(?=\\?\Z)"
_WIDEST = 400
"""Characters of a line that are looked at for its last word."""

_NARROW = 16
"""Characters that a line has at least which was broken because it was full."""

# What shows nothing, or colours what stands behind it; and the spaces and letters that are only
# other forms of plain ones.
_HIDDEN = r"\x1b\[[0-?]{0,40}[ -/]{0,4}[@-~]|[\xad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
_OTHER_SPACES = "\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_PLAIN = {ord(space): " " for space in _OTHER_SPACES} | {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_ODD = rf"{_HIDDEN}|[{_OTHER_SPACES}\uff01-\uff5e]"

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
    found = _found(text)
    if _is_odd(text):
        plain, places = _plain(text)
        found += [(places[start], places[end - 1] + 1, rank) for start, end, rank in _found(plain)]
    return tuple(Secret(FORMS[rank].kind, start, end) for start, end, rank in _apart(found)) if found else ()


def _found(text: str) -> list[tuple[int, int, int]]:
    """Where secrets stand in a text, and which form each has; they may overlap."""
    if "\n" not in text:
        return _in_line(text)
    found, place, lines = _over_lines(text), 0, text.split("\n")
    for line in lines:
        found += [(place + start, place + end, rank) for start, end, rank in _in_line_again(line)]
        place += len(line) + 1
    return found + _wrapped(lines)


def _over_lines(text: str) -> list[tuple[int, int, int]]:
    """What goes over several lines, or has its name on another."""
    folded = text.lower()
    ranks = [rank for rank in _OVER_LINES if any(part in folded for part in FORMS[rank].parts)]
    return [(start, end, rank) for rank in ranks for start, end in _spans(FORMS[rank], text)]


def _wrapped(lines: list[str]) -> list[tuple[int, int, int]]:
    """What has an issuer's form once the breaks are taken out that a narrow window or an editor put in."""
    found, place, folded = [], 0, "\n".join(lines).lower()
    held = [(part, rank) for rank in _WRAPPED for part in FORMS[rank].parts if part in folded]
    for index, line in enumerate(lines[:-1] if held else ()):
        tail = line[-_WIDEST:]
        folded = tail.lower()
        ranks = {rank for part, rank in held if part in folded}
        if ranks and (word := _compiled(_LAST_WORD).search(tail)) is not None:
            at = place + len(line) - len(tail) + word.start()
            joined, places = _joined(lines[index : index + _MOST_CHUNKS], word[0])
            for rank in ranks:
                for start, end in _spans(FORMS[rank], joined):
                    if start < len(word[0]) < end:
                        found.append((at + start, at + places[end - 1] + 1, rank))
        place += len(line) + 1
    return found


def _joined(lines: list[str], word: str) -> tuple[str, list[int]]:
    """The last word of the first line with what goes on in those below, and where each character stands behind it."""
    joined, places = word, list(range(len(word)))
    is_whole = bool(_in_line_again(word))
    place = len(lines[0]) + 1 - lines[0].rindex(word)
    for line in lines[1 : _MOST_CHUNKS if len(lines[0]) >= 2 * _NARROW else _FEWEST_CHUNKS]:
        chunk = _compiled(_CHUNK).match(line)
        if chunk is None or (is_whole and not (is_key_line(chunk[1]) or is_one("strong", chunk[1], is_quoted=False))):
            break
        joined += chunk[1]
        places += range(place + chunk.start(1), place + chunk.end(1))
        if chunk[2] is None or len(chunk[1]) < _NARROW:
            break
        is_whole = is_whole and len(line.strip()) != len(lines[0].strip())  # it goes on behind a full line
        place += len(line) + 1
    return joined, places


def _is_odd(text: str) -> bool:
    return (not text.isascii() or "\x1b" in text) and re.search(_ODD, text) is not None


def _plain(text: str) -> tuple[str, list[int]]:
    """A text without what hides in it, its letters and spaces the plain ones, and where each character stood."""
    hidden = {place for match in re.finditer(_HIDDEN, text) for place in range(*match.span())}
    places = [place for place in range(len(text)) if place not in hidden]
    return "".join([text[place] for place in places]).translate(_PLAIN), places


def _in_line(line: str) -> list[tuple[int, int, int]]:
    """Where secrets stand in a line, and which form each has."""
    if len(line) < SHORTEST:
        return []
    folded = line.lower()
    ranks: set[int] = set()
    if [part for part in _first(folded.isascii()) if part in folded]:
        ranks = {rank for part in _PARTS if part in folded for rank in _ranks().get(part, ())}
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
    held = {index for part in _first(joined.isascii()) for index in _holding(joined, part, starts)}
    return sorted(
        held
        | {index for index, text in enumerate(texts) if index not in held and (_has_long_word(text) or _is_odd(text))}
    )


def is_key_line(line: str) -> bool:
    """Whether a line may be one of a private key whose first line was seen before."""
    return re.fullmatch(_KEY_LINE, line.strip()) is not None


def opens_key(text: str, found: Secret) -> bool:
    """Whether a private key begins there of which the text has not the end."""
    block = text[found.start : found.end]
    return re.match(BLOCK, block) is not None and KEY_END not in block


@cache
def _first(is_plain: bool) -> tuple[str, ...]:
    """Parts one of which is in whatever has any: of a text of plain letters, or of any."""
    first = (part for part in _PARTS if not any(other in part for other in _PARTS if other != part))
    return tuple(part for part in first if part.isascii() or not is_plain)


@cache
def _ranks() -> Mapping[str, frozenset[int]]:
    """Which forms a part may tell within a line; those that have none stand under the empty one."""
    ranks: dict[str, set[int]] = {}
    for rank, form in enumerate(FORMS):
        for part in (form.parts or ("",)) if form.reach != "lines" else ():
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
    pattern = _compiled(form.pattern)
    while (match := pattern.search(text, place)) is not None:
        group = match.lastindex or 0
        start, end = match.span(group)
        place = max(end, match.start() + 1)
        if form.reach == "block":
            end = place = _block_end(text, _run_on(text, start, end, is_value=False))
            yield start, end
            continue
        value = whole = text[start : min(end, start + LONGEST)]
        if group and end - start < LONGEST:
            value = whole.rstrip(").,]}>:")
            end = start + len(value)
        if form.before and not re.search(form.before, text[max(0, match.start() - 40) : match.start()]):
            place = match.start() + 1
        elif (
            (group or _begins(text, start))
            and is_one(form.need, value, is_quoted=text[start - 1 : start] in "\"'")
            and not (value != whole and is_sign(whole))
            and (not form.plugin or _agrees(form.plugin, match[0]))
        ):
            if end - start >= LONGEST:
                end = place = _run_on(text, start, end, is_value=bool(group))
            yield start, end
        elif group:
            place = max(start, match.start() + 1)  # what is none may hold one


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _run_on(text: str, start: int, end: int, *, is_value: bool) -> int:
    """Where the value or the word ends that began at ``start`` and goes on at ``end``."""
    double, single, escaped = IN_QUOTES
    match text[max(0, start - 2) : start] if is_value else None:
        case None:
            char = r"[0-9A-Za-z+/=_~-]"
        case '\\"' | "\\'":
            char = escaped
        case str(before) if before.endswith('"'):
            char = double
        case str(before) if before.endswith("'"):
            char = single
        case _:
            char = WORD
    more = _compiled(f"(?:{char})*").match(text, end)
    return more.end() if more else end


def _begins(text: str, start: int) -> bool:
    """Whether something begins here: not in the midst of a word; behind an escape, as of a line's end, it does."""
    before = text[max(0, start - 3) : start]
    if not before or not (before[-1].isascii() and before[-1].isalnum()):
        return True
    return re.search(r"\\[nrt]$|%[0-9A-Fa-f]{2}$", before) is not None


def _block_end(text: str, start: int) -> int:
    """Where the private key ends whose first line ends at ``start``: its last line, or the last that may be one."""
    following = text.find("-----BEGIN", start)
    last = re.compile(rf"{KEY_END} [A-Z0-9 ]{{0,40}}-----").search(
        text, start, following if following >= 0 else len(text)
    )
    if last is not None:
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
