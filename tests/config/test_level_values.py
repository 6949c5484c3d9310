"""Levels and searches: the forms in which they may be written, and what is none."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.config import Config, Override
from stt_load.config.level_values import AXES, MODES, USUAL, axis_of, levels_text, search_text
from stt_load.samples.levels import Axis, Mode
from tests.config.conftest import Faults, Load

LIMIT = "slo: [p95(response_time_s) < 2]"
USERS = {"users": [1, 2, 4], "requests": 200}
WRONG_LEVELS = [
    ("5", "is no list of levels; choose {users: [1, 2, 4, 8], requests: 200}"),
    ("[5]", "is no list of levels"),
    ("{}", "does not say of what there are levels; choose"),
    ("{requests: 5}", "does not say of what there are levels"),
    ("{users: [1], rate: [2]}", "has both users and rate; choose one of them"),
    ("{users: [1], requests: 5, seconds: 5}", "has both requests and seconds; choose one of them"),
    ("{user: [1]}", "has an unknown key `user` (did you mean `users`?); choose"),
    ("{users: []}", "has 0 levels; choose 1 to 100"),
    (f"{{users: {list(range(1, 102))}}}", "has 101 levels; choose 1 to 100"),
    ("{users: [1, 2.5]}", "has 2.5 as its users; choose a whole number from 1 to 1000000"),
    ("{users: [0]}", "has 0 as its users"),
    ("{users: [true]}", "has true as its users"),
    ("{users: [[1]]}", "has a list as its users"),
    ("{rate: [0]}", "has 0 as its rate; choose a number above 0, up to 1000000"),
    ("{rate: [.inf]}", "has inf as its rate"),
    ("{rate: [many]}", "has many as its rate"),
    ("{audio_rate: [1e7]}", "has 10000000.0 as its audio_rate"),
    ("{users: [1], requests: 0}", "has 0 as its requests; choose a whole number from 1 to"),
    ("{users: [1], requests: 1.5}", "has 1.5 as its requests"),
    ("{rate: [1], seconds: 0}", "has 0 as its seconds; choose seconds above 0, up to 1000000"),
    ("users", "is no list of levels; choose one such as users 1, 2, 4, 8 for 200 requests, or rate 5, 10, 20 for 60"),
    ("rates 1, 2", "has rates as its axis; did you mean `rate`? Else choose users, rate or audio_rate"),
    ("users 1, 2 for 5 minutes", "has levels for so many `minutes`; choose requests, or seconds"),
    ("users 1, x", "has x as its users"),
    ("users 1 for x", "has x as its seconds"),
]
WRONG_SEARCHES = [
    ("[users]", "is no search; choose {axis: users}"),
    ("5", "is no search"),
    ("{}", "does not say what is searched; choose {axis: users}"),
    ("{axis: sessions}", "has sessions as its axis; choose users, rate or audio_rate"),
    ("{axis: [users]}", "has a list as its axis"),
    ("{axis: users, form: 2}", "has an unknown key `form` (did you mean `from`?)"),
    ("{axis: users, from: 1.5}", "has 1.5 as its from; choose a whole number from 1 to 1000000"),
    ("{axis: rate, to: 0}", "has 0 as its to; choose a number above 0"),
    ("{axis: rate, resolution: 10}", "has 10 as its resolution; did you mean 10%? Else choose a share such as 5%"),
    ("{axis: rate, resolution: 0.5%}", "has 0.5% as its resolution; choose a share such as 5%, from 1% to 100%"),
    ("{axis: rate, resolution: fine}", "has no share as its resolution"),
    ("{axis: rate, max_time: 10m}", "has 10m as its max_time; choose seconds above 0"),
    ("{axis: rate, max_requests: 0}", "has 0 as its max_requests"),
    ("{axis: users, at_least: 0}", "has 0 as its at_least"),
    ("{axis: users, mode: fast}", "has fast as its mode; choose auto, default, careful, quick or coarse"),
    ("{axis: users, from: 9, to: 8}", "has 9 as its `from`, which is above its `to` (8); choose one that is not"),
    ("{axis: users, at_least: 9, to: 8}", "has 9 as its `at_least`, which is above its `to` (8)"),
    ("usres", "has usres as its axis; did you mean `users`? Else choose users, rate or audio_rate"),
    ("users from", "ends with `from`, which has no value; choose one such as rate from 2 to 50"),
    ("users to 5 to 6", "has `to` twice; choose one of both"),
    ("users until 6", "has an unknown key `until`"),
]


def test_the_names_are_those_of_the_data() -> None:
    assert (get_args(Axis), get_args(Mode)) == (AXES, MODES)


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ("{users: [1, 2, 4]}", USERS),
        ("{users: [1, 2.0, 4], requests: 1e3}", USERS | {"requests": 1000}),
        ("{requests: 50, users: 3}", {"users": [3], "requests": 50}),
        ("{users: [4, 1], seconds: 30}", {"users": [4, 1], "seconds": 30}),
        ("{rate: [0.5, 10]}", {"rate": [0.5, 10], "seconds": 60}),
        ("{audio_rate: [50], requests: 300}", {"audio_rate": [50], "requests": 300}),
        ("users 1, 2,4", USERS),
        ("users 1 2 4", USERS),
        ("users 1,2,4 for 500 requests", USERS | {"requests": 500}),
        ("users 1 for 30", {"users": [1], "seconds": 30}),
        ("rate 0.5, 10 for 90 seconds", {"rate": [0.5, 10], "seconds": 90}),
        ("rate 5, 10 for 1.5 s", {"rate": [5, 10], "seconds": 1.5}),
        ("null", None),
        ("", None),
    ],
)
def test_levels_as_a_mapping_and_as_a_line(loaded: Load, written: str, levels: Any) -> None:
    """In the file and for one run."""
    in_file = written if written.startswith(("{", "null")) or not written else repr(written)
    assert loaded(f"load:\n  levels: {in_file}").load.levels == levels
    assert loaded("", Override("load.levels", written, "--levels")).load.levels == levels


@pytest.mark.parametrize(
    ("written", "search"),
    [
        ("{axis: users}", {}),
        ("{axis: users, from: null, resolution: null, mode: null, max_time: null}", {}),
        (
            "{axis: rate, from: 2, to: 50.5, resolution: 5%, max_time: 1e2, max_requests: null, at_least: 3}",
            {"from": 2, "to": 50.5, "resolution": 0.05, "max_time": 100, "max_requests": None, "at_least": 3},
        ),
        (
            "{axis: audio_rate, resolution: 0.2, mode: careful, max_requests: 5000}",
            {"resolution": 0.2, "mode": "careful", "max_requests": 5000},
        ),
        ("users", {}),
        ("rate from 2 to 50", {"from": 2, "to": 50}),
        (" users  at_least 20 mode quick ", {"at_least": 20, "mode": "quick"}),
        ("rate max_requests null resolution 100%", {"max_requests": None, "resolution": 1.0}),
    ],
)
def test_a_search_as_a_mapping_and_as_a_line(loaded: Load, written: str, search: Any) -> None:
    in_file = written if written.startswith("{") else repr(written)
    axis = next(axis for axis in ("audio_rate", "rate", "users") if axis in written)
    expected = {"axis": axis, **USUAL, **search}
    assert loaded(f"{LIMIT}\nload:\n  search: {in_file}").load.search == expected
    assert loaded(LIMIT, Override("load.search", written, "--search")).load.search == expected


@pytest.mark.parametrize(
    ("key", "written", "problem"),
    [
        *(("levels", written, problem) for written, problem in WRONG_LEVELS),
        *(("search", written, problem) for written, problem in WRONG_SEARCHES),
    ],
)
def test_what_is_none_is_told_where_it_stands(faults: Faults, key: str, written: str, problem: str) -> None:
    (fault,) = faults(f"load:\n  {key}: {written}")
    assert (fault.key, fault.line) == (f"load.{key}", 2)
    assert problem in fault.message or written == "5"
    (fault,) = faults("", Override(f"load.{key}", written, f"--{key}"))
    assert (fault.source, fault.key) == (f"--{key}", f"load.{key}")
    assert problem in fault.message or written.startswith(("5", "["))


NUMBERS = st.integers(1, 1_000) | st.floats(0.01, 1_000)


def whole(number: float, axis: str) -> float:
    return round(number) + 1 if axis == "users" else number


@given(
    axis=st.sampled_from(AXES), values=st.lists(NUMBERS, min_size=1, max_size=9), lasts=NUMBERS, counted=st.booleans()
)
def test_a_line_of_levels_is_read_as_it_is_written(
    axis: str, values: list[float], lasts: float, counted: bool
) -> None:
    given: dict[str, Any] = {axis: [whole(one, axis) for one in values]}
    given |= {"requests": round(lasts) + 1} if counted else {"seconds": lasts}
    levels = Config.model_validate({"load": {"levels": given}}).load.levels
    assert levels == given
    assert axis_of(levels) == axis
    assert Config.model_validate({"load": {"levels": levels_text(levels)}}).load.levels == given


@given(
    axis=st.sampled_from(AXES),
    least=st.none() | NUMBERS,
    first=st.none() | NUMBERS,
    resolution=st.floats(0.01, 1),
    max_time=NUMBERS,
    max_requests=st.none() | st.integers(1, 10**6),
    mode=st.sampled_from(MODES),
)
def test_a_line_of_a_search_is_read_as_it_is_written(
    axis: str,
    least: float | None,
    first: float | None,
    resolution: float,
    max_time: float,
    max_requests: int | None,
    mode: str,
) -> None:
    given = {
        "axis": axis,
        "from": None if first is None else whole(first, axis),
        "to": 2_000,
        "resolution": round(resolution, 4),
        "max_time": max_time,
        "max_requests": max_requests,
        "at_least": None if least is None else whole(least, axis),
        "mode": mode,
    }
    search = Config.model_validate({"load": {"search": given}}).load.search
    assert search == given
    again = Config.model_validate({"load": {"search": search_text(search)}}).load.search
    assert again == pytest.approx(given)


@given(st.text(max_size=40) | st.text(alphabet="0123456789.,for users-rate sto ", max_size=40))
def test_any_text_is_levels_or_a_search_or_a_fault(text: str) -> None:
    for key in ("levels", "search"):
        try:
            found = getattr(Config.model_validate({"load": {key: text}}).load, key)
        except ValueError:
            continue
        assert getattr(Config.model_validate({"load": {key: found}}).load, key) == found
