"""What Locust's page is given above its own: a notice of how the run is, and below each field what it means.

Locust's page is a program of its own in the browser. Nothing of that is touched but a few of its words: the notice
stands before it, and explanations are a style sheet's. What it calls users is, in an open loop, called what it is.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request
from locust.runners import STATE_CLEANUP, STATE_RUNNING, STATE_STOPPING

from stt_load.config.keys import key
from stt_load.config.options import OPTIONS
from stt_load.locust_plugin.notice import NoticeBoard
from stt_load.report.messages import Messages

ROOT = '<div id="root">'
"""Where Locust's page begins."""
BEFORE_IT = """\
<link rel="stylesheet" href="./stt-load/page.css">
    <div id="stt-load" role="status" hidden></div>
    <script src="./stt-load/page.js" defer></script>
    """

USERS_FIELD = "Number of users (peak concurrency)"
RAMP_FIELD = "Ramp up (users started/second)"
"""Fields of Locust's form, as it labels them."""

_ENDING = re.compile(rf'("state": ?)"(?:{STATE_CLEANUP}|{STATE_STOPPING})"')


def add(web_ui: Any, pages: Blueprint, board: NoticeBoard, *, always: bool) -> None:
    """To Locust's `web_ui`; `pages` gets the routes. always: each run that can be started here is an open loop."""

    def notice() -> Response:
        return jsonify(board.look().as_json())

    def script() -> Response:
        named = json.dumps(words(board.say, always=always))
        return typed(f"const WORDS = {named};\n{_text('page.js')}", "text/javascript")

    def style() -> Response:
        return typed(_text("page.css") + explanations() + of_a_start_only(), "text/css")

    for name, view in (("run", notice), ("page.js", script), ("page.css", style)):
        guarded = web_ui.auth_required_if_enabled(view)
        pages.add_url_rule(f"/{name}", endpoint=name.replace(".", "_"), view_func=guarded)
    web_ui.app.after_request(_with_notice)
    web_ui.app.after_request(_going_until_it_has_ended)
    # The form shows its fields in the order in which they come to the page: ours in that of the configuration.
    web_ui.app.jinja_env.policies["json.dumps_kwargs"] = {"sort_keys": False}


def words(say: Messages, *, always: bool) -> dict[str, Any]:
    """What Locust's texts become in an open loop: on the page while it lasts, in the form for it, in the form for
    stages of users, for levels and a search, and in the one that changes a run. always: as in `add`."""
    return {
        "page": {
            "Users": say("page.slots"),
            "Number of Users": say("page.number_of_slots"),
            "# users": say("page.worker_slots"),
        },
        "start": {USERS_FIELD: say("page.warmup_users"), RAMP_FIELD: say("page.no_ramp")},
        "stages": {USERS_FIELD: say("page.stage_users"), RAMP_FIELD: say("page.no_ramp")},
        "levels": {USERS_FIELD: say("page.level_users"), RAMP_FIELD: say("page.no_ramp")},
        "change": {USERS_FIELD: say("page.kept_slots"), RAMP_FIELD: say("page.no_ramp")},
        "always": always,
    }


def explanations() -> str:
    """What stands below each of our fields, and below Locust's for the host; null is an empty field there."""
    texts = {_field(option.dest): option.help.replace("Null", "Empty") for option in OPTIONS if option.in_web_form}
    texts["host"] = key("api.base_url").description
    return "".join(
        f'div:has(> div > [name="{name}"])::after {{ content: {_quoted(text)}; }}\n' for name, text in texts.items()
    )


def of_a_start_only() -> str:
    """Hides our fields in the form that changes a run that is on, the one without a host: a run keeps what it was
    started with. The heading above them goes, too, unless fields of the user's own are below it."""
    ours = ", ".join(f'[name="{_field(option.dest)}"]' for option in OPTIONS if option.in_web_form)
    form = 'form:not(:has([name="host"]))'
    parts = f"div:has(> div > :is({ours})), {form} .MuiAccordion-root:has({ours}):not(:has([name]:not({ours})))"
    return f"{form} {parts} {{ display: none; }}\n"


def _with_notice(response: Response) -> Response:
    if request.endpoint == "locust.index" and response.mimetype == "text/html" and not response.direct_passthrough:
        response.set_data(response.get_data(as_text=True).replace(ROOT, BEFORE_IT + ROOT, 1))
    return response


def _going_until_it_has_ended(response: Response) -> Response:
    """Locust's page stops looking once it hears of a run that is ending, and would show that for ever, and no way to
    start another one. A run that drains is still going."""
    if request.endpoint in ("locust.index", "locust.request_stats") and not response.direct_passthrough:
        text = response.get_data(as_text=True)
        if _ENDING.search(text):
            response.set_data(_ENDING.sub(rf'\1"{STATE_RUNNING}"', text))
    return response


def _field(dest: str) -> str:
    """An option's name as the page has it."""
    first, *others = dest.split("_")
    return first + "".join(map(str.capitalize, others))


def _quoted(text: str) -> str:
    """A string of CSS (CSS Syntax Module Level 3, 4.3.5)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\a ")
    return f'"{escaped}"'


def _text(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def typed(text: str, mimetype: str) -> Response:
    response = make_response(text)
    response.mimetype = mimetype
    return response
