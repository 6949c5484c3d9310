"""Jobs, samples and sessions for tests without processes."""

from __future__ import annotations

from typing import Any

from stt_load.load.budget import Job, Phases
from stt_load.run.barrier import Session
from stt_load.samples.sample import ErrorKind, Phase, Sample


def sample_of(job: Job, kind: ErrorKind | None = None, **values: Any) -> Sample:
    """What became of `job`; `values` are other fields than usual."""
    usual: dict[str, Any] = {
        "seq": job.seq,
        "attempt": job.attempt,
        "phase": job.phase,
        "worker": 0,
        "users": 1,
        "start_s": 1.0,
        "sent_s": 1.0,
        "first_byte_s": None,
        "done_s": 1.5,
        "pause_s": 0.0,
        "audio_s": 10.0,
        "upload_bytes": 320_044,
        "download_bytes": 30,
        "status": 200,
        "error_kind": kind,
        "error": None if kind is None else f"it was {kind}",
        "text_length": None if kind else 5,
    }
    return Sample(**usual | values)


class Told:
    """A session that tells what it has called."""

    def __init__(self, total: int | None, warmup: int = 0, awaited: int = 0, **settings: Any) -> None:
        self.phases = Phases(total, warmup, awaited)
        self.calls: list[str] = []
        usual: dict[str, Any] = {
            "measure_for_s": None,
            "continue_on_dead_warmup": False,
            "most_failures": None,
            "on_barrier": lambda: self.calls.append("barrier"),
            "on_over": lambda: self.calls.append("over"),
            "on_news": lambda: self.calls.append("news"),
        }
        self.session = Session(self.phases, **usual | settings)

    def take(self, user: str = "one") -> Job:
        self.phases.join(user)
        self.session.check_barrier()
        job = self.phases.take(user)
        assert job is not None
        return job

    def finish(self, job: Job, kind: ErrorKind | None = None, text: str | None = None, **values: Any) -> None:
        self.session.finish(job, sample_of(job, kind, **values), text)

    def go(self, kind: ErrorKind | None = None, **values: Any) -> None:
        self.finish(self.take(), kind, **values)

    @property
    def phases_of_rows(self) -> list[Phase]:
        return [row.phase for row in self.session.table.snapshot()]
