"""Secrets are masked before anything is stored, wherever they stand, unless somebody says to keep them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from msgspec import inspect

from scribe.live.masking import KEEP, Mask, kinds_in, listed, masked, notice, said, says_keep
from scribe.record import secrets
from scribe.record.codec import encode_payload
from scribe.record.errors import Busy, Refused
from scribe.record.events import AnyPayload, Declared, Draft, Fact, Payload, kind_of
from scribe.recorder import Incidents, Recorder, declare, restore
from tests.fakes.desk import Desk
from tests.fakes.raw import raw
from tests.fakes.secrets import Pasted, pasted, unseen

LINES = (Path(__file__).parents[1] / "record" / "files" / "clean_lines.txt").read_text("utf-8").splitlines()
TOKEN, ADDRESS, KEY = (
    next(one for one in pasted() if one.kind == kind)
    for kind in ("a GitHub token", "a password in an address", "a private key")
)
BLOCK = next(one for one in pasted() if one.kind == "a private key" and "OPENSSH" in one.line)


def draft(text: str, payload: Payload | None = None, *, kept: bool = False) -> Draft:
    return Draft(payload or Fact(), text, "2026-11-20T12:00:00.000Z", kept=kept)


def stored(desk: Desk) -> bytes:
    """Every byte of the journal's files."""
    path = desk.journal.path
    return b"".join(file.read_bytes() for file in path.parent.iterdir() if file.name.startswith(path.name))


def is_in(secret: str, files: bytes) -> bool:
    """Whether a secret, or half of it, is in some bytes; breaks of lines may be escaped there."""
    whole = max(secret.split("\n"), key=len).replace("\\n", "\n").split("\n")
    half = max(whole, key=len)
    return any(part.encode() in files for part in (half[: len(half) // 2 + 4], half[len(half) // 2 - 4 :]))


# ── texts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_stands_round_a_secret_stays() -> None:
    shown = "postgres://app:‹password-in-an-address-masked›@db-7.internal:5432/shop"
    assert masked(ADDRESS.line) == (shown, ("a password in an address",))
    assert masked("checkout 5xx at 12 %") == ("checkout 5xx at 12 %", ())
    two = f"{TOKEN.secret} and {TOKEN.secret}"
    assert masked(two) == ("‹GitHub-token-masked› and ‹GitHub-token-masked›", ("a GitHub token",))


def test_what_was_kept_before_stays() -> None:
    assert masked(f"{TOKEN.secret} again", TOKEN.line)[1] == ()


def test_kinds_are_told_as_a_sentence_has_them() -> None:
    assert listed(("a password",)) == "a password"
    assert listed(("a password", "a private key", "a token")) == "a password, a private key and a token"
    assert (
        said([(), ("a password",), ("a token", "a key")], ["#1", "#2", "#3"])
        == "a password in #2, a token and a key in #3"
    )
    assert said([("a password",)] * 5, [f"#{number}" for number in range(5)]).endswith("in #2 and 2 more")
    with pytest.raises(ValueError, match="shorter"):
        said([("a password",), ("a token",)], ["#1"])  # one of them would not be told
    assert notice([()], ["#1"]) == ""
    assert (
        notice([("a password",)], ["#2"])
        == f"masked: a password in #2; {KEEP} in front of the line (↑) records it as it is"
    )
    assert kinds_in([TOKEN.line, TOKEN.line, "x"]) == ("a GitHub token",)


@pytest.mark.parametrize(
    ("line", "is_kept"),
    [
        ("/keep x", True),
        ("  /keep x", True),
        ("14:02 /keep x", True),
        ("2026-11-20 14:02 /keep x", True),
        ("yesterday 23:50 /keep x", True),
        ("fact\n/keep x", False),
        ("/keeper x", False),
        ("/keep", False),
        ("see /var /keep x", False),
        ("fact\nanother /keep x", False),
    ],
)
def test_a_line_says_keep_in_front_or_behind_its_time(line: str, is_kept: bool) -> None:
    assert says_keep(line) == is_kept


# ── drafts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def filled(kind: type, text: str) -> Iterator[Any]:
    """A value of that kind for each place in it where a text may stand, with the text there."""
    for field in inspect.type_info(kind).fields:  # type: ignore[attr-defined]
        for value in _values(field.type, text):
            needed = {other.name: _some(other.type) for other in inspect.type_info(kind).fields if other.required}  # type: ignore[attr-defined]
            yield kind(**{**needed, field.name: value})


def _values(of: inspect.Type, text: str) -> Iterator[Any]:
    match of:
        case inspect.StrType():
            yield text
        case inspect.VarTupleType(item_type=inside):
            yield from ((value,) for value in _values(inside, text))
        case inspect.DictType(key_type=key, value_type=inside):
            yield from ({"x": value} for value in _values(inside, text))
            yield from ({value: _some(inside)} for value in _values(key, text))
        case inspect.StructType(cls=kind):
            yield from filled(kind, text)
        case inspect.UnionType(types=types):
            for one in types:
                yield from _values(one, text)
        case _:
            pass


def _some(of: inspect.Type) -> Any:
    match of:
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.IntType():
            return 1
        case inspect.VarTupleType():
            return ()
        case _:
            return "x"


PLACES = [made for kind in get_args(AnyPayload) for made in filled(kind, TOKEN.line)]


def test_there_are_texts_in_every_kind_of_payload() -> None:
    assert {kind_of(payload) for payload in PLACES} == {kind.__struct_config__.tag for kind in get_args(AnyPayload)}
    assert len(PLACES) > 200


@pytest.mark.parametrize("payload", PLACES, ids=kind_of)
def test_a_secret_is_masked_in_every_field_of_every_payload(payload: Payload) -> None:
    assert TOKEN.secret in encode_payload(payload)
    mask = Mask()
    (made,) = mask.drafts([draft("x", payload)])
    assert TOKEN.secret not in encode_payload(made.payload)
    assert type(made.payload) is type(payload)
    assert mask.found == (("a GitHub token",),)


def test_a_secret_is_masked_in_what_stands_beside_the_text() -> None:
    one = Draft(Fact(), "x", "2026-11-20T12:00:00.000Z", "minute", TOKEN.line, TOKEN.secret)
    (made,) = Mask().drafts([one])
    assert TOKEN.secret not in f"{made}"


def test_a_draft_without_secrets_is_the_same_object() -> None:
    drafts = [draft(line, Fact(tags=("db",), sources=("https://a.example/x",))) for line in LINES]
    assert all(made is one for made, one in zip(Mask().drafts(drafts), drafts, strict=True))


def test_what_is_kept_is_kept_draft_by_draft() -> None:
    mask = Mask()
    made = mask.drafts([draft(TOKEN.line), draft(TOKEN.line, kept=True)])
    assert [TOKEN.secret in one.text for one in made] == [False, True]
    assert mask.found == (("a GitHub token",), ())
    assert Mask(keep=True).drafts([draft(TOKEN.line)])[0].text == TOKEN.line


def test_a_private_key_that_comes_line_by_line_is_followed_to_its_end() -> None:
    mask = Mask()
    lines = BLOCK.line.split("\n")
    made = [one.text for line in lines for one in mask.drafts([draft(line)])]
    assert made == [lines[0], *["‹private-key-masked›"] * (len(lines) - 2), lines[-1]]


def test_a_word_behind_a_private_key_is_no_part_of_it() -> None:
    mask = Mask()
    begun = BLOCK.secret.split("\n")[0]
    made = mask.drafts([draft(begun), draft("rollback"), draft(BLOCK.secret.split("\n")[1])])
    assert [one.text for one in made[:2]] == ["‹private-key-masked›", "rollback"]
    assert made[2].text == BLOCK.secret.split("\n")[1]  # by itself it is base64, like many a harmless line


# ── what is typed and not sent ──────────────────────────────────────────────────────────────────────────────────────


def test_what_is_typed_and_not_sent_is_masked_unless_it_says_keep() -> None:
    assert TOKEN.secret not in Mask().unsent([TOKEN.line])
    assert Mask().unsent([f"/keep {TOKEN.line}"]) == f"/keep {TOKEN.line}"
    assert Mask().unsent([f"/keep x\n{TOKEN.line}"]) == f"/keep x\n{TOKEN.line}"
    assert TOKEN.secret not in Mask().unsent([f"/keep {TOKEN.line}"], "words")


@pytest.mark.parametrize("texts", [["x", "/keep {token}", "{address}"], ["{address}", "/keep {token}"]])
def test_a_line_that_says_keep_speaks_for_no_other(texts: list[str]) -> None:
    kept = Mask().unsent([text.format(address=ADDRESS.line, token=TOKEN.line) for text in texts])
    assert TOKEN.secret in kept
    assert ADDRESS.secret not in kept
    assert len(kept.split("\n")) == len(texts)


def test_what_is_typed_behind_the_beginning_of_a_private_key_is_masked_as_often_as_it_is_saved() -> None:
    mask, lines = Mask(), BLOCK.secret.split("\n")
    mask.drafts([draft("\n".join(lines[:2]))])
    assert {mask.unsent([lines[2]]) for _ in range(3)} == {"‹private-key-masked›"}
    assert mask.unsent([lines[2], lines[3]]) == "‹private-key-masked›"
    for lead in ("14:02 ", "> ", "yesterday 23:50 = "):
        assert mask.unsent([f"{lead}{lines[2]}"]) == "‹private-key-masked›"
    assert Mask().unsent(lines[:2]) == "‹private-key-masked›"
    assert mask.unsent(["14:02 "]) == "14:02 "
    assert mask.unsent(["rolled back"]) == "rolled back"  # which ends no key before it is sent
    assert mask.drafts([draft(lines[2])])[0].text == "‹private-key-masked›"


@pytest.mark.parametrize("one", [one for one in pasted() if "\n" not in one.line], ids=lambda one: one.kind)
def test_what_worksheets_keep_can_be_read_again(one: Pasted) -> None:
    kept = msgspec.json.encode({"update": {"risks": f'say "{one.line}" \\ twice', "x": "y"}}).decode()
    found = msgspec.json.decode(Mask().unsent([kept], "json"), type=dict[str, dict[str, str]])
    assert found["update"]["x"] == "y"
    assert one.secret not in found["update"]["risks"]


# ── the files ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_byte_of_a_secret_is_in_the_files_whatever_way_it_came(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "journal.db", severity=2)
    now = desk.clock.now()
    some = pasted()[::3]  # every form is masked alike, and has been found above
    for place, one in enumerate(some):
        desk.recorder.keep("capture", one.line, now)
        ways = place % 4
        if ways == 0:
            desk.recorder.record([draft(one.line)], now=now, box="capture")
        elif ways == 1:
            desk.recorder.record([draft("x", Fact(sources=(one.line,), tags=(one.line,)))], now=now)
        elif ways == 2:
            desk.recorder.bring([draft(one.line)], now=now)
        else:
            declare(desk.journal, one.line, now=now, me="sam", policy=desk.recorder.policy)
    files = stored(desk)
    assert b"-masked\xe2\x80\xba" in files
    assert [one.kind for one in some if is_in(one.secret, files)] == []


def test_the_end_of_a_private_key_that_met_a_locked_journal_is_masked_when_it_is_sent_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "journal.db", severity=2)
    lines = BLOCK.secret.split("\n")
    rest = draft("\n".join(lines[2:]))
    desk.record([draft("\n".join(lines[:2]))])
    with raw(desk.journal.path) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            with pytest.raises(Busy):
                desk.record([rest])
        other.execute("ROLLBACK")
    with pytest.raises(Refused):
        desk.recorder.bring([draft(lines[2]), *desk.drafts("/done A7 rolled back")], now=desk.clock.now())
    desk.recorder.keep("capture", lines[2], desk.clock.now())
    assert desk.record([rest])[0].text == "‹private-key-masked›"
    assert desk.recorder.masked == (("a private key",),)
    assert [line for line in lines[1:-1] if line.encode() in stored(desk)] == []


def test_a_title_that_is_typed_and_not_declared_is_masked(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "journal.db")
    incidents = Incidents(desk.journal, me="sam", policy=desk.recorder.policy)
    for line in (TOKEN.line, f"/keep {TOKEN.line}"):  # what declares an incident knows no command
        incidents.keep("declare", line, desk.clock.now())
        assert "‹GitHub-token-masked›" in incidents.unsent()[0].text
    assert not is_in(TOKEN.secret, stored(desk))


def test_while_it_cannot_be_seen_whether_it_is_a_secret_nothing_is_stored_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path / "journal.db")
    incidents = Incidents(desk.journal, me="sam", policy=desk.recorder.policy)
    now = desk.clock.now()
    monkeypatch.setattr(secrets, "_plugins", unseen)
    sheet = msgspec.json.encode({"update": {"risks": TOKEN.line}}).decode()
    with pytest.raises(Refused, match="cannot be seen"):
        desk.recorder.keep("capture", TOKEN.line, now)
    with pytest.raises(Refused, match="cannot be seen"):
        desk.recorder.keep("worksheets", sheet, now, "json")
    with pytest.raises(Refused, match="cannot be seen"):
        incidents.keep("declare", TOKEN.line, now)
    assert not is_in(TOKEN.secret, stored(desk))
    desk.recorder.keep("capture", "checkout 5xx at 12 %", now)
    assert [left.text for left in desk.recorder.unsent()] == ["checkout 5xx at 12 %"]


def test_what_is_kept_is_in_the_files_as_it_is(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "journal.db", severity=2)
    desk.recorder.keep("capture", f"/keep {ADDRESS.line}", desk.clock.now())
    desk.type(f"/keep {TOKEN.line}")
    desk.recorder.bring([draft(KEY.line, kept=True)], now=desk.clock.now())
    assert all(is_in(one.secret, stored(desk)) for one in (TOKEN, ADDRESS, KEY))
    assert not any(desk.recorder.masked)


def test_a_whole_incident_that_is_brought_is_masked(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "journal.db", severity=2)
    mask, policy = Mask(), desk.recorder.policy
    drafts = [draft(f"lost {TOKEN.secret}", Declared(severity=1)), draft("x", Fact(sources=(ADDRESS.line,)))]
    restore(desk.journal, "INC-2", drafts, now=desk.clock.now(), me="sam", policy=policy, mask=mask)
    assert mask.found == (("a GitHub token",), ("a password in an address",))
    assert not is_in(TOKEN.secret, stored(desk))
    found = Recorder(desk.journal, "INC-2", me="sam", policy=policy).load()
    assert found.board.title == "lost ‹GitHub-token-masked›"
    restore(desk.journal, "INC-3", drafts, now=desk.clock.now(), me="sam", policy=policy, mask=Mask(keep=True))
    assert is_in(TOKEN.secret, stored(desk))


def test_the_recorder_says_what_it_masked_in_which_draft(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "journal.db", severity=2)
    desk.record([draft("x"), draft(TOKEN.line)])
    assert desk.recorder.masked == ((), ("a GitHub token",))
    desk.type("checkout 5xx")
    assert not any(desk.recorder.masked)


def test_corrections_and_what_is_written_afterwards_are_masked(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "journal.db", severity=2)
    desk.type("pool at 40")
    for line in (
        f"/amend #2 {TOKEN.line}",
        f"/link #2 https://a.example/x?access_token={TOKEN.secret}",
        f"/write luck {TOKEN.line}",
        f"/factor {TOKEN.line} layer: technical",
        f"/action {TOKEN.line} owner: @bob",
        f"/decide {TOKEN.line} @bob by 15:00",
        f"/impact {TOKEN.line}",
        f"/scope domain EU affected {TOKEN.line}",
        f"/snooze 10m {TOKEN.line}",
        f"/update {TOKEN.line}\nNext update by 15:00",
        f"/retract #2 {TOKEN.line}",
    ):
        desk.type(line)
        assert any(desk.recorder.masked), line
    assert not is_in(TOKEN.secret, stored(desk))
    assert desk.verify().ok
