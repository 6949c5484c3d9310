"""Run as a program: posts through the client, in a process patched by gevent as Locust's is; JSON in, JSON out.

Standard input: {"calls": [{"url", "size", "times", "timeouts", "limit", "stream", "options"}], "files"}, the options
being those of the target, files how many may be open.
"""

import gevent.monkey

gevent.monkey.patch_all()

import json  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

from stt_load.api.answers import reader  # noqa: E402
from stt_load.api.request import Body  # noqa: E402
from stt_load.api.stream import Stream  # noqa: E402
from stt_load.api.verdict import Failure, Transcript  # noqa: E402
from stt_load.client import ClientError, Exchange, Target, Timeouts  # noqa: E402
from stt_load.client.http import HttpClient  # noqa: E402


def call(
    url: str,
    size: int,
    times: int,
    timeouts: list[float],
    limit: int,
    stream: bool,
    options: dict[str, Any],
) -> list[dict[str, Any]]:
    headers = {"User-Agent": "test", "Accept-Encoding": "identity"}
    target = Target(url, headers, Timeouts(*timeouts), limit, **options)
    client = HttpClient(target)
    results = []
    for number in range(times):
        clip = memoryview(bytes([number + 1]) * (size - 4))
        exchange, seen = Exchange(f"id-{number}" if target.request_id_header else None), {}
        heard = exchange.stream = Stream(None, reader("json")) if stream else None
        try:
            answer = client.post(Body((b"<<", clip, b">>"), size, "text/clip"), exchange)
            seen = {"status": answer.status, "body": answer.body.decode(errors="replace")[:100]}
            if answer.stream is not None:
                seen |= understood(answer.stream.read(answer))
        except ClientError as error:
            seen = {"kind": error.kind, "message": error.message}
        sent, first, done = exchange.sent_s or 0.0, exchange.first_byte_s, exchange.done_s or 0.0
        seen |= {
            "first": None if first is None else first - sent,
            "took": done - sent,
            "received": exchange.received,
            "exchange_status": exchange.status,
            "connection": exchange.connection,
            "connect": exchange.connect_s,
            "captured": exchange.captured,
        }
        if heard is not None:
            text_s = heard.texts.first_s
            seen |= {"first_text": None if text_s is None else text_s - sent, "deltas": heard.texts.count}
        results.append(seen)
    client.close()
    return results


def understood(verdict: Transcript | Failure) -> dict[str, Any]:
    if isinstance(verdict, Transcript):
        return {"text": verdict.text}
    return {"kind": verdict.kind, "message": verdict.message}


if __name__ == "__main__":
    order = json.load(sys.stdin)
    if order["files"] is not None:
        gevent.get_hub().threadpool.apply(str)  # who resolves names has what it needs by then, as in Locust
        resource.setrlimit(resource.RLIMIT_NOFILE, (order["files"], order["files"]))
    calls = [gevent.spawn(call, **one) for one in order["calls"]]
    gevent.joinall(calls)
    json.dump([one.get() for one in calls], sys.stdout)
