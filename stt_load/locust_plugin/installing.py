"""The wiring into Locust: what a locustfile asks for, and what is added to Locust for it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from locust import User, events
from locust.env import Environment
from locust.runners import WorkerRunner

from stt_load.locust_plugin import quirks, user_classes, user_code, users
from stt_load.locust_plugin.command_line import CommandLine
from stt_load.locust_plugin.handshake import install_handshake
from stt_load.locust_plugin.locust_stats import Reports
from stt_load.locust_plugin.receiving import Receiver
from stt_load.locust_plugin.suite import Suite
from stt_load.storage.files import make_private

_installed: list[CommandLine] = []
"""The one of this process, once there is one."""


def install(default_user: type[User] | None = None) -> None:
    """Makes Locust run the load test; to be called by the locustfile.

    default_user: the class that is spawned when none is named on the command line. None: every class found, but for
    SttUser and FastSttUser where another one derives from them.
    Called again, by a second locustfile (`-f mine.py,shipped.py`) or by one that imports another, it only says anew
    what that class is.
    """
    name = None if default_user is None else user_classes.chosen(default_user)
    if _installed:
        _installed[0].default_again(name)
        return
    command_line = CommandLine(name)
    _installed.append(command_line)
    _listen(command_line, Reports())


def _listen(command_line: CommandLine, reports: Reports) -> None:
    """To what Locust says from its start on."""

    def on_parser(parser: Any, **_: Any) -> None:
        """Bad input ends here, before anything is sent or bound: exit code 2."""
        try:
            command_line.extend(parser)
        except Exception as error:
            # Locust would log it and go on without the configuration.
            sys.stderr.write(f"stt-load: {type(error).__name__}: {error}\n")
            sys.exit(2)

    def on_init(environment: Environment, web_ui: Any = None, **_: Any) -> None:
        if log := getattr(environment.parsed_options, "logfile", None):
            make_private(Path(log))
        if isinstance(environment.runner, WorkerRunner):
            # Imported here, as a process is either a worker or not, and a start is not to take longer than it must.
            from stt_load.locust_plugin.worker import Worker

            Worker(environment)
        else:
            Suite(environment, web_ui, command_line, reports)

    quirks.keep_time_steady()
    user_code.spawn_who_can()
    install_handshake()
    Receiver().install()
    events.init_command_line_parser.add_listener(on_parser)
    events.init.remove_listener(users.miss_install)
    events.init.add_listener(user_code.keep_hosts)
    events.init.add_listener(on_init)
    events.worker_report.add_listener(reports.on_worker_report)
    events.user_error.add_listener(users.on_user_error)
