"""The former place of Answer, Failure, Transcript."""

from stt_load.api.verdict import Answer, Failure, Transcript
from stt_load.locust_plugin.moved import warn

__all__ = ["Answer", "Failure", "Transcript"]
warn(__name__)
