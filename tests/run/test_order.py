"""What is asked for: the seed of each run, and the same order at a worker."""

from __future__ import annotations

from typing import Any

import pytest

from stt_load.audio.sources import AudioSpec
from stt_load.config import MOST_SEED, Config, masked
from stt_load.run.order import Order, another_than_at_the_master, order_of

URL = "http://service.test/v1/audio/transcriptions"


def test_each_run_of_a_series_has_a_seed_of_its_own_the_same_again_where_one_is_given() -> None:
    given = [Order(Config(seed=7), {}, URL, number=number).seed() for number in (1, 2, 3, 1, 2, 3)]
    assert given[0] == 7
    assert given[:3] == given[3:]
    assert len(set(given)) == 3
    assert all(0 <= seed <= MOST_SEED for seed in given)
    assert len({Order(Config(), {}, URL, number=number).seed() for number in (1, 1, 2)}) == 3


def message(config: Config, digest: str | None = None) -> dict[str, Any]:
    shown = masked(config)
    return {"config": config.model_dump_json(), "shown": shown, "url": URL, "digest": digest}


def test_a_worker_has_the_order_of_its_master() -> None:
    config = Config.model_validate(
        {"audio": {"source": "noise"}, "load": {"stages": "5 for 60, 5..20 for 120"}, "slo": ["error_rate < 1%"]}
    )
    order = order_of(message(config))
    assert (order.config, order.url) == (config, URL)
    assert order.load(5, 1) == Order(config, masked(config), URL).load(5, 1)


def test_a_worker_with_other_files_does_not_begin() -> None:
    with pytest.raises(ValueError, match="the pack of recordings is not the same there as at the master"):
        order_of(message(Config(), "another"))


def test_what_differs_is_named() -> None:
    lengths: dict[str, Any] = {"empirical": "lengths.csv"}
    spec = AudioSpec("files", lengths, 16_000, "wav", None, "recordings", None, False, 1, "t.csv", 0)
    named = "audio.files recordings or audio.duration lengths.csv or load.trace t.csv"
    assert another_than_at_the_master(spec) == f"{named} is not the same there as at the master"
