"""The result of a run: whatever breaks on the way to it, it is written and says what is missing."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest

from stt_load.report.exit_code import INVALID, exit_code
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.stats import summary as summaries
from stt_load.storage import result_file
from tests.making import sample_of
from tests.run.trial import BREAKS, Trial, boom, check_doubted, written


@pytest.fixture(autouse=True)
def _in_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_run_ends_with_its_result_and_no_spool() -> None:
    trial = Trial()
    trial.go()
    run = trial.finish()
    result = written()
    assert trial.ended == 1
    assert len(result["requests"]) == 6
    assert (result["run"]["complete"], result["run"]["faults"]) == (True, [])
    assert result["run"]["generator"]["rows_lost"] == 0
    assert run.path is not None
    assert not list(Path.cwd().glob("*.partial.jsonl"))
    assert f"Result saved to {run.path}" in trial.out.getvalue()


def test_a_first_transcript_that_repeats_a_secret_is_shown_without_it() -> None:
    trial = Trial(api={"extra_fields": {"token": [f"text {number}" for number in range(8)]}})
    trial.go()
    assert trial.finish().info.first_transcript == "***"
    assert written()["run"]["first_transcript"] == "***"
    assert "text 0" not in trial.out.getvalue() + trial.err.getvalue()


def test_the_figures_are_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    whole = summaries.summarise

    def counted(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        return whole(*args, **kwargs)

    monkeypatch.setattr("stt_load.storage.run_record.summarise", counted)
    trial = Trial()
    trial.go()
    run = trial.finish()
    assert exit_code(run) in (0, 1, INVALID)
    assert len(calls) == 1


@pytest.mark.parametrize("part", BREAKS)
def test_whatever_breaks_before_the_result_the_result_says_what_is_missing(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = BREAKS[part]
    trial = Trial()
    trial.go()
    monkeypatch.setattr(f"stt_load.run.executor.LocalExecutor.{part}", boom)
    run = trial.finish()
    result = written()
    assert len(result["requests"]) == 6
    assert any(sentence in one for one in result["run"]["faults"])
    assert result["validity"]["verdict"] == "INVALID"
    check_doubted(run, sentence)


def test_figures_that_can_not_be_computed_cost_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial()
    trial.go()
    whole = summaries.summarise

    def of_none_only(samples: Any, **kwargs: Any) -> Any:
        return boom() if len(samples) else whole(samples, **kwargs)

    with monkeypatch.context() as broken:
        broken.setattr("stt_load.storage.run_record.summarise", of_none_only)
        run = trial.finish()
    result = written()
    assert len(result["requests"]) == 6
    assert result["metrics"]["requests"]["total"] == 0
    assert "The figures could not be computed" in result["run"]["faults"][0]
    check_doubted(run, "figures")
    again = result_file.load(next(Path.cwd().glob("*.json")))
    assert again.summary.metrics.requests.total == 4, "a report of the saved rows has them"


def test_a_summary_that_always_breaks_costs_neither_result_nor_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be something else than the rows that it breaks on."""
    trial = Trial()
    trial.go()
    monkeypatch.setattr("stt_load.storage.run_record.summarise", boom)
    run = trial.finish()
    result = written()
    assert len(result["requests"]) == 6
    assert (result["metrics"]["requests"]["total"], result["validity"]["verdict"]) == (0, "INVALID")
    assert f"Result saved to {run.path}" in trial.out.getvalue()
    assert not list(Path.cwd().glob("*.partial.jsonl"))
    check_doubted(run, "figures")


@pytest.mark.parametrize(
    "place",
    [
        "stt_load.samples.table.SampleTable.release",
        "stt_load.samples.table.Samples.since",
        "stt_load.run.result.as_saved",
    ],
)
def test_rows_that_can_not_be_read_stay_in_the_spool(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: Any) -> Any:
        raise MemoryError

    dismissed: list[bool] = []
    monkeypatch.setattr("stt_load.run.executor.LocalExecutor.dismiss", lambda _, saved: dismissed.append(saved))
    trial = Trial()
    trial.go()
    with monkeypatch.context() as broken:
        broken.setattr(place, no_memory)
        run = trial.finish()
    (spool,) = Path.cwd().glob("*.partial.jsonl")
    assert len(result_file.load(spool).samples) == 6, "and can be read from there"
    result = written()
    assert (result["requests"], result["run"]["generator"]["rows_lost"]) == ([], None)
    assert dismissed == [False], "the workers keep theirs, too"
    check_doubted(run, f"is in {spool.name}")
    assert spool.name in trial.out.getvalue()


def test_a_folder_that_was_deleted_on_the_way_costs_no_result(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    trial = Trial(save_path=str(folder / "run.json"))
    trial.go()
    shutil.rmtree(folder)
    run = trial.finish()
    assert run.path == Path("run.json")
    assert len(written(tmp_path)["requests"]) == 6
    assert f"The folder {folder} is gone: the result is in {tmp_path / 'run.json'}" in trial.err.getvalue()
    assert "Result saved to run.json" in trial.out.getvalue()


def test_where_the_working_directory_was_deleted_too_the_result_is_among_the_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, temporary = tmp_path / "here", tmp_path / "temporary"
    here.mkdir()
    temporary.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    trial = Trial()
    trial.go()
    shutil.rmtree(here)
    run = trial.finish()
    monkeypatch.chdir(tmp_path)
    assert run.path is not None
    assert run.path.parent == temporary
    assert len(written(temporary)["requests"]) == 6
    assert f"the result is in {run.path}" in trial.err.getvalue()


def test_a_run_whose_last_answers_came_in_the_drain_is_complete() -> None:
    """-t ended it, and all N are in; cut off, they are not."""
    trial = Trial()
    trial.go(5)
    iteration = trial.budget.take("one")
    assert iteration is not None
    trial.run.lifecycle.stop("time_limit")
    trial.run.barrier.finish(iteration, sample_of(iteration, start_s=6.0, sent_s=6.0, done_s=6.5), None)
    run = trial.run.finish()
    assert (run.info.complete, run.info.end_reason) == (True, "time_limit")
    assert "Not complete" not in trial.out.getvalue()


def test_a_run_whose_last_answers_were_cut_off_is_not_complete() -> None:
    trial = Trial()
    trial.go(5)
    iteration = trial.budget.take("one")
    assert iteration is not None
    trial.run.lifecycle.stop("time_limit")
    cut = sample_of(iteration, start_s=6.0, sent_s=6.0, done_s=6.5, error_kind=ErrorKind.CANCELLED, error="cut off")
    trial.run.barrier.finish(iteration, cut, None)
    assert trial.run.finish().info.complete is False


def test_a_disk_that_takes_no_result_is_named_with_what_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial()
    trial.go()
    monkeypatch.setattr(result_file, "write", lambda *_: (_ for _ in ()).throw(OSError(28, os.strerror(28))))
    run = trial.finish()
    (spool,) = Path.cwd().glob("*.partial.jsonl")
    said = trial.err.getvalue()
    assert str(trial.run.result.path) in said
    assert spool.name in said
    assert "No space left on device" in said
    assert run.path is None
    assert "Requests: 4\n" in trial.out.getvalue(), "the report is made all the same"
    check_doubted(run, "could not be written")


def test_a_disk_that_is_full_at_the_start_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("stt_load.storage.spool.Spool.flush", full)
    with pytest.raises(OSError, match=r"No space left on device: 'stt_load_test_results_.*\.partial\.jsonl'"):
        Trial()
    assert not list(Path.cwd().iterdir())


def test_a_result_that_breaks_while_it_is_written_stays_in_the_spool(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial()
    trial.go()
    monkeypatch.setattr(result_file, "write", boom)
    run = trial.finish()
    (spool,) = Path.cwd().glob("*.partial.jsonl")
    assert len(result_file.load(spool).samples) == 6
    check_doubted(run, "could not be written")


def test_a_row_that_was_lost_is_counted() -> None:
    trial = Trial()
    trial.go(3)
    assert trial.budget.take("one") is not None, "and nothing is ever heard of it"
    trial.run.lifecycle._close("finished")
    trial.run.finish()
    result = written()
    assert result["run"]["generator"]["rows_lost"] == 1
    assert (result["run"]["end_reason"], result["run"]["complete"]) == ("finished", False)
    assert result["validity"]["verdict"] == "INVALID"


def test_a_row_that_was_lost_is_counted_though_its_clip_was_said_again() -> None:
    trial = Trial(3, 0, accuracy={"repeat_check": 3})
    trial.go(7)
    again, lost = trial.budget.take("one"), trial.budget.take("one")
    assert again is not None
    assert lost is not None
    assert (again.phase, lost.phase) == (Phase.OUTSIDE, Phase.MEASURED)
    trial.run.lifecycle._close("finished")
    trial.run.finish()
    result = written()
    assert sorted(row["seq"] for row in result["requests"]) == [0, 0, 0, 1, 1, 2, 2]
    assert result["run"]["generator"]["rows_lost"] == 1


def test_the_rows_are_a_table_beside_the_result_where_they_are_asked_for() -> None:
    trial = Trial(report={"rows": "rows.csv"})
    trial.go()
    run = trial.finish()
    lines = Path("rows.csv").read_text(encoding="utf-8").splitlines()
    assert (len(lines), lines[0].split(",")[:3]) == (7, ["seq", "attempt", "phase"])
    assert run.rows_path == Path("rows.csv")
    assert trial.out.getvalue().endswith("💾 Rows saved to rows.csv\n")


def test_rows_that_can_not_be_written_cost_no_result(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    trial = Trial(report={"rows": str(tmp_path / "gone" / "rows.csv")})
    trial.go()
    (tmp_path / "gone").rmdir()
    run = trial.finish()
    result = written()
    assert len(result["requests"]) == 6
    assert "The rows could not be written to" in result["run"]["faults"][0]
    assert (result["validity"]["verdict"], run.rows_path) == ("INVALID", None)
    check_doubted(run, "rows could not be written")
