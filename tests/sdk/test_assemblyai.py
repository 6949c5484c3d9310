"""AssemblyAI's client: an upload, a job, polls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from .clips import CLIP, LARGE, NO_CLIP
from .conftest import KEY

# Of the client's own: it copies its settings as pydantic 1 did.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def assemblyai() -> Any:
    return pytest.importorskip("assemblyai")


@pytest.fixture(scope="module")
def transcriber(assemblyai: Any, url: str) -> Iterator[Callable[..., Any]]:
    """One with this key, KEY if none is given, at the server of this URL."""
    with ExitStack() as stack:

        def make(key: str = KEY, at: str = url) -> Any:
            settings = assemblyai.Settings(api_key=key, base_url=at, polling_interval=0.02)
            client = assemblyai.Client(settings=settings)
            stack.callback(client.http_client.close)
            return assemblyai.Transcriber(client=client)

        yield make


def test_a_file_is_uploaded_and_its_transcript_polled_for(assemblyai: Any, transcriber: Callable[..., Any]) -> None:
    transcript = transcriber().transcribe(CLIP)
    assert transcript.status == assemblyai.TranscriptStatus.completed
    assert transcript.error is None
    assert len(transcript.text.split()) == 5
    assert [word.text for word in transcript.words] == transcript.text.split()
    assert (transcript.words[0].start, transcript.words[-1].end) == (0, 2_000)
    assert transcript.audio_duration == 2


def test_an_upload_serves_more_than_one_job(transcriber: Callable[..., Any]) -> None:
    some = transcriber()
    place = some.upload_file(CLIP)
    first, second = some.transcribe(place), some.transcribe(place)
    assert first.audio_url == second.audio_url == place
    assert first.id != second.id
    assert first.text == second.text


def test_a_group_of_files(transcriber: Callable[..., Any]) -> None:
    some = transcriber()
    group = some.transcribe_group([some.upload_file(CLIP), some.upload_file(CLIP)])
    assert [len(one.text.split()) for one in group] == [5, 5]


def test_subtitles_sentences_and_paragraphs(transcriber: Callable[..., Any]) -> None:
    transcript = transcriber().transcribe(CLIP)
    assert transcript.export_subtitles_srt().startswith("1\n00:00:00,000 --> 00:00:02,000\n")
    assert transcript.export_subtitles_vtt().startswith("WEBVTT\n")
    for parts in (transcript.get_sentences(), transcript.get_paragraphs()):
        assert " ".join(one.text for one in parts) == transcript.text


@pytest.mark.parametrize(
    ("key", "file", "status", "message"),
    [
        ("wrong", CLIP, 401, "API key"),
        (KEY, NO_CLIP, 400, "WAV"),
        (KEY, "https://example.com/a.wav", 400, "fetches nothing"),
        (KEY, LARGE, 413, "embedded.max_body_bytes"),
    ],
)
def test_refusals(
    assemblyai: Any, transcriber: Callable[..., Any], key: str, file: bytes | str, status: int, message: str
) -> None:
    with pytest.raises(assemblyai.types.TranscriptError, match=message) as caught:
        transcriber(key).transcribe(file)
    assert caught.value.status_code == status
    assert "Reason:" not in str(caught.value), "it found the words in the answer"


def test_a_job_that_fails(assemblyai: Any, transcriber: Callable[..., Any], serve: Callable[..., str]) -> None:
    transcript = transcriber(at=serve(error_rate=1.0)).transcribe(CLIP)
    assert transcript.status == assemblyai.TranscriptStatus.error
    assert "failed" in transcript.error
