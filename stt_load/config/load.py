"""From a file and what overrides it to one configuration, or to everything that is wrong."""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from stt_load.config import audio_notes, ends, load_notes
from stt_load.config import preset as presets
from stt_load.config.faults import ConfigError, Fault, KeyPath
from stt_load.config.judge import judge
from stt_load.config.layers import Layer, Layers, Origin, Override
from stt_load.config.model import Config
from stt_load.config.notes import notes as about
from stt_load.config.options import unknown_variables
from stt_load.config.places import variables
from stt_load.config.save_path import check_html_path, check_junit_path, check_rows_path, check_save_path
from stt_load.config.spoken import spoken
from stt_load.config.yaml_source import Document, parse
from stt_load.storage.files import OddFileError, read_ordinary

DEFAULT_FILE = "config.yaml"
FILE_VARIABLE = "CONFIG_PATH"
NEARLY = "config.yml"
MOST_BYTES = 1_000_000
"""No configuration comes near it; what is larger is another file."""


@dataclass(frozen=True, slots=True)
class Source:
    """A configuration file as it was when it was read, whatever that came to; path: None where there is none, and
    none was named."""

    path: Path | None
    document: Document


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration without a fault, the file it was read from, and where each given value was given.

    path: None without a file. notes: what a person should be told about how it was understood.
    """

    config: Config
    path: Path | None
    origins: Mapping[KeyPath, Origin]
    notes: tuple[str, ...] = ()


def read(path: Path | None = None, *, environ: Mapping[str, str] = os.environ) -> Source:
    """The file `path`; None for the one that CONFIG_PATH names, else config.yaml in the working directory, if it is
    there."""
    named = path or environ.get(FILE_VARIABLE)
    if not named and not os.path.lexists(DEFAULT_FILE):
        return Source(None, Document())
    path = Path(named or DEFAULT_FILE)
    return Source(path, _read(path))


def load(
    source: Source | Path | None = None,
    overrides: Sequence[Override] = (),
    *,
    environ: Mapping[str, str] = os.environ,
    save_directory: Path | None = None,
    speaks: bool = True,
) -> Loaded:
    """The configuration of a file, with `overrides` laid over it.

    source: the file as it was read, or what `read` takes. save_directory: where
    a relative save_path starts; given, it is also tried whether the result can be written. speaks: this process is
    to send requests itself, and so needs the API key.
    Raises ConfigError with every fault there is.
    """
    if not isinstance(source, Source):
        source = read(source, environ=environ)
    layers = _laid(source, overrides)
    config, notes, faults = judge(layers, environ, speaks=speaks)
    if save_directory is not None:
        faults += check_save_path(config, save_directory, layers.origins.get(("save_path",)))
        faults += check_rows_path(config, save_directory, layers.origins.get(("report", "rows")))
        faults += check_junit_path(config, save_directory, layers.origins.get(("report", "junit")))
        faults += check_html_path(config, save_directory, layers.origins.get(("report", "html")))
    if faults:
        # By line; what stands in no file comes last.
        raise ConfigError(sorted(faults, key=lambda fault: math.inf if fault.line is None else fault.line))
    named = (*variables(config), config.embedded.api_key_env or "")
    of_clips = audio_notes.notes(config, spoken(config.audio, config.load.trace))
    of_load = load_notes.notes(config, layers.origins)
    told = (
        *layers.notes,
        *notes,
        *about(layers, config.api, date.today()),
        *of_clips,
        *of_load,
        *unknown_variables(environ, named),
    )
    return Loaded(config, source.path, layers.origins, told if source.path else (_no_file(), *told))


def _no_file() -> str:
    """What to tell where nobody has named a file and there is none, or one by nearly that name."""
    advice = f"{NEARLY} is not read; rename it" if Path(NEARLY).exists() else "`stt-load init` writes one"
    return f"no {DEFAULT_FILE} in {Path.cwd()}: all keys have their defaults ({advice})"


def _laid(source: Source, overrides: Sequence[Override]) -> Layers:
    """All values over each other. A preset lies below all that is given key by key: right below the file that asks
    for it, or right above the file when it is asked for elsewhere."""
    layers = Layers()
    by_layer = sorted(overrides, key=lambda override: override.layer)
    asked_for = [override.text for override in by_layer if override.key == "api.preset"]
    if not asked_for:
        api = source.document.values.get("api")
        _add_preset(layers, api.get("preset") if isinstance(api, dict) else None)
    layers.add_document(source.document, str(source.path or DEFAULT_FILE))
    if asked_for:
        _add_preset(layers, asked_for[-1])
    for _, group in itertools.groupby(by_layer, key=lambda override: override.layer):
        layers.add_overrides(list(group))
    layers.faults += ends.clashes(layers)
    layers.notes = ends.choose(layers)
    return layers


def _add_preset(layers: Layers, name: object) -> None:
    """Whether there is such a one is the model's question."""
    if isinstance(name, str) and name in presets.NAMES:
        layers.add_document(presets.document(name), presets.source(name), Layer.PRESET)


def _read(path: Path) -> Document:
    line = None
    try:
        raw = read_ordinary(path, MOST_BYTES)
    except FileNotFoundError:
        advice = f"make one (an empty file means all defaults), or set {FILE_VARIABLE} to the path of yours"
        message = f"missing file (working directory: {Path.cwd()}); {advice}"
    except IsADirectoryError:
        message = f"a directory; choose a file, such as {path / DEFAULT_FILE}"
    except OddFileError as error:
        message = f"{error.strerror}; choose a file of a few lines of YAML"
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        message = f"can't be read: {why}; choose a readable file"
    else:
        try:
            return parse(raw.decode("utf-8-sig"), str(path))
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            message = f"not UTF-8: the byte 0x{raw[error.start]:02X}; save the file as UTF-8"
    return Document(faults=[Fault(str(path), message, line=line)])
