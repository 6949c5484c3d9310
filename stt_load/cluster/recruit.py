"""One worker in one run, as the master knows it."""

from __future__ import annotations

from dataclasses import dataclass, field

from stt_load.cluster.fleet import Member
from stt_load.monitor import Watch
from stt_load.sample import ErrorKind, Phase, Sample
from stt_load.schedule.phases import Job


@dataclass(slots=True)
class Recruit:
    """One worker in one run. number: its index in the samples.

    epoch: of its lease. void: the newest epoch whose lease was taken away. rows: how many of its rows are here.
    missing: tries that it had when it was lost, and that nothing has been heard of since, with the time of the loss.
    absent: Locust has given it up. gone: lost, and not back. silent: it was missed, and has not said since how many
    users it has. ended: its last row is in.
    """

    member: Member
    number: int
    epoch: int = 0
    void: int = 0
    rows: int = 0
    texts: list[str] = field(default_factory=list)
    watch: Watch | None = None
    missing: dict[Job, float] = field(default_factory=dict)
    absent: bool = False
    gone: bool = False
    silent: bool = False
    ended: bool = False

    @property
    def pending(self) -> bool:
        """How many users it has is not known: it may be back any moment, or is back and has not said it yet."""
        return self.silent and not self.ended and not (self.absent and self.gone)

    def lost_tries(self, origin_s: float, audio_s: float) -> list[Sample]:
        """What is missing, as samples: each may or may not have been sent. origin_s: where instants count from."""
        return [self._lost(job, lost_s - origin_s, audio_s) for job, lost_s in self.missing.items()]

    def _lost(self, job: Job, at_s: float, audio_s: float) -> Sample:
        return Sample(
            seq=job.seq,
            attempt=job.attempt,
            phase=Phase.OUTSIDE,
            worker=self.number,
            users=0,
            start_s=at_s,
            sent_s=None,
            first_byte_s=None,
            done_s=at_s,
            pause_s=0.0,
            audio_s=audio_s,
            upload_bytes=0,
            download_bytes=0,
            status=None,
            error_kind=ErrorKind.LOST,
            error="leased to a worker that was lost, and never heard of again",
            text_length=None,
        )
