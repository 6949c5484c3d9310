"""The user classes that a locustfile has, and those that are asked for."""

from __future__ import annotations

import inspect
import itertools
import sys
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any

from locust import User

from stt_load.config.options import no_option

UNSEARCHED = ("locust", "stt_load")
"""Packages that have classes which no locustfile need have."""


def check_user_classes(parser: Any) -> None:
    """Makes Locust's `parser` end the program with 2 for a user class that there is not, and with one line for an
    option. Locust itself ends with 1, and takes the value of a misspelt option for a class.

    Only its own parse, after all options of all locustfiles are known, can tell the classes from options' values. The
    environment's come as the default.
    """
    (action,) = (action for action in parser._actions if action.dest == "user_classes")

    def known(name: str) -> str:
        _end_if(_unknown_class(name) and (_unknown_option(parser) or _unknown_class(name)))
        return name

    def error(message: str) -> None:
        _end_if(message.startswith("unrecognized arguments") and _unknown_option(parser))
        fail(message)

    for name in action.default or ():
        known(name)
    action.type = known
    fail, parser.error = parser.error, error


def names() -> set[str]:
    """What a locustfile, or a module that it imports, calls its user classes that can be spawned."""
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] not in UNSEARCHED]
    return {name for module in modules for name, value in list(vars(module).items()) if _is_spawned(value)}


def chosen(user_class: type[User]) -> str:
    """Its name. Users of it are wanted, also where another class derives from it."""
    user_class.abstract = False
    return user_class.__name__


def own_tasks(tasks: Iterable[Any], ours: Callable[..., None]) -> list[Any]:
    """`tasks`, in which the function `ours` is a copy, tagged like the one in its place."""
    tasks = list(tasks)  # one that is there several times, for its weight, stays one
    copies = {task: _copy(task) for task in tasks if getattr(task, "__code__", None) is ours.__code__}
    return [copies.get(task, task) for task in tasks]


def _copy(task: FunctionType) -> FunctionType:
    copy = FunctionType(task.__code__, task.__globals__, task.__name__)
    copy.__dict__["locust_tag_set"] = set(getattr(task, "locust_tag_set", ()))
    return copy


def _unknown_class(name: str) -> str | None:
    known = names()
    if not known or name in known:
        return None
    return f"there is no user class {name}; the locustfile has {', '.join(sorted(known))}"


def _unknown_option(parser: Any) -> str | None:
    """The first one on the command line that `parser` does not have. Argparse takes the beginning of one for it."""
    known = list(parser._option_string_actions)
    for word in itertools.takewhile(lambda word: word != "--", sys.argv[1:]):
        name = word.partition("=")[0]
        if name.startswith("--") and not any(flag.startswith(name) for flag in known):
            return no_option(name, known)
    return None


def _end_if(problem: str | bool | None) -> None:
    if problem:
        sys.stderr.write(f"{problem}\n")
        sys.exit(2)


def _is_spawned(value: Any) -> bool:
    return inspect.isclass(value) and issubclass(value, User) and value.abstract is False
