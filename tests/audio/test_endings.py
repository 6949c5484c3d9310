"""Files that end before their time are told from those that are whole, or say nothing of their end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from stt_load.audio import endings


def fault(path: Path) -> str | None:
    with path.open("rb") as file:
        return endings.fault(file)


def sound(path: Path, **form: str) -> bytes:
    soundfile.write(path, np.random.default_rng(1).normal(0, 0.1, 16_001), 16_000, **form)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.wav", {}),
        ("a.wav", {"subtype": "PCM_U8"}),
        ("a.wav", {"format": "WAVEX", "subtype": "FLOAT"}),
        ("a.ogg", {}),
        ("a.opus", {"format": "OGG", "subtype": "OPUS"}),
        ("a.flac", {}),
        ("a.mp3", {}),
        ("a.aiff", {}),
    ],
)
def test_a_whole_file(name: str, form: dict[str, str], tmp_path: Path) -> None:
    content = sound(tmp_path / name, **form)
    assert fault(tmp_path / name) is None
    (tmp_path / name).write_bytes(content + b"\0" * 500)  # what some program has put behind it
    assert fault(tmp_path / name) is None


def test_a_wav_file_with_other_chunks_first(tmp_path: Path) -> None:
    content = sound(tmp_path / "a.wav")
    more = content[:12] + b"LIST\x03\0\0\0abc\0" + content[12:]
    (tmp_path / "a.wav").write_bytes(more)
    assert fault(tmp_path / "a.wav") is None
    (tmp_path / "a.wav").write_bytes(more[:-2])
    assert fault(tmp_path / "a.wav") == "is cut off: it has 32,000 bytes of samples, and 32,002 by its header"


@pytest.mark.parametrize("size", [0, 0xFFFF_FFFF, 0x7FFF_FFFF])
def test_a_stream_does_not_know_its_length(size: int, tmp_path: Path) -> None:
    content = sound(tmp_path / "a.wav")
    (tmp_path / "a.wav").write_bytes(content[:40] + size.to_bytes(4, "little") + content[44:])
    assert fault(tmp_path / "a.wav") is None


def test_an_ogg_file_without_its_last_page(tmp_path: Path) -> None:
    content = sound(tmp_path / "a.ogg")
    (tmp_path / "a.ogg").write_bytes(content[: content.rfind(b"OggS") + 3])
    assert fault(tmp_path / "a.ogg") == "is cut off: its last page is missing"


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"RIFF\0\0\0\0WAVEdata", b"nothing of the kind"]
)
def test_what_has_no_samples_is_for_others_to_tell(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    assert fault(tmp_path / "a.wav") is None
