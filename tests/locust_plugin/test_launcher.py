"""From options to a run: where the service is, who is awaited, what goes to which stream."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import gevent
import pytest

from stt_load.locust_plugin.executors import LocalExecutors
from stt_load.locust_plugin.launcher import Launcher
from stt_load.locust_plugin.locust_stats import Reports
from stt_load.locust_plugin.series import Series
from stt_load.run.progress import ProcessState
from stt_load.run.run import Run
from tests.locusts import command_line, local_environment
from tests.report.runs import run_of, steady

CONFIG = "api: {base_url: 'http://me:secret@service.test/base'}\nconcurrent_requests: 4\n"


class Launch:
    """A run of the command line's words, of 4 users, that nobody starts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str) -> None:
        ours, options = command_line(monkeypatch, folder, CONFIG, *words)
        self.environment = local_environment(options)
        assert self.environment.runner is not None
        self.environment.runner.target_user_count = 4
        self.ends = 0
        self.reports = Reports()
        self.launcher = Launcher(self.environment, ours, self.reports)
        self.run: Run = self.launcher.run(
            LocalExecutors(self.environment, self.reports), Series(), stop_users=self._end, process_state=ProcessState
        )
        self.run.result._spool.close()

    def _end(self) -> None:
        self.ends += 1


def test_the_service_is_where_the_configuration_has_it_and_nobody_sees_the_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    launch = Launch(monkeypatch, tmp_path, "--headless")
    assert launch.run.order.config.api.base_url == "http://me:secret@service.test/base"
    assert launch.reports.name == "/base/v1/audio/transcriptions"
    assert launch.environment.host is not None
    assert "secret" not in launch.environment.host
    assert "secret" not in json.dumps([launch.run.info.target, launch.run.order.shown])
    assert launch.run.info.user_class == "Nobody"


@pytest.mark.parametrize(("words", "awaited"), [([], 4), (["-r", "1"], 0), (["-r", "4"], 4)])
def test_the_barrier_waits_for_everyone_unless_a_ramp_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str], awaited: int
) -> None:
    launch = Launch(monkeypatch, tmp_path, "--headless", *words)
    assert launch.run.barrier.budget.awaited == awaited


@pytest.mark.parametrize(("words", "stream"), [([], "stdout"), (["--json"], "stderr")])
def test_locusts_json_has_standard_output_to_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str], stream: str
) -> None:
    launch = Launch(monkeypatch, tmp_path, "--headless", *words)
    report: Any = cast(Any, launch.run.screen)._report
    assert report._stream is getattr(sys, stream)


def test_the_run_asks_for_its_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    launch = Launch(monkeypatch, tmp_path, "--headless")
    launch.run.lifecycle.end("gave_up")
    gevent.sleep(0)
    assert launch.ends == 1


@pytest.mark.parametrize(("words", "code", "told"), [([], 1, True), (["--exit-code-on-error", "0"], 0, False)])
def test_what_others_fail_at_makes_the_exit_code_and_is_told_then(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    code: int,
    told: bool,
) -> None:
    launch = Launch(monkeypatch, tmp_path, "--headless", "--language", "en", *words)
    stats = launch.environment.stats
    for name in ("/v1/models", "/v1/models", launch.reports.name):
        stats.log_error("GET", name, RuntimeError("no"))
    assert launch.launcher.others_failed() == 2
    good = run_of(steady())
    assert launch.launcher.exit_code(good, 2) == code
    assert ("❗ 2 requests of other user classes failed: exit code 1." in capsys.readouterr().out) == told
    assert launch.launcher.exit_code(good, 0) == 0


def test_all_levels_are_one_test_of_locusts_and_its_users_stay_for_the_next_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stay, resets = list[bool](), list[int]()
    usual = LocalExecutors.executor

    def executor(self: LocalExecutors, *args: Any, level: bool = False) -> Any:
        stay.append(level)
        return usual(self, *args, level=level)

    monkeypatch.setattr(LocalExecutors, "executor", executor)
    monkeypatch.setattr(Reports, "begin_anew", lambda *_: resets.append(len(stay)))
    launch = Launch(monkeypatch, tmp_path, "--headless", "--levels", "users 1,2 for 9")
    levels = launch.launcher.levels
    assert levels is not None
    launch.run.controls.reset_statistics()
    second = levels._make(replace(launch.run.order, level=1, save_path=str(tmp_path / "second.json")))
    second.controls.reset_statistics()
    second.result._spool.close()
    assert (stay, resets) == ([True, True], [1]), "statistics go on from level to level"
    Launch(monkeypatch, tmp_path, "--headless")
    assert stay[-1] is False
