"""From a clip to the words that are answered, while the clock of its service runs: heard, and got wrong on purpose.

Listening is done in a thread of its own, one clip after the other, so that it holds up nobody else's answer. It has
as long as the service takes, and takes nothing on top of that.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import blake2b
from random import Random

from stt_load.server.ears import Ears, ears_for
from stt_load.server.errors import ApiError
from stt_load.server.flac import FlacClip, FlacError
from stt_load.server.mistakes import Segments, looping, misheard, truncated
from stt_load.server.serving import Service
from stt_load.server.settings import ServerSettings
from stt_load.server.swaps import Swaps, Ticket
from stt_load.server.transcript import WORDS, hear
from stt_load.server.truth import Wrong
from stt_load.server.wav import Clip

IN_TIME_S = 0.005
"""So long before the end of its service an answer that was to be swapped stops waiting for another one."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """segments: what is answered to the clip. is_known: whether that is what is said in it."""

    segments: Segments
    is_known: bool
    audio_hash: str | None


class Hearing:
    """What the server of `settings` makes of clips. hashes: whether those of FLAC samples are wanted."""

    def __init__(self, settings: ServerSettings, hashes: bool) -> None:
        self._settings, self._hashes = settings, hashes
        self._swaps = Swaps(settings.swap_rate)
        self._errs = bool(settings.wer or settings.swap_rate or settings.truncate_rate or settings.loop_rate)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ears")
        self._ears: Ears | None = None
        self._vocabulary: tuple[str, ...] = WORDS
        self._requests = 0
        if settings.hears:
            self._thread.submit(self._wake)

    def listen(self, clip: Clip | FlacClip, service: Service, in_flight: int) -> None:
        """Has the service's transcript made; `service.known` says when it is. in_flight: requests, this one too.

        Without ears and mistakes it is made at once: nothing of it takes long.
        """
        number, self._requests = self._requests, self._requests + 1
        if not self._settings.hears and not self._errs and isinstance(clip, Clip):
            _answer(service, hear(clip))
            return
        random = Random(f"words {number} {self._settings.seed}")
        errs = self._settings.wrong_above is None or in_flight > self._settings.wrong_above
        ticket = self._swaps.ticket(random, is_alone=in_flight <= 1, may=errs)
        service.known = asyncio.ensure_future(self._transcribe(clip, service, ticket, random, errs))
        service.known.add_done_callback(_seen)

    def close(self) -> None:
        """Listens to nothing more, and waits for no more than the clip that is listened to."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _transcribe(
        self, clip: Clip | FlacClip, service: Service, ticket: Ticket, random: Random, errs: bool
    ) -> None:
        """ApiError 400 where the samples can't be decoded."""
        heard: _Heard | None = None
        try:
            listening = asyncio.get_running_loop().run_in_executor(self._thread, self._hear, clip)
            del clip  # no body is kept for as long as its request waits
            heard = await listening
        except FlacError as error:
            raise ApiError(400, f"Can't read the FLAC file: {error}.", code="invalid_file") from error
        except Exception as error:  # whatever it is: who waits is answered, and the slot of a stream gets free
            _log.exception("The embedded server can't listen to a clip.")
            raise ApiError(500, "A fault in the server; its error output has the details.") from error
        finally:
            ticket.heard.set_result(heard.segments if heard else ())
        service.truth.audio_hash = heard.audio_hash or service.truth.audio_hash
        other = await self._exchanged(service, ticket)
        said = " ".join(segment.text for segment in heard.segments) if heard.is_known else None
        _answer(service, *self._wrong(heard.segments, other, random, errs), said=said)

    async def _exchanged(self, service: Service, ticket: Ticket) -> Segments | None:
        """The answer of another request, where that is given instead of its own."""
        until_s = await service.start() + service.work.service_s - IN_TIME_S if ticket.waits else 0.0
        return await self._swaps.answer(ticket, until_s)

    def _wrong(
        self, segments: Segments, other: Segments | None, random: Random, errs: bool
    ) -> tuple[Segments, Wrong | None, int]:
        """What is answered, what is wrong with it, and how many words of it are."""
        settings, kind = self._settings, random.random()
        wrong: Wrong | None = None
        if other is not None:
            segments, wrong = other, "swapped"
        elif errs and kind < settings.truncate_rate:
            segments, wrong = truncated(segments, random), "truncated"
        elif errs and kind < settings.truncate_rate + settings.loop_rate:
            segments, wrong = looping(segments, random), "looping"
        segments, planted = misheard(segments, settings.wer if errs else 0.0, self._vocabulary, random)
        return segments, wrong or ("errors" if planted else None), planted

    def _wake(self) -> None:
        """In the thread, before the first clip: everything that listening needs."""
        try:
            self._ears = ears_for(self._settings.pack)
        except Exception:
            _log.exception("The embedded server can't tell what is said; it makes words up.")
        else:
            self._vocabulary = self._ears.known.vocabulary()

    def _hear(self, clip: Clip | FlacClip) -> _Heard:
        """In the thread."""
        audio_hash = None
        if isinstance(clip, FlacClip):
            clip = clip.decoded()
            audio_hash = blake2b(clip.pcm, digest_size=8).hexdigest() if self._hashes else None
        known = self._ears.hear(clip) if self._ears else ()
        return _Heard(known or hear(clip), bool(known), audio_hash)


def _answer(
    service: Service, segments: Segments, wrong: Wrong | None = None, planted: int = 0, said: str | None = None
) -> None:
    service.transcript = replace(service.transcript, segments=segments)
    truth = service.truth
    truth.said, truth.answered, truth.wrong, truth.planted = said, service.transcript.text, wrong, planted


def _seen(done: asyncio.Future[None]) -> None:
    """An error is told to who waits for the words, if anybody still does."""
    if not done.cancelled():
        done.exception()


_log = logging.getLogger(__name__)
