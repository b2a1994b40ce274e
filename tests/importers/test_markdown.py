"""Timelines in Markdown: scribe's own come back, foreign tables are read as they stand, and nothing is guessed."""

from contextlib import suppress
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scribe.exporters.markdown import TEMPLATES, postmortem
from scribe.exporters.rows import timeline_table
from scribe.importers.already import without_known
from scribe.importers.batch import Batch
from scribe.importers.markdown import read
from scribe.record.errors import ScribeError
from scribe.record.events import Fact
from scribe.record.text import visible
from tests.exporters.full import full, made
from tests.fakes.desk import Desk
from tests.fakes.tale import Tale
from tests.importers.test_timeline_csv import kept, undeclared
from tests.importers.trips import LATER, taken

FOREIGN = Path(__file__).with_name("files") / "timeline_table.md"
BERLIN = ZoneInfo("Europe/Berlin")
SEOUL = ZoneInfo("Asia/Seoul")


def rows(text: str | bytes, zone: tzinfo = UTC, *, chosen: bool = False) -> Batch:
    return read(text.encode() if isinstance(text, str) else text, now=LATER, zone=zone, chosen=chosen)


def table(*cells: str, head: str = "| Time | Event |\n|---|---|\n") -> str:
    return head + "".join(f"{row}\n" for row in cells)


# ── foreign tables ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("zone", [UTC, BERLIN])
def test_a_foreign_table_is_read_as_it_stands_in_the_zone_that_the_file_states(zone: tzinfo) -> None:
    batch = rows(FOREIGN.read_bytes(), zone)
    assert [(draft.at[:16], draft.precision, draft.text) for draft in batch.drafts] == [
        ("2025-10-25T22:00", "minute", "5xx above 2 %"),
        ("2025-10-25T22:01", "minute", "IC declares SEV2.\nPayments paged"),
        ("2025-10-25T22:00", "hour", "Scaled to 6 replicas (kubectl scale | tee log)"),
        ("2025-10-25T00:00", "day", "Vendor notice published"),
        ("2025-10-26T00:02", "minute", "Rolled back, see dashboard S&O"),
        ("2025-10-25T23:50", "minute", "Row out of order"),
        ("2025-10-25T23:50", "unknown", "Script introduced"),
    ]
    assert batch.drafts[4].payload.sources == ("https://g.example.org/d/x?a=1&b=2",)
    assert {draft.author for draft in batch.drafts} == {"unknown"}
    assert batch.drafts[-1].at_raw == "2021/22-??-?? HH:mm"


def test_what_is_not_understood_is_named_with_its_line_and_the_reason() -> None:
    batch = rows(FOREIGN.read_bytes())
    ((line, words),) = [(one.line, one.words) for one in batch.skipped]
    assert line == 9
    assert "placeholder" in words
    assert [one.line for one in batch.remarks] == [16]


def test_the_zone_is_the_one_of_the_table_of_the_document_or_the_one_that_was_named() -> None:
    line = "| 2026-01-02 09:00 | x |"

    def at(text: str, zone: tzinfo = BERLIN, *, chosen: bool = False) -> str:
        return rows(text, zone, chosen=chosen).drafts[0].at[11:16]

    assert at(table(line)) == "08:00"
    assert at(table(line, head="| Time (UTC) | Event |\n|---|---|\n")) == "09:00"
    assert at(table(line, head="| Time (Asia/Seoul) | Event |\n|---|---|\n")) == "00:00"
    assert at(table(line, head="| Time (+0530) | Event |\n|---|---|\n")) == "03:30"
    assert at(table(line, head="| Time (CEST) | Event |\n|---|---|\n")) == "08:00"
    korean = table(line, head="| Time (KST) | Event |\n|---|---|\n")
    assert at(korean, SEOUL) == "00:00"
    assert at(f"Times are KST (Asia/Seoul, UTC+09:00).\n\n{korean}") == "00:00"
    assert at(f"*Times in Asia/Seoul.*\n\n{table(line)}") == "00:00"
    assert at(f"It failed three times in production.\n\n{table(line)}") == "08:00"
    unknown = table(line, head="| Time (XYZ) | Event |\n|---|---|\n")
    assert at(unknown, chosen=True) == "08:00"
    with pytest.raises(ScribeError, match="XYZ") as refused:
        rows(unknown)
    assert "--tz" in refused.value.hint


def test_cells_are_read_as_they_are_shown() -> None:
    batch = rows(
        table(
            "| 2026-01-02 | **bold**, _it_, `a \\| b`, \\*not\\*, <b>html</b> &lt;x&gt; |",
            "| 2026-01-02 | see <https://x.example/a> and [y](https://y.example) ![z](https://z.example/z.png) |",
            "| 2026-01-02 | [bad](javascript:alert(1)) a<br/>b <BR> c |",
            "| 2026-01-02 | |",
        )
    )
    assert [draft.text for draft in batch.drafts] == [
        "bold, it, a | b, *not*, <b>html</b> <x>",
        "see https://x.example/a and y z",
        "[bad](javascript:alert(1)) a\nb\nc",
    ]
    assert batch.drafts[1].payload.sources == ("https://x.example/a", "https://y.example", "https://z.example/z.png")
    assert batch.drafts[2].payload.sources == ()
    assert [one.words for one in batch.skipped] == ["it says nothing"]


def test_columns_for_who_kind_and_day() -> None:
    head = "| Date | Time | Type | Who | Description |\n|---|---|---|---|---|\n"
    batch = rows(
        table("| 2026-01-02 | 10:05 | decision | @bob | roll back |", "| 2026-01-02 | 10:06 | lunch | | x |", head=head)
    )
    ((at, author, text),) = [(draft.at[:16], draft.author, draft.text) for draft in batch.drafts]
    assert (at, author, text) == ("2026-01-02T10:05", "bob", "roll back")
    assert batch.skipped[0].words.startswith("lunch is no kind")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"# nothing\n\nof the kind", "no timeline"),
        (b"| a | b |\n|---|---|\n| 1 | 2 |\n", "no timeline"),
        (b"| Time | Entries | What |\n|---|---|---|\n| 14:00 | #1, #2 | x |\n", "no timeline"),
        (b"# x\n\xff\n", "line 2 is not UTF-8"),
        (b"# x\n\n\0\n", "line 3 holds a NUL"),
    ],
)
def test_a_file_without_a_timeline_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(ScribeError, match=said) as refused:
        rows(data)
    assert refused.value.exit_code == 2


# ── scribe's own ────────────────────────────────────────────────────────────────────────────────────────────────────


def without_unwritten(found: dict[str, tuple[object, ...]]) -> dict[str, tuple[object, ...]]:
    """What a Markdown timeline carries: not who wrote an entry down, nor tags apart from its words."""
    return {ref: (*said[:5], str(said[5]).strip(), *said[7:9], *said[10:]) for ref, said in found.items()}


@pytest.mark.parametrize("zone", [UTC, BERLIN, SEOUL, ZoneInfo("America/New_York")])
def test_a_whole_timeline_comes_back_up_to_what_it_carries(tmp_path: Path, zone: tzinfo) -> None:
    tale = full(security=True)
    link = "https://x.example/a?b=1&c=2"
    tale.say(Fact(sources=(link,)), f"two\nlines, {link} and #tag", ago=4000)
    entries = [entry for entry in undeclared(tale) if "words from before" not in entry.text]  # its link is not in them
    batch = rows(timeline_table(entries, zone), UTC)
    assert without_unwritten(kept(taken(batch, tmp_path / "j.db"))) == without_unwritten(kept(entries))


def test_several_days_and_a_change_of_the_clocks_come_back(tmp_path: Path) -> None:
    tale = Tale()
    for days in (1, 25, 27, 200):
        tale.say(Fact(), f"{days} days ago", ago=days * 86_400.0 + 1800)
    entries = undeclared(tale)
    for zone in (UTC, BERLIN):
        back = taken(rows(timeline_table(entries, zone), UTC), tmp_path / f"{zone}.db".replace("/", "-"))
        assert [(entry.at[:19], entry.text) for entry in back] == [(entry.at[:19], entry.text) for entry in entries]


def test_unknown_and_coarse_times_come_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "j.db")
    for line in ("??:?? unknown", "10:?? hour", "11:05 minute", "2026-11-20 day", "11:05:07 second"):
        desk.type(line, after=1)
    entries = [entry for entry in desk.state().entries if entry.kind != "declared"]
    desk.journal.close()
    back = taken(rows(timeline_table(entries, UTC)), tmp_path / "k.db")
    assert {entry.text: entry.precision for entry in back} == {entry.text: entry.text for entry in entries}
    assert {entry.text: entry.at for entry in back if entry.text != "unknown"} == {
        entry.text: entry.at for entry in entries if entry.text != "unknown"
    }


@pytest.mark.parametrize("template", [name for name in TEMPLATES if name in ("layered", "classic")])
def test_the_timeline_of_a_document_comes_back(template: str) -> None:
    tale = full()
    (name,) = (each for each in TEMPLATES if each == template)
    document = made(tale)
    batch = rows(postmortem(document, name))
    assert batch.skipped == ()
    assert {draft.payload.origin.ref for draft in batch.drafts if draft.payload.origin} >= {
        entry.ref for entry in document.timeline
    }
    assert without_known(batch, tale.state().entries).batch.drafts == ()


TEXTS = st.one_of(
    st.sampled_from(
        [
            "a | b",
            "\\| x",
            "`code`",
            "*(late: written 12:00)*",
            "# head",
            "- item",
            "1. x",
            "<b>x</b>",
            "&amp;",
            "~x~",
            "–",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40),
    st.text("|`*_[]()<>&!\\~#-+=.:\n $@", min_size=1, max_size=12),
)


def carried(text: str) -> str:
    """What a cell can say of a text: no white space around it, lines as lines, every invisible sign shown."""
    return "\n".join(visible(text.strip()).split("\n"))


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=6))
@example(["x" * 10_000, "확장 恢复 🎉", "-", "–", "a\n\nb", "=1+1", "www.example.org", "a_b _c_"])
def test_any_words_come_back_as_they_are_shown(texts: list[str]) -> None:
    tale = Tale()
    for text in texts:
        if text.strip() and "⏎" not in text:
            tale.say(Fact(), text)
    entries = undeclared(tale)
    if entries:
        batch = rows(timeline_table(entries, UTC))
        assert [draft.text for draft in batch.drafts] == [carried(entry.text) for entry in entries]


@settings(max_examples=60)
@given(
    st.text(max_size=100)
    | st.text("| \n-<br>`*[](:)2026-01 &;\\", max_size=60).map(lambda cell: table(f"| {cell} | x |"))
)
def test_no_text_whatever_breaks_it(text: str) -> None:
    with suppress(ScribeError):
        assert all(draft.payload.origin for draft in rows(text.encode(errors="replace")).drafts)
