"""The messages between master and worker, beside Locust's own, on Locust's connection.

A message is a kind and a mapping that msgpack can carry. All that belong to a run carry its id as `run`.

| kind | from | says |
| --- | --- | --- |
| hello | worker | version, name, boot id, whether it is ready; from the start, each second until a beat has come |
| welcome | master | to one that is ready: variables to be set, function to call, clips; the master's clock |
| fit | worker | what is missing, if something is; the worker's clock. Later: why it can't take part after all |
| refused | master | why; Locust's own quit follows |
| run | master | configuration, its pack, URL, run information, number and name of this worker; how things stand |
| want | worker | users that came, are there, wait and are to come; what is started; in a new epoch, what it holds |
| iterations | master | a lease; how things stand |
| void | master | the lease of that epoch is no more |
| open | master | the warm-up is over; how things stand |
| beat | master | its clock, iterations granted, how long ago it has heard of this worker; how things stand |
| echo | worker | the answer to a beat: clocks, what it has seen of itself, errors of ours, whether it has closed |
| samples | worker | rows from the n-th on, transcripts, new texts of errors and headers; last: what it holds |
| ack | master | how many rows it has; whether others are to be told again |
| drain, cut | master | finish what is in flight, and whether users stay, as another run follows; don't finish it |
| saved | master | the result is on the disk; how many of the worker's rows are in it |
| bye | worker | it goes; Locust's own quit follows |

How things stand: the barrier on both clocks, once it is open; users on all others; which one of how many workers this
one is; how many connections it opens at the barrier of an open loop.

Any message may get lost. Iterations and rows that are missing are found by counting. How things stand is said with
each beat, what users want after each, and a worker is told again what its echo shows that it has not heard.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from stt_load.cluster.checks import InvalidMessage
from stt_load.load.iteration import Iteration
from stt_load.samples.accuracy import LONGEST_ANSWER
from stt_load.samples.fields import ROW
from stt_load.samples.sample import Phase
from stt_load.samples.table import Samples

Data: TypeAlias = dict[str, Any]

HELLO = "stt_load.hello"
WELCOME = "stt_load.welcome"
FIT = "stt_load.fit"
REFUSED = "stt_load.refused"
RUN = "stt_load.run"
WANT = "stt_load.want"
LEASE = "stt_load.lease"
VOID = "stt_load.void"
OPEN = "stt_load.open"
BEAT = "stt_load.beat"
ECHO = "stt_load.echo"
SAMPLES = "stt_load.samples"
ACK = "stt_load.ack"
DRAIN = "stt_load.drain"
CUT = "stt_load.cut"
SAVED = "stt_load.saved"
BYE = "stt_load.bye"

ROWS_AT_ONCE = 1_000
MOST_PACKED = ROWS_AT_ONCE * ROW.itemsize * 9 // 8
"""Bytes of so many rows, packed: what can't be packed becomes a little longer."""
LONGEST_TRANSCRIPT = LONGEST_ANSWER
"""Characters of the one that is shown, and of each that is to be scored; the rest of it is left out."""
MOST_ERRORS = 1_000_000
"""In code of ours on one worker that it tells of; more are as bad."""
LONGEST_TROUBLE = 2_000
"""Characters of why a worker can't take part."""

BEAT_S = 1.0
"""A master makes itself heard this often."""
FENCE_S = 5.0
"""A worker that has not heard of its master, or the master of it, for so long starts nothing more ..."""
RELEASE_S = 6.0
"""... so that after this long the master can lease its iterations to others."""


def pack_iterations(iterations: Iterable[Iteration]) -> list[list[int]]:
    return [[iteration.seq, iteration.attempt, iteration.phase] for iteration in iterations]


def unpack_iterations(packed: Iterable[Iterable[int]]) -> list[Iteration]:
    return [Iteration(seq, attempt, Phase(phase)) for seq, attempt, phase in packed]


def pack_rows(samples: Samples) -> bytes:
    """The rows, packed: about half of their bytes each. The texts they point to travel apart, each once.

    Bytes that stand at the same place of each row are alike: put side by side, they pack well and fast.
    """
    columns = samples.rows.view(np.uint8).reshape(len(samples), ROW.itemsize).T
    return zlib.compress(columns.tobytes(), 1)


def unpack_rows(packed: bytes, texts: tuple[str, ...]) -> Samples:
    """At most `ROWS_AT_ONCE` rows, never more; raises `InvalidMessage` for what is none."""
    columns = np.frombuffer(_unpacked(packed), np.uint8).reshape(ROW.itemsize, -1)
    return Samples(columns.T.copy().view(ROW).reshape(-1), texts)


def _unpacked(packed: bytes) -> bytes:
    """Whatever `packed` would grow to, it grows to no more than the rows of one message."""
    unpacker, most = zlib.decompressobj(), ROWS_AT_ONCE * ROW.itemsize
    try:
        unpacked = unpacker.decompress(packed, most + 1)
    except zlib.error as error:
        raise InvalidMessage(f"the rows can't be unpacked: {error}") from None
    if len(unpacked) > most:
        raise InvalidMessage(f"there are more than {ROWS_AT_ONCE} rows in one message")
    if not unpacker.eof or unpacker.unused_data or len(unpacked) % ROW.itemsize:
        raise InvalidMessage("the rows are not whole")
    return unpacked


def boot_id() -> str | None:
    """Processes with the same one share the monotonic clock; None where the system has no such thing."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
