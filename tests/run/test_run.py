"""One start of the test, without users and processes: whatever breaks at its end, the result is written."""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import gevent
import pytest

from stt_load.config import Config, masked
from stt_load.load.budget import Budget
from stt_load.locust_plugin.display import Display
from stt_load.report.exit_code import INVALID, exit_code
from stt_load.run.context import Order
from stt_load.run.executor import LocalExecutor
from stt_load.run.run import LocustControls, Run
from stt_load.samples.sample import ErrorKind
from stt_load.stats import summary as summaries
from stt_load.storage import result_file
from stt_load.storage.run_record import RunRecord
from tests.factory import FakeUsers
from tests.making import Idle, sample_of
from tests.report.test_schema import VALIDATOR


class Trial:
    """A run in the working directory; the test is its users."""

    def __init__(self, total: int = 6, warmup: int = 2, **keys: Any) -> None:
        config = Config(total_requests=total, warmup_requests=warmup, wait_ready=0, **keys)
        self.budget = Budget(total, warmup, 1)
        self.out, self.err = io.StringIO(), io.StringIO()
        self._ended = 0
        self.reset: Callable[[], None] = lambda: None
        self.executor = LocalExecutor(self.budget, FakeUsers(), lambda _: None)
        shown = masked(config)
        self.run = Run(
            Order(config, shown, "http://127.0.0.1:1/v1/audio/transcriptions"),
            self.executor,
            Idle(),
            LocustControls(wanted=lambda: 1, reset_statistics=lambda: self.reset(), stop_users=self._end),
            Display("en", shown, report=self.out, aside=self.err),
            users=1,
            user_class="SttUser",
        )

    def _end(self) -> None:
        self._ended += 1

    @property
    def ended(self) -> int:
        """How often Locust was told, once the greenlet that does so has had its turn."""
        gevent.sleep(0)
        return self._ended

    def go(self, requests: int | None = None) -> None:
        """So many requests are made, all if not said."""
        barrier = self.run.barrier
        barrier.release()
        self.budget.slots.join("one")
        barrier.check_barrier()
        while requests is None or requests > 0:
            iteration = self.budget.take("one")
            if iteration is None:
                return
            at_s = 1.0 + iteration.seq
            barrier.finish(
                iteration, sample_of(iteration, start_s=at_s, sent_s=at_s, done_s=at_s + 0.5), f"text {iteration.seq}"
            )
            requests = None if requests is None else requests - 1

    def finish(self) -> RunRecord:
        gevent.sleep(0)
        self.run.lifecycle.stop("stopped")
        return self.run.finish()


@pytest.fixture(autouse=True)
def _in_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(folder: Path | None = None) -> dict[str, Any]:
    """The one result there is, held against its schema."""
    (path,) = (folder or Path.cwd()).glob("*.json")
    result: dict[str, Any] = json.loads(path.read_text())
    VALIDATOR.validate(result)
    return result


def check_doubted(run: RunRecord, what: str) -> None:
    """It says that `what` is missing, and is not to be believed."""
    assert any(what in sentence for sentence in run.info.faults), run.info.faults
    assert run.info.generator.listener_errors > 0
    assert run.summary.validity.verdict == "INVALID"
    assert exit_code(run) == INVALID


def boom(*_: Any, **__: Any) -> Any:
    raise RuntimeError("boom")


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


BREAKS = {
    "rest": "watch on itself",
    "remains": "lost workers",
    "generator": "saw of itself",
    "settle": "standstills",
}


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


def test_an_experiment_that_is_abandoned_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial()
    monkeypatch.setattr("stt_load.locust_plugin.display.Display.started", boom)
    with pytest.raises(RuntimeError):
        trial.run.start()
    trial.run.abandon()
    assert not list(Path.cwd().iterdir())


def test_a_team_that_can_not_begin_leaves_no_spool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stt_load.run.executor.LocalExecutor.begin", boom)
    with pytest.raises(RuntimeError):
        Trial()
    assert not list(Path.cwd().iterdir())


@pytest.mark.parametrize("shown", ["saving", "not_saved", "finished"])
def test_what_can_not_be_shown_at_the_end_costs_no_result(shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial()
    trial.go()
    if shown == "not_saved":
        monkeypatch.setattr(result_file, "write", boom)
    monkeypatch.setattr(f"stt_load.locust_plugin.display.Display.{shown}", boom)
    run = trial.finish()
    assert len(list(Path.cwd().iterdir())) == 1, "the result or the spool"
    check_doubted(run, "shown")


@pytest.mark.parametrize(
    "place", ["stt_load.locust_plugin.display.Display.finished", "stt_load.run.executor.LocalExecutor.dismiss"]
)
def test_what_breaks_after_the_result_makes_the_run_invalid(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial()
    trial.go()
    monkeypatch.setattr(place, boom)
    run = trial.finish()
    assert len(written()["requests"]) == 6
    check_doubted(run, "could not be")


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


def test_whatever_breaks_when_the_barrier_opens_the_rest_of_it_is_done() -> None:
    trial = Trial()
    trial.reset = boom
    trial.go()
    run = trial.finish()
    assert "Measuring (4 requests)" in trial.out.getvalue()
    assert len(run.info.generator.workers) == 1, "the monitor was started"
    check_doubted(run, "statistics")


def test_what_breaks_on_the_way_to_the_end_does_not_hold_it_up(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial()
    monkeypatch.setattr("stt_load.run.executor.LocalExecutor.rest", boom)
    trial.go()
    assert trial.ended == 1
    trial.finish()


def test_an_exception_in_a_greenlet_of_the_run_is_told_and_stops_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trial = Trial()
    monkeypatch.setattr("stt_load.locust_plugin.display.Display.follow", boom)
    trial.run.start()
    trial.run._greenlets[-1].join()
    trial.go()
    run = trial.finish()
    assert len(written()["requests"]) == 6
    check_doubted(run, "progress")


@pytest.mark.parametrize(
    "place", ["stt_load.locust_plugin.display.Display.warming_up", "stt_load.run.run.wait_ready"]
)
def test_what_breaks_before_the_first_request_holds_nobody_up(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial()
    trial.run.order = replace(trial.run.order, config=Config(wait_ready=1))
    monkeypatch.setattr(place, boom)
    monkeypatch.setattr("stt_load.run.context.place_of", lambda *_: None)
    if "wait_ready" not in place:
        monkeypatch.setattr("stt_load.run.run.wait_ready", lambda *_: None)
    trial.run.start()
    with gevent.Timeout(5):
        trial.run.barrier.released.wait()
    trial.go()
    check_doubted(trial.finish(), "warm-up" if "display" in place else "ready")


def test_secrets_are_in_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "hush-hush")
    trial = Trial(api={"api_key_env": "MY_KEY"})
    trial.go()
    monkeypatch.setattr(
        "stt_load.run.executor.LocalExecutor.remains",
        lambda _: (_ for _ in ()).throw(ValueError("it said hush-hush")),
    )
    trial.finish()
    assert "hush-hush" not in next(Path.cwd().glob("*.json")).read_text()


def test_a_drawn_seed_is_a_number_that_every_reader_of_json_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of 64 bits was another number in a browser's console, and in jq."""
    most = (1 << 64) - 1
    monkeypatch.setattr("random.SystemRandom.getrandbits", lambda _, bits: most >> (64 - min(bits, 64)))
    trial = Trial()
    try:
        seed = trial.run.info.seed
        assert seed < 2**53
        assert int(float(seed)) == seed
    finally:
        trial.run.abandon()
