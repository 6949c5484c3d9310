"""Limits of the generator's own machine, met by real locust processes: no failures of the service."""

from __future__ import annotations

import contextlib
import socket
import struct
from pathlib import Path

import pytest

from tests.processes.running import against, rows, run
from tests.processes.truth import logged_server

pytestmark = pytest.mark.locust

SLOW = {"slots": 200, "overhead_s": 0.3, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
FILES = 90
USERS = 100
CALLED = """
import requests

def f(wav):
    return requests.post("{url}/v1/audio/transcriptions", files={{"file": wav}}, data={{"model": "m"}}).json()["text"]
"""


SLOWER = [pytest.param(name, marks=pytest.mark.slow) for name in ("SttUser", "api.call")]


@pytest.mark.parametrize("user_class", ["FastSttUser", *SLOWER])
def test_too_few_files(tmp_path: Path, user_class: str) -> None:
    words = [] if user_class == "api.call" else [user_class]
    with logged_server(tmp_path, **SLOW) as server:
        config = against(server.url, 300, 1, USERS, audio_duration=0.1)
        if user_class == "api.call":
            (tmp_path / "mine.py").write_text(CALLED.format(url=server.url), encoding="utf-8")
            config["api"] = {"call": "mine.py:f"}
        few = ("bash", "-c", f'ulimit -n {FILES}; exec "$@"', "-")
        ran = run(tmp_path, config, *words, before=few)
    measured = rows(ran.result, "measured")
    assert len(measured) == 299
    assert {row["error_kind"] for row in measured} == {None, "local_limit"}
    told = {row["error"] for row in measured if row["error_kind"]}
    assert told == {f"too many open files (EMFILE): raise `ulimit -n`, now {FILES}"}
    pauses = [row["pause_s"] for row in measured if row["error_kind"]]
    assert min(pauses) >= 0.1, "they stay away for longer each time, as from a port that is closed"
    requests = ran.result["metrics"]["requests"]
    assert requests["failed"] == 0
    assert requests["unfinished"] == sum(row["error_kind"] is not None for row in measured)
    assert ran.result["validity"]["verdict"] == "INVALID"
    assert ran.code == 4


FEW_PORTS = """
import socket
import struct

from stt_load import install
from stt_load.client import addresses
from stt_load.locust_plugin.users import FastSttUser

OPTION = (socket.IPPROTO_IP, 51, struct.pack("=I", {first} | {last} << 16))  # IP_LOCAL_PORT_RANGE

open_socket = addresses.open_socket

def opened(address):
    sock = open_socket(address)
    sock.setsockopt(*OPTION)
    return sock

bind = socket.socket.bind

def bound(sock, address):
    if not address[1]:
        sock.setsockopt(*OPTION)
    bind(sock, address)

addresses.open_socket = opened
socket.socket.bind = bound
install(default_user=FastSttUser)
"""


def test_too_few_ports(tmp_path: Path) -> None:
    """A range of the sockets' own, as no test may change the machine's."""
    first = free_range(10)
    locustfile = tmp_path / "few.py"
    locustfile.write_text(FEW_PORTS.format(first=first, last=first + 9), encoding="utf-8")
    with logged_server(tmp_path, **SLOW) as server:
        config = against(server.url, 200, 1, 40, audio_duration=0.1, api={"keep_alive": False})
        ran = run(tmp_path, config, locustfile=locustfile)
    measured = rows(ran.result, "measured")
    kinds = [row["error_kind"] for row in measured]
    assert kinds.count(None) >= 10
    assert kinds.count("local_limit") > 10
    told = {row["error"] for row in measured if row["error_kind"] == "local_limit"}
    assert {one.partition(":")[0] for one in told} == {"no local port is free (EADDRNOTAVAIL)"}
    assert ran.result["validity"]["verdict"] == "INVALID"


def free_range(count: int) -> int:
    """The first of `count` ports on which nobody is; skips where a socket can't have a range of its own."""
    with socket.socket() as sock:
        try:
            sock.setsockopt(socket.IPPROTO_IP, 51, struct.pack("=I", 50_000 | 50_009 << 16))
        except OSError:
            pytest.skip("this kernel knows no port range of a socket")
    least, most = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split())
    for first in range(most - count, least, -count):  # the machine's range holds for a socket, too
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + count):
                stack.enter_context(socket.socket()).bind(("", port))
            return first
    raise AssertionError("no ports are free")
