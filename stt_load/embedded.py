"""The embedded server of a Locust process: started when it is asked for, one for all runs."""

from __future__ import annotations

from stt_load.config import Config
from stt_load.server.process import EmbeddedServer


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
            self._server = EmbeddedServer.start(config.embedded)
        return self._server.url

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
