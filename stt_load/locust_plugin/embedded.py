"""The embedded server of a Locust process: started when it is asked for, one for all runs."""

from __future__ import annotations

import contextlib

from stt_load.config import Config
from stt_load.server.process import EmbeddedServer, StartError


class Embedded:
    """Knows where the service is, whether it is this process's own or not."""

    def __init__(self) -> None:
        self._server: EmbeddedServer | None = None

    def base_url(self, config: Config) -> str:
        """The service's; StartError where the embedded one can't be started."""
        base_url = config.api.base_url
        known = self._server is not None and base_url == self._server.url
        if not config.embeds and not known:
            return base_url
        if self._server is None or not self._server.running:
            self._server = EmbeddedServer.start(config.embedded_server)
        return self._server.url

    def prepare(self, config: Config) -> None:
        """Starts it ahead of its first run where that will want it; what is wrong with it is said then."""
        with contextlib.suppress(StartError, OSError):
            self.base_url(config)

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
