"""One client against one sink: what it costs, how fast it is, and how far its word is from the sink's.

Nothing is asked of the client. Its CPU time is the operating system's account of the process, its requests are
counted by the sink, and its memory is what the kernel says it took at most.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
LOCUST = (sys.executable, "-m", "locust", "--headless", "--only-summary")
LIMIT_S = 60.0
INVALID = 4
"""Exit code of one of ours that finds its own load too high for figures this small: right, and nothing here."""
SETTLED = 20
"""Requests of each user before the meters are read for the first time."""


@dataclass(frozen=True)
class Client:
    """One way to make the load. key: in the results. name: in the table. command: without its length.

    ours: it is told what to do by a configuration, and tells what it saw in a result file.
    """

    key: str
    name: str
    command: tuple[str, ...]
    ours: bool = False

    @property
    def is_locust(self) -> bool:
        return self.command[: len(LOCUST)] == LOCUST


def _module(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"benchmarks.clients.{name}")


def _locustfile(name: str) -> tuple[str, ...]:
    return (*LOCUST, "-f", str(ROOT / "benchmarks" / "clients" / f"{name}.py"))


OURS = (*LOCUST, "-f", str(ROOT / "locustfile.py"))
CLIENTS = (
    Client("raw_socket", "raw gevent socket, ready bytes (the floor)", _module("raw_socket")),
    Client("fast_http_user", "FastHttpUser, ready bytes", _locustfile("fast_http_user")),
    Client("fast_stt_user", "**FastSttUser**, unique clips", (*OURS, "FastSttUser"), ours=True),
    Client("http_user", "HttpUser, ready bytes", _locustfile("http_user")),
    Client("stt_user", "**SttUser**, unique clips", (*OURS, "SttUser"), ours=True),
    Client("aiohttp_script", "aiohttp script, float noise", _module("aiohttp_script")),
    Client("naive", "naive locustfile, float noise", _locustfile("naive")),
)


@dataclass(frozen=True)
class Cost:
    """Of a client that goes as fast as it can. cpu_s: of the whole process, for each request."""

    cpu_s: float
    rate_rps: float
    rss_bytes: int


@dataclass(frozen=True)
class Error:
    """What a client said of a known delay, less what the sink says. rate_rps: at which this was."""

    median_s: float
    p99_s: float
    rate_rps: float


class Sink:
    """A running `benchmarks.sink`, for as long as the block that it is entered for."""

    def __init__(self, folder: Path, delay_s: float) -> None:
        self._folder = folder
        words = (f"--delay={delay_s}", f"--count={folder / 'count'}", f"--log={folder / 'log.npy'}")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.sink", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"
        with (folder / "count").open("rb") as file:
            self._count = memoryview(mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ)).cast("Q")

    def __enter__(self) -> Sink:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    @property
    def count(self) -> int:
        """Requests answered so far."""
        return int(self._count[0])

    def end(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """How long each request was kept, in the order of the answers."""
        self._process.terminate()
        self._process.communicate(timeout=LIMIT_S)
        log = np.load(self._folder / "log.npy")
        kept: np.ndarray[tuple[int], np.dtype[np.float64]] = log[:, 1] - log[:, 0]
        return kept


@contextmanager
def running(
    client: Client, users: int, url: str, folder: Path, seconds: float | None, **configured: Any
) -> Iterator[subprocess.Popen[str]]:
    """seconds: how long it is to count requests, None to go on until it is ended. configured: more, for our own."""
    environment = dict(os.environ) | {
        "PYTHONPATH": str(ROOT),
        "BENCH_URL": f"{url}/v1/audio/transcriptions",
        "BENCH_USERS": str(users),
    }
    words = list(client.command)
    if seconds is not None:
        environment |= {"BENCH_SECONDS": str(seconds), "BENCH_TOLD": str(folder / "told.json")}
    if client.ours:
        environment["CONFIG_PATH"] = str(_configuration(folder, users, url, seconds, configured))
    elif client.is_locust:
        words += ["-u", str(users), "-r", str(users)] + ([] if seconds is None else ["-t", f"{seconds:g}s"])
    with (folder / "said.txt").open("w") as said:
        process = subprocess.Popen(
            words, cwd=folder, env=environment, stdout=said, stderr=said, text=True, start_new_session=True
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _configuration(folder: Path, users: int, url: str, seconds: float | None, configured: Mapping[str, Any]) -> Path:
    config: dict[str, Any] = {
        "total_requests": None,
        "warmup_requests": 2 * users,
        "concurrent_requests": users,
        "measure_for": seconds,
        "save_path": str(folder / "result.json"),
        "api": {"base_url": url},
    }
    path = folder / "config.yaml"
    path.write_text(json.dumps(config | configured), encoding="utf-8")  # JSON is YAML
    return path


def cpu_s(pid: int) -> float:
    """CPU time of a process, by Linux's clock for it; see clock_getcpuclockid(3)."""
    return time.clock_gettime((~pid << 3) | 2)


def peak_rss_bytes(pid: int) -> int:
    """The most memory that the process has ever had."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1_024
    raise ValueError("no VmHWM")


def cost(client: Client, users: int, seconds: float, **configured: Any) -> Cost:
    """As fast as it can against a sink that answers at once, measured for `seconds` once it is under way. configured:
    more, for our own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Sink(folder, 0.0) as sink, running(client, users, sink.url, folder, None, **configured) as process:
            _under_way(client, users, sink, process, folder)
            count, cpu, begun_s = sink.count, cpu_s(process.pid), time.monotonic()
            time.sleep(seconds)
            count, cpu, elapsed_s = sink.count - count, cpu_s(process.pid) - cpu, time.monotonic() - begun_s
            rss = peak_rss_bytes(process.pid)
    return Cost(cpu / count, count / elapsed_s, rss)


def error(client: Client, users: int, delay_s: float, seconds: float) -> Error:
    """Against a sink that keeps each request for `delay_s`; what it says against what the sink says."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Sink(folder, delay_s) as sink:
            with running(client, users, sink.url, folder, seconds) as process:
                if process.wait(LIMIT_S) not in (0, INVALID):
                    raise RuntimeError(f"{client.key} ended badly:\n{(folder / 'said.txt').read_text()}")
            kept = np.sort(sink.end()[2 * users :])
        told = _told(client, folder)
    truth = {name: float(kept[int(np.ceil(p * len(kept))) - 1]) for name, p in (("median_s", 0.5), ("p99_s", 0.99))}
    return Error(told["median_s"] - truth["median_s"], told["p99_s"] - truth["p99_s"], len(kept) / seconds)


class Pacing:
    """Finds the delay at which `users` ask for a given rate: what the client itself takes of each turn is learned."""

    def __init__(self, users: int) -> None:
        self._users = users
        self._own_s = 0.0

    def delay_s(self, rate_rps: float) -> float:
        return max(0.0, self._users / rate_rps - self._own_s)

    def learn(self, delay_s: float, reached_rps: float) -> None:
        self._own_s = max(0.0, self._users / reached_rps - delay_s)


def _under_way(client: Client, users: int, sink: Sink, process: subprocess.Popen[str], folder: Path) -> None:
    deadline = time.monotonic() + LIMIT_S
    while sink.count < SETTLED * users:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{client.key} did not get under way:\n{(folder / 'said.txt').read_text()}")
        time.sleep(0.005)


def result_of(folder: Path) -> dict[str, Any]:
    """What one of ours has written."""
    result: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return result


def _told(client: Client, folder: Path) -> Mapping[str, float]:
    if not client.ours:
        told: Mapping[str, float] = json.loads((folder / "told.json").read_text(encoding="utf-8"))
        return told
    metrics = result_of(folder)["metrics"]
    if metrics["requests"]["failed"]:
        raise RuntimeError(f"{client.key}: {metrics['failures']}")
    return {"median_s": metrics["response_time_s"]["median"], "p99_s": metrics["response_time_s"]["p99"]}
