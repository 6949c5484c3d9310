"""A configuration from a text, without the environment of whoever runs the tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from stt_load.config import Config, ConfigError, Fault, Override, load

Load = Callable[..., Config]
Faults = Callable[..., tuple[Fault, ...]]


@pytest.fixture
def loaded(tmp_path: Path) -> Load:
    """loaded(text, *overrides, environ={}) -> the configuration of a file with this text."""

    def load_text(text: str | bytes, *overrides: Override, environ: Mapping[str, str] | None = None) -> Config:
        path = tmp_path / "config.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load(path, overrides, environ=environ or {}).config

    return load_text


@pytest.fixture
def faults(loaded: Load) -> Faults:
    """faults(text, *overrides, environ={}) -> everything that is wrong with it; at least one thing is."""

    def faults_of(
        text: str | bytes, *overrides: Override, environ: Mapping[str, str] | None = None
    ) -> tuple[Fault, ...]:
        with pytest.raises(ConfigError) as caught:
            loaded(text, *overrides, environ=environ)
        assert caught.value.faults
        return caught.value.faults

    return faults_of
