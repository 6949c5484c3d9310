"""Which client it is that says clips to a service."""

from __future__ import annotations

from collections.abc import Callable

from stt_load.api.batch import Plan
from stt_load.client.batch import BatchClient, OnStep
from stt_load.client.call import Call, CallClient
from stt_load.client.exchange import Client, Language
from stt_load.client.http import HttpClient
from stt_load.client.target import Target


def client_of(
    target: Target,
    language: Language,
    *,
    call: Call | None,
    plan: Plan | None,
    connect: Callable[[Target], Client] = HttpClient,
    on_step: OnStep | None = None,
) -> Client:
    """`call`, where there is one, else one request for each clip, or the several of the job that `plan` makes of it.

    connect: makes the client of the requests. on_step: is told those of a job.
    """
    client: Client
    if call is not None:
        client = CallClient(target, call)
    else:
        client = connect(target) if plan is None else BatchClient(connect(target), plan, on_step)
    client.language = language
    return client
