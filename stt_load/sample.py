"""The former place of ErrorKind, Phase, Sample."""

from stt_load.locust_plugin.moved import warn
from stt_load.samples.sample import ErrorKind, Phase, Sample

__all__ = ["ErrorKind", "Phase", "Sample"]
warn(__name__)
