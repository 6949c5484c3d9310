"""Where `${NAME}` and `{model}` stand for something else in a configuration, and what must hold there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stt_load.config.api import ApiConfig
from stt_load.config.faults import KeyPath
from stt_load.config.model import Config
from stt_load.config.variables import filled, has_half, has_model, is_name, references, texts
from stt_load.config.words import carries, character_problem, proxy_url

Broken = Mapping[KeyPath, str]
"""A broken rule: for each key that could be changed to heal it, what to say behind that key's value."""

FILLED = ("headers", "query", "extra_fields", "prompt", "proxy")
"""The keys below `api` in which variables are filled."""

MODEL = ("api", "model")
NOT_FILLED = (
    f"has a ${{...}} in it, and variables are filled in nothing but {', '.join(f'api.{name}' for name in FILLED)}; "
    "write the value itself here, or give it by an option or its variable (`stt-load options`)"
)
_ADVICE = "choose letters, digits and underscores, such as ${API_KEY}, or write $${ for these characters themselves"


def values_with_references(config: Config) -> Iterator[tuple[tuple[str, ...], str]]:
    """(path of the key, text) of everything in which a variable may stand."""
    for name in FILLED:
        value = getattr(config.api, name)
        if isinstance(value, str):
            yield ("api", name), value
        elif value is not None:
            yield from ((("api", name, field), text) for field, inner in value.items() for text in texts(inner))


def places_of_model(api: ApiConfig) -> list[tuple[tuple[str, ...], str]]:
    """(path of the key, text) of everything in which `{model}` stands for the model."""
    found = [
        (("api", section, name), text)
        for section in ("headers", "query", "extra_fields")
        for name, value in getattr(api, section).items()
        for text in texts(value)
    ]
    return [(path, text) for path, text in [*found, (("api", "endpoint"), api.endpoint)] if has_model(text)]


def sends_model(api: ApiConfig) -> bool:
    """Whether requests name a model at all."""
    return api.call is None and (api.protocol == "openai" or bool(places_of_model(api)))


def variables(config: Config) -> tuple[str, ...]:
    """Every environment variable that requests of `config` need, once each."""
    names = [config.api.api_key_env] if config.api.api_key_env else []
    names += [name for _, text in values_with_references(config) for name in references(text)]
    return tuple(dict.fromkeys(names))


def is_filled(path: KeyPath) -> bool:
    """Whether variables are filled in the value of the key at `path`."""
    return len(path) > 1 and path[0] == "api" and path[1] in FILLED


def references_are_right(config: Config) -> Iterator[Broken]:
    """Where variables are filled, each one has a name; elsewhere there is none."""
    for path, text in values_with_references(config):
        if has_half(text):
            yield {path: "has a ${ that is never closed; write ${NAME}, or $${ for these characters themselves"}
        elif not all(map(is_name, references(text))):
            yield {path: f"has a ${{...}} around what is no name of an environment variable; {_ADVICE}"}
    yield from ({path: NOT_FILLED} for path in _strays(config.model_dump(), ()))


def _strays(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    """The keys that have a reference where none is filled: in their value, or in the name of a field."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            place = (*path, name)
            if "${" in name or (not is_filled(place) and any("${" in text for text in texts(inner))):
                yield place
            elif isinstance(inner, Mapping):
                yield from _strays(inner, place)


def variables_are_right(config: Config, environ: Mapping[str, str]) -> Iterator[Broken]:
    """Each variable is set, and to what can be sent where it stands."""
    for path, text in values_with_references(config):
        names = [name for name in references(text) if is_name(name)]
        unset = [name for name in names if not environ.get(name)]
        if unset:
            yield {path: f"names {unset[0]}, which is not set in the environment; set it"}
        elif names and (trouble := _trouble(path, text, names, config.api.model, environ)):
            yield {path: f"has {trouble}; set it anew"}


def _trouble(path: KeyPath, text: str, names: list[str], model: str | None, environ: Mapping[str, str]) -> str | None:
    """What is wrong with the variables of `names` in `text`, without their values."""
    if path[1] == "headers" and not carries(filled(text, environ, model)):
        return f"{names[0]} in it, which holds what no header can carry (a line end, say, or what is not ASCII)"
    for name in names:
        value = environ[name]
        if value != value.strip() or value.startswith("\ufeff"):
            at = "ends" if value != value.rstrip() else "begins"
            return f"{name} in it, which {at} with a space or a line end, as a file's text does"
        if problem := character_problem(value):
            return f"{name} in it, which {problem}"
    if path[1] == "proxy":
        try:
            proxy_url(filled(text, environ))
        except ValueError:
            return f"{names[0]} in it, with which it is no URL of a proxy: a password is percent-encoded there"
    return None


def model_has_a_place(api: ApiConfig) -> Iterator[Broken]:
    """A model that is given is sent, and where one is sent it is given."""
    places = places_of_model(api)
    if api.model is None:
        missing = "has {model} in it, and api.model is null; choose a model, or take it out"
        yield from ({path: missing} for path, _ in places)
    elif not sends_model(api):
        yield {MODEL: f"is sent nowhere: {_why(api)}"}
    else:
        for path, text in places:
            if path[1] == "headers" and not carries(filled(text, {}, api.model)):
                yield {MODEL: f"is in {'.'.join(path)}, and no header can carry it; choose printable ASCII"}


def _why(api: ApiConfig) -> str:
    if api.call is not None:
        return "api.call is called instead of a request, with nothing but the audio; choose null"
    other = {"raw": "api.query", "multipart": "api.extra_fields"}.get(api.protocol, "api.extra_fields or api.query")
    return (
        f"protocol {api.protocol} has no field of its own for it; choose null, or write {{model}} where it goes, "
        f'such as `model: "{{model}}"` in {other}'
    )
