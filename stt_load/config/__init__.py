"""The configuration: YAML, environment and command line become one frozen `Config`, or every fault at once."""

from stt_load.config.api import ApiConfig
from stt_load.config.faults import ConfigError, Fault
from stt_load.config.layers import Layer, Origin, Override
from stt_load.config.load import Loaded, Source, load, read
from stt_load.config.model import Config
from stt_load.config.places import variables
from stt_load.config.save_path import check_save_path
from stt_load.config.secret_values import effective, masked, secrets
from stt_load.config.section import MOST_SEED
from stt_load.config.suspicion import mask_url
from stt_load.config.variables import filled, json_fields, pairs

__all__ = [
    "MOST_SEED",
    "ApiConfig",
    "Config",
    "ConfigError",
    "Fault",
    "Layer",
    "Loaded",
    "Origin",
    "Override",
    "Source",
    "check_save_path",
    "effective",
    "filled",
    "json_fields",
    "load",
    "mask_url",
    "masked",
    "pairs",
    "read",
    "secrets",
    "variables",
]
