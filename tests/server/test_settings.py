"""The settings, the command line made from them, and what looking at either may import."""

from __future__ import annotations

import argparse
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stt_load.server.arguments import arguments
from stt_load.server.command import add_arguments
from stt_load.server.settings import ServerSettings


@given(
    st.builds(
        ServerSettings,
        model=st.sampled_from(["slots", "batch"]),
        slots=st.integers(1, 1_000),
        batch_growth=st.floats(0, 10),
        overhead_s=st.floats(0, 1e6),
        rtf=st.floats(0, 1e6),
        jitter=st.sampled_from(["none", "uniform", "exponential", "lognormal"]),
        queue_limit=st.none() | st.integers(0, 1_000),
        error_rate=st.floats(0, 1),
        hears=st.booleans(),
        pack=st.none() | st.just("a pack/manifest.jsonl"),
        wer=st.floats(0, 1),
        wrong_above=st.none() | st.integers(0, 1_000),
        api_key_env=st.none() | st.just("THE_KEY"),
    )
)
def test_the_command_line_carries_every_setting(settings: ServerSettings) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    args = vars(parser.parse_args(arguments(settings)))
    given = {name: args[name] for name in ServerSettings.model_fields if args[name] is not None}
    assert ServerSettings.model_validate(given) == settings


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": "queue"},
        {"slots": 0},
        {"batch_growth": -0.1},
        {"overhead_s": -0.1},
        {"rtf": float("nan")},
        {"jitter_s": float("inf")},
        {"jitter": "normal"},
        {"queue_limit": -1},
        {"error_rate": 1.1},
        {"api_key_env": ""},
        {"wer": -0.1},
        {"swap_rate": 1.1},
        {"truncate_rate": 2},
        {"loop_rate": -1},
        {"wrong_above": -1},
        {"pack": ""},
        {"max_body_bytes": 0},
        {"slot": 1},
    ],
)
def test_wrong_settings(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ServerSettings.model_validate(wrong)


def test_each_setting_says_what_it_is() -> None:
    properties = ServerSettings.model_json_schema()["properties"]
    assert all(field.get("description") for field in properties.values())


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("stt_load.server.command", {"aiohttp", "numpy", "gevent", "locust"}),
        ("stt_load.server.process", {"aiohttp", "numpy", "gevent", "locust", "asyncio"}),
        ("stt_load.server.listen", {"numpy", "gevent", "locust"}),
    ],
)
def test_imports(module: str, unwanted: set[str]) -> None:
    script = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert module in done.stdout.split()
    assert unwanted.isdisjoint(done.stdout.split())
