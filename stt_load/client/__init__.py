"""One exchange with a service: bytes out, answer in, instants noted, errors typed.

Nothing here retries, follows a redirect or copies the body: one call is at most one request on the wire.
"""

from stt_load.client.exchange import Client, ClientError, Exchange
from stt_load.client.target import Target, Timeouts

__all__ = ["Client", "ClientError", "Exchange", "Target", "Timeouts"]
