"""The former place of FastSttUser, SpeechUser, SttUser, transcribe."""

from stt_load.locust_plugin.moved import warn
from stt_load.locust_plugin.users import FastSttUser, SpeechUser, SttUser, transcribe

__all__ = ["FastSttUser", "SpeechUser", "SttUser", "transcribe"]
warn(__name__)
