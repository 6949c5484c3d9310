"""The names of Locust that it promises to nobody and that we use or replace: what breaks when one of them changes."""

from __future__ import annotations

import inspect
from typing import Any

import locust.argument_parser
import locust.runners
import locust.stats
import pytest
from locust import User
from locust.dispatch import UsersDispatcher
from locust.rpc.zmqrpc import BaseSocket, Client, Server
from locust.runners import MasterRunner, Runner, WorkerNodes, WorkerRunner

from stt_load.locust_plugin.quirks import original

REPLACED = [
    (
        WorkerRunner,
        "connect_to_master",
        ["self"],
        "a worker says hello too late, and is given users before it is fit",
    ),
    (WorkerRunner, "handle_message", ["self", "msg"], "a message that makes no sense ends who hears the master"),
    (WorkerNodes, "values", ["self"], "a worker that goes while the others are looked through is an exception"),
    (Runner, "spawn_users", ["self", "user_classes_spawn_count", "wait"], "a user that can't be made hangs the run"),
    (BaseSocket, "__init__", ["self", "sock_type", "ipv4_only"], "messages of any size are taken into memory"),
    (Server, "recv_from_client", ["self"], "what is no message of ours is unpacked"),
    (Client, "recv", ["self"], "a worker dies of junk"),
    (MasterRunner, "__init__", ["self", "environment", "master_bind_host", "master_bind_port"], "nobody is checked"),
    (MasterRunner, "handle_message", ["self", "client_id", "msg"], "strangers are given users"),
    (MasterRunner, "check_stopped", ["self"], "the page has no start form before the first worker"),
    (Runner, "quit", ["self"], "a user that quits waits for itself"),
    (Runner, "stop", ["self"], "a user that stops the run waits for itself"),
    (Runner, "start", ["self", "user_count", "spawn_rate", "wait", "user_classes"], "an open loop has too few slots"),
]


@pytest.mark.parametrize(("owner", "name", "parameters", "breaks"), REPLACED)
def test_a_method_that_is_replaced_takes_what_it_took(
    owner: type, name: str, parameters: list[str], breaks: str
) -> None:
    assert list(inspect.signature(original(getattr(owner, name))).parameters) == parameters, breaks


@pytest.mark.parametrize(
    ("source", "names", "breaks"),
    [
        (MasterRunner.start, "_users_dispatcher", "users of a worker that has gone are given to it again"),
        (UsersDispatcher.remove_worker, "worker_node", "users of a worker that has gone are given to it again"),
        (WorkerNodes.__init__, "_worker_nodes", "workers can't be looked through while some go"),
        (
            WorkerRunner.heartbeat_timeout_checker,
            "last_heartbeat_timestamp",
            "a worker of a dead master waits for ever",
        ),
        (
            locust.stats.StatsEntry._log_response_time,
            "bucket_response_time",
            "Locust's percentiles are rounded to 2 digits",
        ),
        (
            locust.stats.StatsCSVFileWriter.stats_writer,
            "CSV_STATS_INTERVAL_SEC",
            "the last row of the CSV is missing",
        ),
        (WorkerRunner.handle_message, "default_args_dict", "a ramp costs a worker 50 ms each second"),
    ],
)
def test_a_name_that_is_used_is_there(source: Any, names: str, breaks: str) -> None:
    assert names in inspect.getsource(original(source)), breaks


def test_the_runners_read_the_time_where_it_is_replaced() -> None:
    assert "time.time()" in inspect.getsource(locust.runners), "a step of the time of day ends every worker"


def test_the_runners_look_at_the_stack_where_that_is_replaced() -> None:
    assert "inspect.getframeinfo(inspect.stack()" in inspect.getsource(original(Runner.stop)), "a stop halts everyone"


def test_what_users_are_called_with() -> None:
    """`Greenlet.args` names the users that are waited for."""
    assert "self._greenlet = group.spawn(run_user, self)" in inspect.getsource(User.start), "a wait names nobody"
