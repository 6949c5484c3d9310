"""Real runs held against each other: what they came to is what is compared."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.within import within
from tests.processes.running import quick, run

pytestmark = pytest.mark.locust


def results(folder: Path, name: str) -> list[dict[str, Any]]:
    found = sorted(folder.glob(f"{name}_[0-9].json"))
    return [json.loads(path.read_text(encoding="utf-8"))["metrics"] for path in found]


@pytest.mark.slow
def test_two_series_of_real_runs(tmp_path: Path) -> None:
    """Three against three can never be decided; whatever else this machine does, some may be INVALID (--force)."""
    run(tmp_path, quick(20, 4, 2), "--repeat=3", "--save-path=base.json")
    run(tmp_path, quick(20, 4, 2), "--repeat=3", "--save-path=next.json")
    words = ("base.summary.json", "--", *(f"next_{number}.json" for number in (1, 2, 3)), "--force")
    ran = within("compare", *words, "--json", folder=tmp_path, environ=os.environ)
    assert (ran.returncode, ran.stderr) == (0, "")
    values = json.loads(ran.stdout)
    assert values["baseline"] == ["base_1.json", "base_2.json", "base_3.json"]
    sides = {"baseline": results(tmp_path, "base"), "candidate": results(tmp_path, "next")}
    p95, _, throughput, _, errors = values["differences"]
    for name, metrics in sides.items():
        assert p95[name] == pytest.approx([one["all"]["response_time_s"]["p95"] for one in metrics])
        assert throughput[name] == pytest.approx([one["throughput_rps"] for one in metrics])
        assert errors[name] == [one["error_rate"] for one in metrics]
    assert values["smallest_p"] == pytest.approx(1 / 20)
    assert values["verdict"] == "cant_tell"
    judged = within(
        "compare", *words, "--fail-on-regression", "5%", "--html", "page.html", folder=tmp_path, environ=os.environ
    )
    assert (judged.returncode, judged.stderr) == (6, "")
    assert "can't decide: the least p is 1 in 20" in " ".join(judged.stdout.split())
    assert '<figure class="plot" id="distributions"' in (tmp_path / "page.html").read_text(encoding="utf-8")
