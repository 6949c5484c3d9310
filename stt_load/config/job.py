"""The part of the configuration that says how a service makes jobs of clips."""

from __future__ import annotations

from pydantic import Field

from stt_load.api.names import JobAudio
from stt_load.config.section import Expression, JobPath, PositiveSeconds, Section, UrlPath, Word


class Job(Section):
    """Protocol submit_poll: how a job is made, and how its end is seen."""

    audio: JobAudio = Field(
        default="form",
        description="How the clip gets there, in the request that makes the job or, with upload, in one before it. "
        "form: in a form. raw: as the body. upload: another name of raw where there is an upload.",
    )
    upload: UrlPath | None = Field(
        default=None,
        description="Path to POST the clip to first. The job is then made of api.extra_fields as JSON, in which "
        "`{upload}` stands for what the upload's answer says. Null: the clip is in the request that makes the job.",
    )
    uploaded: Expression = Field(
        default="upload_url",
        description="JMESPath expression for what `{upload}` stands for, in the upload's JSON answer.",
    )
    id: Expression = Field(
        default="id", description="JMESPath expression for the job's id, in the JSON answer to its making."
    )
    poll: JobPath = Field(
        default="/jobs/{id}",
        description="Path to GET until the job is over: `{id}` in it is the job's id, any other `{...}` a JMESPath "
        "expression in the JSON answer to its making. Where that has a whole URL, as `{status_url}`, it has to be "
        "one of the same server.",
    )
    status: Expression = Field(
        default="status",
        description="JMESPath expression for the job's state, in the JSON answer to that GET and, where it stands "
        "there, in the one to its making.",
    )
    done: list[Word] = Field(
        default=["done", "completed"],
        min_length=1,
        description="States in which there is a transcript, in capitals or not: in the same answer, or at result.",
    )
    result: JobPath | None = Field(
        default=None,
        description="Path to GET for the transcript once the job is done, such as /jobs/{id}/transcript, or "
        "`{response_url}` for what the answer with the state has. Null: the transcript is in that answer.",
    )
    failed: list[Word] = Field(
        default=["failed", "error"],
        description="States in which there will be none, in capitals or not. In all others it goes on.",
    )
    interval: PositiveSeconds = Field(
        default=0.5,
        description="Seconds before each GET, unless the job is done when it is made: response times are no finer "
        "than that. The job's limit is api.timeout.total.",
    )

    @property
    def uploads(self) -> bool:
        """Whether the clip goes in a request of its own."""
        return self.upload is not None or self.audio == "upload"
