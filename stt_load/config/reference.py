"""Every key of the configuration, explained: `stt-load keys`, whose output docs/configuration.md is."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterator, Mapping

from stt_load.config.faults import dotted
from stt_load.config.keys import Key, keys, suggestion
from stt_load.config.model import FORMER
from stt_load.config.options import PRECEDENCE, ways_in
from stt_load.config.starting_file import entry

DESCRIPTION = "Explains every key of config.yaml: its default, its option, what it means, and an example."
NO_SUCH_KEY = 2
_WIDTH = 118
_HEAD = f"""\
# The keys of config.yaml

`stt-load keys > docs/configuration.md` makes this text; `stt-load keys NAME` prints a part of it.

{PRECEDENCE}

`stt-load check-config` prints what is in effect. `${{NAME}}` is the environment variable NAME, where a key says so.

For an editor that completes keys and marks what is wrong, `python -m stt_load.config.schema > config.schema.json`
writes a JSON Schema; this first line of config.yaml names it: `# yaml-language-server: $schema=config.schema.json`
"""
EXAMPLES: Mapping[str, str] = {
    "total_requests": "1000",
    "warmup_requests": "20",
    "concurrent_requests": "16",
    "request_delay": "0.5",
    "audio.duration": "30",
    "audio.sample_rate": "8000",
    "audio.files": "recordings",
    "audio.vary": "{snr_db: 10}",
    "audio.cache_mb": "1000",
    "audio.pack": "korean/manifest.jsonl",
    "measure_for": "60",
    "seed": "42",
    "accuracy.repeat_check": "20",
    "save_path": "results/monday.json",
    "drain_s": "10",
    "wait_ready": "300",
    "max_consecutive_failures": "20",
    "api.preset": "whisper-cpp",
    "api.stream_dialect": "vllm",
    "api.base_url": "http://127.0.0.1:8000",
    "api.endpoint": "/inference",
    "api.call": "my_calls.py:transcribe",
    "api.audio_field": "audio_file",
    "api.audio_filename": "clip.wav",
    "api.audio_content_type": "audio/x-wav",
    "api.model": "openai/whisper-large-v3",
    "api.language": "ko",
    "api.prompt": "Names of streets in Seoul.",
    "api.response.text": '"results.channels[0].alternatives[0].transcript"',
    "api.response.duration": "metadata.duration",
    "api.response.processing_time": "{header: openai-processing-ms, unit: ms}",
    "api.job.upload": "/v2/upload",
    "api.job.uploaded": "file.url",
    "api.job.id": "job.id",
    "api.job.poll": '"/v2/transcript/{id}"',
    "api.job.status": "job.state",
    "api.job.result": '"/v2/transcript/{id}/text"',
    "api.job.done": "[finished]",
    "api.job.failed": "[failed, rejected]",
    "api.job.interval": "1",
    "api.temperature": "0.2",
    "api.extra_fields": '{vad_filter: true, "timestamp_granularities[]": [word]}',
    "api.headers": '{api-key: "${AZURE_OPENAI_API_KEY}"}',
    "api.query": "{api-version: 2024-10-21}",
    "api.api_key_env": "OPENAI_API_KEY",
    "api.health": "/health",
    "api.request_id_header": "X-Correlation-ID",
    "api.capture_headers": "[x-served-by]",
    "api.keep_alive": "{max_requests: 100}",
    "api.proxy": "http://127.0.0.1:3128",
    "api.ca_bundle": "/etc/ssl/certs/ca-certificates.crt",
    "api.timeout.connect": "2",
    "api.timeout.first_byte": "60",
    "api.timeout.read": "10",
    "api.timeout.total": "120",
    "api.max_answer_bytes": "16_000_000",
    "embedded.model": "batch",
    "embedded.slots": "2",
    "embedded.batch_growth": "0.05",
    "embedded.overhead_s": "0.5",
    "embedded.rtf": "0.1",
    "embedded.jitter_s": "0.1",
    "embedded.cold_requests": "0",
    "embedded.cold_extra_s": "3",
    "embedded.queue_limit": "10",
    "embedded.error_rate": "0.01",
    "embedded.cut_rate": "0.01",
    "embedded.delta_gap_s": "0.1",
    "embedded.misbehaviour_rate": "0.1",
    "embedded.pack": "recordings/manifest.jsonl",
    "embedded.wer": "0.05",
    "embedded.swap_rate": "0.01",
    "embedded.truncate_rate": "0.01",
    "embedded.loop_rate": "0.01",
    "embedded.wrong_above": "8",
    "embedded.api_key_env": "STT_API_KEY",
    "embedded.max_body_bytes": "1_000_000",
    "embedded.seed": "1",
    "report.rows": "requests.csv",
    "report.junit": "verdicts.xml",
    "report.html": "auto",
    "stop_when": "{metric: p95(response_time_s), within: 5%}",
    "repeat": "3",
    "load.rate": "12",
    "load.audio_rate": "100",
    "load.burstiness": "0.5",
    "load.max_in_flight": "200",
    "load.max_lag": "0.5",
    "load.trace": "arrivals.jsonl",
    "load.speed": "2",
    "load.stages": "[{rate: 5, for: 60}, {rate: [5, 20], for: 120}]",
    "load.levels": "{users: [1, 2, 4, 8], requests: 200}",
    "load.search": "{axis: rate, from: 2, to: 50}",
    "cost.per_hour": "2.5",
    "cost.per_audio_minute": "0.006",
    "slo": "[p95(response_time_s) < 2, {limit: error_rate < 1%, abort: true}]",
}
"""A value of each key, as it is written; of the others, whose values are few, `example` finds one."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which keys."""
    parser.add_argument("name", nargs="?", help="only keys with this in their name, such as timeout or api.job")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 with the reference on stdout; 2 when there is no such key."""
    if args.name is None:
        print(text(), end="")
        return 0
    wanted = dotted(FORMER.get((args.name,), (args.name,)))
    found = [key for path, key in keys().items() if wanted in dotted(path)]
    if not found:
        meant = suggestion(tuple(args.name.split(".")))
        advice = f"did you mean {meant}?" if meant else "`stt-load keys` lists them all"
        print(f"stt-load: no key has `{args.name}` in its name; {advice}", file=sys.stderr)
        return NO_SUCH_KEY
    print("\n".join(line for key in found for line in _entry(key)))
    return 0


def text() -> str:
    """The whole reference, as Markdown."""
    by_section = sorted(keys().values(), key=lambda key: key.kind == "section" or len(key.path) > 1)
    lines = [line for key in by_section for line in _entry(key)]
    return "\n".join([_HEAD, *lines]).rstrip() + "\n"


def example(key: Key) -> str:
    """A line of config.yaml that sets `key` to another value than its default, if it has a default."""
    written = EXAMPLES.get(dotted(key.path))
    if written is None:
        others = [choice for choice in key.choices if choice != key.default]
        value = not key.default if key.kind == "boolean" else (others or [key.default])[0]
        written = entry("", value).removeprefix(": ")
    *sections, name = key.path
    within = "".join(f"{section}: {{" for section in sections)
    return f"{within}{name}: {written}{'}' * len(sections)}"


def _entry(key: Key) -> Iterator[str]:
    """The lines about one key, or one section."""
    yield f"{'##' if key.kind == 'section' and len(key.path) == 1 else '###'} `{dotted(key.path)}`"
    yield ""
    former = next((dotted(old) for old, new in FORMER.items() if new == key.path), None)
    other = "" if former is None else f" `{former}` at the top level is the same key."
    yield from textwrap.wrap(f"{key.description.rstrip('.')}.{other}", _WIDTH, break_on_hyphens=False)
    yield ""
    if key.kind == "section":
        return
    yield f"- Default: `{'{}' if key.kind == 'fields' else entry('', key.default).removeprefix(': ')}`"
    yield from textwrap.wrap(f"- Allowed: {key.expected}", _WIDTH, subsequent_indent="  ")
    if way := ways_in().get(dotted(key.path)):
        yield f"- For one run: `{way[0]}`, or the environment variable `{way[1]}`"
    yield f"- Example: `{example(key)}`"
    yield ""
