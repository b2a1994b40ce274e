from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, tzinfo

import pytest
from hypothesis import example, given
from msgspec.structs import replace

from scribe.exporters.update import to_markdown, to_plain, to_slack
from scribe.live.update_fields import Field
from scribe.live.updates import Composition
from scribe.record.text import one_line, visible
from tests.exporters.reader import kinds, lines_seen, shown
from tests.exporters.test_escape import typed

Format = Callable[[Composition, tzinfo], str]
FORMATS: tuple[Format, ...] = (to_markdown, to_slack, to_plain)

UPDATE = Composition(
    audience="stakeholders",
    shape="update",
    incident="INC-1",
    title="Checkout <fails>",
    heading="Status update, T+42 min: Checkout <fails>",
    at="2026-11-20T14:42:00.000Z",
    over=False,
    fields=(
        Field("status", "Status", "SEV-1, mitigating"),
        Field("known", "Known", "14:20 order_id & `cart` are *kept*\n14:30 > 5 % fail\nand 2 more"),
        Field("eta", "ETA", "unknown"),
    ),
    next_at="2026-11-20T14:57:00.000Z",
)


def saying(words: str) -> Composition:
    fields = (Field("known", "Known", f"a\n{words}\nb"), Field("impact", "Impact", words or "unknown"))
    return replace(UPDATE, title=words, heading=f"Status update: {' '.join(words.split())}", fields=fields)


def test_markdown() -> None:
    assert to_markdown(UPDATE, UTC) == (
        "## Status update, T+42 min: Checkout \\<fails>\n\n"
        "2026-11-20 14:42 UTC\n\n"
        "**Status:** SEV-1, mitigating\n\n"
        "**Known:**\n\n"
        "- 14:20 order_id & \\`cart\\` are \\*kept\\*\n"
        "- 14:30 > 5 % fail\n"
        "- and 2 more\n\n"
        "**ETA:** unknown\n\n"
        "**Next update by 14:57 UTC**\n"
    )


def test_slack() -> None:
    assert to_slack(UPDATE, UTC) == (
        "*Status update, T+42 min: Checkout &lt;fails&gt;*\n"
        "2026-11-20 14:42 UTC\n"
        "*Status:* SEV-1, mitigating\n"
        "*Known:*\n"
        "• 14:20 order_id &amp; ˋcartˋ are ∗kept∗\n"
        "• 14:30 &gt; 5 % fail\n"
        "• and 2 more\n"
        "*ETA:* unknown\n"
        "*Next update by 14:57 UTC*\n"
    )


def test_plain() -> None:
    assert to_plain(UPDATE, UTC) == (
        "Status update, T+42 min: Checkout <fails>\n"
        "2026-11-20 14:42 UTC\n\n"
        "Status: SEV-1, mitigating\n"
        "Known:\n"
        "- 14:20 order_id & `cart` are *kept*\n"
        "- 14:30 > 5 % fail\n"
        "- and 2 more\n"
        "ETA: unknown\n"
        "Next update by 14:57 UTC\n"
    )


def test_a_status_page_has_its_colour() -> None:
    page = replace(UPDATE, audience="public", heading="Investigating: Checkout", colour="yellow")
    assert to_markdown(page, UTC).startswith("## 🟡 Investigating: Checkout\n")
    assert to_slack(page, UTC).startswith("*🟡 Investigating: Checkout*\n")
    assert to_plain(page, UTC).startswith("Investigating: Checkout\n")


def test_the_next_update_of_another_day_has_its_date() -> None:
    later = replace(UPDATE, next_at="2026-11-21T08:00:00.000Z")
    assert "**Next update by 2026-11-21 08:00 UTC**" in to_markdown(later, UTC)


def test_what_is_over_promises_no_next_update() -> None:
    over = replace(UPDATE, over=True, next_at=None)
    assert not any("Next update" in written(over, UTC) for written in FORMATS)


@pytest.mark.parametrize("written", FORMATS)
@pytest.mark.parametrize(
    "ring", ["@here", "@channel", "@everyone", "@HERE.", "(@Channel)", "@here-now", "@all", "x@here"]
)
def test_nobody_is_rung(written: Format, ring: str) -> None:
    assert not re.search(r"(?i)@(here|channel|everyone|all)\b", written(saying(ring), UTC))


@pytest.mark.parametrize("written", FORMATS)
def test_a_person_is_named_as_typed(written: Format) -> None:
    assert "@alice, @herefordshire" in written(saying("@alice, @herefordshire"), UTC)


@given(typed)
@example("&gt; quote")
def test_markdown_shows_what_was_typed_and_nothing_of_it_acts(words: str) -> None:
    source = to_markdown(saying(words), UTC)
    assert kinds(source) <= {
        *(
            f"{block}_{end}"
            for block in ("heading", "paragraph", "bullet_list", "list_item")
            for end in ("open", "close")
        ),
        *("inline", "text", "text_special", "strong_open", "strong_close", "softbreak"),
    }
    seen = lines_seen(source)
    for line in words.split("\n"):
        if line.strip() and "@" not in line:
            assert shown(line) in seen


@given(typed)
@example("<!channel> <@U1> <https://a.example|b> &amp; *a* _b_ ~c~ `d` ```e```")
def test_nothing_typed_acts_in_slack(words: str) -> None:
    source = to_slack(saying(words), UTC)
    assert "<" not in source
    assert ">" not in source
    assert re.sub("&(amp|lt|gt);", "", source).count("&") == 0
    assert "`" not in source
    assert "~" not in source
    assert not re.search(r"(?<![^\W_])_|_(?![^\W_])", source)
    for line in source.splitlines():
        # The composer's own bold, and no other.
        assert line.count("*") in (0, 2)
        assert re.fullmatch(r"[^*]*|\*[^*\s](?:[^*]*[^*\s])?\*(?: [^*]*)?", line)


@given(typed)
def test_slack_keeps_every_word(words: str) -> None:
    source = to_slack(saying(words), UTC)
    back = source.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    back = back.translate(str.maketrans("∗∼ˋ＿＠", "*~`_@"))
    for line in words.split("\n"):
        if line.strip():
            assert one_line(line.strip()).translate(str.maketrans("∗∼ˋ＿＠", "*~`_@")) in back


@pytest.mark.parametrize("written", FORMATS)
@given(words=typed)
def test_nothing_invisible_leaves(written: Format, words: str) -> None:
    source = written(saying(words), UTC)
    assert visible(source) == source
    assert source.endswith("\n")
