"""The truth log: a line for each request, on the disk before anybody can ask for it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from stt_load.server.truth import Truth, TruthLog


def test_each_truth_is_a_line_that_is_there_at_once(tmp_path: Path) -> None:
    path = tmp_path / "truth.jsonl"
    with TruthLog(path) as log:
        log(Truth(0, 1.5, status=200))
        assert json.loads(path.read_text())["arrival_s"] == 1.5
        log(Truth(1, 2.0))
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == [0, 1]


def test_it_is_its_owners_alone_and_takes_the_place_of_an_old_one(tmp_path: Path) -> None:
    path = tmp_path / "truth.jsonl"
    path.write_text("old\n")
    with TruthLog(path):
        pass
    assert path.read_text() == ""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
