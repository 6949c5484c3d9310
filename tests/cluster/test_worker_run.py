"""One run as a worker takes part in it: what it makes of the master's message, its spool, its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import gevent
import pytest

from stt_load.audio.pack import shipped
from stt_load.clock import clock
from stt_load.cluster import protocol
from stt_load.cluster.protocol import Data
from stt_load.cluster.worker_run import WorkerRun
from stt_load.config import Config, masked
from stt_load.load.iteration import Iteration
from stt_load.samples.run_info import Load
from stt_load.samples.sample import Phase
from stt_load.storage.spool import Spool, read
from tests.cluster.conversation import INFO, sample_of
from tests.load.timetables import open_loop
from tests.worker_process import until


def order_of(**words: Any) -> Data:
    """The master's message that a run begins with."""
    config = Config()
    usual = {
        "run": "the-run",
        "config": config.model_dump_json(),
        "digest": shipped().digest,
        "shown": masked(config),
        "url": "http://127.0.0.1:1/v1",
        "info": asdict(INFO),
        "result": "result",
        "name": "a:1",
        "number": 1,
        "open": None,
        "others": 3,
        "level": None,
    }
    return usual | words


class Part:
    """An worker_run, and what it has said."""

    def __init__(self, **words: Any) -> None:
        self.said: list[tuple[str, Data]] = []
        self.opened = 0
        self.of = WorkerRun(order_of(**words), lambda kind, data: self.said.append((kind, data)), self._open)

    def _open(self) -> None:
        self.opened += 1

    @property
    def spools(self) -> list[str]:
        return sorted(path.name for path in Path().glob("*.partial.jsonl"))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def part() -> Iterator[Part]:
    made = Part()
    yield made
    made.of.saved(len(made.of.dispatcher.table))


def finish(part: Part, seq: int) -> None:
    iteration = Iteration(seq, 0, Phase.MEASURED)
    part.of.dispatcher._leases._started.add(iteration)
    part.of.dispatcher.finish(iteration, sample_of(iteration, clock() - 2, clock() - 1), "a text")


def test_messages_bear_the_name_of_the_run(part: Part) -> None:
    finish(part, 0)
    until(lambda: part.said)
    assert {data["run"] for _, data in part.said} == {"the-run"}


def test_a_secret_of_this_process_does_not_travel_in_a_transcript(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE", "a text")
    config = Config.model_validate({"api": {"headers": {"X-Mine": "${MINE}"}}})
    part = Part(config=config.model_dump_json())
    finish(part, 0)
    assert part.of.dispatcher.first_transcript == "***"
    part.of.saved(1)


def test_a_run_whose_clips_would_be_others_here_is_refused() -> None:
    """The pack of the master may have been changed since this worker was welcome."""
    with pytest.raises(ValueError, match="is not the same there as at the master"):
        Part(digest="another")
    noise = Config.model_validate({"audio": {"source": "noise"}})
    Part(config=noise.model_dump_json(), digest=None).of.saved(0)


def test_the_users_of_all_others_are_known_from_the_start(part: Part) -> None:
    assert part.of.dispatcher.users == 3
    assert part.of.context.users() == 3


def test_who_comes_after_the_barrier_measures_at_once() -> None:
    part = Part(open=[clock(), 4711.0])
    assert part.opened == 1
    assert part.of.dispatcher.barrier is not None
    part.of.saved(1)


def test_its_spool_stays_until_the_master_has_saved_the_result(part: Part) -> None:
    finish(part, 0)
    part.of.over()
    assert part.spools == ["result.worker-2.partial.jsonl"]
    assert len(read(Path(part.spools[0])).samples) == 1
    part.of.saved(1)
    assert part.spools == []


def test_a_spool_with_a_row_that_the_result_lacks_stays(part: Part, caplog: pytest.LogCaptureFixture) -> None:
    finish(part, 0)
    finish(part, 1)
    part.of.saved(1)
    assert len(part.spools) == 1
    assert "the result lacks 1 of its rows" in caplog.text


def test_a_spool_that_its_master_has_removed_is_no_trouble(part: Part) -> None:
    Path(part.spools[0]).unlink()
    part.of.saved(1)


def test_a_spool_that_cannot_be_removed_stays_and_is_no_error_of_the_run(
    part: Part, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", denied)
        part.of.saved(0)
    assert part.of.dispatcher.errors == 0
    assert len(part.spools) == 1
    assert f"{part.spools[0]} stays: Permission denied" in caplog.text


def test_without_a_place_for_a_spool_it_works_all_the_same(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "result.worker-2.partial.jsonl").write_text("another run's")
    part = Part()
    assert "keeps no spool" in caplog.text
    finish(part, 0)
    part.of.saved(1)
    assert part.spools == ["result.worker-2.partial.jsonl"], "it is not its own"
    assert part.of.dispatcher.errors == 0


def test_a_disk_that_takes_no_more_is_an_error_of_the_run(part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Spool, "write", full)
    finish(part, 0)
    part.of.over()
    assert part.of.dispatcher.errors == 1
    assert all(data["errors"] in (0, 1) for kind, data in part.said if kind == protocol.SAMPLES)


def test_a_spooling_that_dies_is_an_error_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Any) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr("stt_load.cluster.worker_run.Spooling.run", broken)
    part = Part()
    until(lambda: part.of.dispatcher.errors)
    part.of.saved(1)


def test_what_is_in_flight_has_its_time_to_end(part: Part) -> None:
    iteration = Iteration(0, 0, Phase.MEASURED)
    part.of.dispatcher._leases._started.add(iteration)
    events: list[str] = []
    drain = gevent.spawn(part.of.drain, 5.0, lambda: events.append("cut"))
    gevent.sleep(0.03)
    assert not events
    part.of.dispatcher.finish(iteration, sample_of(iteration, 1.0, 1.5), None)
    drain.join(5)
    assert events == ["cut"]
    part.of.dispatcher._leases._started.add(iteration)
    part.of.drain(0.01, lambda: events.append("cut"))
    assert events == ["cut", "cut"]


def test_users_that_stay_are_spared_where_nothing_of_theirs_is_in_flight(part: Part) -> None:
    events: list[str] = []
    part.of.users_stay = True
    part.of.drain(0.01, lambda: events.append("cut"))
    assert not events
    part.of.dispatcher._leases._started.add(Iteration(0, 0, Phase.MEASURED))
    part.of.drain(0.01, lambda: events.append("cut"))
    assert events == ["cut"], "what is in flight even now is not waited for"


@pytest.mark.parametrize(
    ("audio", "load", "reads"),
    [("flac", open_loop((1, 1, None)), 2), ("wav", open_loop((1, 1, None)), 0), ("flac", INFO.load, 0)],
    ids=["flac", "wav", "closed"],
)
def test_clips_of_arrivals_that_take_time_are_made_ahead(
    audio: str, load: Load, reads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = list[object]()
    monkeypatch.setattr("stt_load.cluster.worker_run.read_ahead.run", lambda arrivals, _: reading.append(arrivals))
    config = Config(audio={"format": audio}).model_dump_json()
    part = Part(config=config, info=asdict(replace(INFO, load=load)))
    gevent.idle()
    assert reading == [part.of.dispatcher] * reads
    part.of.saved(0)
