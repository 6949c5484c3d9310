"""Scoring in a process of its own: it takes CPU for as long as a minute, and the run's event loop must go on."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import numpy as np
from pydantic import TypeAdapter

from stt_load.accuracy.scores import ROW, Scores, ScoringError, wordless
from stt_load.audio.sources import AudioSpec, has_words
from stt_load.samples.accuracy import Accuracy

_LONGEST_ERROR = 500


def score(
    transcripts: Path,
    spec: AudioSpec,
    seed: int,
    normalise: str,
    progress: Callable[[int, int], None],
    repeated: Sequence[int] = (),
) -> Scores:
    """The answers in the file `transcripts`, held against the clips that `spec` and `seed` make.

    normalise: auto (by the pack's language), english, korean or none. progress: told now and then, and at the end,
    how many answers have been scored, of how many. repeated: seqs of clips that were said again, whose answers are
    held against each other as well.

    The process is in a session of its own, so that a Ctrl-C in the terminal is its parent's affair; it also ends when
    the parent dies. Only pipes are waited for, so in a program that gevent has patched other greenlets go on.
    Whatever `progress` raises ends the process and is passed on, as is what kills the greenlet or interrupts.
    Raises `ScoringError`, in one sentence, for whatever else goes wrong.
    """
    if not repeated and not has_words(spec):
        return Scores(np.zeros(0, ROW), Accuracy.unjudged(wordless(spec.source)))
    order = {
        "transcripts": str(transcripts),
        "spec": asdict(spec),
        "seed": seed,
        "normalise": normalise,
        "repeated": list(repeated),
    }
    # A file takes the errors of the child: nobody would read a pipe, and a full one would block it.
    with tempfile.TemporaryFile() as errors:
        child = _started(errors)
        try:
            assert child.stdin
            assert child.stdout
            return _scores(child.stdin, child.stdout, order, progress)
        except (OSError, EOFError, ValueError) as error:
            raise ScoringError(_why(child, errors, error)) from None
        finally:
            _end(child)


def _started(errors: IO[bytes]) -> subprocess.Popen[bytes]:
    # Not from the working directory: a file there that has the name of a module would be taken for that.
    command = [sys.executable, "-P", "-m", "stt_load.accuracy"]
    try:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
        )
    except OSError as error:
        raise ScoringError(f"The scoring process could not be started: {error.strerror or error}") from None


def _scores(
    orders: IO[bytes], answers: IO[bytes], order: Mapping[str, Any], progress: Callable[[int, int], None]
) -> Scores:
    """What the child says: how far it is, a line each, then the rest and as many bytes of rows as it tells."""
    orders.write(json.dumps(order).encode() + b"\n")
    orders.flush()
    while line := answers.readline():
        said = json.loads(line)
        if "error" in said:
            raise ScoringError(said["error"])
        if "accuracy" in said:
            accuracy = TypeAdapter(Accuracy).validate_python(said["accuracy"])
            rows = np.frombuffer(answers.read(said["bytes"]), ROW)
            if rows.nbytes != said["bytes"]:
                break
            return Scores(rows, accuracy)
        progress(said["done"], said["of"])
    raise EOFError


def _why(child: subprocess.Popen[bytes], errors: IO[bytes], error: Exception) -> str:
    """How it ended, and the last that it wrote, which of a traceback is the exception."""
    _end(child)
    errors.seek(0)
    lines = errors.read().decode(errors="replace").split("\n")
    said = next((line.strip() for line in reversed(lines) if line.strip()), str(error) or "it said nothing")
    return f"The scoring process broke off (exit code {child.returncode}): {said[:_LONGEST_ERROR]}"


def _end(child: subprocess.Popen[bytes]) -> None:
    """It is over, by itself or not: it has nothing to save, and need not be asked."""
    child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe:
            try:
                pipe.close()
            except OSError:  # what it was to be told is still in the buffer
                continue
