"""One start of the test, without users and processes: whatever breaks at its end, the result is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import gevent
import pytest

from stt_load.config import Config
from stt_load.storage import result_file, transcripts
from tests.run.trial import Trial, boom, check_doubted, written


@pytest.fixture(autouse=True)
def _in_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_run_that_is_abandoned_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial()
    monkeypatch.setattr("stt_load.locust_plugin.display.Display.started", boom)
    with pytest.raises(RuntimeError):
        trial.run.start()
    trial.run.abandon()
    assert not list(Path.cwd().iterdir())


def test_an_executor_that_can_not_begin_leaves_no_spool(monkeypatch: pytest.MonkeyPatch) -> None:
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
    left = [path for path in Path.cwd().iterdir() if not transcripts.is_spool(path)]
    assert len(left) == 1, "the result or the spool"
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
    monkeypatch.setattr("stt_load.run.order.place_of", lambda *_: None)
    if "wait_ready" not in place:
        monkeypatch.setattr("stt_load.run.run.wait_ready", lambda *_: None)
    trial.run.start()
    with gevent.Timeout(60):
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
