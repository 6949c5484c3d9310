"""The keys that a person changes between runs, as options for Locust's command line and its start form."""

from __future__ import annotations

import argparse
import re
import shutil
import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from stt_load.config.faults import nearest
from stt_load.config.keys import OTHER_WORDS, key
from stt_load.config.layers import SPAWN_RATE, Layer, Override
from stt_load.config.level_values import levels_text, search_text
from stt_load.config.load_values import stages_text
from stt_load.config.model import Config
from stt_load.config.scalars import one_line
from stt_load.config.slo_values import SEPARATOR, slo_text, stop_text

DESCRIPTION = "The options that stt-load adds to Locust's command line; `locust --help` can't show them."

PREFIX = "STT_LOAD_"
NOT_KEYS = (f"{PREFIX}LOCUST_STATS",)
"""Variables of ours that stand for no key."""
_OF_KUBERNETES = re.compile(r"_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)$")
"""What every container there is told about a service, which may be called stt-load-master."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option. flag: on the command line. key: dotted path in the configuration. env: environment variable.

    help: the key's description. choices: what a form may offer, None for free text. Values are texts on every way in
    (`1e3`, or nothing for null) and are read by `stt_load.config.load`.
    """

    flag: str
    key: str
    env: str
    help: str
    choices: tuple[str, ...] | None
    in_web_form: bool

    @property
    def action(self) -> dict[str, Any]:
        """What argparse is to do where the option is given more than once, if not to take the last one."""
        return {"action": Joined} if self.key in _REPEATABLE else {}

    @property
    def dest(self) -> str:
        """The attribute that argparse puts the value into."""
        return self.flag.removeprefix("--").replace("-", "_")

    def text(self, config: Config) -> str:
        """The value in `config` as it would be typed; nothing for null."""
        value = attrgetter(self.key)(config)
        return _TEXTS[self.key](value) if value and self.key in _TEXTS else _typed(value)


_REPEATABLE = ("slo",)


class _Given(str):
    """A text that was given, and is no default."""


class Joined(argparse._AppendAction):  # of which it is known that it takes lists of configuration files
    """Of an option that is given more than once, all values in one text."""

    def __call__(self, _: Any, namespace: argparse.Namespace, values: Any, __: str | None = None) -> None:
        """One more value."""
        before = getattr(namespace, self.dest, None)
        parts = [before] if isinstance(before, _Given) else []
        setattr(namespace, self.dest, _Given(SEPARATOR.join((*parts, str(values)))))


_TEXTS: Mapping[str, Callable[[Any], str]] = {
    "load.levels": levels_text,
    "load.search": search_text,
    "load.stages": stages_text,
    "slo": slo_text,
    "stop_when": stop_text,
}
"""How values are typed that no line of YAML is short for."""


def _option(flag: str, name: str, *, in_web_form: bool = True) -> Option:
    known = key(name)
    choices = ("true", "false") if known.kind == "boolean" else known.choices or None
    env = PREFIX + flag.removeprefix("--").replace("-", "_").upper()
    return Option(flag, name, env, known.description, choices, in_web_form)


OPTIONS: tuple[Option, ...] = (
    _option("--total-requests", "total_requests"),
    _option("--warmup-requests", "warmup_requests"),
    _option("--request-delay", "request_delay"),
    _option("--audio-source", "audio.source"),
    _option("--audio-duration", "audio.duration"),
    _option("--sample-rate", "audio.sample_rate"),
    _option("--audio-files", "audio.files", in_web_form=False),
    _option("--audio-vary", "audio.vary", in_web_form=False),
    _option("--measure-for", "measure_for"),
    _option("--stop-when", "stop_when"),
    _option("--repeat", "repeat", in_web_form=False),
    _option("--rate", "load.rate"),
    _option("--audio-rate", "load.audio_rate"),
    _option("--arrivals", "load.arrivals"),
    _option("--max-in-flight", "load.max_in_flight"),
    _option("--trace", "load.trace", in_web_form=False),
    _option("--stages", "load.stages"),
    _option("--levels", "load.levels"),
    _option("--search", "load.search"),
    _option("--slo", "slo"),
    _option("--seed", "seed"),
    _option("--save-path", "save_path", in_web_form=False),
    _option("--drain", "drain_s", in_web_form=False),
    _option("--wait-ready", "wait_ready", in_web_form=False),
    _option("--continue-on-dead-warmup", "continue_on_dead_warmup", in_web_form=False),
    _option("--max-consecutive-failures", "max_consecutive_failures", in_web_form=False),
    _option("--preset", "api.preset", in_web_form=False),
    _option("--stream", "api.stream"),
    _option("--endpoint", "api.endpoint"),
    _option("--model", "api.model"),
    _option("--language", "api.language"),
    _option("--prompt", "api.prompt"),
    _option("--response-format", "api.response_format"),
    _option("--temperature", "api.temperature"),
    _option("--api-key-env", "api.api_key_env", in_web_form=False),
    _option("--health", "api.health", in_web_form=False),
    _option("--on-shed", "api.on_shed"),
    _option("--report-language", "report.language", in_web_form=False),
    _option("--report-rows", "report.rows", in_web_form=False),
    _option("--junit", "report.junit", in_web_form=False),
    _option("--html-report", "report.html", in_web_form=False),
    _option("--strict-validity", "validity.strict", in_web_form=False),
    _option("--strict-slo", "validity.strict_slo", in_web_form=False),
)

_LOCUSTS_OWN = (
    ("-u, --users", "LOCUST_USERS", "concurrent_requests", "Users, each with one request in flight at most."),
    ("-H, --host", "LOCUST_HOST", "api.base_url", "The server: http(s)://host[:port][/path]."),
    (
        "-r, --spawn-rate",
        "LOCUST_SPAWN_RATE",
        "",
        "Users started per second. Without it, all at once; so it is with a rate.",
    ),
    ("-t, --run-time", "LOCUST_RUN_TIME", "", "Stop after this time, such as 90s or 1h30m."),
)
PRECEDENCE = """\
The configuration is config.yaml in the working directory, if there is one, or the file that the environment
variable CONFIG_PATH names. Precedence: command line, environment, Locust's own configuration files, that file,
default. A preset gives way to every key that is given by itself, but for those of the file where it is asked for
elsewhere. Of what ends a run (total_requests, measure_for, stop_when, load.trace, load.stages, load.levels,
load.search) the one given at the higher place counts, so it is with load.rate, load.audio_rate, load.trace,
load.stages, load.levels and load.search, and two at one place are a fault. Only a total of 100 in the file gives
way to any other end there. Numbers may be written as 1e3 or 16_000. An empty value, or null, stands for null where
a key may be null."""


def ways_in() -> Mapping[str, tuple[str, str]]:
    """Of each key that can be given for one run: its option and its environment variable."""
    own = {name: (flag, env) for flag, env, name, _ in _LOCUSTS_OWN if name}
    return own | {option.key: (option.flag, option.env) for option in OPTIONS}


def from_environment(environ: Mapping[str, str]) -> list[Override]:
    """What the environment says about the options, Locust's -u and -H included."""
    variables = {env: name for name, (_, env) in ways_in().items()} | {"LOCUST_SPAWN_RATE": ".".join(SPAWN_RATE)}
    return [Override(name, environ[env], env, Layer.ENVIRONMENT) for env, name in variables.items() if env in environ]


def no_option(word: str, known: Collection[str]) -> str:
    """What to say of `word`, which is none of the options `known`; also where people call a key so."""
    spelled = {
        f"--{other.replace('_', '-')}": flag.rpartition(" ")[2]
        for name, (flag, _) in ways_in().items()
        for other in OTHER_WORDS.get(name, "").split()
    }
    spelled = {other: flag for other, flag in spelled.items() if flag in known}
    spelled |= {flag: flag for flag in known if flag.startswith("--")}
    meant = nearest(word, spelled)
    return f"there is no option {word}" + ("" if meant is None else f"; did you mean {spelled[meant]}?")


def unknown_variables(environ: Mapping[str, str], named: Iterable[str] = ()) -> Iterator[str]:
    """A sentence for each variable that is called like one of ours and is none. named: those that a configuration
    names itself."""
    known = {*NOT_KEYS, *(env for _, env in ways_in().values() if env.startswith(PREFIX))}
    words = ((other, env) for name, (_, env) in ways_in().items() for other in OTHER_WORDS.get(name, "").split())
    spelled = {other.upper(): env for other, env in words}
    spelled |= {env.removeprefix(PREFIX): env for env in known}
    for name in sorted(environ.keys() - known - set(named)):
        if name.startswith(PREFIX) and not _OF_KUBERNETES.search(name):
            meant = nearest(name.removeprefix(PREFIX), spelled)
            advice = f"did you mean {spelled[meant]}?" if meant else "`stt-load options` lists those that do"
            yield f"the environment variable {name} changes nothing; {advice}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`stt-load options` takes none."""


def run(_: argparse.Namespace) -> int:
    """Prints the listing; exit code 0."""
    print(listing(shutil.get_terminal_size((116, 24)).columns))
    return 0


def listing(width: int) -> str:
    """Every option with its variable, key, default and help, for a terminal `width` characters wide."""
    defaults = Config()
    rows = [
        ((option.flag, option.env, option.key, option.text(defaults) or "null"), option.help) for option in OPTIONS
    ]
    own = [
        ((flag, env, name or "-", _typed(key(name).default) if name else "-"), text)
        for flag, env, name, text in _LOCUSTS_OWN
    ]
    head = ("option", "environment variable", "key", "default")
    columns = [max(map(len, column)) for column in zip(head, *(cells for cells, _ in rows + own), strict=True)]

    def block(title: str, block_rows: Sequence[tuple[tuple[str, ...], str]]) -> list[str]:
        lines = [title, "", _aligned(head, columns)]
        for cells, text in block_rows:
            lines.append(_aligned(cells, columns))
            lines += textwrap.wrap(text, width, initial_indent="    ", subsequent_indent="    ")
        return [*lines, ""]

    lines = block("Options of stt-load for `locust`", rows)
    lines += block("Locust's own options that have a key here, or shape the load", own)
    return "\n".join([*lines, PRECEDENCE])


def _aligned(cells: tuple[str, ...], columns: list[int]) -> str:
    return "  ".join(cell.ljust(column) for cell, column in zip(cells, columns, strict=True)).rstrip()


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return one_line(value)
    return "" if value is None or value == [] else str(value)
