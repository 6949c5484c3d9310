"""Limits of this process and its machine that a request can run into: they say nothing about the service."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from collections.abc import Iterator

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]

_ADVICE = {
    errno.EMFILE: "too many open files (EMFILE): raise `ulimit -n`, now {files}",
    errno.ENFILE: "too many open files on this machine (ENFILE): raise fs.file-max",
    errno.EADDRNOTAVAIL: "no local port is free (EADDRNOTAVAIL): use keep_alive, widen net.ipv4.ip_local_port_range, "
    "or add workers on other machines",
    errno.ENOBUFS: "no room for network buffers (ENOBUFS): use fewer users on this machine, and workers on others",
    errno.ENOMEM: "out of memory (ENOMEM): use fewer users on this machine, and workers on others",
}


def advice(error: BaseException) -> str | None:
    """What to do about the limit that `error` goes back to, however deep in it that stands; None where it is none."""
    code = next(filter(None, map(_code, _chain(error))), None)
    return None if code is None else _ADVICE[code].format(files=_most_files())


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and all that it came of: what it was raised from, and what clients wrap in others (urllib3's
    `reason`, requests' first argument, groups)."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        context = None if one.__suppress_context__ else one.__context__
        found = [one.__cause__ or context, getattr(one, "reason", None), getattr(one, "original_error", None)]
        found += [*one.args, *(one.exceptions if isinstance(one, BaseExceptionGroup) else ())]
        waiting += [other for other in found if isinstance(other, BaseException)]


def _code(error: BaseException) -> int | None:
    """The limit that this one says was met. `errno` of errors of the resolver and of TLS is another thing."""
    if isinstance(error, MemoryError):
        return errno.ENOMEM
    if not isinstance(error, OSError) or isinstance(error, ssl.SSLError | ConnectionError | TimeoutError):
        return None
    if isinstance(error, socket.gaierror):
        return errno.ENOMEM if error.errno == socket.EAI_MEMORY else _no_descriptor()
    if error.errno not in _ADVICE:
        return _no_descriptor()
    if error.errno == errno.EADDRNOTAVAIL and not _ports_are_out():
        return None  # the peer's address is of a family that this machine has no address of
    return error.errno


def _no_descriptor() -> int | None:
    """A resolver that can't open its files says that there is no such name, or that something is busy."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno if error.errno in _ADVICE else None
    return None


def _ports_are_out() -> bool:
    """Whether no local port is free. `localhost` is two addresses on many machines that know IPv4 only: a server
    that is down there looks like this limit, by its errno."""
    for family, host in ((socket.AF_INET, ""), (socket.AF_INET6, "::")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as sock:
                sock.bind((host, 0))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
    return False


def _most_files() -> str:
    return "unknown" if resource is None else str(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
