"""Whom to believe on a TLS connection: one context for all connections of a process that are of one mind."""

from __future__ import annotations

import functools
import os
import ssl
from pathlib import Path

import gevent.ssl
from certifi import where

from stt_load.storage.files import open_ordinary

VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
GONE = (ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""What TLS makes of a peer that has closed the connection."""


@functools.cache
def tls_context(verify: bool, ca_bundle: str | None) -> ssl.SSLContext:
    """verify: whether the server has to prove who it is. ca_bundle: PEM file of the authorities that may vouch for
    it; None for those that the environment names, as requests and OpenSSL read it, else those of certifi. Raises
    OSError when the file is none.

    gevent's kind of context, in a process that is patched or not.
    """
    context: ssl.SSLContext = gevent.ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if verify:
        named = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), None)
        bundle = ca_bundle or named or where()
        open_ordinary(Path(bundle)).close()  # OpenSSL would wait for the other end of a pipe
        context.load_verify_locations(cafile=bundle)
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
