"""What a wheel has in it, by what setuptools is told: `.ci/newcomer` builds one, and uses it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import stt_load

FOLDER = Path(stt_load.__file__).parent
PROJECT = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))
DATA: dict[str, list[str]] = PROJECT["tool"]["setuptools"]["package-data"]


def files() -> set[Path]:
    """All of the package, but what Python has made of them."""
    return {path for path in FOLDER.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def found(package: str, pattern: str) -> set[Path]:
    """As setuptools looks: below the folder of the package, a star for one name."""
    return {path for path in FOLDER.parent.joinpath(*package.split(".")).glob(pattern) if path.is_file()}


def shipped() -> set[Path]:
    """Modules of packages, and what they have beside them."""
    modules = {path for path in files() if path.suffix == ".py" and (path.parent / "__init__.py").exists()}
    return modules.union(*(found(package, one) for package, patterns in DATA.items() for one in patterns))


def test_every_file_of_the_package_is_in_a_wheel() -> None:
    assert files() - shipped() == set()


def test_a_page_has_all_that_it_is_made_of() -> None:
    names = {path.name for path in shipped() if FOLDER / "html" in path.parents and path.suffix != ".py"}
    assert {path.rpartition(".")[2] for path in names} == {"css", "js", "j2", "LICENSE"}
    assert {"page.j2", "style.css", "plot.css", "script.js", "uPlot.iife.min.js", "uPlot.min.css"} <= names


def test_each_pattern_finds_something_in_a_package() -> None:
    empty = [(package, one) for package, patterns in DATA.items() for one in patterns if not found(package, one)]
    assert empty == []
    assert all(FOLDER.parent.joinpath(*package.split("."), "__init__.py").exists() for package in DATA)


def test_licences_of_others_are_among_the_licences() -> None:
    others = {
        path.relative_to(FOLDER.parent).as_posix() for path in files() if path.name.endswith(("LICENSE", "NOTICE"))
    }
    assert set(PROJECT["project"]["license-files"]) == {"LICENSE", *others}
