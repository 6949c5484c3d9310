"""Benchmarks run alone."""

from __future__ import annotations

import pytest


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:  # noqa: ARG001
    """None: one after the other, in this process."""
    return 0
