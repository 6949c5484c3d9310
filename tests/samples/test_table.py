import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.samples.fields import ROW, TOLD, names_of
from stt_load.samples.sample import ErrorKind, Phase, Sample
from stt_load.samples.table import NOT_KEPT, SampleTable

instants = st.floats(-1e6, 1e6)
short = st.floats(0, 1000, width=32)
samples = st.builds(
    Sample,
    seq=st.integers(0, 2**32 - 1),
    attempt=st.integers(0, 2**16 - 1),
    phase=st.sampled_from(Phase),
    worker=st.integers(0, 2**16 - 1),
    users=st.integers(0, 2**32 - 1),
    start_s=instants,
    sent_s=st.none() | instants,
    first_byte_s=st.none() | instants,
    done_s=instants,
    pause_s=st.floats(0, 1000, width=32),
    audio_s=st.floats(0, 1e6, width=32),
    upload_bytes=st.integers(0, 2**32 - 1),
    download_bytes=st.integers(0, 2**32 - 1),
    status=st.none() | st.integers(100, 999),
    error_kind=st.none() | st.sampled_from(ErrorKind),
    error=st.none() | st.text(max_size=30),
    text_length=st.none() | st.integers(0, 2**31 - 1),
    connection=st.none() | st.integers(1, 2**32 - 1),
    connect_s=st.none() | short,
    tcp_connect_s=st.none() | short,
    first_text_s=st.none() | instants,
    deltas=st.none() | st.integers(0, 2**31 - 1),
    gap_mean_s=st.none() | short,
    gap_p95_s=st.none() | short,
    gap_max_s=st.none() | short,
    server_audio_s=st.none() | short,
    processing_s=st.none() | short,
    tokens=st.none() | st.integers(0, 2**31 - 1),
    polls=st.none() | st.integers(1, 2**16 - 1),
    headers=st.none() | st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2).map(json.dumps),
    late_s=short,
    out_of_range=st.integers(0, 2 ** len(TOLD) - 1).map(names_of),
    json_for_text=st.booleans(),
)


@given(st.lists(samples, max_size=20))
def test_what_goes_into_the_columns_comes_out_again(given_samples: list[Sample]) -> None:
    table = SampleTable()
    for sample in given_samples:
        table.append(sample)
    assert list(table.snapshot()) == given_samples
    assert len(table) == len(given_samples)


def sample(seq: int, **values: object) -> Sample:
    plain: dict[str, object] = {
        "seq": seq,
        "attempt": 0,
        "phase": Phase.MEASURED,
        "worker": 0,
        "users": 1,
        "start_s": float(seq),
        "sent_s": float(seq),
        "first_byte_s": None,
        "done_s": seq + 0.5,
        "pause_s": 0.0,
        "audio_s": 10.0,
        "upload_bytes": 1,
        "download_bytes": 1,
        "status": 200,
        "error_kind": None,
        "error": None,
        "text_length": 1,
    }
    return Sample(**(plain | values))  # type: ignore[arg-type]


def test_a_table_grows_over_many_blocks_and_gives_any_stretch_of_it() -> None:
    table = SampleTable()
    count = 2 * SampleTable.BLOCK + 77
    for seq in range(count):
        table.append(sample(seq))
    assert np.array_equal(table.snapshot()["seq"], np.arange(count))
    for start, size in ((0, 10), (1_020, 10), (SampleTable.BLOCK - 5, 10), (count - 3, 10), (count, 10)):
        expected = list(range(start, min(count, start + size)))
        assert table.snapshot(start, size)["seq"].tolist() == expected


def test_a_row_takes_at_most_160_bytes() -> None:
    assert ROW.itemsize <= 160


def test_error_texts_are_kept_once_and_not_without_end() -> None:
    table = SampleTable()
    for seq in range(SampleTable.MAX_TEXTS + 500):
        table.append(sample(seq, error_kind=ErrorKind.HTTP_5XX, error=f"request id {seq}"))
    table.append(sample(9_999, error_kind=ErrorKind.HTTP_5XX, error="request id 3"))
    snapshot = table.snapshot()
    assert len(snapshot.texts) == SampleTable.MAX_TEXTS + 1
    kept = list(snapshot)
    assert kept[3].error == kept[-1].error == "request id 3"
    assert "not kept" in (kept[-2].error or "")


def test_long_texts_are_not_kept_without_end_either() -> None:
    """A server may answer each request with other headers, of which a run may capture many."""
    table = SampleTable()
    size = SampleTable.MAX_CHARACTERS // 50
    for seq in range(60):
        table.append(sample(seq, headers=json.dumps({"x-id": f"{seq:{size}}"})))
    table.append(sample(60, error_kind=ErrorKind.HTTP_5XX, error="an error"))
    table.append(sample(61, headers="x" * (SampleTable.LONGEST_TEXT + 1)))
    snapshot = table.snapshot()
    assert sum(map(len, snapshot.texts)) < SampleTable.MAX_CHARACTERS + 1_000
    kept = list(snapshot)
    assert kept[48].headers == json.dumps({"x-id": f"{48:{size}}"})
    assert kept[59].headers == kept[61].headers == NOT_KEPT["headers"]
    assert kept[60].error == "an error"


def test_times_are_derived_and_the_origin_moves_every_instant() -> None:
    table = SampleTable()
    table.append(sample(0, start_s=10.0, sent_s=10.25, done_s=11.0))
    moved = table.snapshot().since(10.0)
    assert (moved.response_s[0], moved.service_s[0]) == (1.0, 0.75)
    assert moved["start_s"][0] == 0.0
    assert next(iter(moved)).first_byte_s is None


def test_a_phase_comes_in_the_order_of_its_starts() -> None:
    table = SampleTable()
    table.append(sample(2, start_s=5.0))
    table.append(sample(1, start_s=1.0))
    table.append(sample(0, start_s=0.0, phase=Phase.WARMUP))
    assert table.snapshot().phase(Phase.MEASURED)["seq"].tolist() == [1, 2]


def test_failures_are_counted_by_kind_most_frequent_first() -> None:
    table = SampleTable()
    for seq, kind in enumerate([None, ErrorKind.SHED, ErrorKind.AUTH, ErrorKind.SHED]):
        table.append(sample(seq, error_kind=kind))
    snapshot = table.snapshot()
    assert snapshot.kinds() == {ErrorKind.SHED: 2, ErrorKind.AUTH: 1}
    assert snapshot.ok.tolist() == [True, False, False, False]
    assert snapshot.of_kind(ErrorKind.AUTH, ErrorKind.SHED).tolist() == [False, True, True, True]


@pytest.mark.parametrize("kind", ErrorKind)
def test_every_kind_survives_the_columns(kind: ErrorKind) -> None:
    table = SampleTable()
    table.append(sample(0, error_kind=kind))
    assert next(iter(table.snapshot())).error_kind is kind


def test_rows_are_settled_in_their_order_up_to_the_first_that_is_not_known() -> None:
    """Across blocks: the first ones double, then there is another."""
    rows = SampleTable()
    asked: list[int] = []

    def late_s(sent_s: np.ndarray, done_s: np.ndarray) -> np.ndarray:
        asked.append(len(done_s))
        return (done_s + sent_s) / 2_000

    count = SampleTable.BLOCK + 10
    for seq in range(count):
        rows.append(sample(seq, sent_s=float(seq), done_s=float(seq) if seq != 20 else 1e6))
    assert rows.settle(10.0, late_s) == 10
    assert rows.settle(10.0, late_s) == 10
    assert rows.settle(5e5, late_s) == 20, "what comes after it, waits for it"
    assert rows.settle(float("inf"), late_s) == count
    assert rows.settle(float("inf"), late_s) == count
    assert sum(asked) == count, "each once"
    assert rows.snapshot()["late_s"][[0, 19, count - 1]].tolist() == pytest.approx([0, 0.019, (count - 1) / 1_000])


def test_what_a_row_was_sent_late_and_what_a_standstill_added_are_added_up() -> None:
    rows = SampleTable()
    rows.append(sample(0, late_s=0.25))
    rows.settle(float("inf"), lambda _, done_s: np.full(len(done_s), 0.5))
    assert rows.snapshot()["late_s"].tolist() == [0.75]


def test_the_median_service_time_is_that_of_answers_that_were_well() -> None:
    rows = SampleTable()
    assert rows.median_service_s() is None
    rows.append(sample(0, sent_s=None, done_s=9.0, error_kind=ErrorKind.DROPPED))
    rows.append(sample(1, sent_s=1.0, done_s=1.1, phase=Phase.OUTSIDE))
    assert rows.median_service_s() is None
    for seq, service_s in enumerate((0.5, 2.0, 0.25), start=2):
        rows.append(sample(seq, start_s=0.0, sent_s=1.0, done_s=1.0 + service_s, phase=Phase(seq - 2)))
    assert rows.median_service_s() == 0.5
