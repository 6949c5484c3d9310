"""What valid values come to together."""

from __future__ import annotations

from stt_load.config import ApiConfig, Config, Layer, Origin
from stt_load.config.settle import settle

PLAIN = {"base_url": "http://h/v1", "endpoint": "/v1/audio/transcriptions"}


def test_what_base_url_and_endpoint_share_stands_once_and_it_is_said() -> None:
    config, (note,) = settle(Config(api=ApiConfig.model_validate(PLAIN)), {})
    assert (config.api.base_url, config.api.endpoint) == ("http://h", "/v1/audio/transcriptions")
    assert note.endswith("requests go to http://h/v1/audio/transcriptions")


def test_what_needs_nothing_stays_without_a_word() -> None:
    assert settle(Config(), {}) == (Config(), ())


def test_a_model_that_is_not_sent_goes_unless_a_person_chose_it() -> None:
    config = Config(api=ApiConfig(protocol="raw"))
    assert settle(config, {})[0].api.model is None
    chosen = {("api", "model"): Origin(Layer.COMMAND_LINE, "--model", "whisper-1")}
    assert settle(config, chosen)[0].api.model == "whisper-1"
