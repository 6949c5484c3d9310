"""The public door: what a locustfile takes from `stt_load`, and the places it took it from before."""

from __future__ import annotations

import gc
import subprocess
import sys
from contextlib import suppress

import pytest

import stt_load

FORMER = {
    "stt_load.suite": "install",
    "stt_load.users": "SttUser, FastSttUser, SpeechUser, transcribe",
    "stt_load.sample": "ErrorKind",
    "stt_load.wire.verdict": "Answer, Failure, Transcript",
}


def python(program: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *options, "-c", program], capture_output=True, text=True, check=False)


def test_each_name_is_there_when_it_is_asked_for() -> None:
    names = ", ".join(stt_load.__all__)
    ran = python(f"from stt_load import {names}; print({{one.__module__.partition('.')[0] for one in ({names})}})")
    assert (ran.returncode, ran.stdout) == (0, "{'stt_load'}\n"), ran.stderr


def test_a_name_that_is_not_there_is_an_import_error() -> None:
    ran = python("from stt_load import SstUser")
    assert "ImportError: cannot import name 'SstUser' from 'stt_load'" in ran.stderr


def test_what_there_is_can_be_looked_up() -> None:
    assert {"SttUser", "install", "__version__"} <= set(dir(stt_load))


@pytest.mark.parametrize("module", FORMER)
def test_a_former_place_works_and_says_where_its_names_are_now(module: str) -> None:
    """As a warning, which Python shows to nobody by itself, and in a line."""
    ran = python(f"from {module} import {FORMER[module]}", "-W", "always::DeprecationWarning")
    assert ran.returncode == 0
    said = f"{module} goes with the next version: take its names from stt_load"
    assert f"DeprecationWarning: {said}" in ran.stderr
    assert any(line.startswith(said) for line in ran.stderr.splitlines())


def test_what_was_called_before_is_what_is_called_now() -> None:
    same = "print(suite.install is stt_load.install, users.SttUser is stt_load.SttUser)"
    ran = python(f"import stt_load; from stt_load import suite, users; {same}")
    assert ran.stdout == "True True\n", ran.stderr


@pytest.mark.parametrize("name", ["ErrorKind", "nothing"])
def test_the_collector_works_as_before_whatever_was_looked_up(name: str) -> None:
    assert gc.isenabled()
    with suppress(AttributeError):
        getattr(stt_load, name)
    assert gc.isenabled()
    gc.disable()
    with suppress(AttributeError):
        getattr(stt_load, name)
    found = gc.isenabled()
    gc.enable()
    assert not found
