"""What Locust's web UI gains: a check of what is asked of it and by whom, what becomes of a run, and its result."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request, send_file
from flask_login import current_user

from stt_load.locust_plugin import page, page_address, same_origin, start_form
from stt_load.locust_plugin.command_line import CommandLine
from stt_load.locust_plugin.notice import NoticeBoard, RunView
from stt_load.run.progress import ProcessState
from stt_load.storage import result_file

ROWS_INSIDE = "The requests of this run are in its result; only above 100,000 they have a file of their own."
STILL_ENDING = "The run before is still ending: its last answers are waited for, or scored. Start again in a moment."
STILL_STARTING = "A run is being started. Wait until it has begun; then the number of users can be changed."
KEPT = "This run keeps its users: its load is {key}. Stop it, and start another one."
NO_WORKERS = "No worker is connected that could take part. Start one: locust --worker --master-host <this machine>"
NOT_YET = "No run has finished yet. Stop the test, or wait for its end: then the result is here."

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Those by which Locust changes nothing (RFC 9110, 9.2.1)."""

OWN_BLUEPRINTS = frozenset({"locust", "stt_load"})


def extend(
    web_ui: Any,
    command_line: CommandLine,
    not_now: Callable[[], str | None],
    view: Callable[[], RunView],
    process_state: Callable[[], ProcessState],
) -> None:
    """Adds to Locust's `web_ui` before it is started.

    not_now: why no run can be started, if none can. view, process_state: what there is to say of runs.
    """
    language = command_line.configured.report.language
    board = NoticeBoard(language, view, process_state)
    prefix = (web_ui.environment.parsed_options.web_base_path or "").rstrip("/")
    pages = Blueprint("stt_load", __name__, url_prefix=f"{prefix}/stt-load")
    page.add(web_ui, pages, board, always=command_line.configured.load.trace is not None)
    _add_downloads(web_ui, pages, board)
    web_ui.app.register_blueprint(pages)
    _keep_to_ourselves(web_ui.app)
    page_address.announce(web_ui, language)

    def judge() -> Response | None:
        """Before any view. With a login nothing is said to who isn't in: Locust's own views send them there."""
        if not _is_in(web_ui):
            return None
        if (reason := _foreign(web_ui)) is not None:
            return _refused(web_ui, f"Refused: {reason}", 403)
        if request.endpoint == "locust.swarm":
            reason = not_now() or start_form.refusal(web_ui, command_line, request.form)
            if reason is None and not request.form.get("run_time"):
                # Locust would keep the one of the run before.
                web_ui.environment.parsed_options.run_time = None
            return None if reason is None else _refused(web_ui, reason)
        if request.endpoint == "locust.update_user":
            reason = start_form.settings_refusal(web_ui, request.get_json(force=True, silent=True))
            return None if reason is None else _refused(web_ui, reason, 400)
        return None

    web_ui.app.before_request(judge)


def _add_downloads(web_ui: Any, pages: Blueprint, board: NoticeBoard) -> None:
    """Each is offered in Locust's list while it is there: see `page.css`."""

    def result() -> Path | None:
        return None if board.outcome is None else board.outcome.path

    def download_report() -> Response:
        report = board.report()
        return make_response(NOT_YET, 404) if report is None else page.typed(report, "text/plain")

    def download_result() -> Response:
        return _download(result())

    def download_requests() -> Response:
        path = result()
        if path is not None and not (rows := result_file.rows_path(path)).exists():
            return make_response(ROWS_INSIDE, 404)
        return _download(path and rows)

    def download_rows() -> Response:
        return _download(None if board.outcome is None else board.outcome.rows_path)

    views = {
        "report": download_report,
        "result": download_result,
        "requests": download_requests,
        "rows": download_rows,
    }
    for name, view in views.items():
        pages.add_url_rule(f"/{name}", endpoint=name, view_func=web_ui.auth_required_if_enabled(view))
    web_ui.template_args["extended_csv_files"] = [
        {"href": f"{pages.url_prefix}/{name}", "title": board.say(f"page.{name}_long")} for name in views
    ]


def _keep_to_ourselves(app: Any) -> None:
    """No page of another origin reads what Locust and we answer, or shows it in a frame for somebody to click on.

    Locust allows every origin to read everything (flask-cors). What routes of the user's own answer is theirs.
    """

    def finish(response: Response) -> Response:
        if request.blueprint in OWN_BLUEPRINTS or request.endpoint is None:
            for name in [name for name, _ in response.headers if name.lower().startswith("access-control-")]:
                del response.headers[name]
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response

    # Flask calls them from the last to the first, and Locust's is there already.
    app.after_request_funcs.setdefault(None, []).insert(0, finish)


def _is_in(web_ui: Any) -> bool:
    """Whether whoever asks has passed the login, where there is one: what flask-login's own decorator looks at."""
    if not web_ui.web_login or web_ui.app.config.get("LOGIN_DISABLED"):
        return True
    try:
        return bool(current_user.is_authenticated)
    except Exception:  # the user's part of the login is missing or broken: Locust's views say what
        return False


def _foreign(web_ui: Any) -> str | None:
    """Why whoever asks may not: see `same_origin`."""
    headers = request.headers
    host, forwarded = headers.get("Host"), headers.get("X-Forwarded-Host", "")
    known = web_ui.environment.parsed_options.web_host_display_name
    if (reason := same_origin.misled(host, web_ui.host, known)) is not None or request.method in SAFE_METHODS:
        return reason
    hosts = [host or "", *forwarded.split(",")]
    return same_origin.foreign(headers.get("Sec-Fetch-Site"), headers.get("Origin"), hosts)


def _refused(web_ui: Any, message: str, status: int = 200) -> Response:
    """In the shape in which Locust's page shows it, which it does for 200 only."""
    response = jsonify({"success": False, "message": message, "host": web_ui.environment.host})
    response.status_code = status
    return response


def _download(path: Path | None) -> Response:
    if path is None or not path.exists():
        return make_response(NOT_YET, 404)
    return send_file(path.absolute(), as_attachment=True, download_name=path.name)
