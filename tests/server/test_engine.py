"""What goes with an engine, and what does not."""

from __future__ import annotations

import os

import pytest

from stt_load.server.engine import SETTINGS, cores
from stt_load.server.settings import ServerSettings


def test_its_settings_are_some_of_the_servers() -> None:
    assert set(ServerSettings.model_fields) >= SETTINGS


def test_where_the_system_does_not_tell_which_cores_may_be_used_all_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert cores() == os.cpu_count()
