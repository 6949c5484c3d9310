"""One start of the test, without users and processes; the test is its users."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent

from stt_load.config import Config, masked
from stt_load.load.budget import Budget
from stt_load.locust_plugin.display import Display
from stt_load.report.exit_code import INVALID, exit_code
from stt_load.run.executor import LocalExecutor
from stt_load.run.order import Order
from stt_load.run.run import LocustControls, Run
from stt_load.storage.run_record import RunRecord
from tests.factory import FakeUsers
from tests.making import Idle, sample_of
from tests.report.test_schema import VALIDATOR


class Trial:
    """A run in the working directory; the test is its users."""

    def __init__(self, total: int = 6, warmup: int = 2, **keys: Any) -> None:
        config = Config(total_requests=total, warmup_requests=warmup, wait_ready=0, **keys)
        self.budget = Budget(total, warmup, 1, config.accuracy.repeat_check)
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


BREAKS = {
    "rest": "watch on itself",
    "remains": "lost workers",
    "generator": "saw of itself",
    "settle": "standstills",
}
