"""The configuration as Locust's command line sees it: our options among Locust's, the file as their defaults."""

from __future__ import annotations

import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stt_load.client import call
from stt_load.config import Config, ConfigError, Layer, Override, Source, load, mask_url, read
from stt_load.config.layers import SPAWN_RATE
from stt_load.config.options import OPTIONS
from stt_load.locust_plugin.user_classes import check_user_classes
from stt_load.report.streams import silence

LOOPBACK = "127.0.0.1"
"""Where the web UI listens, and a master to its own workers, unless somebody says otherwise: Locust's default is
every address of the machine, for everybody in the network."""
WORKERS_PORT = (
    "can't listen to workers at {place}: {reason}; another master may be running, choose another port with "
    "--master-bind-port (and --master-port for the workers)"
)


class CommandLine:
    """Adds our options to Locust's parser and makes a `Config` of what was given.

    Precedence: command line, environment, Locust's own configuration files (these three are Locust's parser), then
    config.yaml, then the defaults. default_user: spawned when no user class is named; None for every one found.
    """

    def __init__(self, default_user: str | None) -> None:
        self._default_user = default_user
        self._defaults_before: list[str | None] = []
        self._config: Config | None = None
        self._source: Source | None = None
        self._given: list[Override] = []
        self._texts: dict[str, str] = {}
        self._typed: dict[str, str] = {}
        self._wholes: dict[str, str] = {}
        self._told: set[str] = set()
        self._speaks = True
        self.summary_only = False
        self.file: str | None = None

    def default_again(self, default_user: str | None) -> None:
        """Another locustfile of the same run has a default of its own: the last one counts."""
        self._defaults_before.append(self._default_user)
        self._default_user = default_user

    def extend(self, parser: Any) -> None:
        """Locust's parser gets our options and the file's values as defaults.

        Locust calls this again for every view of its web page: the file is read once, so that a file that changes
        meanwhile changes nothing. Raises `SystemExit` (2), everything that is wrong on standard error.
        """
        for option in OPTIONS:
            parser.add_argument(
                option.flag,
                dest=option.dest,
                env_var=option.env,
                type=self._shown_at_first if option.dest == "endpoint" else None,
                choices=option.choices and _Offered(option.choices),
                **({"nargs": "?", "const": "true"} if option.choices == ("true", "false") else {}),
                **option.action,
                default=None,  # what it means the page has below it, not in its label
                include_in_web_ui=option.in_web_form,
            )
        parser.add_argument(
            "--locust-stats",
            action="store_true",
            env_var="STT_LOAD_LOCUST_STATS",
            help="Also print Locust's own tables of statistics.",
            include_in_web_ui=False,
        )
        parser.set_defaults(web_host=LOOPBACK)
        given = _parsed(parser)
        if _has_only_workers_of_its_own(given):
            parser.set_defaults(master_bind_host=LOOPBACK)
            given = _parsed(parser)
        check_user_classes(parser)
        parser.set_defaults(**self._plain_defaults(given))
        if given.worker or _only_looks(given):
            return  # a worker is told everything by its master
        self._speaks = not given.master
        if self._config is None:
            self._config = self._read(parser, vars(given))
            self.shown(self._config.api.base_url)
            self.shown(self._config.api.endpoint)
        parser.set_defaults(**self._defaults(self._config, given.host))

    @property
    def configured(self) -> Config:
        """What was given before anybody filled in a form. Of a process that is no worker."""
        assert self._config is not None
        return self._config

    def config_of(self, options: Mapping[str, Any], host: str | None) -> Config:
        """The configuration of a run from Locust's parsed options, which the web form may have changed, and its host.

        Raises `ConfigError` with every fault.
        """
        values = {option.dest: options.get(option.dest) for option in OPTIONS}
        values |= {"host": host, "num_users": options.get("num_users")}
        values |= {dest: self._whole(str(values[dest])) for dest in _MASKED if values[dest] is not None}
        changed = [
            _override(dest, value, Layer.WEB_FORM)
            for dest, value in values.items()
            if value is not None and str(value) not in (self._texts.get(dest), self._typed.get(dest))
        ]
        # What the form shows may stand in the host that was given, and must not go with it.
        shown = [_override("endpoint", values["endpoint"], Layer.COMMAND_LINE)] if values["endpoint"] else []
        return self._load([*self._given, *shown, *changed])

    def shown(self, url: str) -> str:
        """`url`, or the end of one, as Locust may show it, without a password; `config_of` knows the whole again."""
        masked = mask_url(url)
        if masked != url:
            self._wholes[masked] = url
        return masked

    def _shown_at_first(self, url: str) -> str:
        """As `shown`; Locust parses again for every view, and a form may have said another one by then."""
        self._wholes.setdefault(mask_url(url), url)
        return mask_url(url)

    def _whole(self, url: str) -> str:
        self.shown(url)
        return self._wholes.get(url, url)

    def _read(self, parser: Any, given: Mapping[str, Any]) -> Config:
        """What the command line, the environment, Locust's files and ours say together, or the end of the program."""
        places = _places(parser)
        self._typed = {name: str(given[name]) for name in _KNOWN if given[name] is not None}
        self._given = [
            _override(
                name, self._whole(value) if name in _MASKED else value, *places.get(name, (Layer.COMMAND_LINE, ""))
            )
            for name in _KNOWN
            if (value := given[name]) is not None
        ]
        try:
            config = self._load(self._given)
            if self._speaks and config.api.call is not None:
                call.load(config.api.call)
        except (ConfigError, call.HookError) as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(2)
        if given["master"] or given["processes"]:
            check_port(given["master_bind_host"], given["master_bind_port"], WORKERS_PORT)
        return config

    def _load(self, overrides: Sequence[Override]) -> Config:
        self._source = self._source or read()
        loaded = load(self._source, overrides, save_directory=Path(), speaks=self._speaks)
        self.file = None if loaded.path is None else str(loaded.path)
        for note in loaded.notes:
            self._tell(note)
        return loaded.config

    def _plain_defaults(self, given: Any) -> dict[str, Any]:
        """Locust's defaults that are others here, whatever the configuration says."""
        self.summary_only = given.only_summary
        defaults: dict[str, Any] = {"only_summary": not given.locust_stats, "loglevel": "WARNING"}
        if given.user_classes:
            return defaults
        if any(name != self._default_user for name in self._defaults_before) and not given.worker:
            chosen = self._default_user or "all that there are"
            self._tell(f"install() was called more than once; the last one's user classes are spawned: {chosen}")
        if self._default_user:
            defaults["user_classes"] = [self._default_user]
        return defaults

    def _tell(self, note: str) -> None:
        """Says on standard error what a person may not expect, once."""
        if note not in self._told:
            self._told.add(note)
            try:
                sys.stderr.write(f"stt-load: {note}\n")
                sys.stderr.flush()
            except OSError:  # a full disk: no reason not to run
                silence(sys.stderr)

    def _defaults(self, config: Config, host: str | None) -> dict[str, Any]:
        """The effective values become the defaults: Locust's start form shows them. host: as Locust was given it."""
        self._texts = {option.dest: option.text(config) for option in OPTIONS}
        self._texts |= {"host": host or config.api.base_url, "num_users": str(config.concurrent_requests)}
        return self._texts | {
            "host": mask_url(config.api.base_url),
            "endpoint": mask_url(config.api.endpoint),
            "num_users": config.concurrent_requests,
            # All at once, unless -r says otherwise.
            "spawn_rate": float(config.concurrent_requests),
            "stop_timeout": config.drain,
        }


def _only_looks(options: Any) -> bool:
    """`-l` and `--show-task-ratio` say what there is and end, whatever a run would need."""
    return bool(options.list_commands or options.show_task_ratio or options.show_task_ratio_json)


def _has_only_workers_of_its_own(options: Any) -> bool:
    """`--processes` makes master and workers at once; they find each other by --master-host, loopback by default.

    Workers that are to look elsewhere need a master that listens there, as one that is started by `--master` has to.
    """
    own = options.processes and not options.worker and not options.master
    return bool(own) and options.master_host in (LOOPBACK, "localhost")


class _Offered(tuple[str, ...]):
    """Choices for the start form. Argparse takes any value: what is wrong with it is said together with the rest."""

    def __contains__(self, value: object) -> bool:
        return True


def check_port(host: str, port: int, said: str) -> None:
    """Ends the program when it can't listen there: workers of `--processes` would join whoever has the port.

    said: what is wrong then, and what helps.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("" if host == "*" else host, port))
        except OSError as error:
            reason = error.strerror or str(error)
            sys.stderr.write(f"stt-load: {said.format(place=f'{host}:{port}', reason=reason)}\n")
            sys.exit(2)


def _parsed(parser: Any) -> Any:
    return parser.parse_known_args(sys.argv[1:])[0]


def _places(parser: Any) -> dict[str, tuple[Layer, str]]:
    """Of each option of the last parse that was not given on the command line: its layer, and the file if any."""
    found: dict[str, tuple[Layer, str]] = {}
    for source, settings in parser.get_source_to_settings_dict().items():
        kind, _, file = source.partition("|")
        if kind in _LAYERS:
            place = (_LAYERS[kind], file)
            found |= {action.dest: place for action, _ in settings.values() if action is not None}
    return found


def _override(dest: str, value: Any, layer: Layer, file: str = "") -> Override:
    key, flag, env = _KNOWN[dest]
    name = flag.removeprefix("--")
    sources = {
        Layer.ENVIRONMENT: env,
        Layer.WEB_FORM: f"the form's {name}",
        Layer.LOCUST_FILE: f"{file}, {name}",
    }
    return Override(key, str(value), sources.get(layer, flag), layer)


_KNOWN = {option.dest: (option.key, option.flag, option.env) for option in OPTIONS} | {
    "host": ("api.base_url", "--host", "LOCUST_HOST"),
    "num_users": ("concurrent_requests", "--users", "LOCUST_USERS"),
    "spawn_rate": (".".join(SPAWN_RATE), "--spawn-rate", "LOCUST_SPAWN_RATE"),
}
_MASKED = ("host", "endpoint")
"""What may have a password or a key in it, and is on Locust's page."""

_LAYERS = {"config_file": Layer.LOCUST_FILE, "environment_variables": Layer.ENVIRONMENT}
