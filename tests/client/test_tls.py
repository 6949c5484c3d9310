"""Whom to believe on a TLS connection: files that are none are said to be, and not waited for."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import pytest

from stt_load.client.tls import VARIABLES, tls_context
from stt_load.storage.files import OddFileError


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_pipe_that_the_environment_names_is_no_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, str(pipe))
    tls_context.cache_clear()
    with pytest.raises(OddFileError, match="a named pipe"):
        tls_context(True, None)
    assert tls_context(False, None).verify_mode == ssl.CERT_NONE
    tls_context.cache_clear()
