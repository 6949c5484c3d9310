"""Who may import whom, in a fresh interpreter each: the walls between the rooms."""

import json
import subprocess
import sys

import pytest

LOOK = """
import importlib, json, pkgutil, sys
room = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(getattr(room, "__path__", []), room.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
names = set(sys.modules)
print(json.dumps(sorted({name.partition(".")[0] for name in names} | {name for name in names if "stt_load" in name})))
"""


def loaded_by(module: str) -> set[str]:
    ran = subprocess.run([sys.executable, "-c", LOOK, module], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return set(json.loads(ran.stdout))


@pytest.mark.parametrize(
    "room", ["sample", "samples", "stats", "audio", "wire", "schedule", "report", "config", "record", "load_watch"]
)
def test_a_pure_room_knows_neither_locust_nor_gevent(room: str) -> None:
    loaded = loaded_by(f"stt_load.{room}")
    assert not loaded & {"locust", "gevent", "geventhttpclient", "aiohttp", "flask"}


@pytest.mark.parametrize("room", ["stats", "audio", "wire", "schedule"])
def test_what_is_left_of_the_sample_and_what_is_right_of_it_do_not_meet(room: str) -> None:
    own = {name for name in loaded_by(f"stt_load.{room}") if name.startswith("stt_load.")}
    others = {"stats", "audio", "wire", "schedule", "report", "server", "config", "session", "transport"} - {room}
    assert not {name.split(".")[1] for name in own} & others


@pytest.mark.parametrize("program", ["cli", "server", "selftest"])
def test_what_runs_without_locust_never_loads_gevent(program: str) -> None:
    assert not loaded_by(f"stt_load.{program}") & {"locust", "gevent", "geventhttpclient"}


@pytest.mark.parametrize("room", ["session", "desk", "team", "stage", "monitor", "transport", "readiness"])
def test_what_runs_on_gevent_does_not_know_locust(room: str) -> None:
    assert "locust" not in loaded_by(f"stt_load.{room}")


def test_one_process_knows_nothing_of_workers() -> None:
    assert not {name for name in loaded_by("stt_load.run.executor") if name.startswith("stt_load.cluster")}


def test_importing_the_package_does_nothing() -> None:
    assert {name for name in loaded_by("stt_load.__init__") if name.startswith("stt_load.")} <= {"stt_load.__init__"}


def test_what_figures_are_held_against_shares_nothing_with_them() -> None:
    own = {name.split(".")[1] for name in loaded_by("stt_load.selftest") if name.startswith("stt_load.")}
    assert not own & {"stats", "sample", "samples", "report", "schedule", "session"}
