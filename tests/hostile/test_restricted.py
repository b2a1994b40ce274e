from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from random import Random

import click
import pytest

from scribe.cli.export import NAMES, writes_beside
from scribe.cli.root import COMMANDS, scribe
from scribe.live.policy import DEFAULT
from scribe.record.terms import AUDIENCES
from tests.hostile import exits
from tests.hostile.exits import ENOUGH, EXITS, FORMS, derived, leaked, let_out, marks, one, shown
from tests.hostile.restricted import AROUND, KINDS, Story, told
from tests.hostile.views import VIEWS
from tests.journeys import live as journeys
from tests.journeys.live import Scribe


def test_nothing_restricted_leaves_unasked(tmp_path: Path) -> None:
    story = told(tmp_path / "journal.db", Random(1))
    seen = one(story)
    story.close()
    assert seen["exits"] + seen["refused"] == len(EXITS) + 1
    assert seen["secrets"] > 10
    assert seen["repeated"] > 5
    assert seen["held"] > 50  # asked for it is there: what is looked for can be found


def test_nor_by_the_other_options(tmp_path: Path) -> None:
    """Some of those that the torture tries all; each that shows a packet, a title or a file is one."""
    story = told(tmp_path / "journal.db", Random(6), kinds=("fact", "packet", "impact"), repeats=12)
    for _ in range(4):
        story.repeat("packet")
    some = {" ".join(view.argv): view for view in derived()}
    for name in (
        "checkpoint --show 5",
        "checkpoint --compare 4 5",
        "checkpoint --list",
        "timeline --format csv --sort recorded",
        "export --draft --format html --output {out}",
        "actions --all --format md --group factor",
        "update --format plain --for public",
    ):
        assert let_out(story, some[name]), name
    story.close()


def test_a_title_that_says_a_restricted_word_stays_out_of_the_bar(tmp_path: Path) -> None:
    """One that fits: what is cut off proves nothing."""
    story = Story(tmp_path / "journal.db", Random(1))
    story.restrict("fact", "start")
    bar = next(view for view in EXITS if view.name == "status --short")
    assert "Checkout fails" in shown(story, bar).out
    story.repeat("title")
    said = shown(story, bar)
    assert marks(story.state().board.title) == story.secrets()
    story.close()
    assert said.out.startswith("SEV-2")
    leaked("bar", said.out, set(story.owners))


@pytest.mark.torture
def test_nothing_restricted_leaves_any_of_many_records() -> None:
    seen = exits.run(ENOUGH, seed=100)
    assert seen["records"] == ENOUGH


@pytest.mark.torture
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_any_kind_leaves(tmp_path: Path, kind: str) -> None:
    """Every kind restricted, said again in every place where words are open to all."""
    story = told(tmp_path / "journal.db", Random(2), kinds=(kind,), repeats=0)
    for place in (*KINDS, *AROUND):
        story.repeat(place)
    one(story)
    story.close()


@pytest.mark.torture
async def test_nothing_restricted_comes_on_the_clipboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[str] = set()
    for seed in range(6):
        copied: list[str] = []
        monkeypatch.setattr("pyperclip.copy", copied.append)
        folder = tmp_path / str(seed)
        folder.mkdir()
        story = told(folder / "journal.db", Random(seed))
        secrets = story.secrets()
        story.close()
        scribe = Scribe(folder)
        scribe.clock = story.clock
        async with scribe(size=(120, 40), first=story.incident) as live:
            for keys in (
                ("f3", "tab", "escape"),
                ("f2", "f2"),
                ("escape", "/packets", "enter", "down", "enter", "escape"),
            ):
                for key in keys:
                    await (live.enter(key) if key.startswith("/") else live.press(key))
                    copied.append(live.copied)
            await live.enter("/handoff @zoe")
            await live.enter("/packets")
            await live.press("enter")
            copied.append(live.copied)
        for text in copied:
            leaked("clipboard", text, secrets)
        seen.update(filter(None, copied))
    assert len(seen) > 6


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(4))
async def test_nothing_restricted_stands_in_a_file_that_a_screen_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """The document in each form, the register in each, and what is written beside where no clipboard takes it."""
    monkeypatch.setattr("scribe.ui.clipboard.system", lambda text: False)
    monkeypatch.setattr(journeys, "export", lambda folder: writes_beside(journeys.save(folder), UTC, DEFAULT))
    story = told(tmp_path / "journal.db", Random(seed))
    secrets = story.secrets()
    story.close()
    scribe = Scribe(tmp_path)
    scribe.clock = story.clock
    before = set(tmp_path.iterdir())
    async with scribe(size=(120, 40), first=story.incident) as live:

        async def press(*keys: str) -> None:
            for key in keys:
                await (live.enter(key) if key.startswith("/") else live.press(key))
            await live.app.workers.wait_for_complete()
            await live.pilot.pause()

        await press("/export")
        await press("/handoff @zoe")
        await press("f3", "tab", "escape")
        await press("f8")
        for down in range(5):
            await press("f8", *["down"] * down, "enter")
        await press("escape", "/actions", *["f5"] * 4)
        for down in range(3):
            await press("f8", *["down"] * down, "enter")
    files = [path for path in set(tmp_path.iterdir()) - before if not path.name.startswith("journal.db")]
    assert {path.suffix for path in files} >= {".md", ".csv", ".ics"}
    for path in files:
        leaked(path.name, path.read_text(encoding="utf-8"), secrets)


# ── that no exit is left out ────────────────────────────────────────────────────────────────────────────────────────


def _commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(scribe)
    for name in COMMANDS:
        command = scribe.get_command(context, name)
        assert command is not None
        yield name, command


def test_every_command_that_withholds_stands_among_the_exits() -> None:
    withholding = {
        name for name, command in _commands() for each in command.params if each.name == "include_restricted"
    }
    assert withholding == {view.argv[0] for view in EXITS if view.asked} | {"bundle"}


def test_every_option_of_what_is_passed_on_is_tried() -> None:
    """A new one fails here until a word is there for it; so does a new form, and a new command that withholds."""
    views = derived()
    assert FORMS.keys() >= {view.argv[0] for view in EXITS} - {"status"}
    for name, forms in FORMS.items():
        command = dict(_commands())[name]
        tried = {word for view in views if view.argv[0] == name for word in view.argv}
        shared = {each for parameter in scribe.params for each in parameter.opts}
        wanted = {parameter.opts[-1] for parameter in command.params} - shared
        assert wanted - tried <= {"--include-restricted", "--json", "--format"}, name
        (form,) = (each.type for each in command.params if each.name == "form")
        assert isinstance(form, click.Choice)
        given = {word for each in forms for word in each} | ({"md"} if () in forms else set())
        own = {"timeline": {"text", "json"}, "actions": {"text", "json"}, "check": {"text"}}.get(name, set())
        assert set(form.choices) - given <= own, name


def test_every_format_of_every_command_is_looked_at() -> None:
    for name, command in _commands():
        for parameter in command.params:
            if parameter.name == "form" and isinstance(parameter.type, click.Choice):
                views = [view.argv for view in VIEWS if view.argv[0] == name]
                given = {argv[argv.index("--format") + 1] for argv in views if "--format" in argv}
                given |= {str(parameter.default)} if any("--format" not in argv for argv in views) else set()
                assert given >= set(parameter.type.choices) - ({"markdown"} if name == "update" else set()), name


def test_every_template_and_audience_is_looked_at() -> None:
    words = {word for view in EXITS for word in view.argv}
    assert words >= {*NAMES, *AUDIENCES, "{own}"}


def test_a_leak_is_seen() -> None:
    with pytest.raises(AssertionError, match="gives away"):
        leaked("x", "so MK0001ZQ7 again", {"mk0001zq7"})
    leaked("x", "so mk0001zq7 again", {"mk0002zq7"})
