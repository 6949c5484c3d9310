"""The shapes of the messages that a master gets: of this suite's own (see `protocol`), and of Locust's.

Locust's are those of its `runners.py` (2.47): what it reads of them is checked, as it would end on anything else.
"""

from __future__ import annotations

from dataclasses import dataclass

import stt_load
from stt_load.cluster import checks, protocol
from stt_load.cluster.checks import Check, InvalidMessage, anything, fields, listed, number, optional, whole
from stt_load.run.lag import LISTED
from stt_load.samples.sample import Phase
from stt_load.samples.table import SampleTable

SMALL = 64 * 1024
"""Bytes of a message that says little."""
LARGEST = 16 * 1024 * 1024
"""Bytes of any message; whoever sends more is cut off before it is read."""
MOST_USERS = 1_000_000
MOST_HELD = 200_000
"""Iterations that one worker has on hand: those of its users, and results that were told and not acknowledged."""
MOST_TEXTS = 2 * SampleTable.MAX_TEXTS + 2
"""Different texts in the rows of one worker: of two columns, and what stands for more of them."""
LONGEST_TEXT = SampleTable.LONGEST_TEXT
"""Characters: captured headers, as JSON."""
MOST_NAMES = 10_000
"""Names of requests, and errors, in one report of Locust's; others are left out."""
MOST_REPORTED = 12_000_000
"""Bytes that all these take, at the most: so that the report is a message; others are left out, too."""
_MOST_LISTED = _MOST_TIMES = 250_000


@dataclass(frozen=True, slots=True)
class MessageKind:
    """One kind of message. most_bytes: how many it may have. shape: of what it says."""

    shape: Check
    most_bytes: int = SMALL


_run = {"run": checks.text(64)}
_count = whole()
_users = whole(0, MOST_USERS)
_clocks = {"sent_s": checks.instant, "clock_s": checks.instant}
_held = listed(checks.items(whole(0, 2**32 - 1), whole(0, 2**16 - 1), checks.one_of(*map(int, Phase))), MOST_HELD)
_watch = fields(
    {
        **dict.fromkeys(("lag_p99_s", "lag_mean_s", "stalled_s"), optional(number(0, checks.LONGEST_S))),
        "stalls": listed(checks.items(checks.instant, checks.instant), LISTED),
        "cpu_share": optional(number(0, 1e6)),
        **dict.fromkeys(("looks", "in_flight_sum", "in_flight_squares", "users_sum"), _count),
    }
)
_introduction = {"version": checks.name(100), "name": checks.name(300)}
_seen = {"watch": optional(_watch), "errors": whole(0, protocol.MOST_ERRORS)}
_hello = fields({**_introduction, "boot_id": optional(checks.name(100)), "ready": checks.flag})
_hello_of_others = fields(_introduction, open_=True)


def _any_hello(place: str, value: object) -> None:
    """Another version says what it likes beside its name: it is told that it is another version."""
    _hello_of_others(place, value)
    if isinstance(value, dict) and value["version"] == stt_load.__version__:
        _hello(place, value)


_want = fields(
    {
        **dict.fromkeys(("epoch", "joined"), _count),
        **dict.fromkeys(("present", "starting", "waiting"), _users),
        "taken": _count,
        "held": optional(_held),
        **_run,
    }
)
_transcript = checks.items(whole(0, protocol.ROWS_AT_ONCE - 1), checks.text(protocol.LONGEST_TRANSCRIPT))
_shown_text = optional(checks.text(protocol.LONGEST_TRANSCRIPT))
_samples = fields(
    {
        "first": _count,
        "rows": checks.packed(protocol.MOST_PACKED),
        "texts_from": whole(0, MOST_TEXTS),
        "texts": listed(checks.text(LONGEST_TEXT), MOST_TEXTS),
        "transcripts": listed(_transcript, protocol.ROWS_AT_ONCE),
        "transcript": _shown_text,
        "said": _shown_text,
        "last": checks.flag,
        "held": optional(_held),
        **_seen,
        **_run,
    }
)
OURS = {
    protocol.HELLO: MessageKind(_any_hello),
    protocol.FIT: MessageKind(fields({"trouble": optional(checks.text(protocol.LONGEST_TROUBLE)), **_clocks})),
    protocol.ECHO: MessageKind(fields({**_seen, **_clocks}, {"closed": checks.flag, **_run})),
    protocol.BYE: MessageKind(fields({})),
    protocol.WANT: MessageKind(_want, 4 * 1024 * 1024),
    protocol.SAMPLES: MessageKind(_samples, 10 * 1024 * 1024),
}
"""By the kind. What a run is, how many users there can be, and who has which iteration, is held against what is known
of that where it is known."""

STATES = ("ready", "spawning", "running", "cleanup", "stopping", "stopped")
"""What Locust's workers say they are in."""
_figure = number(-1e18, 1e18)
_long = checks.text(LARGEST)
_names = checks.text(10_000)
_labels = dict.fromkeys(("name", "method"), checks.either(optional(_names), _figure))
_times = checks.mapping(_figure, whole(0), _MOST_TIMES)
_classes = checks.mapping(_names, _users, 1_000)
_entry: dict[str, Check] = {
    **_labels,
    "last_request_timestamp": optional(_figure),
    "start_time": _figure,
    **dict.fromkeys(("num_requests", "num_none_requests", "num_failures"), _count),
    "total_response_time": _figure,
    **dict.fromkeys(("max_response_time", "min_response_time"), optional(_figure)),
    "total_content_length": _figure,
    **dict.fromkeys(("response_times", "num_reqs_per_sec", "num_fail_per_sec"), _times),
}
_error: dict[str, Check] = {**_labels, "error": optional(_long), "occurrences": _count}
_sound_entry = fields(_entry, open_=True)
_sound_error = fields(_error, {"first_seen": optional(_figure), "last_seen": optional(_figure)}, open_=True)
_any_entry = fields(dict.fromkeys(_entry, anything), open_=True)
_any_error = fields(dict.fromkeys(_error, anything), open_=True)
_stats = fields(
    {
        "stats": listed(_any_entry, _MOST_LISTED),
        "stats_total": _any_entry,
        "errors": checks.mapping(checks.text(1_000), _any_error, _MOST_LISTED),
        "user_classes_count": _classes,
    },
    {"user_count": _users},
    open_=True,
)
"""A user's own code may report anything as a request, see `trim`."""
_heartbeat = fields(
    {"state": checks.one_of(*STATES), "current_cpu_usage": number(0, 1e6)},
    {"current_memory_usage": number(0, 1e18)},
    open_=True,
)
_logs = fields({"worker_id": checks.text(1_000), "logs": listed(_long, 10_000)}, open_=True)


def _version(place: str, value: object) -> None:
    if value != -1:
        checks.name(100)(place, value)


LOCUSTS = {
    "client_ready": MessageKind(_version),
    "client_stopped": MessageKind(anything),
    "locustfile": MessageKind(fields({"version": checks.name(100)}, open_=True)),
    "heartbeat": MessageKind(_heartbeat),
    "stats": MessageKind(_stats, LARGEST),
    "spawning": MessageKind(anything),
    "spawning_complete": MessageKind(fields({"user_classes_count": _classes}, open_=True)),
    "logs": MessageKind(_logs, LARGEST),
    "quit": MessageKind(anything),
    "exception": MessageKind(fields({"msg": _long, "traceback": _long}, open_=True), LARGEST),
}
COMING_AND_GOING = frozenset({"client_ready", "client_stopped", "quit"})
"""Each makes Locust give users to others."""
BEFORE_REGISTRATION = frozenset({"client_ready", "locustfile"})
"""What somebody says who is no worker yet."""


def trim(report: protocol.Data) -> bool:
    """Leaves in a report of Locust's, which has its shape, what its screens can show; whether that is not all of it.

    They show requests of a user's own, too, of which anything may be told: a time that is no number, a name for each.
    """
    room = MOST_REPORTED
    entries, errors = [], {}
    for entry in report["stats"][:MOST_NAMES]:
        room -= (size := _size(entry, _sound_entry, room))
        if size:
            entries.append(entry)
    for key, error in list(report["errors"].items())[:MOST_NAMES]:
        room -= (size := _size(error, _sound_error, room))
        if size:
            errors[key] = error
    trimmed = len(entries) < len(report["stats"]) or len(errors) < len(report["errors"])
    total = report["stats_total"]
    if not _size(total, _sound_entry, LARGEST):  # a master makes its own, of the entries
        nothing: protocol.Data = {name: {} if check is _times else 0 for name, check in _entry.items()}
        trimmed, total = True, nothing | {"name": "Aggregated", "method": ""}
    report.update(stats=entries, errors=errors, stats_total=total)
    return trimmed


def _size(entry: protocol.Data, sound: Check, room: int) -> int:
    """How many bytes it takes at the most; 0 where it is not sound, can't be sent, or takes more than `room`."""
    try:
        sound("an entry", entry)
        texts = sum(len(value.encode()) for value in entry.values() if isinstance(value, str))
    except (InvalidMessage, UnicodeEncodeError):
        return 0
    times = sum(len(value) for value in entry.values() if isinstance(value, dict))
    size = 500 + texts + 20 * times
    return size if size <= room else 0
