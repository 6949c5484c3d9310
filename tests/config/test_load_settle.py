"""What an open loop, or a profile of users, makes of the keys beside it: the rows of the table of combinations."""

from __future__ import annotations

from pathlib import Path

import pytest

from stt_load.config import Config, ConfigError, Layer, Loaded, Override, load

LAYERS = [Layer.LOCUST_FILE, Layer.ENVIRONMENT, Layer.COMMAND_LINE, Layer.WEB_FORM]
OPEN = [("load.rate", "12"), ("load.audio_rate", "100"), ("load.stages", "5 for 60"), ("load.trace", "arrivals.csv")]
USERS = ("load.stages", "users 3 for 60, 3..7 for 60")


def given(key: str, text: str, layer: Layer) -> Override:
    return Override(key, text, f"the {layer.name.lower()}'s {key}", layer)


@pytest.fixture
def trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "arrivals.csv").write_text("offset_s,audio_s\n0,1\n1,2\n", encoding="utf-8")


def loaded(*overrides: Override) -> Loaded:
    return load(overrides=overrides, environ={})


@pytest.mark.parametrize(("key", "text", "asks"), [("request_delay", "0.5", "a pause"), ("spawn_rate", "2", "ramp")])
@pytest.mark.parametrize("shape", OPEN, ids=lambda shape: shape[0])
@pytest.mark.usefixtures("trace")
def test_a_pause_and_a_ramp_are_refused_in_the_same_or_a_higher_layer_and_else_ignored(
    key: str, text: str, asks: str, shape: tuple[str, str]
) -> None:
    for layer in LAYERS:
        for other in LAYERS:
            overrides = [given(*shape, layer), given(key, text, other)]
            if other >= layer:
                with pytest.raises(ConfigError) as caught:
                    loaded(*overrides)
                (fault,) = caught.value.faults
                assert (fault.key, fault.source) == (key, f"the {other.name.lower()}'s {key}")
                assert asks in fault.message
                assert f"{shape[0]} ({shape[1]}, the {layer.name.lower()}'s {shape[0]})" in fault.message
            else:
                found = loaded(*overrides)
                assert found.config.request_delay == 0
                (note,) = [note for note in found.notes if "is ignored" in note]
                assert note.startswith(
                    f"{key} ({text}, the {other.name.lower()}'s {key}) is ignored: with {shape[0]}"
                )


def test_the_pause_of_a_file_counts_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("request_delay: 0.5\nload: {rate: 3}", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file, environ={})
    (fault,) = caught.value.faults
    assert (fault.key, fault.line) == ("request_delay", 1)
    assert "with load.rate (3, line 2) nobody pauses; choose 0" in fault.message
    file.write_text("request_delay: 0.5", encoding="utf-8")
    found = load(file, [given("load.rate", "3", Layer.COMMAND_LINE)], environ={})
    assert found.config.request_delay == 0


def test_no_pause_is_none() -> None:
    found = loaded(given("load.rate", "3", Layer.ENVIRONMENT), given("request_delay", "0", Layer.COMMAND_LINE))
    assert not [note for note in found.notes if "ignored" in note]


@pytest.mark.parametrize("shape", OPEN, ids=lambda shape: shape[0])
@pytest.mark.usefixtures("trace")
def test_the_users_of_an_open_loop_are_those_of_the_warm_up_and_never_the_slots(shape: tuple[str, str]) -> None:
    for layer in LAYERS:
        config = loaded(given(*shape, Layer.COMMAND_LINE), given("concurrent_requests", "7", layer)).config
        assert (config.concurrent_requests, config.load.max_in_flight, config.locust_users) == (7, 1000, 1000)


@pytest.mark.parametrize("shape", OPEN, ids=lambda shape: shape[0])
@pytest.mark.usefixtures("trace")
def test_who_is_to_wait_when_refused_goes_on_in_an_open_loop_and_one_line_says_so(shape: tuple[str, str]) -> None:
    """Where somebody has asked for it: the default has nobody to be told."""
    for layer in LAYERS:
        found = loaded(given(*shape, Layer.COMMAND_LINE), given("api.on_shed", "wait", layer))
        assert found.config.api.on_shed == "continue"
        asked = f"api.on_shed (wait, the {layer.name.lower()}'s api.on_shed)"
        said = f"{asked} is taken as continue: {shape[0]} ({shape[1]}, the command_line's {shape[0]})"
        assert [note.startswith(said) for note in found.notes if "on_shed" in note] == [True]
    found = loaded(given(*shape, Layer.COMMAND_LINE))
    assert found.config.api.on_shed == "continue"
    assert not [note for note in found.notes if "on_shed" in note]
    found = loaded(given(*shape, Layer.COMMAND_LINE), given("api.on_shed", "continue", Layer.COMMAND_LINE))
    assert found.config.api.on_shed == "continue"
    assert not [note for note in found.notes if "on_shed" in note]


def test_users_who_wait_may_pause_and_wait_and_come_one_by_one() -> None:
    overrides = [given("request_delay", "0.5", Layer.COMMAND_LINE), given("spawn_rate", "2", Layer.COMMAND_LINE)]
    found = loaded(*overrides)
    assert (found.config.request_delay, found.config.api.on_shed) == (0.5, "wait")
    assert not [note for note in found.notes if "ignored" in note or "on_shed" in note]


def test_a_profile_of_users_has_its_pauses_and_its_own_number_of_users() -> None:
    found = loaded(given(*USERS, Layer.COMMAND_LINE), given("request_delay", "0.5", Layer.COMMAND_LINE))
    assert (found.config.request_delay, found.config.api.on_shed) == (0.5, "wait")
    assert (found.config.open_loop, found.config.locust_users) == (False, 7)


@pytest.mark.parametrize(("key", "text"), [("concurrent_requests", "9"), ("spawn_rate", "2")])
def test_another_number_of_users_than_a_profile_has_is_refused_or_ignored(key: str, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(given(*USERS, Layer.ENVIRONMENT), given(key, text, Layer.COMMAND_LINE))
    (fault,) = caught.value.faults
    assert fault.key == key
    found = loaded(given(*USERS, Layer.COMMAND_LINE), given(key, text, Layer.ENVIRONMENT))
    assert [key in note for note in found.notes if "is ignored" in note] == [True]


def test_the_usual_number_of_users_in_a_file_was_not_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    for text, said in (("concurrent_requests: 5", 0), ("concurrent_requests: 6", 1)):
        file.write_text(text, encoding="utf-8")
        found = load(file, [given(*USERS, Layer.COMMAND_LINE)], environ={})
        assert len([note for note in found.notes if "is ignored" in note]) == said


@pytest.mark.parametrize(
    ("text", "users", "open_loop"),
    [
        ("", 5, False),
        ("load: {max_in_flight: 7}", 5, False),
        ("load: {rate: 3, max_in_flight: 7}", 7, True),
        ("load: {audio_rate: 3, max_in_flight: 7}", 7, True),
        ("load: {stages: 5 for 60, max_in_flight: 7}", 7, True),
        ("load: {stages: users 2 for 60, max_in_flight: 7}", 2, False),
        ("load: {stages: 'users 2 for 60, 9..1 for 5'}", 9, False),
        ("load: {levels: {users: [3, 9], requests: 50}}", 3, False),
        ("load: {levels: {rate: [3, 9]}, max_in_flight: 7}", 7, True),
        ("load: {levels: {audio_rate: [3, 9]}, max_in_flight: 7}", 7, True),
        ("slo: p95(ttft_s) < 2\nload: {search: users}", 1, False),
        ("slo: p95(ttft_s) < 2\nload: {search: users from 4}", 4, False),
        ("slo: p95(ttft_s) < 2\nload: {search: rate from 4, max_in_flight: 7}", 7, True),
        ("slo: p95(ttft_s) < 2\nload: {search: rate, max_in_flight: 7}", 1, True),
    ],
)
def test_how_many_users_locust_needs(tmp_path: Path, text: str, users: int, open_loop: bool) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text, encoding="utf-8")
    config: Config = load(file, environ={}).config
    assert (config.locust_users, config.open_loop) == (users, open_loop)


LEVELS = [
    ("load.levels", "users 2, 4"),
    ("load.levels", "rate 2, 4"),
    ("load.search", "users"),
    ("load.search", "rate"),
]
OF_USERS = [shape for shape in LEVELS if "users" in shape[1]]
P95 = "p95(response_time_s) < 2"


def of_levels(shape: tuple[str, str], layer: Layer, *others: Override) -> Loaded:
    """With an SLO that a search can go by."""
    return loaded(given(*shape, layer), given("slo", P95, layer), *others)


@pytest.mark.parametrize(
    ("key", "text", "asks", "shapes"),
    [
        ("request_delay", "0.5", "a pause", [shape for shape in LEVELS if shape != LEVELS[0]]),
        ("spawn_rate", "2", "a ramp", LEVELS),
        ("concurrent_requests", "9", "a number of users", OF_USERS),
        ("accuracy.repeat_check", "3", "compares answers of one load", LEVELS),
    ],
    ids=lambda one: one if isinstance(one, str) and " " not in one else "",
)
def test_what_levels_and_a_search_exclude_is_refused_in_the_same_or_a_higher_layer_and_else_ignored(
    key: str, text: str, asks: str, shapes: list[tuple[str, str]]
) -> None:
    for shape in shapes:
        for layer in LAYERS:
            with pytest.raises(ConfigError) as caught:
                of_levels(shape, layer, given(key, text, layer))
            (fault,) = caught.value.faults
            assert fault.key == key
            assert asks in fault.message
            assert f"{shape[0]} ({shape[1]}, the {layer.name.lower()}'s {shape[0]})" in fault.message
        for layer in LAYERS[:-1]:
            with pytest.raises(ConfigError, match=asks):
                of_levels(shape, layer, given(key, text, Layer.WEB_FORM))
            found = of_levels(shape, Layer.WEB_FORM, given(key, text, layer))
            (note,) = [note for note in found.notes if "is ignored" in note]
            assert note.startswith(f"{key} ({text}, the {layer.name.lower()}'s {key}) is ignored: ")
            assert found.config.accuracy.repeat_check == 0


def test_a_sweep_of_users_may_pause() -> None:
    found = of_levels(LEVELS[0], Layer.COMMAND_LINE, given("request_delay", "0.5", Layer.COMMAND_LINE))
    assert found.config.request_delay == 0.5


@pytest.mark.parametrize("shape", OF_USERS)
@pytest.mark.parametrize(("users", "said"), [(5, 0), (1, 1), (9, 1)])
def test_users_of_the_file_are_ignored_with_a_line_where_levels_have_their_own(
    tmp_path: Path, shape: tuple[str, str], users: int, said: int
) -> None:
    """In the same file, too; of the number that stands in the file that somebody begins with nothing is said."""
    file = tmp_path / "config.yaml"
    name = shape[0].removeprefix("load.")
    file.write_text(f"concurrent_requests: {users}\nslo: [{P95}]\nload: {{{name}: '{shape[1]}'}}", encoding="utf-8")
    notes = [note for note in load(file, environ={}).notes if "is ignored" in note]
    assert len(notes) == said
    assert not notes or f"load.{name} ('{shape[1]}', line 3) says how many users there are" in notes[0]


@pytest.mark.parametrize("shape", [LEVELS[1], LEVELS[3]])
def test_the_users_of_levels_of_a_rate_are_those_of_the_warm_up(shape: tuple[str, str]) -> None:
    found = of_levels(shape, Layer.COMMAND_LINE, given("concurrent_requests", "7", Layer.COMMAND_LINE))
    assert found.config.concurrent_requests == 7
    assert not [note for note in found.notes if "ignored" in note]


@pytest.mark.parametrize("shape", LEVELS)
def test_no_limit_ends_a_run_of_levels(shape: tuple[str, str]) -> None:
    slos = f"{{limit: {P95}, abort: true}}; error_rate < 5%"
    found = loaded(given(*shape, Layer.COMMAND_LINE), given("slo", slos, Layer.COMMAND_LINE))
    assert [entry["abort"] for entry in found.config.slo] == [False, False]
    (note,) = [note for note in found.notes if "abort" in note]
    assert note.startswith(f"abort of {P95} is ignored: with {shape[0]} (")


@pytest.mark.parametrize(
    ("slos", "added"),
    [
        (P95, True),
        (f"{P95}; shed_rate < 1%", True),
        (f"{P95}; mean(response_time_s) < 1", True),
        (f"{P95}; error_rate < 5%", False),
        (f"error_rate <= 0.1%; {P95}", False),
    ],
)
def test_a_search_adds_a_limit_of_the_error_rate_unless_there_is_one(slos: str, added: bool) -> None:
    """A mean, which needs one beside it, has it then."""
    asked = given("slo", slos, Layer.COMMAND_LINE)
    found = loaded(given("load.search", "users", Layer.COMMAND_LINE), asked)
    last = {"limit": "error_rate < 1%", "abort": False, "of": "all"}
    assert (found.config.slo[-1] == last) is added
    assert len(found.config.slo) == len(slos.split(";")) + added
    assert any("adds error_rate < 1% to slo" in note for note in found.notes) is added
    if "mean" not in slos:
        swept = loaded(given("load.levels", "users 1", Layer.COMMAND_LINE), asked)
        assert len(swept.config.slo) == len(slos.split(";"))


def test_a_sweep_and_a_search_may_be_repeated() -> None:
    for shape in LEVELS:
        found = of_levels(shape, Layer.COMMAND_LINE, given("repeat", "3", Layer.COMMAND_LINE))
        assert found.config.repeat == 3
        assert not [note for note in found.notes if "ignored" in note]
