"""Any table of samples, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from stt_load.sample import ErrorKind, Phase, Sample, Samples, SampleTable

INSTANTS = st.floats(-1e5, 1e5)
TEXTS = st.text(max_size=30)


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    kind = draw(st.none() | st.sampled_from(ErrorKind))
    start_s = draw(INSTANTS)
    return Sample(
        seq=draw(st.integers(0, 2**40)),
        attempt=draw(st.integers(0, 5)),
        phase=draw(st.sampled_from(Phase)),
        worker=draw(st.integers(0, 1)),
        users=draw(st.integers(0, 2**20)),
        start_s=start_s,
        sent_s=draw(st.none() | st.just(start_s)),
        first_byte_s=draw(st.none() | INSTANTS),
        done_s=start_s + draw(st.floats(0, 1e4)),
        pause_s=draw(st.floats(0, 1e3, width=32)),
        audio_s=draw(st.floats(1e-3, 1e4)),
        upload_bytes=draw(st.integers(0, 2**40)),
        download_bytes=draw(st.integers(0, 2**32 - 1)),
        status=draw(st.none() | st.integers(100, 599)),
        error_kind=kind,
        error=draw(TEXTS) if kind else None,
        text_length=draw(st.none() | st.integers(0, 2**20)),
    )


@st.composite
def tables(draw: st.DrawFn) -> Samples:
    table = SampleTable()
    for sample in draw(st.lists(samples(), max_size=8)):
        table.append(sample)
    return table.snapshot()
