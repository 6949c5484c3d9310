"""Where the web page is, told as soon as it is there."""

from __future__ import annotations

import sys
from typing import Any

import gevent

from stt_load.locust_plugin.command_line import check_port
from stt_load.report.messages import Language
from stt_load.report.output import Output, messages_for

LOOK_S = 0.02
TAKEN = (
    "the web page can't be at {place}: {reason}; another Locust may be running, choose another port with --web-port, "
    "or run without a page: --headless"
)
EVERY_ADDRESS = ("", "*", "0.0.0.0", "::")


def announce(web_ui: Any, language: Language) -> None:
    """Says on standard error where `web_ui`, Locust's, is once it takes connections: a port that is taken has none.

    On a terminal Enter opens it, as Locust has it. Ends the program, with 2, where the port is taken.
    """
    options = web_ui.environment.parsed_options
    check_port(options.web_host, options.web_port, TAKEN)

    def wait() -> None:
        while web_ui.server is None or not web_ui.server.started:
            gevent.sleep(LOOK_S)
        url = url_of(options, web_ui.server.server_port)
        say = messages_for(language, sys.stderr)
        hint = say("page.keys") if sys.stdin is not None and sys.stdin.isatty() else ""
        Output(sys.stderr).write(f"{say('page.at', url=url)}{hint}\n")

    gevent.spawn(wait)


def url_of(options: Any, port: int) -> str:
    """The URL of the page at `port`, as a browser on this machine, or wherever Locust's options say, opens it."""
    if options.web_host_display_name and options.web_host in EVERY_ADDRESS:
        return str(options.web_host_display_name)
    host = "127.0.0.1" if options.web_host in EVERY_ADDRESS else options.web_host
    scheme = "https" if options.tls_cert and options.tls_key else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{options.web_base_path}"
