"""What users do with answers, hooks, pauses and Locust's own words."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import gevent
import pytest
from gevent.event import Event
from hypothesis import given, settings
from hypothesis import strategies as st
from locust import between, constant, constant_pacing, tag
from locust.exception import StopUser

from stt_load.api.request import Body, Part
from stt_load.api.verdict import Answer, Failure, Transcript
from stt_load.client import Client, ClientError, Exchange, Target
from stt_load.client.http import HttpClient
from stt_load.clock import clock
from stt_load.locust_plugin import user_classes
from stt_load.locust_plugin.user_starts import clear, enter
from stt_load.locust_plugin.users import MOST_TROUBLES, FastSttUser, SpeechUser, SttUser
from stt_load.samples.rows import lines, table
from stt_load.samples.sample import UNFINISHED, ErrorKind
from tests.load.timetables import open_loop
from tests.patched.playing import Run, Script, started, until  # first: it patches the process

CLASSES = (SttUser, FastSttUser)


class BrokenError(Exception):
    """Of a kind that nobody knows."""


@pytest.fixture(scope="module")
def script() -> Script:
    return Script()


@pytest.fixture(params=CLASSES)
def base(request: pytest.FixtureRequest) -> type[SpeechUser]:
    return request.param


def answer(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    head = (b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), b"Connection: close", *headers)
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def check_whole(run: Run) -> None:
    """Every iteration that was handed out has its row, which can be written and read back."""
    assert run.budget.in_flight == 0
    assert sorted(row.seq for row in run.rows) == list(range(run.budget.handed_out))
    samples = run.barrier.table.snapshot()
    again = table(map(json.loads, lines(samples, ["local"])), {"local": 0})
    assert len(list(again)) == len(run.rows)
    assert run.barrier.faults.count == 0


numbers = st.one_of(
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from([2**31, 2**32, 1e39, -1.0, 3_000_000_000, float("nan"), float("inf"), True]),
)
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)
answers = st.fixed_dictionaries(
    {},
    optional={
        "text": values,
        "duration": values,
        "error": values,
        "usage": st.one_of(values, st.fixed_dictionaries({}, optional={"total_tokens": values, "seconds": values})),
    },
)
# What a header's value may not hold is the sender's own end.
header_values = st.binary(max_size=30).map(lambda value: value.replace(b"\r", b"").replace(b"\n", b""))
statuses = st.sampled_from([b"200 OK", b"200 ", b"204 No Content", b"299 x", b"404 x", b"429 x", b"503 x", b"999 x"])


@pytest.mark.parametrize("base", CLASSES)
def test_any_answer_makes_a_row_that_is_written_and_read_back(script: Script, base: type[SpeechUser]) -> None:
    @settings(max_examples=80, deadline=None)
    @given(answers, header_values, header_values, statuses, st.booleans())
    def holds(said: Any, captured: bytes, retry_after: bytes, status: bytes, verbose: bool) -> None:
        body = json.dumps(said).encode()
        script.answer = answer(body, b"X-Shown: " + captured, b"Retry-After: " + retry_after, status=status)
        form = "verbose_json" if verbose else "json"
        run = Run(script.url, api={"capture_headers": ["x-shown"], "response_format": form})
        base(run.environment).play()
        check_whole(run)

    holds()


exceptions = st.sampled_from(
    [BrokenError, ValueError, OSError, KeyError, OverflowError, SystemExit, UnicodeError, RecursionError]
)
returned = st.one_of(
    values,
    st.builds(Transcript, values, values, values, values),
    st.builds(Failure, st.one_of(st.sampled_from(list(ErrorKind)), values), values, values),
)


@pytest.mark.parametrize("base", CLASSES)
def test_any_exception_and_anything_a_hook_returns_make_a_row(script: Script, base: type[SpeechUser]) -> None:
    script.answer = answer(b'{"text": "hey"}')

    @settings(max_examples=80, deadline=None)
    @given(
        st.sampled_from(["make_body", "read_answer", "connect", "wait_time"]),
        st.none() | exceptions,
        st.text(),
        returned,
    )
    def holds(hook: str, kind: type[BaseException] | None, words: str, value: Any) -> None:
        def breaks(*_: Any) -> Any:
            if kind is None:
                return value
            raise kind(words)

        run = Run(script.url)
        mine = type("Mine", (base,), {hook: breaks, "abstract": False})
        mine(run.environment).play()
        check_whole(run)

    holds()


@pytest.mark.parametrize(
    ("hook", "what"),
    [
        ("read_answer", None),
        ("read_answer", "a text"),
        ("read_answer", Transcript(None)),  # type: ignore[arg-type]
        ("make_body", b"bytes"),
        ("make_body", None),
    ],
)
def test_a_hook_that_returns_something_else_is_a_hook_error(
    script: Script, base: type[SpeechUser], hook: str, what: Any
) -> None:
    script.answer = answer(b'{"text": "hey"}')
    run = Run(script.url)
    mine = type("Mine", (base,), {hook: lambda *_: what, "abstract": False})
    mine(run.environment).play()
    (row,) = run.rows
    assert row.error_kind is ErrorKind.HOOK_ERROR
    assert hook in (row.error or "")


def test_a_listener_that_stops_the_user_costs_no_row(script: Script, base: type[SpeechUser]) -> None:
    script.answer = answer(b'{"text": "hey"}')
    run = Run(script.url)

    def stop(**_: Any) -> None:
        raise StopUser

    run.environment.events.request.add_listener(stop)
    with pytest.raises(StopUser):
        base(run.environment).play()
    check_whole(run)
    assert run.rows[0].ok


@pytest.mark.parametrize("kind", [None, ErrorKind.NO_TEXT, *UNFINISHED])
def test_locust_is_told_of_what_the_service_did_and_of_nothing_else(
    script: Script, base: type[SpeechUser], kind: ErrorKind | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locust has no word for what is unfinished: it would be a failure on its screens."""
    script.answer = answer(b'{"text": "hey"}')
    run = Run(script.url)
    told: list[Any] = []
    run.environment.events.request.add_listener(lambda exception, **_: told.append(exception))

    def fails(*_: Any) -> Answer:
        raise ClientError(kind or ErrorKind.TLS, "so it was")

    if kind is not None:
        monkeypatch.setattr(Client, "post", fails)
    base(run.environment).play()
    assert [row.error_kind for row in run.rows] == [kind]
    assert list(map(str, told)) == ([] if kind in UNFINISHED else [f"{kind}: so it was" if kind else "None"])


@pytest.mark.parametrize("where", ["listener", "wait_time", "read_answer"])
def test_a_kill_while_a_request_is_concluded_costs_no_row(script: Script, where: str) -> None:
    script.answer = answer(b'{"text": "hey"}')
    run = Run(script.url)
    reached = gevent.event.Event()

    def wait(*_: Any, **__: Any) -> None:
        reached.set()
        gevent.sleep(60)

    class Mine(FastSttUser):
        pass

    if where == "listener":
        run.environment.events.request.add_listener(wait)
    else:
        setattr(Mine, where, wait)
    with started(run, Mine(run.environment)):
        until(reached.is_set, "the request is being concluded")
    check_whole(run)
    (row,) = run.rows
    assert row.ok is (where != "read_answer")


def test_what_is_sent_back_by_a_broken_clock_of_the_users_own_is_no_end(script: Script) -> None:
    """gevent's Timeout is no Exception; around a request it belongs to whoever started it."""
    script.answer = answer(b'{"text": "hey"}')
    run = Run(script.url)

    class Mine(FastSttUser):
        def read_answer(self, _: Answer) -> Transcript | Failure:
            with gevent.Timeout(0.01):
                gevent.sleep(5)
            return Transcript("never")

    with pytest.raises(gevent.Timeout):
        Mine(run.environment).play()
    check_whole(run)
    assert run.rows[0].error_kind is ErrorKind.HOOK_ERROR


class Counting(HttpClient):
    posts = 0

    def post(self, body: Body, exchange: Exchange) -> Answer:
        Counting.posts += 1
        return super().post(body, exchange)


def test_a_class_may_connect_and_make_its_body_in_its_own_way(script: Script, base: type[SpeechUser]) -> None:
    """As locustfiles of before do: their client knows nothing of how the service is spoken to."""
    script.answer = answer(b'{"text": "hey"}')
    run = Run(script.url)

    class Mine(base):  # type: ignore[misc, valid-type]
        def connect(self, target: Target) -> Client:
            return Counting(replace(target, headers=dict(target.headers) | {"X-Mine": "yes"}))

        def make_body(self, clip: Sequence[Part], clip_bytes: int) -> Body:
            return Body((b"<", *clip), clip_bytes + 1)

    before, clip = Counting.posts, run.context.audio.clip(0, 0)
    Mine(run.environment).play()
    check_whole(run)
    (row,) = run.rows
    assert (row.ok, row.upload_bytes) == (True, clip.bytes + 1)
    assert row.audio_s == pytest.approx(clip.duration_s)
    assert Counting.posts == before + 1


def test_a_row_that_cannot_be_made_is_a_failure_that_says_why(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    script.answer = answer(b'{"text": "hey"}')
    run = Run(script.url, total=2)
    monkeypatch.setattr("stt_load.run.outcome._since", lambda *_: 1 / 0)
    user = FastSttUser(run.environment)
    user.play()
    user.play()
    check_whole(run)
    assert {(row.error_kind, row.error) for row in run.rows} == {
        (ErrorKind.HOOK_ERROR, "the row could not be made: ZeroDivisionError: division by zero")
    }
    gevent.sleep(0)
    assert run.over, "a run whose rows can't be made ends all the same"


def pauses_of(run: Run, mine: type[SpeechUser], requests: int) -> list[float]:
    """What Locust was told to sleep after each request."""
    slept: list[float] = []
    user = mine(run.environment)
    for _ in range(requests):
        user.play()
        slept.append(user.wait_time())
    return slept


@pytest.mark.parametrize(
    ("wait_time", "least", "most"), [(between(1, 2), 1, 2), (constant(0.5), 0.5, 0.5), (constant_pacing(3), 2, 3)]
)
def test_a_wait_time_of_the_class_is_the_pause_of_the_row(
    script: Script, base: type[SpeechUser], wait_time: Any, least: float, most: float
) -> None:
    script.answer = answer(b'{"text": "hey"}')
    run = Run(script.url)
    slept = pauses_of(run, type("Mine", (base,), {"wait_time": wait_time, "abstract": False}), 3)
    assert [row.pause_s for row in run.rows] == pytest.approx(slept)
    assert all(least <= pause <= most for pause in slept[:1])
    if least < most and most == 2:
        assert len(set(slept)) == 3, "drawn once for each request"


@pytest.mark.parametrize(
    "wait_time",
    [0.5, "0.5", functools.partial(float, 0.5), staticmethod(lambda: 0.5)],
    ids=["a number", "its text", "what can be called", "a static method"],
)
def test_a_wait_time_that_is_no_method_is_asked_all_the_same(
    script: Script, base: type[SpeechUser], wait_time: Any
) -> None:
    script.answer = answer(b'{"text": "hey"}')
    run = Run(script.url)
    assert pauses_of(run, type("Mine", (base,), {"wait_time": wait_time, "abstract": False}), 2) == [0.5, 0.5]
    assert [row.pause_s for row in run.rows] == [0.5, 0.5]


@pytest.mark.parametrize("hook", ["make_body", "read_answer"])
@pytest.mark.parametrize("kind", [BaseException, GeneratorExit])
def test_what_a_hook_raises_beyond_exceptions_is_its_error_and_goes_on(
    script: Script, base: type[SpeechUser], hook: str, kind: type[BaseException]
) -> None:
    """It was "cut off: the run was stopped", though nobody had stopped anything."""
    script.answer = answer(b'{"text": "hey"}')
    run = Run(script.url)

    def breaks(*_: Any) -> Any:
        raise kind("so it was")

    with pytest.raises(kind):
        type("Mine", (base,), {hook: breaks, "abstract": False})(run.environment).play()
    check_whole(run)
    (row,) = run.rows
    assert (row.error_kind, row.error) == (ErrorKind.HOOK_ERROR, f"{kind.__name__}: so it was")


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
def test_a_hook_does_not_end_the_process(script: Script, base: type[SpeechUser], kind: type[BaseException]) -> None:
    script.answer = answer(b'{"text": "hey"}')
    run = Run(script.url)

    def breaks(*_: Any) -> Any:
        raise kind("so it was")

    type("Mine", (base,), {"read_answer": breaks, "abstract": False})(run.environment).play()
    check_whole(run)
    assert [row.error for row in run.rows] == [f"{kind.__name__}: so it was"]


def test_a_wait_time_may_build_on_the_configured_one(script: Script) -> None:
    script.answer = answer(b'{"text": "hey"}')
    run = Run(script.url, request_delay=0.25)

    class Mine(SttUser):
        asked = 0

        def wait_time(self) -> float:
            Mine.asked += 1
            return super().wait_time() + 1

    assert pauses_of(run, Mine, 2) == [1.25, 1.25]
    assert [row.pause_s for row in run.rows] == [1.25, 1.25]
    assert Mine.asked == 2, "once for each request"


@pytest.mark.parametrize("nonsense", [None, "3 s", -1, float("nan"), float("inf"), [], 1j])
def test_a_wait_time_that_is_none_is_left_aside(script: Script, nonsense: Any) -> None:
    script.answer = answer(b'{"text": "hey"}')
    run = Run(script.url, request_delay=0.25)

    class Mine(SttUser):
        def wait_time(self) -> Any:
            return nonsense

    assert pauses_of(run, Mine, 2) == [0.25, 0.25]
    check_whole(run)


@pytest.mark.parametrize("endless", [sys.maxsize, 1e300])
def test_a_pause_without_end_is_as_long_as_a_row_can_say(script: Script, endless: float) -> None:
    """Locust's usual word for "once, and never again" is `constant(sys.maxsize)`."""
    script.answer = answer(b'{"text": "hey"}')
    run = Run(script.url)
    mine = type("Mine", (SttUser,), {"wait_time": constant(endless), "abstract": False})
    assert pauses_of(run, mine, 1) == [1e9]
    assert [(row.ok, row.pause_s) for row in run.rows] == [(True, 1e9)]
    check_whole(run)


def test_a_wait_time_can_stop_its_user(script: Script) -> None:
    script.answer = answer(b'{"text": "hey"}')
    run = Run(script.url)

    class Mine(SttUser):
        def wait_time(self) -> float:
            raise StopUser

    with started(run, Mine(run.environment)) as (greenlet,):
        until(greenlet.ready, "the user has stopped")
    assert len(run.rows) == 1
    check_whole(run)


def test_in_an_open_loop_nobody_pauses(script: Script) -> None:
    """Not as a class says, and not as nothing listens: what is due is tried, so often a second as it comes."""
    asked = []

    class Slow(SttUser):
        abstract = False

        def wait_time(self) -> float:
            asked.append(self)
            return 30.0

    nobody = "http://127.0.0.1:1/v1"
    for url, kind in ((script.url, None), (nobody, ErrorKind.CONNECT)):
        run = Run(url, load=open_loop((50, 50, None), planned=10), request_delay=30)
        run.budget.slots.barrier_s = clock() - 0.9
        with started(run, Slow(run.environment)):
            until(lambda run=run: run.over, "all of it has arrived")
        check_whole(run)
        assert [row.error_kind for row in run.rows] == [kind] * 10
        assert {row.pause_s for row in run.rows} == {0.0}
        begun_s = run.budget.slots.barrier_s - run.barrier.origin_s
        assert [row.start_s - begun_s for row in run.rows] == pytest.approx([1 + n / 50 for n in range(10)])
    assert asked == []


def test_a_row_of_an_open_loop_is_as_late_as_it_was_sent_where_its_slot_was_free(script: Script) -> None:
    class Late(SttUser):
        abstract = False

        def make_body(self, clip: Sequence[Part], clip_bytes: int) -> Body:
            gevent.sleep(0.05)
            return super().make_body(clip, clip_bytes)

    run = Run(script.url, load=open_loop((100, 100, None), planned=3))
    run.budget.slots.barrier_s = clock() - 0.9
    with started(run, Late(run.environment)):
        until(lambda: run.over, "all of it has arrived")
    first, *others = run.rows
    assert first.sent_s is not None
    assert first.late_s == pytest.approx(first.sent_s - first.start_s)
    assert first.late_s >= 0.05
    assert [row.late_s for row in others] == [0.0, 0.0], "the only slot was busy"


def test_a_connection_is_opened_in_advance_and_used(script: Script) -> None:
    run = Run(script.url, load=open_loop((50, 50, None), planned=1))
    run.budget.slots.barrier_s = clock() - 0.8
    with started(run, SttUser(run.environment)):
        gevent.idle()
        run.condition.connect(1)
        until(lambda: run.over, "it has arrived")
    (row,) = run.rows
    assert row.ok
    assert row.connection is not None
    assert row.connect_s is None, "it was there"


def test_a_connection_that_cannot_be_opened_in_advance_is_silent() -> None:
    run = Run("http://127.0.0.1:1/v1", load=open_loop((50, 50, None), planned=1))
    run.budget.slots.barrier_s = clock() - 0.8
    with started(run, SttUser(run.environment)):
        gevent.idle()
        run.condition.connect(1)
        until(lambda: run.over, "it has arrived")
    (row,) = run.rows
    assert row.error_kind is ErrorKind.CONNECT


def test_a_user_that_is_gone_opens_no_connection_any_more(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(script.url, load=open_loop((50, 50, None), planned=1))
    run.budget.slots.barrier_s = clock() + 60
    opening = list[str]()

    def slowly(_: HttpClient) -> None:
        opening.append("begun")
        gevent.sleep(0.02)
        opening.append("open")

    monkeypatch.setattr(HttpClient, "open", slowly)
    with started(run, SttUser(run.environment)):
        gevent.idle()
        run.condition.connect(1)
        until(lambda: opening, "it begins")
    gevent.sleep(0.05)
    assert opening == ["begun"]


def test_a_user_that_is_stopped_while_it_waits_gets_nothing_before_its_end(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With many of them the kill comes a while later: what was sent meanwhile was cut off."""
    run = Run(script.url, load=open_loop((50, 50, None), planned=2))
    run.budget.slots.barrier_s = clock()
    killed = list[Any]()
    with started(run, SttUser(run.environment), stopped := SttUser(run.environment)):
        gevent.idle()
        with monkeypatch.context() as patched:
            patched.setattr(run.group, "killone", killed.append)
            assert stopped.stop()
        until(lambda: run.over, "the other one has sent what arrived")
        assert killed == [stopped.greenlet]
    check_whole(run)
    assert [(row.ok, row.slot) for row in run.rows] == [(True, 0), (True, 0)]


def test_a_user_whose_task_was_taken_away_stops(script: Script) -> None:
    run = Run(script.url)

    class Mine(SttUser):
        pass

    Mine.tasks = []
    with started(run, Mine(run.environment)) as (greenlet,):
        until(greenlet.ready, "the user has stopped")
    assert run.rows == []


def test_a_user_that_never_gets_to_its_request_stops(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stt_load.locust_plugin.users.MAX_BACKOFF_S", 0.001)
    run = Run(script.url)

    class Mine(SttUser):
        tries = 0

        def play(self) -> None:
            Mine.tries += 1
            raise BrokenError

    with started(run, Mine(run.environment)) as (greenlet,):
        until(greenlet.ready, "the user has stopped")
    assert Mine.tries == MOST_TROUBLES


def test_users_count_as_starting_from_their_spawn_to_their_first_task_or_their_end(script: Script) -> None:
    script.answer = answer(b'{"text": "hey"}')
    run = Run(script.url, total=40)
    login = Event()

    class Mine(FastSttUser):
        def on_start(self) -> None:
            login.wait()

    class Dead(FastSttUser):
        def on_start(self) -> None:
            raise StopUser

    one, two, dead = Mine(run.environment), Mine(run.environment), Dead(run.environment)
    with started(run, one, two, dead) as greenlets:
        assert (run.budget.starting, run.budget.present) == (3, 0)
        until(greenlets[2].ready, "the third has stopped")
        greenlets[1].kill()
        until(lambda: run.budget.starting == 1, "the killed one is forgotten")
        context = run.context
        clear(run.environment)
        run.budget.slots.starting = 0
        enter(run.environment, context)
        assert run.budget.starting == 1, "a context that comes later learns of it"
        login.set()
        until(lambda: run.over, "the run is done")
        assert (run.budget.starting, run.budget.present) == (0, 1)


def test_a_user_whose_task_fails_after_its_request_goes_on(script: Script) -> None:
    script.answer = answer(b'{"text": "hey"}')
    run = Run(script.url, total=2 * MOST_TROUBLES)

    class Mine(FastSttUser):
        def play(self) -> None:
            super().play()
            raise BrokenError

    with started(run, Mine(run.environment)):
        until(lambda: run.over, "the run is done")
    check_whole(run)
    assert len(run.rows) == 2 * MOST_TROUBLES


def test_a_user_that_dies_leaves_the_run(script: Script) -> None:
    run = Run(script.url)

    class Mine(SttUser):
        def play(self) -> None:
            self.context.dispatcher.take(self)
            raise StopUser

    with started(run, Mine(run.environment)) as (greenlet,):
        until(greenlet.ready, "the user has stopped")
    assert run.budget.present == 0


def test_a_tag_on_one_class_is_on_no_other(script: Script, base: type[SpeechUser]) -> None:
    """Its task was that of all classes, and so were its tags."""
    script.answer = answer(b'{"text": "hey"}')
    long, short = (tag(name)(type(name.title(), (base,), {})) for name in ("long", "short"))
    slow = tag("slow")(type("Slow", (long,), {}))
    assert [one.tasks[0].locust_tag_set for one in (long, short, slow)] == [{"long"}, {"short"}, {"long", "slow"}]
    run = Run(script.url)
    (task,) = short.tasks
    task(short(run.environment))
    check_whole(run)
    assert run.rows[0].ok


def test_a_class_that_another_derives_from_is_not_spawned_unless_it_is_asked_for() -> None:
    """Locust spawns what a locustfile imports."""

    class Mine(SttUser):
        pass

    assert (SttUser.abstract, Mine.abstract) == (True, False)
    assert user_classes.chosen(SttUser) == "SttUser"
    assert not SttUser.abstract
