"""Nothing that was altered is taken for the record: each kind of change a few times."""

from pathlib import Path

import pytest

from scribe.record.chain import Verdict
from tests.durability import altered
from tests.durability.tally import FAILED


@pytest.mark.slow
def test_a_changed_journal_is_named_or_reads_as_it_was() -> None:
    found = altered.run(3 * len(altered.CHANGES), seed=2)
    assert (found[FAILED], found["changes"]) == (0, 3 * len(altered.CHANGES))
    assert all(found[name] for name in ("told", "refused", "shown by the noted head", "of no consequence"))


def test_a_verification_that_sees_nothing_is_found_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The test of the test: if no digest were looked at, altered words would be accepted, and that would be noted."""

    def blind(rows: object, **_: object) -> Verdict:
        from scribe.record.chain import verify

        found = verify(rows)  # type: ignore[arg-type]
        return Verdict(found.events, found.erased, found.head, None)

    monkeypatch.setattr("scribe.cli.verify.verify", blind)
    words = next(change for change in altered.CHANGES if change.name == "words of a row")
    monkeypatch.setattr(altered, "CHANGES", (words,))
    found = altered.run(4, seed=2)
    assert found[FAILED] > 0
