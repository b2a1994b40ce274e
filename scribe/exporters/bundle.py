"""One incident's record as one file for another copy: lines of JSON, packed with gzip."""

from __future__ import annotations

import io
from gzip import GzipFile

import msgspec

from scribe.record.bundled import First, row_of
from scribe.record.chain import Verdict
from scribe.record.sendable import Sendable


def pack(passed: Sendable, verdict: Verdict) -> bytes:
    """The bundle of a record that was verified: ``verdict`` is what its verification found.

    The same record gives the same bytes, whenever it is packed.
    """
    first = First(
        incident=passed.rows[0].header.incident,
        head=verdict.head,
        events=len(passed.rows),
        withheld=passed.withheld,
    )
    packed = io.BytesIO()
    with GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as file:
        for line in (first, *map(row_of, passed.rows)):
            file.write(msgspec.json.encode(line) + b"\n")
    return packed.getvalue()
