"""The protected track: it is seen at once, what is restricted is marked, and none of it leaves unasked."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scribe.record.events import Update
from scribe.ui.screens.incident import IncidentScreen
from tests.journeys.live import Scribe

SECRETS = ("203.0.113.66", "AKIA77EXAMPLE", "the customer is Initech")
"""What must not leave: an indicator, a restricted value, restricted words."""

TALE = (
    "/role ic @alice",
    "/role ops @bob",
    "/role comms @erin",
    "/milestone acknowledged",
    "/trigger off",
    "/impact tokens were used from outside",
    "/security",
    "/security indicator: 203.0.113.66",
    "/security legal: the customer is Initech",
    "/restrict the key was AKIA77EXAMPLE",
)

REPEATED = (
    "? somebody posted that the key was AKIA77EXAMPLE",
    "> block 203.0.113.66 at the edge",
    "/decide tell them that the customer is Initech? @alice by 12:30",
    "/scope dependency edge affected calls from 203.0.113.66",
    "/impact users: whoever knows that the key was AKIA77EXAMPLE",
    "/state mitigating",
)
"""What repeats it openly, by hand."""


@pytest.fixture
def titles(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the terminal's title was to say."""
    told: list[str] = []
    begin = IncidentScreen.Titled.__init__

    def titled(self: IncidentScreen.Titled, text: str) -> None:
        told.append(text)
        begin(self, text)

    monkeypatch.setattr(IncidentScreen.Titled, "__init__", titled)
    return told


def gives_away(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret.casefold() in text.casefold()]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (50, 20), (40, 12)])
async def test_it_stands_in_the_title_from_the_moment_it_is_marked(scribe: Scribe, size: tuple[int, int]) -> None:
    scribe.told()
    async with scribe(size=size) as live:
        assert "PROTECTED" not in live.line("title")
        await live.enter("/security")
        assert "PROTECTED" in live.line("title")
        assert "SEV-2" in live.line("title")
        await live.enter("/security off it was a test")
        assert "PROTECTED" not in live.line("title")
        assert not live.board.security


async def test_what_is_restricted_is_shown_to_the_owner_and_marked(scribe: Scribe) -> None:
    scribe.told(*TALE, *REPEATED)
    async with scribe(size=(160, 40)) as live:
        for words in ("indicator of compromise: 203.0.113.66", "the key was AKIA77EXAMPLE", "the customer is Initech"):
            rows = [row for row in live.line("timeline").splitlines() if words in row and "restricted · " in row]
            assert rows, words
        assert not any("restricted" in row for row in live.rows_with("tokens were used"))


@pytest.mark.parametrize("audience", ["responders", "stakeholders", "public"])
async def test_no_update_gives_it_away_in_any_format(scribe: Scribe, audience: str, titles: list[str]) -> None:
    scribe.told(*TALE, *REPEATED)
    async with scribe(size=(120, 40)) as live:
        await live.enter(f"/update {audience}:")
        assert f"to {audience}" in live.worksheet
        for _ in range(3):
            page = live.screen.page
            assert page is not None
            shown = "\n".join("".join(text for text, _ in line) for line in page.beside(page.rows[0], 200))
            assert gives_away(shown) == []
            assert "Being done" in shown
            await live.press("up")  # to the row "as"
            await live.press("enter", "down")
        await live.press("f2")
        await live.enter("/set next 20m")
        await live.press("f2")
        update = live.last.payload
        assert isinstance(update, Update)
        assert gives_away(live.last.text + str(update.fields)) == []
        assert gives_away(live.copied) == []
        assert live.copied
    assert titles
    assert not any(gives_away(title) for title in titles)


async def test_what_somebody_types_into_an_update_is_refused_when_it_gives_something_away(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(160, 40)) as live:
        await live.press("f2")
        for secret in SECRETS:
            await live.enter(f"/set summary we saw that {secret} was involved")
            await live.press("f2")
            assert "it would give away" in live.line("attention"), secret
            assert live.board.updates == 0
            assert live.copied == ""
            assert "STATUS UPDATE" in live.worksheet
        await live.enter("/set summary a key was used from outside")
        await live.press("f2")
        assert live.board.updates == 1


async def test_no_packet_gives_it_away_and_each_says_what_is_withheld(scribe: Scribe) -> None:
    scribe.told(*TALE, *REPEATED)
    async with scribe(size=(120, 40), me="alice") as live:
        await live.press("f3")
        await live.enter("/set risks the key was AKIA77EXAMPLE and may be used again")
        await live.enter("/set questions who else knows that the customer is Initech?")
        await live.press("tab")
        assert gives_away(live.copied) == []
        assert "withheld" in live.copied
        page = live.screen.page
        assert page is not None
        shown = "\n".join("".join(text for text, _ in line) for line in page.beside(page.rows[0], 200))
        assert gives_away(shown) == []
        await live.enter("/handoff @bob")
        await live.enter("/ack @bob")
        await live.enter("/impact worse: they were used again")
        await live.enter("/handoff @alice")
        await live.enter("/packets")
        for keys in (("enter",), ("down", "enter"), ("tab", "up", "enter")):
            await live.press(*keys)
            assert live.copied.strip()
            assert gives_away(live.copied) == [], keys
            assert gives_away(live.worksheet) == [], keys


async def test_a_copy_of_an_open_entry_is_without_it_and_of_a_restricted_one_only_by_name(scribe: Scribe) -> None:
    scribe.told(*TALE, *REPEATED)
    async with scribe(size=(120, 40)) as live:
        await live.press("ctrl+r")
        copied = {}
        for _ in range(len(live.entries)):
            picked = live.timeline.picked
            assert picked is not None
            await live.press("enter")
            assert live.has_sheet
            (choice,) = live.rows_with("Copy     its words")
            labels = [label for label, _ in live.top._choices]  # type: ignore[attr-defined]
            down = next(number for number, label in enumerate(labels) if label.startswith("Copy"))
            await live.press(*["down"] * down, "enter")
            copied[picked.ref] = (live.copied, "(restricted)" in choice)
            await live.press("up")
        openly = [text for text, restricted in copied.values() if not restricted]
        assert len(openly) > 8
        assert not any(gives_away(text) for text in openly)
        assert any("(withheld)" in text for text in openly)
        assert sorted(text for text, restricted in copied.values() if restricted) == [
            "indicator of compromise: 203.0.113.66",
            "legal conclusion: the customer is Initech",
            "the key was AKIA77EXAMPLE",
        ]


async def test_what_is_restricted_later_is_withheld_from_packets_that_were_handed_over(scribe: Scribe) -> None:
    scribe.told("/role ic @alice", "/impact the token of Initech was used")
    async with scribe(size=(120, 40), me="alice") as live:
        await live.enter("/handoff @bob")
        await live.enter("/packets")
        await live.press("enter")
        assert "Initech" in live.copied
        await live.enter("/restrict #3")
        await live.press("enter")
        assert "Initech" not in live.copied
        assert "Initech" not in live.worksheet


WORDS = st.text(st.sampled_from("abcdefghij0123456789.:/-ÄßИ복제"), min_size=8, max_size=30)


@given(words=WORDS, typed=st.booleans())
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_restricted_is_in_nothing_that_is_composed(
    words: str, typed: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The worksheets' own road, without a screen: what they ask to be copied or recorded."""
    from datetime import UTC

    from scribe.live.policy import DEFAULT
    from scribe.record.veil import Veil
    from scribe.record.when import stamp
    from scribe.ui.worksheets.packet import PacketSheet
    from scribe.ui.worksheets.page import Seen, Worksheet
    from scribe.ui.worksheets.update import UpdateSheet
    from scribe.ui.zones import Zones
    from tests.fakes.desk import Desk

    assume(words not in "2026-11-20T12:00")  # the day itself is no secret
    desk = Desk(tmp_path_factory.mktemp("desk") / "journal.db", severity=2)
    try:
        desk.type(f"/security indicator: {words}")
        desk.type(f"> block {words} at once")
        desk.type(f"/impact seen from {words}")
        desk.type(f"? it was {words}")
        seen = Seen(desk.state(), stamp(desk.clock.now()), Zones(UTC), desk.recorder)
        assert seen.policy == DEFAULT
        secrets = Veil([entry for entry in seen.state.entries if entry.restricted])._all
        update, packet = UpdateSheet(), PacketSheet()
        sheets: list[tuple[Worksheet, str]] = [(update, "summary"), (packet, "risks")]
        for sheet, field in sheets:
            if typed:
                assert sheet.set(field, f"mind {words}", seen) == ""
            page = sheet.page(seen)
            asked = [sheet.again(seen), packet.tab(page.rows[0], seen)]
            for chosen in asked:
                assert chosen is not None
                leaving = chosen.copy + "".join(draft.text for draft in chosen.drafts)
                assert not [word for word in secrets if word in " ".join(leaving.casefold().split())]
    finally:
        desk.journal.close()


def test_the_words_are_found_where_they_stand() -> None:
    assert gives_away("from 203.0.113.66 with akia77example") == list(SECRETS[:2])


async def test_on_the_screen_they_are_there(scribe: Scribe) -> None:
    scribe.told(*TALE, *REPEATED)
    async with scribe(size=(160, 40)) as live:
        assert sorted(gives_away(live.seen)) == sorted(SECRETS)


async def test_what_is_restricted_while_the_composer_lies_open_goes_from_it(scribe: Scribe) -> None:
    scribe.told("/role ic @alice", "/impact the token of Initech was used")
    async with scribe(size=(120, 40)) as live:
        for key in ("f2", "f3"):
            await live.press(key)
            assert "token of Initech" in live.worksheet
        await live.enter("/restrict #3")
        for key in ("f2", "f3"):
            await live.press(key)
            assert "Initech" not in live.worksheet
