"""The options for Locust: complete, named after one rule, and out of Locust's way."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

import pytest

from stt_load.config import Config, Layer, Override, load
from stt_load.config.keys import keys
from stt_load.config.options import OPTIONS, Option, from_environment, listing, unknown_variables

# Structure, or the server's side: nothing that one changes from run to run. -H and -u are Locust's.
FILE_ONLY = (
    "api.extra_fields",
    "api.headers",
    "api.protocol",
    "audio.format",
    "audio.pack",
    "audio.skip_broken",
    "audio.cache_mb",
    "accuracy.",
    "api.audio_",
    "api.call",
    "api.ca_bundle",
    "api.verify",
    "api.response.",
    "api.job.",
    "api.stream_dialect",
    "api.request_id_header",
    "api.capture_headers",
    "api.keep_alive",
    "api.proxy",
    "api.query",
    "api.timeout",
    "api.max_answer_bytes",
    "embedded",
    "api.base_url",
    "concurrent_requests",
    "cost.",
    "load.burstiness",
    "load.max_lag",
    "load.speed",
)

TAKEN = """
import argparse
import json
from locust.argument_parser import get_empty_argument_parser, setup_parser_arguments
from stt_load.config.options import OPTIONS
parser = get_empty_argument_parser()
setup_parser_arguments(parser)
taken = [[a.dest, a.env_var, *a.option_strings] for a in parser._actions]
for option in OPTIONS:
    parser.add_argument(option.flag, dest=option.dest, env_var=option.env, choices=option.choices, help=option.help)
parser.format_help()
argv = [word for option in OPTIONS for word in (option.flag, (option.choices or ["1e3"])[0])]
print(json.dumps([taken, vars(parser.parse_args(argv))]))
"""


def test_every_key_has_an_option_but_those_for_the_file() -> None:
    leaves = [".".join(path) for path, key in keys().items() if key.kind != "section"]
    assert sorted(option.key for option in OPTIONS) == sorted(k for k in leaves if not k.startswith(FILE_ONLY))


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.flag)
def test_an_option_follows_from_its_key(option: Option) -> None:
    key = keys()[tuple(option.key.split("."))]
    assert option.help == key.description
    assert "%" not in option.help, "argparse would take it for a placeholder"
    assert option.env == f"STT_LOAD_{option.dest.upper()}"
    assert option.text(Config()) in {str(key.default), str(key.default).lower(), ""}


@pytest.mark.locust
def test_locust_takes_them_and_has_none_of_its_own_with_these_names() -> None:
    done = subprocess.run([sys.executable, "-c", TAKEN], capture_output=True, text=True, check=True, timeout=60)
    taken, parsed = json.loads(done.stdout)
    ours = {name for option in OPTIONS for name in (option.flag, option.dest, option.env)}
    assert not ours & {name for names in taken for name in names}
    assert {option.dest: (option.choices or ["1e3"])[0] for option in OPTIONS}.items() <= parsed.items()


def test_the_listing_has_everything_in_aligned_columns() -> None:
    text = listing(100)
    lines = text.splitlines()
    assert max(map(len, lines)) <= 116
    rows = [line.split() for line in lines]
    for option in OPTIONS:
        default = option.text(Config()) or "null"
        assert [option.flag, option.env, option.key, default] in rows
    assert len({line.index("STT_LOAD_") for line in lines if "STT_LOAD_" in line}) == 1
    for word in ("-u, --users", "-r, --spawn-rate", "-H, --host", "-t, --run-time", "CONFIG_PATH"):
        assert word in text


def test_a_variable_that_is_called_like_one_of_ours_and_is_none_is_told() -> None:
    environ = dict.fromkeys(("STT_LOAD_TOTAL_REQUEST", "STT_LOAD_XYZ", "STT_LOAD_SEED", "STT_LOAD_OWN_KEY"), "3")
    environ["STT_LOAD_USERS"] = "3"
    environ |= {"STT_LOAD_LOCUST_STATS": "1", "PATH": "x"}
    environ |= {f"STT_LOAD_MASTER_{name}": "x" for name in ("SERVICE_HOST", "PORT", "PORT_5557_TCP_ADDR")}
    assert list(unknown_variables(environ, ["STT_LOAD_OWN_KEY"])) == [
        "the environment variable STT_LOAD_TOTAL_REQUEST changes nothing; did you mean STT_LOAD_TOTAL_REQUESTS?",
        "the environment variable STT_LOAD_USERS changes nothing; did you mean LOCUST_USERS?",
        "the environment variable STT_LOAD_XYZ changes nothing; `stt-load options` lists those that do",
    ]


def test_whoever_loads_a_configuration_tells_so() -> None:
    environ = {"STT_LOAD_TOTAL_REQUEST": "3", "STT_LOAD_KEY": "k"}
    told = load(overrides=[Override("api.api_key_env", "STT_LOAD_KEY", "--api-key-env")], environ=environ).notes
    assert [note for note in told if "STT_LOAD_" in note] == list(unknown_variables({"STT_LOAD_TOTAL_REQUEST": "3"}))


def test_the_environment_gives_overrides() -> None:
    found = from_environment({"STT_LOAD_SEED": "5", "LOCUST_USERS": "7", "STT_LOAD_NOTHING": "1", "PATH": "x"})
    assert {(o.key, o.text, o.source, o.layer) for o in found} == {
        ("seed", "5", "STT_LOAD_SEED", Layer.ENVIRONMENT),
        ("concurrent_requests", "7", "LOCUST_USERS", Layer.ENVIRONMENT),
    }


def test_what_has_several_forms_is_typed_in_one_line_that_is_read_back() -> None:
    stages = "5 for 60, 5..20 for 120"
    slo = "p95(response_time_s) < 2; {limit: error_rate < 1%, abort: true}; {each: response_time_s < 2 and wer < 0.2}"
    rule = "p95(response_time_s) within 5%"
    typed = {"--stages": stages, "--slo": slo, "--audio-duration": "3..20", "--max-in-flight": "7"}
    for given in (typed, {"--stop-when": rule}):
        overrides = [
            Override(option.key, given[option.flag], option.flag) for option in OPTIONS if option.flag in given
        ]
        config = load(overrides=overrides, environ={}).config
        assert {option.flag: option.text(config) for option in OPTIONS if option.flag in given} == given
    assert {option.text(Config()) for option in OPTIONS if option.flag in ("--slo", "--stages", "--stop-when")} == {
        ""
    }


def test_slos_may_be_given_one_by_one() -> None:
    parser = argparse.ArgumentParser()
    parser.set_defaults(slo="wer < 1")
    (option,) = [option for option in OPTIONS if option.key == "slo"]
    parser.add_argument(option.flag, default=None, **option.action)
    parser.set_defaults(slo="wer < 1")
    assert parser.parse_args([]).slo == "wer < 1"
    assert parser.parse_args(["--slo", "wer < 2", "--slo", "{limit: cer < 3, abort: true}"]).slo == (
        "wer < 2; {limit: cer < 3, abort: true}"
    )
    assert parser.parse_args(["--slo", "wer < 2"]).slo == "wer < 2"


def test_so_may_locusts_way_to_start_users() -> None:
    assert from_environment({"LOCUST_SPAWN_RATE": "2"}) == [
        Override("spawn_rate", "2", "LOCUST_SPAWN_RATE", Layer.ENVIRONMENT)
    ]
