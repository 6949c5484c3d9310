"""Limits of the generator's own machine, met by real locust processes: no failures of the service."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.suite.running import against, rows, run
from tests.suite.truth import logged_server

pytestmark = pytest.mark.locust

SLOW = {"slots": 200, "overhead_s": 0.3, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
FILES = 90
USERS = 100
CALLED = """
import requests

def f(wav):
    return requests.post("{url}/v1/audio/transcriptions", files={{"file": wav}}, data={{"model": "m"}}).json()["text"]
"""


@pytest.mark.parametrize("user_class", ["SttUser", "FastSttUser", "api.call"])
def test_too_few_files(tmp_path: Path, user_class: str) -> None:
    words = [] if user_class == "api.call" else [user_class]
    with logged_server(tmp_path, **SLOW) as server:
        config = against(server.url, 300, 1, USERS, audio_duration=0.1)
        if user_class == "api.call":
            (tmp_path / "mine.py").write_text(CALLED.format(url=server.url), encoding="utf-8")
            config["api"] = {"call": "mine.py:f"}
        few = ("bash", "-c", f'ulimit -n {FILES}; exec "$@"', "-")
        ran = run(tmp_path, config, *words, before=few)
    measured = rows(ran.result, "measured")
    assert len(measured) == 299
    assert {row["error_kind"] for row in measured} == {None, "local_limit"}
    told = {row["error"] for row in measured if row["error_kind"]}
    assert told == {f"too many open files (EMFILE): raise `ulimit -n`, now {FILES}"}
    pauses = [row["pause_s"] for row in measured if row["error_kind"]]
    assert min(pauses) >= 0.1, "they stay away for longer each time, as from a port that is closed"
    requests = ran.result["metrics"]["requests"]
    assert requests["failed"] == 0
    assert requests["unfinished"] == sum(row["error_kind"] is not None for row in measured)
    assert ran.result["validity"]["verdict"] == "INVALID"
    assert ran.code == 4
