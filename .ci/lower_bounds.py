"""Prints the lowest version that pyproject.toml admits of each package, as constraints for pip."""

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def lower_bounds(*extras: str) -> dict[str, str]:
    """The lowest version by package, of the dependencies and of the extras named."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    requirements = [
        *project["dependencies"],
        *(one for name in extras for one in project["optional-dependencies"][name]),
    ]
    return dict(re.findall(r"^([\w.-]+)>=([\w.]+)", requirement)[0] for requirement in requirements)


if __name__ == "__main__":
    print(*(f"{name}=={version}" for name, version in lower_bounds("test").items()), sep="\n")
