"""All keys of the configuration in one table, derived from the model's JSON Schema."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from stt_load.config.faults import KeyPath, dotted, nearest
from stt_load.config.model import FORMER, Config

Kind = Literal["integer", "number", "string", "boolean", "list", "fields", "section"]

_KINDS: Mapping[str, Kind] = {"object": "fields", "array": "list"}
OTHER_WORDS: Mapping[str, str] = {
    "total_requests": "requests num_requests n_requests number_of_requests request_count iterations count total",
    "warmup_requests": "warmup warm_up warmups num_warmup warmup_iterations warmup_count",
    "concurrent_requests": "users num_users user_count concurrency concurrent concurrent_users clients vus workers "
    "threads parallel parallelism max_concurrency",
    "request_delay": "delay pause wait wait_time think_time sleep",
    "measure_for": "run_time runtime run_duration test_duration time_limit",
    "load.rate": "rps qps requests_per_second arrival_rate request_rate target_rate",
    "load.audio_rate": "audio_seconds_per_second",
    "load.arrivals": "arrival distribution arrival_distribution arrival_process",
    "load.burstiness": "burst cv",
    "load.max_in_flight": "max_outstanding max_pending slots",
    "load.max_lag": "max_delay max_lateness",
    "load.trace": "replay trace_file",
    "load.speed": "speedup speed_up time_scale",
    "load.stages": "profile ramp ramps phases steps",
    "load.levels": "sweep level concurrencies rates user_counts",
    "load.search": "capacity find_capacity find_max max_load",
    "cost.per_hour": "price_per_hour hourly_cost gpu_hour",
    "cost.per_audio_minute": "price_per_minute per_minute price_per_audio_minute",
    "slo": "slos sla slas thresholds limits objectives criteria",
    "stop_when": "stop_if until precision",
    "repeat": "repetitions runs",
    "report.junit": "junit_xml junit_path xml",
    "report.html": "html_report html_path html_file page",
    "save_path": "output output_path output_file out result result_path result_file results save",
    "audio.duration": "audio_length length clip_length clip_duration audio_seconds seconds audio_duration_s",
    "audio.sample_rate": "sample_rate_hz samplerate sampling_rate audio_sample_rate",
    "audio.source": "audio_source source_type",
    "audio.format": "audio_format container encoding codec",
    "audio.pack": "audio_pack",
    "audio.files": "audio_file audio_files manifest corpus dataset recordings folder directory audio_dir "
    "audio_path wav_dir input_dir",
    "audio.vary": "variation perturb augment augmentation perturbation snr snr_db noise_level",
    "audio.skip_broken": "skip_errors ignore_broken ignore_errors skip_invalid",
    "audio.cache_mb": "cache_size cache_size_mb memory_mb",
    "accuracy.repeat_check": "repeat_checks stability_check repeats",
    "accuracy.normalise": "normalize normalization normalisation normalizer normaliser",
    "accuracy.save_transcripts": "transcripts save_texts keep_transcripts log_transcripts",
    "api.base_url": "url host server target address base_uri api_url server_url target_url",
    "api.endpoint": "path route endpoint_path endpoint_url",
    "api.api_key_env": "api_key apikey key token api_token auth_token bearer_token openai_api_key",
    "api.preset": "provider service vendor",
    "api.response_format": "format output_format",
    "api.language": "lang language_code",
    "api.model": "model_name model_id",
    "api.timeout.total": "timeout_s request_timeout timeout_seconds",
    "api.stream": "streaming",
    "drain_s": "stop_timeout",
    "report.language": "report_language",
}
"""Of a key what people call it who know other programs of this kind: they are told its name."""
EXTRA_FIELD = "a text, a number, true or false, or a list of these"


@dataclass(frozen=True, slots=True)
class Key:
    """One key. kind "fields" is a mapping with free names, "section" one with known names.

    choices: the allowed texts, empty when they are free. expected: what would be right, in words. or_mapping: whether
    a mapping may stand there, too.
    """

    path: KeyPath
    kind: Kind
    nullable: bool
    default: Any
    description: str
    choices: tuple[str, ...]
    expected: str
    or_mapping: bool = False


@functools.cache
def keys() -> Mapping[KeyPath, Key]:
    """Every key by its path, sections included, in the order of the model."""
    schema = Config.model_json_schema()
    return {key.path: key for key in _walk(schema, (), schema.get("$defs", {}))}


def key(name: str) -> Key:
    """The key with the dotted path `name`; KeyError if there is none."""
    return keys()[tuple(name.split("."))]


@functools.cache
def _by_other_word() -> Mapping[str, KeyPath]:
    return {word: tuple(name.split(".")) for name, words in OTHER_WORDS.items() for word in words.split()}


def suggestion(path: KeyPath) -> str | None:
    """What an unknown key was probably meant to be: what it is called elsewhere, or a name of the same section, or
    one from elsewhere."""
    *section, name = path
    meant = _by_other_word().get(name.lower().replace("-", "_"))
    if meant is not None and section[:1] != ["embedded"]:  # whose words are of servers
        return _named(meant, section)
    siblings = {known[-1]: known for known in (*keys(), *FORMER) if known[:-1] == tuple(section)}
    anywhere = {known[-1]: known for known in reversed(tuple(keys()))} | {dotted(known): known for known in keys()}
    if name not in anywhere and (close := nearest(name, siblings)):
        return f"`{close}`"
    close = nearest(name, anywhere)
    return None if close is None else _named(anywhere[close], section)


def _named(path: KeyPath, section: Sequence[str]) -> str:
    """How a key is called for somebody who is in `section`."""
    *parent, last = path
    if parent == list(section):
        return f"`{last}`"
    return f"`{last}` inside `{dotted(tuple(parent))}`" if parent else f"`{last}` at the top level"


def _walk(section: dict[str, Any], path: KeyPath, defs: dict[str, Any]) -> Iterator[Key]:
    for name, entry in section["properties"].items():
        found = _key((*path, name), entry, defs)
        yield found
        if found.kind == "section":
            yield from _walk(defs[entry["$ref"].rpartition("/")[2]], found.path, defs)


def _key(path: KeyPath, entry: dict[str, Any], defs: dict[str, Any]) -> Key:
    options = [option for option in entry.get("anyOf", [entry]) if option.get("type") != "null"]
    shape = options[0]
    nullable = len(options) < len(entry.get("anyOf", [entry]))
    kind: Kind = "section" if "$ref" in shape else _KINDS.get(shape["type"], shape["type"])
    choices = (shape["const"],) if "const" in shape else tuple(shape.get("enum", ()))
    if kind == "section":
        names = defs[shape["$ref"].rpartition("/")[2]]["properties"]
        expected = "lines of the form `key: value` below it, with " + listed(names)
    else:
        expected = _expected(kind, shape, choices) + (", or null" if nullable else "")
        expected += "".join(f", or {_other_form(option, defs)}" for option in options[1:])
    or_mapping = len(options) > 1
    known = () if or_mapping else choices
    return Key(path, kind, nullable, entry.get("default"), entry["description"], known, expected, or_mapping)


def _other_form(option: dict[str, Any], defs: dict[str, Any]) -> str:
    """What else a value may be than what it is mostly."""
    if "$ref" not in option:
        return str(option["description"])
    names = defs[option["$ref"].rpartition("/")[2]]["properties"]
    parts = (f"{name}: {_stand_in(name, shape)}" for name, shape in names.items())
    return "a mapping such as {" + ", ".join(parts) + "}"


def _stand_in(name: str, shape: dict[str, Any]) -> str:
    """What stands for a value in an example."""
    return "N" if shape.get("type") == "integer" else next(iter(shape.get("enum", [name.upper()])))


def _expected(kind: Kind, shape: dict[str, Any], choices: tuple[str, ...]) -> str:
    examples = shape.get("examples")
    if kind in ("integer", "number"):
        return ("a whole number" if kind == "integer" else "a number") + _range(shape)
    if kind == "boolean":
        return "true or false"
    if kind == "list":
        return "a list" + (f" such as {examples[0]}" if examples else " of texts, such as [one, two]")
    if kind == "fields":
        return "a mapping with lines of the form `name: value`"
    return listed(choices) if choices else "a text" + (f" such as {examples[0]}" if examples else "")


def _range(shape: dict[str, Any]) -> str:
    low, above, high = (shape.get(name) for name in ("minimum", "exclusiveMinimum", "maximum"))
    if above is not None:
        return f" above {_figure(above)}" + ("" if high is None else f", up to {_figure(high)}")
    if low is not None and high is not None:
        return f" from {_figure(low)} to {_figure(high)}"
    return "" if low is None else f", {_figure(low)} or more"


def _figure(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def listed(names: Iterator[str] | Mapping[str, Any] | tuple[str, ...]) -> str:
    """`a, b or c`."""
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
