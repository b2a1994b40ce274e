from __future__ import annotations

from pathlib import Path

from tests.after.records import written


def test_the_severity_is_unset_until_somebody_sets_it(tmp_path: Path) -> None:
    assert written(tmp_path / "none", severity=None).severity_label == ""
    assert written(tmp_path / "one", severity=1).severity_label == "SEV-1 (critical)"
