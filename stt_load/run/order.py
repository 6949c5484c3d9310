"""What is asked for, before there is a run of it."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from statistics import fmean
from typing import Any

from stt_load.api.redaction import Redactor
from stt_load.audio.sources import AudioSpec, digest_of, left_out_of, seconds_of
from stt_load.client import Target
from stt_load.config import MOST_SEED, Config, mask_url, secrets
from stt_load.run.asked_load import asked_load
from stt_load.run.context import base_path, place_of, spec_of
from stt_load.samples.gate import RunGate
from stt_load.samples.levels import Levels
from stt_load.samples.run_info import Load

MEAN_OVER = 10_000
"""Clips whose mean length makes a rate of requests of a rate of audio: it is within 1% then for usual lengths."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: a run of `config` against `url`, where requests go. shown: the configuration as it may be
    seen, secrets masked. file: that it was read from. number: which run of `repeat` it is, from 1. save_path: where
    the result is to be, if not where `config` says. level: which level of `levels` it is, from 0, whose result is a
    part of another one; drawn: the seed of its clips.
    gate: what the run is to be held against."""

    config: Config
    shown: dict[str, Any]
    url: str
    file: str | None = None
    number: int = 1
    save_path: str | None = None
    level: int | None = None
    levels: Levels | None = None
    drawn: int | None = None
    gate: RunGate | None = None

    def hider(self) -> Callable[[str], str]:
        """What takes the secrets of this process's environment out of a text."""
        return Redactor(secrets(self.config, os.environ)).text

    def seed(self) -> int:
        """That of the clips: the one that is given, or one drawn anew. A run that is repeated has clips of its own:
        of a given seed the further ones are drawn from that, so that all of them can be had again."""
        given = self.config.seed
        if self.drawn is not None:
            return self.drawn
        if given is None:
            return random.SystemRandom().getrandbits(MOST_SEED.bit_length())
        if self.number == 1:
            return given
        return random.Random(f"{given} {self.number}").getrandbits(MOST_SEED.bit_length())

    @property
    def settles(self) -> bool:
        """Whether the first requests after the warm-up are in no figure: of one of several runs."""
        return self.config.repeat > 1 or self.level is not None

    def load(self, users: int, seed: int) -> Load:
        """The load that is asked for, where Locust was asked for so many users. Raises `RecordingsError`."""
        return asked_load(self.config.model_dump(), users, seed, partial(self.mean_audio_s, seed))

    def mean_audio_s(self, seed: int) -> float:
        """How long a measured clip is, on average over the first ones."""
        first, total = self.config.warmup_requests, self.config.total_requests
        count = MEAN_OVER if total is None else min(MEAN_OVER, total - first)
        lasts_s = seconds_of(spec_of(self.config), seed)
        return fmean(map(lasts_s, range(first, first + count)))

    @property
    def shown_url(self) -> str:
        """The URL without secrets."""
        return mask_url(self.url)

    def target(self) -> Target:
        """Where requests go, for one that only looks. Secrets are read from the environment."""
        return place_of(self.config, self.url)

    @property
    def digest(self) -> str | None:
        """Of the files that decide on the clips; None where there are none. Raises as `digest_of` does."""
        return digest_of(spec_of(self.config))

    @property
    def left_out(self) -> int:
        """Recordings that can't be used, and are left out. Raises `RecordingsError`."""
        return left_out_of(spec_of(self.config))

    @property
    def health_path(self) -> str | None:
        """Where the service is asked how it is: beside the endpoint, below the same base."""
        api = self.config.api
        return api.health and base_path(api, self.url) + api.health


def order_of(message: Mapping[str, Any]) -> Order:
    """The order in a master's message to its workers.

    Raises ValueError where clips would be others here, and as `Order.digest` does.
    """
    order = Order(Config.model_validate_json(message["config"]), message["shown"], message["url"])
    if order.digest != message["digest"]:
        raise ValueError(another_than_at_the_master(spec_of(order.config)))
    return order


def another_than_at_the_master(spec: AudioSpec) -> str:
    """What to say to a worker where the files that clips are made of differ, so that clips would, too."""
    pack = "the pack of recordings" if spec.pack is None else f"audio.pack {spec.pack}"
    named = {"speech": [pack], "files": [f"audio.files {spec.files}"]}.get(spec.source, [])
    if isinstance(spec.duration, Mapping) and "empirical" in spec.duration:
        named.append(f"audio.duration {spec.duration['empirical']}")
    if spec.trace is not None:
        named.append(f"load.trace {spec.trace}")
    return f"{' or '.join(named)} is not the same there as at the master"
