"""A service that goes wrong, whole and streamed: the right failure kind, in bounded time and memory, both users."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.processes.running import LIMIT_S, Ran, finish, quick, rows, start

pytestmark = pytest.mark.locust

# misbehaviour -> the failure of a whole answer, and of a streamed one
KINDS = {
    "hang": ("timeout_first_byte", "timeout_first_byte"),
    "hang_midway": ("timeout_read", "timeout_read"),
    "cut_character": ("truncated", "truncated"),
    "wrong_type": ("bad_json", "bad_json"),
    "html_error": ("bad_json", "bad_json"),
    "huge": ("answer_too_large", "answer_too_large"),
    "bad_utf8": ("bad_json", "bad_stream"),
    "redirect": ("redirect", "redirect"),
    "error_event": ("no_text", "stream_error"),
}
# Both classes have one client: each misbehaviour is tried with one of them whole and with the other one streamed,
# and the other way round where all is tried. What their client makes of each is tried in tests/client, always.
ALWAYS = ("hang_midway", "huge", "bad_utf8", "error_event")
CASES: list[Any] = [
    case
    for kind in KINDS
    for streamed, user, other in ((False, "SttUser", "FastSttUser"), (True, "FastSttUser", "SttUser"))
    for case in (
        pytest.param(kind, streamed, user, marks=[] if kind in ALWAYS else [pytest.mark.slow]),
        pytest.param(kind, streamed, other, marks=pytest.mark.slow),
    )
]
AT_ONCE = 3
MOST_BYTES = 250_000_000


def misbehave(folder: Path, kind: str, streamed: bool, user: str) -> tuple[Ran, int]:
    """What became of a run, and the most memory that its process had."""
    folder.mkdir()
    config = quick(
        6,
        2,
        2,
        api={"stream": streamed, "stream_dialect": None, "timeout": {"first_byte": 0.5, "read": 0.5, "total": 5.0}},
        embedded={"overhead_s": 0.02, "rtf": 0.0, "cold_requests": 0, "hears": False}
        | {"misbehaviour": kind, "stream_dialect": "vllm"},
        continue_on_dead_warmup=True,
        audio_duration=2.0,
    )
    process = start(folder, config, user)
    peak = 0
    deadline = time.monotonic() + LIMIT_S
    while process.poll() is None and time.monotonic() < deadline:
        peak = max(peak, resident(process.pid))
        time.sleep(0.05)
    return finish(process, folder), peak


def resident(pid: int) -> int:
    """Bytes in memory; 0 once it has ended."""
    try:
        statm = Path(f"/proc/{pid}/statm").read_text(encoding="ascii")
        return int(statm.split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


@pytest.fixture(scope="module")
def outcomes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[tuple[str, bool, str], tuple[Ran, int]]]:
    """Every case that is asked for, a few at the same time: most of each is waiting."""
    folder = tmp_path_factory.mktemp("misbehaviours")
    asked = [item.callspec.params for item in request.session.items if item.path == Path(__file__)]  # type: ignore[attr-defined]
    cases = [(one["kind"], one["streamed"], one["user"]) for one in asked]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = {case: pool.submit(misbehave, folder / "-".join(map(str, case)), *case) for case in cases}
        yield {case: ran.result() for case, ran in runs.items()}


@pytest.mark.parametrize(("kind", "streamed", "user"), CASES)
def test_it_is_called_by_its_name(
    outcomes: dict[tuple[str, bool, str], tuple[Ran, int]], kind: str, streamed: bool, user: str
) -> None:
    ran, peak = outcomes[kind, streamed, user]
    assert ran.code in (1, 4), ran.err
    assert {row["error_kind"] for row in ran.result["requests"]} == {KINDS[kind][streamed]}
    for row in rows(ran.result, "measured"):
        assert row["response_time_s"] < 5.5
        assert row["download_bytes"] <= 16 * 1024 * 1024 + 100_000
    assert peak < MOST_BYTES
    if streamed and kind in ("hang_midway", "cut_character", "bad_utf8", "error_event"):
        assert all(row["deltas"] == 3 and row["first_text_s"] is not None for row in rows(ran.result, "measured"))
