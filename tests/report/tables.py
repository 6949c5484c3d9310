"""Any table of samples, for property tests."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from stt_load.api.names import DIALECTS
from stt_load.samples.sample import ErrorKind, Phase, Sample
from stt_load.samples.table import Samples, SampleTable

INSTANTS = st.floats(-1e5, 1e5)
TEXTS = st.text(max_size=30)
SHORT = st.floats(0, 1e3, width=32)
GAPS = ("gap_mean_s", "gap_p95_s", "gap_max_s")


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    kind = draw(st.none() | st.sampled_from(ErrorKind))
    start_s = draw(INSTANTS)
    return Sample(
        seq=draw(st.integers(0, 2**32 - 1)),
        attempt=draw(st.integers(0, 5)),
        phase=draw(st.sampled_from(Phase)),
        worker=draw(st.integers(0, 1)),
        users=draw(st.integers(0, 2**20)),
        start_s=start_s,
        sent_s=draw(st.none() | st.just(start_s)),
        first_byte_s=draw(st.none() | INSTANTS),
        done_s=start_s + draw(st.floats(0, 1e4)),
        pause_s=draw(st.floats(0, 1e3, width=32)),
        audio_s=draw(st.floats(2**-9, 1e4, width=32)),
        upload_bytes=draw(st.integers(0, 2**32 - 1)),
        download_bytes=draw(st.integers(0, 2**32 - 1)),
        status=draw(st.none() | st.integers(100, 599)),
        error_kind=kind,
        error=draw(TEXTS) if kind else None,
        text_length=draw(st.none() | st.integers(0, 2**20)),
        connection=draw(st.none() | st.integers(1, 2**32 - 1)),
        first_text_s=draw(st.none() | INSTANTS),
        dialect=draw(st.none() | st.sampled_from(DIALECTS)),
        headers=draw(st.none() | st.dictionaries(TEXTS, TEXTS, max_size=2).map(json.dumps)),
        **{name: draw(st.none() | st.integers(1, 2**16 - 1)) for name in ("deltas", "tokens", "polls")},
        **{
            name: draw(st.none() | SHORT) for name in ("connect_s", "tcp_connect_s", "server_audio_s", "processing_s")
        },
        late_s=draw(st.just(0.0) | SHORT),
        out_of_range=draw(st.none() | st.just(("deltas", "tokens"))),
        json_for_text=draw(st.booleans()),
        slot=draw(st.integers(0, 2**16 - 1)),
        **{name: draw(st.none() | st.integers(0, 2**15 - 1)) for name in ("level", "stage")},
        **draw(st.just({}) | st.fixed_dictionaries(dict.fromkeys(GAPS, SHORT))),
    )


@st.composite
def tables(draw: st.DrawFn) -> Samples:
    table = SampleTable()
    for sample in draw(st.lists(samples(), max_size=8)):
        table.append(sample)
    return table.snapshot()
