"""How long people wait: for the help, and for the first request of `locust --headless` on the embedded server.

    python -m benchmarks.startup

The exit code is 1 where the help takes 0.3 s or the first request 3 s, medians of several tries.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.contest import ROOT

REPEATS = 5
MOST_HELP_S = 0.3
MOST_FIRST_S = 3.0


def help_s() -> float:
    """Until `stt-load --help` has ended."""
    begun_s = time.monotonic()
    subprocess.run([sys.executable, "-m", "stt_load.cli", "--help"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - begun_s


def first_request_s() -> float:
    """From the command to the first byte sent, by the result's own times."""
    with tempfile.TemporaryDirectory() as name:
        config = {"total_requests": 5, "warmup_requests": 1, "save_path": f"{name}/result.json"}
        (Path(name) / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
        begun_s = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "locust", "--headless", "-f", str(ROOT / "locustfile.py")],
            cwd=name,
            capture_output=True,
            check=True,
        )
        result = json.loads((Path(name) / "result.json").read_text(encoding="utf-8"))
    return float(result["run"]["barrier_s"] + min(row["sent_s"] for row in result["requests"]) - begun_s)


def main() -> int:
    help_took_s = median(help_s() for _ in range(REPEATS))
    first_took_s = median(first_request_s() for _ in range(REPEATS))
    print(f"stt-load --help: {help_took_s:.2f} s; first request of locust --headless: after {first_took_s:.2f} s")
    return int(help_took_s >= MOST_HELP_S or first_took_s >= MOST_FIRST_S)


if __name__ == "__main__":
    sys.exit(main())
