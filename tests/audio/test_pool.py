"""Recordings as they are handed out: decoded on demand or by a thread beside it, kept, mapped, shared."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from stt_load.audio.decoding import Decoder
from stt_load.audio.pack import Pack, from_manifest, shipped
from stt_load.audio.pool import Pool
from tests.audio.packs import samples, written

LENGTHS = (4_000, 8_000, 12_000)


@pytest.fixture
def own(tmp_path: Path) -> Pack:
    (tmp_path / "own").mkdir()
    return from_manifest(written(tmp_path / "own", *LENGTHS))


def bytes_of(number: int) -> bytes:
    return samples(number, LENGTHS[number]).astype("<i2").tobytes()


def test_a_recording_is_decoded_when_it_is_asked_for(own: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    decode = Decoder.samples
    monkeypatch.setattr(Decoder, "samples", lambda self, number: asked.append(number) or decode(self, number))
    pool = Pool(own, 16_000, None)
    assert [bytes(pool.recording(number)) for number in (2, 0, 2)] == [bytes_of(2), bytes_of(0), bytes_of(2)]
    assert asked == [2, 0]
    pool.load([1, 0])
    assert asked == [2, 0, 1]
    pool.load()
    assert asked == [2, 0, 1]


def test_what_comes_first_is_decoded_first(own: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    decode = Decoder.samples
    monkeypatch.setattr(Decoder, "samples", lambda self, number: asked.append(number) or decode(self, number))
    Pool(own, 16_000, None).load([2, 1, 2])
    assert asked == [2, 1, 0]


def test_what_was_decoded_once_is_mapped_the_next_time(
    own: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Pool(own, 16_000, tmp_path / "cache")
    first.load()
    monkeypatch.delattr(Decoder, "samples")
    second = Pool(own, 16_000, tmp_path / "cache")
    for pool in (first, second):
        assert [bytes(pool.recording(number)) for number in range(3)] == list(map(bytes_of, range(3)))
        assert pool.recording(0).readonly


def test_a_broken_file_is_decoded_anew(own: Pack, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    Pool(own, 16_000, folder).load()
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-2])
    pool = Pool(own, 16_000, folder)
    assert bytes(pool.recording(1)) == bytes_of(1)
    pool.load()
    assert file.read_bytes() == whole


def test_without_a_place_to_keep_it_stays_in_memory(own: Pack, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    pool = Pool(own, 16_000, tmp_path / "file" / "cache")
    pool.load()
    assert bytes(pool.recording(1)) == bytes_of(1)


def test_each_rate_has_a_file_of_its_own(own: Pack, tmp_path: Path) -> None:
    for rate_hz in (16_000, 8_000):
        pool = Pool(own, rate_hz, tmp_path / "cache")
        pool.load()
        assert len(pool.recording(2)) == 2 * own.lengths(rate_hz)[2]
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_thread_decodes_while_recordings_are_asked_for() -> None:
    whole, known = Pool(shipped(), 16_000, None), Pool(shipped(), 16_000, None)
    known.load()
    thread = threading.Thread(target=whole.load)
    thread.start()
    for number in reversed(range(len(shipped().recordings))):
        assert whole.recording(number) == known.recording(number)
    thread.join()


def test_the_shipped_pack_takes_no_more_memory_than_it_may() -> None:
    assert 2 * sum(shipped().lengths(16_000)) <= 64e6


RESIDENT = """
import sys
from pathlib import Path
from stt_load.audio.pack import shipped
from stt_load.audio.pool import Pool
def own_kb():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Dirty:")))
before = own_kb()
pool = Pool(shipped(), 16_000, Path(sys.argv[1]))
touched = sum(sum(pool.recording(number)[::4096]) for number in range(len(shipped().recordings)))
print(own_kb() - before, "soundfile" in sys.modules)
"""


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="Linux tells what memory is a process's own")
def test_processes_share_what_is_kept(tmp_path: Path) -> None:
    Pool(shipped(), 16_000, tmp_path).load()
    ran = subprocess.run([sys.executable, "-c", RESIDENT, tmp_path], capture_output=True, text=True, check=True)
    own_kb, decoded = ran.stdout.split()
    assert int(own_kb) < 8_000  # of 47,000
    assert decoded == "False"
