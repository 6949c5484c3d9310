"""The configuration as it is in effect, written so that it can be read back."""

from __future__ import annotations

import yaml

from stt_load.config.model import Config
from stt_load.config.scalars import RESOLVERS
from stt_load.config.secret_values import masked


class _Dumper(yaml.SafeDumper):
    """Quotes what would be read back as something else by our own rules."""

    yaml_implicit_resolvers = RESOLVERS


def effective(config: Config) -> str:
    """`config` as YAML with every key, in the model's order, secrets masked."""
    text: str = yaml.dump(masked(config), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text
