"""The former place of install."""

from stt_load import install as install
from stt_load.locust_plugin.moved import warn

__all__ = ["install"]
warn(__name__)
