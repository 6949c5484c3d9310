"""A document read back: each level as it was, and what is none is refused with its place."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stt_load.samples.accuracy import Accuracy
from stt_load.samples.sample import ErrorKind
from stt_load.storage import result_file
from stt_load.storage.document import document
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.result_file import load, load_run, write_levels
from stt_load.storage.run_record import ReportError, TranscriptsFile
from tests.factory import table
from tests.storage.trying import level, levels_of, search_of, with_texts

ACCURACY = replace(Accuracy.unjudged("Nothing was said."), scored=3)
KEPT = TranscriptsFile("result.level_1.transcripts.jsonl", 3, "0" * 64)


def again(path: Path, record: LevelsRecord) -> LevelsRecord:
    write_levels(path, record)
    found = load(path)
    assert isinstance(found, LevelsRecord)
    return found


def odd() -> LevelsRecord:
    """Levels of many kinds: of workers that are not the same, of failures with texts, answers that were scored; one
    that nothing was measured in, and one that came to no barrier."""
    second = level(1, with_texts(table(np.arange(12) * 0.3, 0.25, kind=ErrorKind.HTTP_5XX), "sorry", "no"))
    scored = replace(second, run=replace(second.run, accuracy=ACCURACY, transcripts=KEPT))
    last = level(2, table(np.arange(5) * 0.1, 0.2), barrier_s=None, barrier_at=None, end_reason="interrupted")
    return levels_of(level(0, table([], [])), scored, last, knee=None)


@pytest.mark.parametrize("most", [100_000, 10], ids=["inside", "beside"])
@pytest.mark.parametrize("made", [levels_of, search_of, odd])
def test_each_level_is_what_it_was_to_the_last_digit(
    made: Callable[[], LevelsRecord], most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_file, "MOST_ROWS_INSIDE", most)
    record, path = made(), tmp_path / "result.json"
    found = again(path, record)
    whole = ("info", "config", "capacity", "knee")
    assert [getattr(found, name) for name in whole] == [getattr(record, name) for name in whole]
    assert found.path == path
    assert len(found.levels) == len(record.levels)
    for one, before in zip(found.levels, record.levels, strict=True):
        for name in ("number", "trial", "outcome", "judged"):
            assert getattr(one, name) == getattr(before, name)
        for name in ("info", "config", "accuracy", "transcripts", "summary"):
            assert getattr(one.run, name) == getattr(before.run, name)
        rows = [replace(row, level=one.number) for row in before.run.samples]
        assert list(one.run.samples) == rows


def test_what_is_read_is_written_as_it_was(tmp_path: Path) -> None:
    write_levels(tmp_path / "again.json", again(tmp_path / "result.json", odd()))
    written = [(tmp_path / name).read_text(encoding="utf-8").splitlines() for name in ("result.json", "again.json")]
    assert written[0] == written[1]


def test_where_one_load_is_expected_levels_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    write_levels(path, levels_of())
    with pytest.raises(ReportError, match="is of 3 levels: it is read alone"):
        load_run(path)


def changed(values: dict[str, Any], path: tuple[str | int, ...], value: Any) -> None:
    inner: Any = values
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("levels",), None, "its levels are not those of a result"),
        (("levels", 0), 7, "its levels are not those of a result"),
        (("levels", 0, "run"), None, "its levels are not those of a result"),
        (("levels", 0, "trial", "tier"), "guess", r"LevelHead trial\.tier"),
        (("levels", 1, "first_seq"), None, "LevelHead first_seq"),
        (("levels", 1, "first_seq"), -1, "which is out of range"),
        (("levels", 1, "first_seq"), -(10**30), "which is out of range"),
        (("levels", 1, "zero_s"), math.inf, "which is out of range"),
        (("levels", 1, "zero_s"), math.nan, "which is out of range"),
        (("levels", 1, "zero_s"), -1e308, "which is out of range"),
        (("levels", 1, "number"), 0, "its levels are not those of a result"),
        (("levels",), [], "its levels are not those of a result"),
        (("capacity",), {"axis": "users"}, r"capacity\.carries"),
        (("requests", 2, "level"), "first", "level first is not where its rows should be"),
        (("requests", 2, "level"), 2, "level 2 has a request of another one's numbers"),
        (("requests", 60, "level"), 0, "level 0 is not where its rows should be"),
        (("requests", -1, "level"), None, "level None is not where its rows should be"),
        (("requests", 3), 7, "a request without a level"),
        (("requests", 3, "phase"), "warm-up", "level 0, request 4: KeyError"),
        (("requests", -1, "seq"), 0, "level 2 has a request of another one's numbers"),
        (("requests", -1, "worker"), "nobody", "level 2, request 44: KeyError"),
    ],
)
def test_what_is_damaged_is_named(path: tuple[str | int, ...], value: Any, said: str, tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    write_levels(file, search_of())
    values = json.loads(file.read_text(encoding="utf-8"))
    changed(values, path, value)
    file.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ReportError, match=said) as error:
        load(file)
    assert str(file) in str(error.value)


def test_what_a_later_version_adds_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    write_levels(file, search_of())
    values = json.loads(file.read_text(encoding="utf-8"))
    for inner in (values, values["capacity"], values["levels"][0], values["levels"][0]["trial"]):
        inner["later"] = 7
    file.write_text(json.dumps(values), encoding="utf-8")
    assert document(load(file)) == document(search_of())
