"""A secret that is pasted at the screen: said before Enter, masked in every file, and kept when somebody says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from scribe.record import secrets
from scribe.ui.screens.postmortem import PostmortemScreen
from tests.fakes.secrets import pasted, unseen
from tests.journeys.live import INCIDENT, Live, Scribe

TOKEN = next(one for one in pasted() if one.kind == "a GitHub token")
KEY = next(one for one in pasted() if "OPENSSH" in one.line)
SIGN = "‹GitHub-token-masked›"


def in_the_files(folder: Path) -> bool:
    """Whether the token, or a half of it, is in any byte that was written."""
    half = len(TOKEN.secret) // 2
    found = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    return any(part.encode() in found for part in (TOKEN.secret[:half], TOKEN.secret[half:]))


async def test_a_pasted_secret_is_said_before_enter_and_masked_before_it_is_stored(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(140, 30)) as live:
        await live.type("printed: ")
        await live.paste(TOKEN.secret)
        assert "a GitHub token: will be masked; /keep in front records it as it is · fact" in live.line("hint")
        await live.looks()  # what is typed is saved, and saved once
        assert live.drafts()[0][1] == f"printed: {SIGN}"
        assert not live.screen._desk.unsaved
        assert live.box == f"printed: {TOKEN.secret}"
        assert not in_the_files(scribe.folder)
        await live.press("enter")
        assert live.last.text == f"printed: {SIGN}"
        said = live.line("attention")
        assert "masked: a GitHub token in #2; /keep in front of the line (↑) records it as it is" in said
        assert live.drafts() == []
        assert not in_the_files(scribe.folder)
    assert not in_the_files(scribe.folder)


async def test_the_arrow_brings_the_line_back_as_it_was_and_keep_records_it(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(140, 30)) as live:
        await live.enter(TOKEN.secret)
        await live.press("up")
        assert live.box == TOKEN.secret
        await live.press("home")
        await live.type("/keep ")
        assert "a GitHub token: recorded as it is" in live.line("hint")
        await live.looks()
        assert live.drafts()[0][1] == f"/keep {TOKEN.secret}"
        await live.press("enter")
        assert live.texts == [SIGN, TOKEN.secret]
        assert "masked" not in live.line("attention")
    assert in_the_files(scribe.folder)


async def test_a_key_that_is_pasted_as_one_entry_or_as_many_is_masked(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(140, 30)) as live:
        await live.paste(KEY.secret)
        assert "a private key: will be masked" in live.line("hint")
        await live.press("enter")
        assert live.texts == ["‹private-key-masked›"]
        await live.paste(KEY.secret)
        await live.press("tab", "enter")
        assert set(live.texts) == {"‹private-key-masked›"}
        assert len(live.texts) > 5


async def test_what_is_typed_into_a_worksheet_is_masked_in_the_files(scribe: Scribe) -> None:
    scribe.told("/role ic @sam", "/cadence 15m")
    async with scribe(size=(140, 40)) as live:
        await live.press("f2")
        await live.enter(f"/set known the job printed {TOKEN.secret}")
        await live.looks()
        assert SIGN in live.drafts()[0][1]
        assert not in_the_files(scribe.folder)
        await live.press("f2")
        assert SIGN in live.last.text
        await live.app.workers.wait_for_complete()
        await live.pilot.pause()
        assert "masked: a GitHub token" in live.line("attention")
        assert SIGN in live.copied
        assert TOKEN.secret not in live.copied
    assert not in_the_files(scribe.folder)


async def writing(live: Live, section: str) -> PostmortemScreen:
    """The postmortem, open at a section."""
    await live.press("f8")
    (screen,) = (screen for screen in live.app.screen_stack if isinstance(screen, PostmortemScreen))
    assert screen.go(section)
    await live.app.workers.wait_for_complete()
    await live.pilot.pause()
    return screen


async def test_a_section_is_masked_in_the_editor_and_nobody_else_is_said_to_have_changed_it(scribe: Scribe) -> None:
    scribe.told("/state resolved")
    async with scribe(size=(140, 40), first=INCIDENT) as live:
        screen = await writing(live, "luck")
        await live.paste(f"all was well, but for {TOKEN.secret}")
        screen.poll()
        assert not in_the_files(scribe.folder)
        scribe.clock.advance(10)
        screen.poll()
        await live.pilot.pause()
        assert screen.editor.text == f"all was well, but for {SIGN}"
        assert screen.notice[0].startswith("masked: a GitHub token; in the line, /keep /write luck TEXT records it")
        assert not screen.is_unsaved
        assert live.state().sections["luck"].text == f"all was well, but for {SIGN}"
        await live.type(" again")
        scribe.clock.advance(10)
        screen.poll()
        await live.pilot.pause()
        assert live.state().sections["luck"].text == f"all was well, but for {SIGN} again"
        assert "changed this" not in screen.notice[0]
    assert not in_the_files(scribe.folder)


async def test_a_secret_that_was_kept_in_a_section_stays_while_others_are_masked(scribe: Scribe) -> None:
    other = next(one for one in pasted() if one.kind == "a Stripe key").secret
    scribe.told("/state resolved", f"/keep /write luck kept: {TOKEN.secret}")
    async with scribe(size=(140, 40), first=INCIDENT) as live:
        screen = await writing(live, "luck")
        await live.paste(f" and {other}")
        scribe.clock.advance(10)
        screen.poll()
        await live.pilot.pause()
        assert live.state().sections["luck"].text == f"kept: {TOKEN.secret} and ‹Stripe-key-masked›"


async def test_nobody_leaves_over_a_text_that_cannot_be_kept_because_nothing_tells_whether_it_is_a_secret(
    scribe: Scribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    scribe.told("/role ic @sam", "/cadence 15m")
    monkeypatch.setattr(secrets, "_plugins", unseen)
    why = "cannot be kept; the same key again leaves it: whether this holds a secret cannot be seen"
    async with scribe(size=(160, 40)) as live:
        await live.press("f2")
        await live.enter(f"/set known printed {TOKEN.secret}")
        await live.looks()
        await live.press("ctrl+d")
        assert live.app.is_running
        assert why in live.line("attention")
        await live.type(f"printed {TOKEN.secret}")
        await live.looks()
        assert live.box == f"printed {TOKEN.secret}"
        await live.press("escape", "f9")
        assert live.screen.is_current
        assert why in live.line("attention")
        assert live.drafts() == []
        await live.press("home")
        await live.type("/keep ")
        await live.looks()
        assert live.drafts()[0][1] == f"/keep printed {TOKEN.secret}"
        await live.clear()
        await live.press("ctrl+d")
        assert live.app.is_running
        await live.press("ctrl+d")
        assert not live.app.is_running


async def test_a_section_that_can_be_neither_recorded_nor_kept_is_left_by_who_was_told(
    scribe: Scribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    scribe.told("/state resolved")
    async with scribe(size=(160, 40), first=INCIDENT) as live:
        screen = await writing(live, "luck")
        with monkeypatch.context() as missing:
            missing.setattr(secrets, "_plugins", unseen)
            await live.paste(f"all was well, but for {TOKEN.secret}")
            await live.press("escape")
            assert screen.is_current
            assert "the same key again leaves it: whether this holds a secret cannot be seen" in screen.notice[0]
            await live.type(" and more")
            assert screen.editor.text == f"all was well, but for {TOKEN.secret} and more"
            await live.press("escape")
            assert screen.is_current
            assert live.drafts() == []
        await live.press("escape")
        assert not screen.is_current
        assert live.state().sections["luck"].text == f"all was well, but for {SIGN} and more"
    assert not in_the_files(scribe.folder)
