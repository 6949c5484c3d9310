"""What the start form may change, judged without a page."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from stt_load.config.options import OPTIONS
from stt_load.locust_plugin import start_form
from stt_load.locust_plugin.command_line import CommandLine
from tests.locusts import Nobody, command_line

CONFIGURED = "https://api.service.test"
SECRETS = {
    "key": "api_key_env: S_KEY",
    "header": "headers: {X-Auth: 'Token ${S_KEY}'}",
    "literal header": "headers: {X-Api-Key: 'abcd1234'}",
    "query": "query: {sig: '${S_KEY}'}",
    "field": "extra_fields: {token: '${S_KEY}'}",
    "proxy": "proxy: 'http://me:${S_KEY}@proxy.test'",
}


class Form:
    """The page's form over a configuration, without Locust's page."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, api: str = "", host: str = CONFIGURED) -> None:
        monkeypatch.setenv("S_KEY", "k3y-of-mine")
        monkeypatch.setenv("WORD", "hello")
        config = f"api: {{base_url: '{host}', {api}}}\n"
        self.ours: CommandLine
        self.ours, self.options = command_line(monkeypatch, folder, config)
        shown = [option.dest for option in OPTIONS if option.in_web_form]
        extra = {name: {"default_value": getattr(self.options, name)} for name in shown}
        environment = SimpleNamespace(
            parsed_options=self.options, host=self.ours.shown(host), available_user_classes={"Nobody": Nobody}
        )
        self.page = SimpleNamespace(
            environment=environment, template_args={"extra_options": extra}, userclass_picker_is_active=False
        )

    def refusal(self, **fields: Any) -> str | None:
        return start_form.refusal(self.page, self.ours, MultiDict({"user_count": "1", "spawn_rate": "1"} | fields))


def test_everything_that_the_page_sends_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    form = Form(monkeypatch, tmp_path, "api_key_env: S_KEY, prompt: 'say ${WORD}'")
    fields = {name: str(one["default_value"]) for name, one in form.page.template_args["extra_options"].items()}
    assert form.refusal(host=CONFIGURED, run_time="", profile="", **fields) is None
    assert form.refusal(host=CONFIGURED, run_time="10s", profile="night", **fields | {"total_requests": "77"}) is None


def test_each_option_that_is_not_shown_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Locust's own, too, and whatever it would be set to: nothing about the value is said."""
    form = Form(monkeypatch, tmp_path)
    shown = {*form.page.template_args["extra_options"], *start_form.COMMON}
    hidden = vars(form.options).keys() - shown
    assert {"api_key_env", "save_path", "preset", "csv_prefix", "html_file", "web_login", "num_users"} <= hidden
    messages = {name: form.refusal(**{name: "HOME"}) for name in hidden}
    assert [name for name, said in messages.items() if said is None or not said.startswith(f"{name}: not in")] == []
    assert not [said for said in messages.values() if said and "HOME" in said]


@pytest.mark.parametrize("length", ["10", "3..20", "{lognormal: {median: 8, sigma: 0.6}}", ""])
def test_a_length_is_taken_in_each_form_without_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, length: str
) -> None:
    assert Form(monkeypatch, tmp_path).refusal(audio_duration=length) is None


@pytest.mark.parametrize("length", ["{empirical: /etc/hostname}", r'{"\x65mpirical": /etc/hostname}'])
def test_a_file_is_not_chosen_in_the_form(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, length: str) -> None:
    form = Form(monkeypatch, tmp_path)
    said = form.refusal(audio_duration=length)
    assert said == "audio_duration: has a file; files can be named in config.yaml, or where locust is started"


def test_fields_of_the_class_picker_are_for_a_page_that_has_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    form = Form(monkeypatch, tmp_path)
    assert form.refusal(user_classes=["A", "B"]) is not None
    form.page.userclass_picker_is_active = True
    assert form.refusal(user_classes=["A", "B"], shape_class="Default") is None


def test_a_field_that_locust_does_not_know_is_left_to_user_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert Form(monkeypatch, tmp_path).refusal(csrf_token="x", boxes=["a", "b"]) is None


@pytest.mark.parametrize("name", ["host", "total_requests", "user_count", "profile"])
def test_a_field_with_two_values_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    said = Form(monkeypatch, tmp_path).refusal(**{name: [CONFIGURED, "http://evil.test"]})
    assert said == f"{name}: given more than once; give one value"


@pytest.mark.parametrize("name", ["prompt", "model", "language", "endpoint", "host"])
def test_no_form_names_a_variable_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    """Whether it is set makes no difference to what is said."""
    form = Form(monkeypatch, tmp_path)
    said = {form.refusal(**{name: f"/${{{variable}}}"}) for variable in ("S_KEY", "NOT_SET", "not a name")}
    assert len(said) == 1
    assert f"{name}: has a ${{...}}" in str(said.pop())


@pytest.mark.parametrize("api", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize(
    "host",
    [
        "https://evil.test",
        "http://api.service.test",
        "https://api.service.test:8443",
        "https://api.service.test.evil.test",
        "https://api.service.test@evil.test",
        "https://api.service.test:443@evil.test/",
        "https://evil.test/https://api.service.test",
        "https://evil.test\\@api.service.test.evil.test",
        "https://api.service.test.",
        "https://evil.test#@api.service.test",
        "https://api.service.test<.evil.test>",
        "https://<api.service.test",
        "//api.service.test",
        "ftp://api.service.test",
        "https://[api.service.test",
        "",
    ],
)
def test_another_host_is_refused_where_there_are_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, api: str, host: str
) -> None:
    said = Form(monkeypatch, tmp_path, api).refusal(host=host)
    assert said is not None
    assert f"is not the configured {CONFIGURED}" in said
    assert "--host" in said


@pytest.mark.parametrize(
    "host",
    [CONFIGURED, "HTTPS://API.service.test:443/v2", "https://me:mine@api.service.test", "embedded"],
)
def test_the_same_server_is_not_another_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str) -> None:
    assert Form(monkeypatch, tmp_path, SECRETS["key"]).refusal(host=host) is None


def test_a_password_in_the_configured_url_is_a_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    form = Form(monkeypatch, tmp_path, host="https://me:mine@api.service.test")
    said = form.refusal(host="https://evil.test")
    assert said is not None
    assert "mine" not in said
    assert form.refusal(host=form.page.environment.host) is None


def test_the_embedded_server_is_known_by_its_url_once_it_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    form = Form(monkeypatch, tmp_path, SECRETS["key"], host="embedded")
    assert form.refusal(host="http://127.0.0.1:4711") is not None
    form.page.environment.host = "http://127.0.0.1:4711"
    assert form.refusal(host="http://127.0.0.1:4711") is None


def test_without_a_secret_any_host_may_be_tested(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    api = "headers: {Accept-Language: ko, X-Request-Source: load}, query: {language_code: ko-KR, model: nova-3}"
    assert Form(monkeypatch, tmp_path, api).refusal(host="http://other.test") is None


@pytest.mark.parametrize(
    "api",
    [
        "headers: {X-Team: blue}",  # nobody knows what that is
        "headers: {Cookie: 'theme=dark'}",
        "headers: {Accept: 'Bearer abc'}",
        "query: {pin: 123}",
        "query: {X-Amz-Signature: abc}",
        "query: {x: 'Bearer abcd'}",
        "extra_fields: {otp: 12}",
        """extra_fields: {options: '{"api_key": "abcd"}'}""",
        "extra_fields: {hook: 'https://me:mine@hook.test'}",
        "endpoint: '/x?sig=abcd'",
        "health: '/x?code=abcd'",
        "protocol: submit_poll, job: {poll: '/x/{id}?key=abcd'}",
        "protocol: submit_poll, job: {audio: upload, upload: '/x?jwt=abcd'}, extra_fields: {u: '{upload}'}",
    ],
)
def test_what_may_be_a_secret_is_for_the_configured_host_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, api: str
) -> None:
    form = Form(monkeypatch, tmp_path, api)
    assert "is not the configured" in str(form.refusal(host="http://other.test"))
    assert form.refusal(host=CONFIGURED) is None


def test_what_is_wrong_with_a_shown_field_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "many" in str(Form(monkeypatch, tmp_path).refusal(total_requests="many"))


def test_a_user_class_is_changed_in_what_its_form_shows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = Form(monkeypatch, tmp_path).page
    shown = {"user_class_name": "Nobody", "host": None, "weight": 2, "fixed_count": 0, "tasks": []}
    assert start_form.settings_refusal(page, shown) is None
    said = start_form.settings_refusal(page, shown | {"on_start": "x", "environment": {}})
    assert said == "environment, on_start: not in the form, which changes only what it shows"


@pytest.mark.parametrize(
    "settings", [None, [], "x", {}, {"user_class_name": "Else"}, {"user_class_name": ["Nobody"]}]
)
def test_settings_of_no_class_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> None:
    assert start_form.settings_refusal(Form(monkeypatch, tmp_path).page, settings) is not None
