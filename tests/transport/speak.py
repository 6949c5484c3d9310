"""Run as a program: posts through one transport, in a process patched by gevent as Locust's is; JSON in, JSON out.

Standard input: {"transport": "pooled" | "fast", "calls": [{"url", "bytes", "times", "timeouts", "limit"}]}.
"""

import gevent.monkey

gevent.monkey.patch_all()

import json  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

from stt_load.transport import Exchange, Target, Timeouts, Transport, TransportError  # noqa: E402
from stt_load.transport.fast import FastTransport  # noqa: E402
from stt_load.transport.pooled import PooledTransport  # noqa: E402
from stt_load.wire.request import Body  # noqa: E402


def connected(kind: str, target: Target) -> Transport:
    if kind == "fast":
        return FastTransport(target)
    return PooledTransport(target)


def call(kind: str, url: str, size: int, times: int, timeouts: list[float], limit: int) -> list[dict[str, Any]]:
    target = Target(url, {"User-Agent": "test", "Accept-Encoding": "identity"}, Timeouts(*timeouts), limit)
    transport = connected(kind, target)
    results = []
    for number in range(times):
        clip = memoryview(bytes([number + 1]) * (size - 4))
        exchange, seen = Exchange(), {}
        try:
            answer = transport.post(Body((b"<<", clip, b">>"), size), exchange)
            seen = {"status": answer.status, "body": answer.body.decode(errors="replace")[:100]}
        except TransportError as error:
            seen = {"kind": error.kind, "message": error.message}
        sent, first, done = exchange.sent_s or 0.0, exchange.first_byte_s, exchange.done_s or 0.0
        seen |= {
            "first": None if first is None else first - sent,
            "took": done - sent,
            "received": exchange.received,
            "exchange_status": exchange.status,
        }
        results.append(seen)
    transport.close()
    return results


if __name__ == "__main__":
    order = json.load(sys.stdin)
    calls = [gevent.spawn(call, order["transport"], **one) for one in order["calls"]]
    gevent.joinall(calls)
    json.dump([one.get() for one in calls], sys.stdout)
