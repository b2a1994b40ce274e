"""A record as a bundle: nothing but what is stored, the same bytes every time."""

from __future__ import annotations

import gzip
import json

from scribe.exporters.bundle import pack
from scribe.record.chain import verify
from scribe.record.events import Fact, Restricted
from scribe.record.sendable import sendable
from tests.fakes.chained import chained, verified
from tests.fakes.tale import Tale


def packed(tale: Tale, *, include_restricted: bool = False) -> bytes:
    rows = chained(tale.events)
    return pack(sendable(tale.state(), rows, include_restricted=include_restricted), verified(rows))


def lines(data: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in gzip.decompress(data).splitlines()]


def test_the_first_line_says_what_follows_and_each_other_is_one_event() -> None:
    tale = Tale()
    tale.say(Fact(tags=("eu",)), "결제가 실패한다 #eu\nand more", by="bob", ago=90)
    first, declared, fact = lines(packed(tale))
    assert first == {
        "format": "scribe-bundle",
        "version": 1,
        "incident": "INC-1",
        "head": verify(chained(tale.events)).head,
        "events": 2,
        "withheld": [],
    }
    row = chained(tale.events)[1]
    assert row.salt is not None
    assert fact == {
        "writer": "w",
        "seq": 2,
        "format": 1,
        "at": "2026-11-20T11:59:30.000Z",
        "precision": "second",
        "recorded_at": "2026-11-20T12:01:00.000Z",
        "kind": "fact",
        "is_board": False,
        "ref": "#2",
        "seen": "",
        "prev": declared["digest"],
        "body_digest": row.body_digest,
        "digest": row.digest,
        "body": {
            "author": "bob",
            "recorder": "sam",
            "at_raw": "11:59",
            "text": "결제가 실패한다 #eu\nand more",
            "payload": '{"kind":"fact","tags":["eu"]}',
        },
        "salt": row.salt.hex(),
    }


def test_what_is_withheld_is_named_and_has_neither_words_nor_salt() -> None:
    tale = Tale()
    tale.say(Fact(), "tenant quokka")
    tale.say(Restricted(target="#2"))
    first, _, fact, restricted = lines(packed(tale))
    assert first["withheld"] == ["w-2"]
    assert (fact["body"], fact["salt"], fact["ref"]) == (None, None, "#2")
    assert restricted["body"] is not None
    assert b"quokka" not in gzip.decompress(packed(tale))
    assert b"quokka" in gzip.decompress(packed(tale, include_restricted=True))


def test_the_same_record_gives_the_same_bytes() -> None:
    tale = Tale()
    tale.say(Fact(), "one")
    assert packed(tale) == packed(tale)
    assert packed(tale)[4:8] == bytes(4)  # no time of its making
