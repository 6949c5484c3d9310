"""The server with an engine behind its slots: each is an inference, and takes as long as that does."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

from stt_load.server.dialects import DIALECTS
from stt_load.server.engine import AudioError, Engine
from stt_load.server.errors import ApiError, overloaded
from stt_load.server.formats import render
from stt_load.server.question import Question, Upload, clip_of
from stt_load.server.recognition import Recognition, RecognitionStream
from stt_load.server.reply import Reply
from stt_load.server.service import SpeechService
from stt_load.server.serving import Service
from stt_load.server.settings import ServerSettings
from stt_load.server.slots import Turn
from stt_load.server.transcript import Transcript
from stt_load.server.truth import Truth, TruthSink
from stt_load.server.wav import Clip
from stt_load.server.workload import Work

MOST_HELD_BYTES = 2 * 2**30
"""Of all audio together that waits for an inference, or is in one."""
_AS_IT_IS = Work(service_s=0.0, cold=False, fails=False, cut=False, misbehaviour=None)
_WORDS_ALWAYS = frozenset({"deepgram", "elevenlabs"})
"""Formats that have the place of each word, asked for or not."""


class EngineService(SpeechService):
    """Answers what `engine` hears. A client that goes changes nothing: the inference that it asked for is made."""

    def __init__(self, settings: ServerSettings, engine: Engine, api_key: str | None, sink: TruthSink | None) -> None:
        super().__init__(settings.model_copy(update={"hears": False}), api_key, sink)
        self.model = engine.model
        self._engine = engine
        self._threads = ThreadPoolExecutor(settings.slots, "engine")
        self._stopping = threading.Event()
        self._works: set[asyncio.Task[None]] = set()
        self._held_bytes = 0

    def begin(self, upload: Upload, question: Question, task: str, truth: Truth) -> Recognition:
        """A service of what is asked, on its way through the queue; ApiError 503 where that is full. Whether it is
        audio shows in the slot."""
        if self._slots.full:
            raise overloaded("All slots are busy and the queue is full.")
        if self._held_bytes + len(upload.content) > MOST_HELD_BYTES:
            raise overloaded("Too much audio is waiting at once.")
        if self._sink:
            truth.audio_hash = _hash(upload)
        turn = Turn(truth.arrival_s, service_s=None)
        self._slots.submit(turn)
        streams = question.stream and self._settings.stream_dialect != "none"
        recognition = Recognition(Transcript((), task, "english", 0.0), _AS_IT_IS, streams, truth, turn)
        work = self._loop.create_task(self._work(recognition, upload, question))
        self._works.add(work)
        work.add_done_callback(self._works.discard)
        return recognition

    async def close(self) -> None:
        """Waits for the inferences that are being made; begins no more."""
        self._stopping.set()
        await asyncio.gather(*self._works)
        self._threads.shutdown()
        await super().close()

    async def _work(self, recognition: Recognition, upload: Upload, question: Question) -> None:
        """Through the queue and the slot."""
        size = len(upload.content)
        words = question.extras.words or question.response_format in _WORDS_ALWAYS
        self._held_bytes += size
        await recognition.turn.started.wait()
        error = await self._loop.run_in_executor(self._threads, self._recognise, recognition, upload, words)
        self._held_bytes -= size
        if error is None:
            recognition.truth.answered = recognition.transcript.text
        recognition.ends(error)
        self._slots.end(recognition.turn)

    def _recognise(self, recognition: Recognition, upload: Upload, words: bool) -> ApiError | None:
        """In a thread of its own: hands on what is heard when it is; what went wrong."""
        tell = self._loop.call_soon_threadsafe
        try:
            if not self._stopping.is_set():
                heard = self._engine.recognise(upload.content, words)
                tell(recognition.reads, heard)
                for segment in heard.segments:
                    tell(recognition.hears, segment)
                    if self._stopping.is_set():
                        break
        except AudioError as error:
            return ApiError(400, f"Can't read the audio: {error}.", upload.field, "invalid_file")
        except Exception:
            _log.exception("the engine")
            return ApiError(500, "A fault in the engine; the server's error output has the details.")
        return overloaded("The server is stopping.") if self._stopping.is_set() else None

    async def _whole(self, question: Question, service: Service, _path: str, /) -> Reply:
        """After the service; ApiError after one that went wrong."""
        await service.end()
        return Reply(*render(service.transcript, question.response_format, question.extras))

    def _stream(self, question: Question, service: Service) -> RecognitionStream:
        """Headers when the audio has been read, the pieces as they are heard."""
        assert isinstance(service, Recognition)
        return RecognitionStream(service, DIALECTS[self._settings.stream_dialect], question.extras)


def _hash(upload: Upload) -> str | None:
    """As the truth log has it for a WAV file; None for other audio, which nobody has decoded yet."""
    try:
        clip = clip_of(upload)
    except ApiError:
        return None
    return blake2b(clip.pcm, digest_size=8).hexdigest() if isinstance(clip, Clip) else None


_log = logging.getLogger(__name__)
