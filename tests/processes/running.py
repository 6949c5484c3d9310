"""Real `locust` processes: started in a folder of their own, waited for, their artefacts read."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
LOCUSTFILE = ROOT / "locustfile.py"
LIMIT_S = 90
SCHEMA = jsonschema.Draft202012Validator(
    json.loads((ROOT / "stt_load" / "report" / "result.schema.json").read_text(encoding="utf-8"))
)

# The checks of a measurement that other processes on this machine can spoil, such as the tests beside it.
OF_THE_MACHINE = frozenset({"stalls", "busy_loop", "stalled_share", "cpu", "closed_loop_share", "schedule_lag"})

# A service that is quick enough for tests and slow enough for its figures to be believed.
QUICK = {"slots": 8, "overhead_s": 0.1, "rtf": 0.0, "jitter": "none", "cold_requests": 0}


_started: list[subprocess.Popen[str]] = []


@dataclass(frozen=True)
class Ran:
    """What a locust process left: exit code, what it printed, its results."""

    code: int
    out: str
    err: str
    results: list[dict[str, Any]]

    @property
    def result(self) -> dict[str, Any]:
        assert len(self.results) == 1, (self.code, self.out, self.err)
        return self.results[0]


def rows(result: Mapping[str, Any], phase: str) -> list[dict[str, Any]]:
    return [row for row in result["requests"] if row["phase"] == phase]


def check_verdict(result: Mapping[str, Any], verdict: str) -> None:
    """It is this one; a worse one only where this machine was busy with something else."""
    verdicts = {check["name"]: check["verdict"] for check in result["validity"]["checks"]}
    others = {of_check for name, of_check in verdicts.items() if name not in OF_THE_MACHINE}
    assert _worst(others) == verdict, verdicts
    assert _worst(verdicts.values()) == result["validity"]["verdict"]


def check_code(ran: Ran, code: int) -> None:
    """It ended with this one; with 4 only where this machine was busy with something else, and for no other doubt."""
    invalid = {check["name"] for check in ran.result["validity"]["checks"] if check["verdict"] == "INVALID"}
    assert invalid <= OF_THE_MACHINE, ran.result["validity"]
    assert ran.code == (4 if invalid else code), (ran.code, ran.out, ran.err)


def check_level_verdicts(ran: Ran, verdict: str) -> None:
    """As `check_verdict`, of each level."""
    for level in ran.result["levels"]:
        check_verdict(level, verdict)


def _worst(verdicts: Iterable[str | None]) -> str:
    found = set(verdicts)
    return next(verdict for verdict in ("INVALID", "DEGRADED", "VALID") if verdict in found)


def environment() -> dict[str, str]:
    """This process's, without what would change Locust's ways."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("LOCUST_", "STT_LOAD_", "GITHUB_"))
    }
    kept.pop("CONFIG_PATH", None)
    return kept | {"PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "default"}


def restore_interrupt() -> None:
    """For a child of the tests: a shell that runs these in the background has them ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(
    folder: Path,
    config: Mapping[str, Any] | str,
    *words: str,
    headless: bool = True,
    env: Mapping[str, str] | None = None,
    locustfile: Path = LOCUSTFILE,
    terminal: int | None = None,
    file_limit: int | None = None,
    before: Sequence[str] = (),
) -> subprocess.Popen[str]:
    """`locust` with `config` as its config.yaml, in `folder`; SIGINT works in it whatever this process does.

    terminal: where both its outputs go instead of pipes. file_limit: no file may grow beyond so many bytes,
    as on a full disk. before: a command that runs locust.
    """
    text = config if isinstance(config, str) else yaml.safe_dump(dict(config))
    (folder / "config.yaml").write_text(text, encoding="utf-8")

    def prepare() -> None:
        restore_interrupt()
        if file_limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))

    if any(word.startswith("--processes") for word in words) and not any("-bind-port" in word for word in words):
        port = free_port()
        words = (*words, f"--master-bind-port={port}", f"--master-port={port}")
    program = shutil.which("locust", path=str(Path(sys.executable).parent)) or "locust"
    process = subprocess.Popen(
        [*before, program, "-f", str(locustfile), *(["--headless"] if headless else []), *words],
        cwd=folder,
        env=environment() | dict(env or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if terminal is None else terminal,
        stderr=subprocess.PIPE if terminal is None else terminal,
        text=True,
        start_new_session=True,
        preexec_fn=prepare,
    )
    _started.append(process)
    return process


def end_all() -> None:
    """Kills what was started and still runs, as after a test that failed, and closes what nobody reads any more."""
    for process in _started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGCONT)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
    _started.clear()


def until_said(process: subprocess.Popen[str], words: str) -> None:
    """Waits until `words` are on its standard error."""
    assert process.stderr
    while line := process.stderr.readline():
        if words in line:
            return
    raise AssertionError(f"it ended (exit code {process.wait()}) and never said {words!r}")


def finish(process: subprocess.Popen[str], folder: Path, limit_s: float = LIMIT_S) -> Ran:
    try:
        out, err = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        raise AssertionError(f"locust did not end within {limit_s:.0f} s\n{out}\n{err}") from None
    return Ran(process.returncode, out, err, saved(folder))


def run(folder: Path, config: Mapping[str, Any] | str, *words: str, **options: Any) -> Ran:
    return finish(start(folder, config, *words, **options), folder)


def saved(folder: Path, names: str = "stt_load_test_results_*.json") -> list[dict[str, Any]]:
    """Every result in the folder, oldest first, each held against its schema. The summary of several is none."""
    results = []
    for file in sorted(one for one in folder.glob(names) if not one.name.endswith(".summary.json")):
        result = json.loads(file.read_text(encoding="utf-8"))
        SCHEMA.validate(result)
        results.append(result)
    return results


def quick(total: int | None, warmup: int, users: int, /, **more: Any) -> dict[str, Any]:
    """A configuration against the embedded server with QUICK settings; `more` are further keys."""
    plain: dict[str, Any] = {
        "total_requests": total,
        "warmup_requests": warmup,
        "concurrent_requests": users,
        "audio_duration": 0.5,
        "embedded": QUICK,
    }
    return plain | more


def against(url: str, total: int | None, warmup: int, users: int, /, **more: Any) -> dict[str, Any]:
    """A configuration against a server of the test's own."""
    api = {"base_url": url} | more.pop("api", {})
    plain = {"total_requests": total, "warmup_requests": warmup, "concurrent_requests": users, "audio_duration": 0.5}
    return plain | {"api": api} | more


def words_of(settings: Mapping[str, Any]) -> Sequence[str]:
    """Settings of the embedded server as flags of `stt-load serve`."""
    return [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
