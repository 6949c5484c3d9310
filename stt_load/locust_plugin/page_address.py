"""Where the web page is, told as soon as it is there."""

from __future__ import annotations

import sys
from typing import Any

import gevent

from stt_load.report.messages import Language
from stt_load.report.output import Output, messages_for

LOOK_S = 0.02
EVERY_ADDRESS = ("", "*", "0.0.0.0", "::")


def announce(web_ui: Any, language: Language) -> None:
    """Says on standard error where `web_ui`, Locust's, is once it takes connections: a port that is taken has none.

    On a terminal Enter opens it, as Locust has it.
    """

    def wait() -> None:
        while web_ui.server is None or not web_ui.server.started:
            gevent.sleep(LOOK_S)
        url = url_of(web_ui.environment.parsed_options, web_ui.server.server_port)
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
