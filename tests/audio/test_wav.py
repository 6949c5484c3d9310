"""The header against the standard library's reader."""

from __future__ import annotations

import io
import wave

from stt_load.audio.names import HEADER_BYTES
from stt_load.audio.wav import header


def test_a_header_says_what_follows_it() -> None:
    head = header(3, 22_050)
    assert len(head) == HEADER_BYTES
    with wave.open(io.BytesIO(head + b"\1\0\2\0\3\0")) as reader:
        assert reader.getparams()[:4] == (1, 2, 22_050, 3)
        assert reader.readframes(4) == b"\1\0\2\0\3\0"
