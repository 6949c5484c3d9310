"""What the web UI's start form may change, and what stands in it: judged before Locust takes any of it.

Locust obeys a field for each of its options, whether the form shows it or not: where results go, or which variable of
the environment is the API key.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from stt_load.config import Config, ConfigError, mask_url, masked, secrets, variables
from stt_load.config.options import OPTIONS
from stt_load.config.section import EMBEDDED
from stt_load.config.suspicion import is_harmless_header
from stt_load.config.variables import references
from stt_load.config.yaml_source import parse
from stt_load.locust_plugin.command_line import CommandLine

COMMON = frozenset({"user_count", "spawn_rate", "host", "run_time", "profile"})
PICKED = frozenset({"user_classes", "shape_class"})
"""Shown with Locust's `--class-picker` only."""

HIDDEN = "not in the form, which changes only what it shows"

_PORTS = {"http": 80, "https": 443}


def refusal(web_ui: Any, command_line: CommandLine, form: Any) -> str | None:
    """Why no run may start from `form` (werkzeug's MultiDict); None: it may.

    web_ui: Locust's, whose template has the fields that its page shows.
    """
    environment = web_ui.environment
    options: dict[str, Any] = vars(environment.parsed_options)
    extra: Mapping[str, Mapping[str, Any]] = web_ui.template_args["extra_options"]
    shown = COMMON | extra.keys() | (PICKED if web_ui.userclass_picker_is_active else frozenset())
    given = {name: str(one["default_value"]) for name, one in extra.items()} | {"host": environment.host}
    message = (
        _hidden(form, shown, options)
        or _twice(form, options)
        or _reference(form, given)
        or _file(form, given)
        or _stranger(form.get("host"), environment.host, command_line.configured)
    )
    if message is not None:
        return message
    values = options | form.to_dict()
    # The form's name for what the options call num_users.
    values["num_users"] = form.get("user_count", values["num_users"])
    try:
        command_line.config_of(values, form.get("host", environment.host))
    except ConfigError as error:
        return "; ".join(fault.detail for fault in error.faults)
    return None


def _hidden(form: Any, shown: frozenset[str], options: Mapping[str, Any]) -> str | None:
    """A field that Locust knows no option for has no effect: user code may have a use for it."""
    names = sorted(name for name in form if name in options and name not in shown)
    if not names:
        return None
    return f"{', '.join(names)}: {HIDDEN}; say it where locust is started, or in config.yaml"


def _twice(form: Any, options: Mapping[str, Any]) -> str | None:
    """Of several values the one that is judged need not be the one that is used."""
    names = sorted(
        name
        for name in form
        if (name in COMMON or name in options) and len(form.getlist(name)) > 1 and not _is_list(name, options)
    )
    return f"{', '.join(names)}: given more than once; give one value" if names else None


def _is_list(name: str, options: Mapping[str, Any]) -> bool:
    """Whether Locust takes all values of the field."""
    return name in PICKED or isinstance(options.get(name), list)


def _reference(form: Any, given: Mapping[str, str]) -> str | None:
    """Who fills in the form does not choose among the variables of this process's environment."""
    ours = {option.dest for option in OPTIONS} | {"host"}
    names = sorted(name for name in form if name in ours and references(form[name]) and form[name] != given.get(name))
    if not names:
        return None
    return f"{', '.join(names)}: has a ${{...}}; variables of the environment can be named in config.yaml only"


def _file(form: Any, given: Mapping[str, str]) -> str | None:
    """Nor among its files: faults with one would tell what is in it. The value is read as it will be, in which the
    word can be written in other ways."""
    text = form.get("audio_duration", "")
    value = parse(f"value: {text}", "").values.get("value")
    if text == given.get("audio_duration") or not isinstance(value, Mapping) or "empirical" not in value:
        return None
    return "audio_duration: has a file; files can be named in config.yaml, or where locust is started"


def _stranger(host: str | None, current: str | None, configured: Config) -> str | None:
    """A host that is neither the configured one nor the one that is tested now gets nothing secret.

    Both are known as scheme, host name and port: another path there is the same server.
    """
    if host is None or host == EMBEDDED or not carries_secrets(configured):
        return None
    known = configured.api.base_url
    if _place(host) is not None and _place(host) in (_place(known), _place(current or "")):
        return None
    return (
        f"host: {mask_url(host)[:200]} is not the configured {mask_url(known)}, and what is configured for that has "
        "secrets (an API key, a password, a ${...}, a header that may be one); to send them there, start locust with "
        "--host or set api.base_url"
    )


def carries_secrets(config: Config) -> bool:
    """Whether requests of `config` have something in them that is not for everybody, or may have.

    What a header of no known meaning says may be a secret under any name.
    """
    if variables(config) or secrets(config, os.environ) or masked(config) != config.model_dump(mode="json"):
        return True
    return not all(is_harmless_header(name, value) for name, value in config.api.headers.items())


def _place(url: str) -> tuple[str, str, int] | None:
    """Scheme, host name and port; None for no URL, or not the one that will count: Locust drops `<` and `>`."""
    try:
        parts: SplitResult = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "<" in url or ">" in url:
        return None
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]


def settings_refusal(web_ui: Any, settings: Any) -> str | None:
    """Why a user class may not be changed so; None: it may. settings: what the page's form for one has sent.

    Locust sets any attribute of the class, here and on all workers, before it looks whether there is such a class.
    """
    classes: Mapping[str, Any] = web_ui.environment.available_user_classes or {}
    user_class = classes.get(str(settings.get("user_class_name"))) if isinstance(settings, dict) else None
    if user_class is None:
        return "user_class_name: names no user class of this page"
    shown = {"user_class_name", "tasks", *user_class.json()}
    names = sorted(str(name)[:100] for name in settings if name not in shown)
    return f"{', '.join(names)}: {HIDDEN}" if names else None
