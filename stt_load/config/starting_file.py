"""The config.yaml that somebody begins with: the keys that most people change, with a comment each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stt_load.config import preset
from stt_load.config.faults import KeyPath
from stt_load.config.keys import keys
from stt_load.config.scalars import one_line

_HEAD = """\
# A load test of a speech-to-text service. These are the keys that most people change; a line that begins with # shows
# what is in effect without it. `stt-load keys` explains every other key, `stt-load check-config` finds what is wrong.

"""
_COMMENTS = {
    "total_requests": "of the whole run, warm-up included; null: until stopped",
    "warmup_requests": "the first ones of these, in no statistic; concurrent_requests or more is wise",
    "concurrent_requests": "users, each with one request in flight at most",
    "audio": "spoken sentences in a new order for every request, so that no cache can answer",
    "audio.duration": "seconds of each clip, or 3..20; null: 10, or recordings as they are",
    "api": "the service",
    "api.preset": "one that is known, such as openai (`stt-load presets`); the other lines win over it",
    "api.base_url": "http(s)://host[:port][/path]; embedded: a model server, started for the run",
    "api.model": "as the service calls it",
    "api.language": "such as en or ko; null: the service detects it",
    "api.stream": "true: the answer as a stream of events, with the time to the first text",
    "api.api_key_env": "NAME of the environment variable that holds the API key, never the key",
}
_WIDTH = 26


def text(values: Mapping[str, Any] | None = None) -> str:
    """The file with `values` in it, by dotted key. None of them may be a secret.

    A preset gives way to what the file says, so nothing of `api` is said that was not given: such a line is a
    comment, which shows what is in effect without it.
    """
    given = {tuple(name.split(".")): value for name, value in (values or {}).items()}
    in_effect = {path: key.default for path, key in keys().items()} | _of_preset(given.get(("api", "preset"))) | given
    lines: list[str] = []
    section: KeyPath = ()
    for path in _in_order(given):
        *parents, name = path
        if tuple(parents[:1]) != section[:1]:
            lines.append("")
        deeper = range(_shared(parents, section), len(parents))
        lines += [_line(f"{'  ' * depth}{parents[depth]}:", parents[: depth + 1]) for depth in deeper]
        section = tuple(parents)
        mark = "# " if path[0] == "api" and path not in given else ""
        lines.append(_line(f"{'  ' * len(parents)}{mark}{entry(name, in_effect[path])}", path))
    return _HEAD + "\n".join(lines) + "\n"


def _in_order(given: Mapping[KeyPath, Any]) -> list[KeyPath]:
    """The keys to show: section by section, those that always stand there first, then the others in the model's
    order."""
    usual = [tuple(name.split(".")) for name in _COMMENTS if keys()[tuple(name.split("."))].kind != "section"]
    sections = ["", *dict.fromkeys(path[0] for path in usual if len(path) > 1)]
    more = [path for path in sorted(given, key=list(keys()).index) if path not in usual]
    sections += [path[0] for path in more if len(path) > 1]
    return sorted([*usual, *more], key=lambda path: sections.index(path[0] if len(path) > 1 else ""))


def _of_preset(name: object) -> dict[KeyPath, Any]:
    """What the preset `name` sets, by key."""
    if name not in preset.NAMES:
        return {}
    return dict(_leaves(preset.document(str(name)).values, ()))


def _leaves(values: Mapping[str, Any], path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    for name, value in values.items():
        here = (*path, name)
        if here in keys() and keys()[here].kind == "section":
            yield from _leaves(value, here)
        else:
            yield here, value


def _shared(one: list[str], other: KeyPath) -> int:
    """How many sections two paths have in common."""
    same = [a == b for a, b in zip(one, other, strict=False)]
    return same.index(False) if False in same else len(same)


def entry(name: str, value: Any) -> str:
    """`name: value` on one line, quoted where it must be."""
    return f"{name}: {one_line(value)}"


def _line(start: str, path: KeyPath | list[str]) -> str:
    comment = _COMMENTS.get(".".join(path))
    return start if comment is None else f"{start:<{_WIDTH}}  # {comment}"
