"""Who may import whom: the walls between the rooms, from the sources; and what a room brings with it, in a fresh
interpreter each."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Set
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import stt_load

PACKAGE = Path(stt_load.__file__).parent
FORMER = {"stt_load.suite", "stt_load.users", "stt_load.sample", "stt_load.wire", "stt_load.wire.verdict"}
"""Places that users' locustfiles may still import from, for one version."""
EVERYONE = {"stt_load", "stt_load.clock", "stt_load.storage.files"}
"""What imports nothing of ours, and may be imported from anywhere: the version, the clock, files by name."""
ARROWS = {
    "samples": set(),
    "audio": set(),
    "accuracy": {"audio", "samples"},
    "packing": {"audio", "accuracy"},
    "load": {"samples"},
    "api": {"samples"},
    "slo": set(),
    "stats": {"slo", "samples"},
    "client": {"api", "audio", "samples"},
    "search": {"stats", "slo", "samples"},
    "storage": {"stats", "slo", "samples"},
    "comparison": {"storage", "stats", "slo", "samples"},
    "gates": {"comparison", "storage", "stats", "slo", "samples"},
    "report": {"comparison", "gates", "search", "storage", "stats", "samples"},
    "html": {"report", "comparison", "gates", "accuracy", "search", "storage", "stats", "samples"},
    "config": set(),
    "run": {"search", "storage", "stats", "slo", "client", "api", "accuracy", "audio", "load", "samples"},
    "cluster": {"run", "search", "storage", "stats", "client", "api", "accuracy", "audio", "load", "samples"},
    "server": {"audio"},
    "selftest": {"server", "audio"},
}
"""Whom each room may import. `cli` and `locust_plugin`, which nobody imports, may have all but each other."""
KNOW_THE_CONFIGURATION = ("stt_load.run.context", "stt_load.run.order", "stt_load.run.level_order")
"""Of the run."""
PLAIN = {
    "config": {
        *("stt_load.api.names", "stt_load.audio.names", "stt_load.load.names", "stt_load.server.settings"),
        *("stt_load.audio.clip", "stt_load.audio.manifest", "stt_load.audio.nonce", "stt_load.audio.pack"),
        *("stt_load.audio.cache", "stt_load.audio.pool", "stt_load.audio.decoding"),
        *("stt_load.audio.soundfiles", "stt_load.audio.plan", "stt_load.audio.entries", "stt_load.audio.blocks"),
        *("stt_load.audio.corpus", "stt_load.audio.folder", "stt_load.audio.inspection"),
        *("stt_load.audio.endings", "stt_load.audio.patience", "stt_load.audio.locks"),
        *("stt_load.audio.arrangement", "stt_load.audio.bundles", "stt_load.audio.pauses"),
        *("stt_load.slo.parse", "stt_load.slo.limits", "stt_load.slo.conditions", "stt_load.slo.advice"),
        *("stt_load.slo.model", "stt_load.slo.terms", "stt_load.slo.tokens"),
        *("stt_load.stats.metrics", "stt_load.stats.blocks"),
        *("stt_load.audio.lengths", "stt_load.audio.length_table", "stt_load.audio.draws"),
        *("stt_load.audio.trace", "stt_load.audio.traced", "stt_load.samples.levels"),
        *("stt_load.gates.file", "stt_load.samples.gate", "stt_load.samples.escaping"),
    },
    "samples": {"stt_load.audio.names"},
    "load": {"stt_load.audio.names", "stt_load.audio.trace"},
    "run": {"stt_load.config"},
    "slo": {"stt_load.stats.metrics", "stt_load.stats.blocks"},
    "server": {"stt_load.api.names"},
}
"""Single modules beyond that. Of `run` only what is asked for and the run's context may have the configuration."""

LOOK = """
import importlib, json, pkgutil, sys
room = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(getattr(room, "__path__", []), room.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
names = set(sys.modules)
print(json.dumps(sorted({name.partition(".")[0] for name in names} | {name for name in names if "stt_load" in name})))
"""


def modules() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(("stt_load", *file.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
        if name not in FORMER:
            yield name, ast.parse(file.read_text(encoding="utf-8"))


def imported(tree: ast.AST, known: Set[str]) -> Iterator[str]:
    """What is imported anywhere in a module, in a function or for a type, too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports say the whole name"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                if whole in known or node.module in known:
                    yield whole if whole in known else str(node.module)


@pytest.fixture(scope="module")
def graph() -> Mapping[str, set[str]]:
    trees = dict(modules())
    return {name: set(imported(tree, set(trees))) - {name} for name, tree in trees.items()}


def room_of(module: str) -> str:
    return module.split(".")[1] if module.count(".") else ""


def is_allowed(module: str, other: str) -> bool:
    room, its = room_of(module), room_of(other)
    if room == its or other in EVERYONE:
        return True
    if room in ("cli", "locust_plugin"):
        return its not in ("cli", "locust_plugin")
    if (module, its) in (*((one, "config") for one in KNOW_THE_CONFIGURATION), ("stt_load.__main__", "cli")):
        return True
    return its in ARROWS.get(room, ()) or (other in PLAIN.get(room, ()) and room != "run")


def test_no_arrow_but_these(graph: Mapping[str, set[str]]) -> None:
    wrong = {
        f"{module} -> {one}" for module, others in graph.items() for one in others if not is_allowed(module, one)
    }
    assert not wrong


def test_there_is_no_circle_not_inside_a_room_either(graph: Mapping[str, set[str]]) -> None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def test_what_everyone_may_import_imports_nothing_but_such(graph: Mapping[str, set[str]]) -> None:
    plain = {one for some in PLAIN.values() for one in some if one in graph and one != "stt_load.config"}
    such = EVERYONE | plain
    assert not {
        one: graph[one] for one in such & graph.keys() if graph[one] - (EVERYONE if one in EVERYONE else such)
    }


def test_only_the_plugin_imports_locust() -> None:
    assert not {
        name
        for name, tree in modules()
        if room_of(name) != "locust_plugin" and any(one == "locust" for one in _outside(tree))
    }


def _outside(tree: ast.AST) -> Iterator[str]:
    """The packages that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module).partition(".")[0]


def loaded_by(module: str) -> set[str]:
    ran = subprocess.run([sys.executable, "-c", LOOK, module], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return set(json.loads(ran.stdout))


@pytest.mark.parametrize(
    "room", ["samples", "slo", "stats", "audio", "accuracy", "api", "load", "report", "config", "storage"]
)
def test_a_pure_room_knows_neither_locust_nor_gevent(room: str) -> None:
    loaded = loaded_by(f"stt_load.{room}")
    assert not loaded & {"locust", "gevent", "geventhttpclient", "aiohttp", "flask"}


@pytest.mark.parametrize("program", ["cli.program", "server", "selftest"])
def test_what_runs_without_locust_never_loads_gevent(program: str) -> None:
    assert not loaded_by(f"stt_load.{program}") & {"locust", "gevent", "geventhttpclient"}


@pytest.mark.parametrize("room", ["client", "run", "cluster"])
def test_what_runs_on_gevent_does_not_know_locust(room: str) -> None:
    assert "locust" not in loaded_by(f"stt_load.{room}")


def test_one_process_knows_nothing_of_workers() -> None:
    assert not {name for name in loaded_by("stt_load.run") if name.startswith("stt_load.cluster")}


def test_what_figures_are_held_against_shares_nothing_with_them() -> None:
    own = {name.split(".")[1] for name in loaded_by("stt_load.selftest") if name.startswith("stt_load.")}
    assert not own & {"stats", "samples", "report", "load", "run", "client"}


def test_importing_the_package_does_nothing() -> None:
    assert {name for name in loaded_by("stt_load.__init__") if name.startswith("stt_load.")} <= {"stt_load.__init__"}
