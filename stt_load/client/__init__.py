"""One POST on a kept-alive connection: bytes out, answer in, instants noted, errors typed.

Nothing here retries, follows a redirect or copies the body: one call is at most one request on the wire.
"""

from stt_load.client.exchange import Exchange, Transport, TransportError
from stt_load.client.target import Target, Timeouts

__all__ = ["Exchange", "Target", "Timeouts", "Transport", "TransportError"]
