"""What Locust's web UI gains: a check of the start form, and the result to download."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request, send_file

from stt_load.commandline import CommandLine
from stt_load.config import ConfigError
from stt_load.report import result_file

ROWS_INSIDE = "The requests of this run are in its result; only above 100,000 they have a file of their own."
STILL_ENDING = "The run before is still ending: its last answers are waited for. Start again when it has stopped."
STILL_STARTING = "A run is being started. Wait until it has begun; then the number of users can be changed."
NO_WORKERS = "No worker is connected that could take part. Start one: locust --worker --master-host <this machine>"
NOT_YET = "No run has finished yet. Stop the test, or wait for its end: then the result is here."


def extend(
    web_ui: Any, command_line: CommandLine, result: Callable[[], Path | None], not_now: Callable[[], str | None]
) -> None:
    """Adds to Locust's `web_ui` before it is started.

    result: gives the newest result file. not_now: why no run can be started, if none can.
    """
    prefix = (web_ui.environment.parsed_options.web_base_path or "").rstrip("/")
    pages = Blueprint("stt_load", __name__, url_prefix=f"{prefix}/stt-load")

    def download_result() -> Response:
        return _download(result())

    def download_requests() -> Response:
        path = result()
        if path is not None and not (rows := result_file.rows_path(path)).exists():
            return make_response(ROWS_INSIDE, 404)
        return _download(path and rows)

    def check_form() -> Response | None:
        starts = request.method == "POST" and request.path == f"{prefix}/swarm"
        if not starts:
            return None
        if (reason := not_now()) is not None:
            return _refused(web_ui, reason)
        return _refusal(web_ui, command_line)

    pages.add_url_rule("/result", view_func=web_ui.auth_required_if_enabled(download_result))
    pages.add_url_rule("/requests", view_func=web_ui.auth_required_if_enabled(download_requests))
    web_ui.app.register_blueprint(pages)
    web_ui.app.before_request(check_form)
    web_ui.template_args["extended_csv_files"] = [
        {"href": f"{prefix}/stt-load/result", "title": "Download STT result (JSON)"},
        {"href": f"{prefix}/stt-load/requests", "title": "Download STT requests (runs above 100,000 only)"},
    ]


def _refusal(web_ui: Any, command_line: CommandLine) -> Response | None:
    """What is wrong with the form, in the shape in which Locust's page shows it; None to let it start."""
    environment = web_ui.environment
    values: dict[str, Any] = vars(environment.parsed_options) | request.form.to_dict()
    # The form's name for what the options call num_users.
    values["num_users"] = request.form.get("user_count", values["num_users"])
    try:
        command_line.config_of(values, request.form.get("host", environment.host))
    except ConfigError as error:
        return _refused(web_ui, "; ".join(fault.detail for fault in error.faults))
    if not request.form.get("run_time"):
        # Locust would keep the one of the run before.
        environment.parsed_options.run_time = None
    return None


def _refused(web_ui: Any, message: str) -> Response:
    return jsonify({"success": False, "message": message, "host": web_ui.environment.host})


def _download(path: Path | None) -> Response:
    if path is None or not path.exists():
        return make_response(NOT_YET, 404)
    return send_file(path.absolute(), as_attachment=True, download_name=path.name)
