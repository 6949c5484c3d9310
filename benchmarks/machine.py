"""The machine that figures were taken on, in words."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("locust", "gevent", "geventhttpclient", "urllib3", "requests", "numpy", "aiohttp")


def described() -> str:
    """Processor, cores, system and the versions that matter."""
    words = [
        f"{_processor()}, {os.cpu_count()} cores",
        f"Linux {platform.release()}",
        f"{platform.python_implementation()} {platform.python_version()}",
        ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    ]
    return "; ".join(words)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
