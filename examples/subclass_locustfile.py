"""A user of one's own: `locust -f subclass_locustfile.py`. Everything else is configuration as ever.

Here an answer counts only when the service has heard the language that it was asked for.
"""

from __future__ import annotations

import json

from stt_load import Answer, ErrorKind, Failure, SttUser, Transcript, install


class StrictUser(SttUser):
    """Wants `response_format: verbose_json`."""

    def read_answer(self, answer: Answer) -> Transcript | Failure:
        verdict = super().read_answer(answer)
        if isinstance(verdict, Failure):
            return verdict
        language = json.loads(answer.body).get("language")
        if language != "english":
            return Failure(ErrorKind.NO_TEXT, f"heard {language}, not english")
        return verdict


install(default_user=StrictUser)
