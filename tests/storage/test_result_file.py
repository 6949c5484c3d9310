"""The result: whole or not there, never over another one, and worth the same when it is read again."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import stat
import tempfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given

from stt_load.config import Config
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import Samples
from stt_load.storage import json_lines, result_file
from stt_load.storage.document import document
from stt_load.storage.result_file import level_path, level_spools, load, reserve, rows_path, write, write_levels
from stt_load.storage.run_record import ReportError
from stt_load.storage.spool import SUFFIX
from tests.factory import table
from tests.report.runs import run_of, steady
from tests.report.tables import tables
from tests.storage.trying import levels_of

NOON = datetime(2024, 1, 1, 12, 0, 0)
WORKERS = ("here", "there")


@given(tables())
def test_what_is_written_is_read_again_to_the_last_digit(samples: Samples) -> None:
    run = run_of(samples, workers=WORKERS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result.json"
        write(path, run)
        again = load(path)
    assert list(again.samples) == list(run.samples)
    assert again.info == run.info
    assert again.config == run.config
    assert again.summary == run.summary


def test_the_figures_can_be_computed_anew_from_the_rows(tmp_path: Path) -> None:
    """What stands in the file is what any reader gets from its rows, not from digits that were cut off."""
    ragged = table([number * 0.123456789 for number in range(200)], [0.1 + 1e-7 * number for number in range(200)])
    path = tmp_path / "result.json"
    write(path, run_of(ragged))
    written = json.loads(path.read_text(encoding="utf-8"))
    times = sorted(row["response_time_s"] for row in written["requests"])
    figures = written["metrics"]["response_time_s"]
    assert figures["median"] == pytest.approx(times[99], abs=1e-9)
    assert (figures["min"], figures["max"]) == (pytest.approx(times[0]), pytest.approx(times[-1]))
    assert all(round(row["done_s"], 6) == row["done_s"] for row in written["requests"])
    assert document(load(path))["metrics"] == written["metrics"]


def test_rows_of_before_there_was_a_mark_for_texts_in_json_are_read(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    write(path, run_of(steady()))
    text = path.read_text(encoding="utf-8")
    old = text.replace(', "json_for_text": false', "")
    assert old != text
    path.write_text(old, encoding="utf-8")
    assert not load(path).samples["json_for_text"].any()


def test_one_row_a_line_last_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    write(path, run_of(steady(20)))
    lines = path.read_text(encoding="utf-8").splitlines()
    first = lines.index('  "requests": [') + 1
    rows = [json.loads(line.rstrip(",")) for line in lines[first:-2]]
    assert len(rows) == 30
    assert lines[-2:] == ["  ]", "}"]


def test_many_rows_go_to_a_file_of_their_own(tmp_path: Path) -> None:
    count = result_file.MOST_ROWS_INSIDE + 1
    run = run_of(table([number * 0.001 for number in range(count)], 0.5))
    path = tmp_path / "long.json"
    write(path, run)
    reference = json.loads(path.read_text(encoding="utf-8"))["requests"]
    assert (reference["file"], reference["rows"]) == ("long.requests.jsonl.gz", count)
    with gzip.open(tmp_path / reference["file"], "rt", encoding="utf-8") as rows:
        assert sum(1 for _ in rows) == count
    assert load(path).summary == run.summary
    assert sorted(one.name for one in tmp_path.iterdir()) == ["long.json", "long.requests.jsonl.gz"]
    rows_path(path).write_bytes(gzip.compress(b"{}\n"))
    with pytest.raises(ReportError, match="checksum"):
        load(path)
    rows_path(path).unlink()
    with pytest.raises(ReportError, match=r"long\.requests\.jsonl\.gz"):
        load(path)


def test_a_result_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError):
        write(path, run_of(steady()))
    assert path.read_text(encoding="utf-8") == "mine"
    assert [one.name for one in tmp_path.iterdir()] == ["result.json"]


def test_names_are_taken_by_results_spools_and_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert reserve(None, NOON) == Path("stt_load_test_results_20240101_120000.json")
    for taken, next_one in [
        ("a.json", "a_2.json"),
        ("a_2.partial.jsonl", "a_3.json"),
        ("a_3.requests.jsonl.gz", "a_4.json"),
    ]:
        Path(taken).touch()
        assert reserve("a.json", NOON) == Path(next_one)
    Path("a_4.partial.jsonl").symlink_to("elsewhere")
    assert reserve("a.json", NOON) == Path("a_5.json"), "a link to nowhere takes a name, too"


def test_the_files_of_a_level_take_the_name_of_their_result(tmp_path: Path) -> None:
    for taken, next_one in [
        ("a.level_0.partial.jsonl", "a_2.json"),
        ("a_2.level_13.partial.transcripts.jsonl", "a_3.json"),
        ("a_3.level_1.transcripts.jsonl", "a_4.json"),
    ]:
        (tmp_path / taken).touch()
        assert reserve(str(tmp_path / "a.json"), NOON) == tmp_path / next_one
    (tmp_path / "a_4.level_2.partial.jsonl").symlink_to("elsewhere")
    assert reserve(str(tmp_path / "a.json"), NOON) == tmp_path / "a_5.json", "a link to nowhere does, too"
    for free in ("a_5.level_x.json", "a_5.levels.json", "a_50.level_0.partial.jsonl"):
        (tmp_path / free).touch()
    assert reserve(str(tmp_path / "a.json"), NOON) == tmp_path / "a_5.json"


@pytest.mark.parametrize("name", ["a.json", "a", "a.b.json", "a[0-9]*.json"])
def test_the_spools_of_levels_are_found_by_their_results_name(tmp_path: Path, name: str) -> None:
    result = tmp_path / name
    spools = [level_path(result, number).with_suffix(SUFFIX) for number in range(12)]
    assert len({*spools, result.with_suffix(SUFFIX)}) == 13
    for path in (*spools, level_path(result, 0).with_suffix(".partial.transcripts.jsonl"), result):
        path.touch()
    assert level_spools(result) == spools
    assert level_spools(tmp_path / "other.json") == []
    assert level_spools(tmp_path / "nowhere" / "other.json") == []


def test_levels_of_many_rows_are_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_file, "MOST_ROWS_INSIDE", 126)
    path = tmp_path / "result.json"
    write_levels(path, levels_of())
    reference = json.loads(path.read_text(encoding="utf-8"))["requests"]
    assert (reference["file"], reference["rows"]) == ("result.requests.jsonl.gz", 127)
    with pytest.raises(FileExistsError):
        write_levels(path, levels_of())
    with pytest.raises(OSError, match="nowhere"):
        write_levels(tmp_path / "nowhere" / "result.json", levels_of())
    rows_path(path).unlink()
    with pytest.raises(FileExistsError):
        write_levels(path, levels_of())
    assert [one.name for one in tmp_path.iterdir()] == ["result.json"]


def test_what_can_not_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write(tmp_path / "nowhere" / "result.json", run_of(steady()))
    assert list(tmp_path.iterdir()) == []


STEERING = "\x9b31m\x85\x7f\u202e\u2066\u200f\u061c\u2028"


def said_by_a_server(text: str, count: int = 1) -> Samples:
    rows = table([float(number) for number in range(count)], 0.5, kind=ErrorKind.HTTP_5XX).rows
    rows["error"] = rows["headers"] = 0
    return Samples(rows, (json.dumps({text: text}),))


@pytest.mark.parametrize("inside", [True, False])
def test_what_steers_a_terminal_is_escaped_wherever_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: bool
) -> None:
    if not inside:
        monkeypatch.setattr(result_file, "MOST_ROWS_INSIDE", 0)
    path = tmp_path / "result.json"
    run = run_of(said_by_a_server(STEERING), workers=(STEERING,), target=STEERING, first_transcript=STEERING)
    write(path, run)
    content = path.read_text(encoding="utf-8")
    if not inside:
        content += gzip.decompress(rows_path(path).read_bytes()).decode("utf-8")
    assert not set(content) & set(STEERING) - set("31m")
    again = load(path)
    assert again.info == run.info
    assert list(again.samples) == list(run.samples)


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("inside", [True, False])
def test_a_result_is_its_owners_alone_whatever_the_umask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: bool, links: bool
) -> None:
    if not inside:
        monkeypatch.setattr(result_file, "MOST_ROWS_INSIDE", 0)
    if not links:  # as on exFAT
        monkeypatch.setattr(Path, "hardlink_to", lambda *_: (_ for _ in ()).throw(OSError("no links here")))
    before = os.umask(0)
    try:
        write(tmp_path / "result.json", run_of(steady()))
    finally:
        os.umask(before)
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()}
    assert modes == dict.fromkeys(["result.json"] + ([] if inside else ["result.requests.jsonl.gz"]), 0o600)


def test_a_servers_words_in_any_writing_are_kept(tmp_path: Path) -> None:
    rows = table([0.0], 0.5, kind=ErrorKind.HTTP_5XX).rows
    rows["error"] = 0
    path = tmp_path / "result.json"
    write(path, run_of(Samples(rows, ("가\u2028\ud800\x00\\",))))
    (again,) = load(path).samples
    assert again.error == "가\u2028\ud800\x00\\"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "not JSON"),
        ("[1]", "no JSON object"),
        ("{}", "schema_version"),
        ('{"schema_version": 99, "run": {}, "config": {}}', "schema version 99"),
        ('{"schema_version": 1, "run": {"version": "0.1.0"}, "config": {}}', r"figures mean .* wrote it \(0\.1\.0\)"),
        ('{"schema_version": 2, "run": {}, "config": {}}', "its config lacks total_requests"),
        ("\udcff", "not text"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_other_files_are_told_apart(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content.encode("utf-8", errors="surrogateescape"))
    with pytest.raises(ReportError, match=said) as error:
        load(path)
    assert str(path) in str(error.value)


def test_what_is_no_file_of_ours_is_neither_waited_for_nor_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    os.mkfifo(tmp_path / "a.partial.jsonl")
    for path in (tmp_path / "pipe", tmp_path / "a.partial.jsonl", Path("/dev/zero")):
        with pytest.raises(ReportError, match=rf"{path}: a (named pipe|device), not an ordinary file"):
            load(path)


def test_rows_beside_a_result_that_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its checksum says only that they are those that whoever wrote it meant."""
    monkeypatch.setattr(result_file, "MOST_ROWS_INSIDE", 0)
    monkeypatch.setattr(json_lines, "LONGEST_LINE_BYTES", 2_000_000)
    path = tmp_path / "result.json"
    write(path, run_of(steady()))
    values = json.loads(path.read_text(encoding="utf-8"))
    packed = rows_path(path).read_bytes()
    for content, said in (
        (gzip.compress(b"[" * 100_000_000), "line 1 is longer than 2 MB"),
        (packed[:-9], "can't be unpacked"),
        (packed[:20] + bytes(20) + packed[40:], "can't be unpacked"),
    ):
        rows_path(path).write_bytes(content)
        values["requests"]["sha256"] = hashlib.sha256(content).hexdigest()
        path.write_text(json.dumps(values), encoding="utf-8")
        with pytest.raises(ReportError, match=said):
            load(path)
    values["requests"]["file"] = 7
    path.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ReportError, match="damaged"):
        load(path)


@pytest.mark.parametrize("cut", ["seq", "phase", "start_s", "error_kind"])
def test_a_damaged_row_is_named(tmp_path: Path, cut: str) -> None:
    path = tmp_path / "result.json"
    write(path, run_of(steady(20)))
    values = json.loads(path.read_text(encoding="utf-8"))
    del values["requests"][4][cut]
    path.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ReportError, match=rf"request 5: .*{cut}"):
        load(path)


def test_secrets_are_not_in_the_configuration_of_the_result(tmp_path: Path) -> None:
    config = Config.model_validate(
        {"api": {"base_url": "http://me:hunter2@host", "extra_fields": {"api_key": "k3y"}}}
    )
    path = tmp_path / "result.json"
    write(path, run_of(steady(), config))
    written = path.read_text(encoding="utf-8")
    assert "hunter2" not in written
    assert "k3y" not in written
