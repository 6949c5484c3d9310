"""Whom to believe on a TLS connection: one context for all connections of a process that are of one mind."""

from __future__ import annotations

import functools
import ssl

import gevent.ssl
from certifi import where


@functools.cache
def tls_context(verify: bool, ca_bundle: str | None) -> ssl.SSLContext:
    """verify: whether the server has to prove who it is. ca_bundle: PEM file of the authorities that may vouch for
    it; None for those of certifi, which requests and Locust believe, too. Raises OSError when the file is none.

    gevent's kind of context, in a process that is patched or not.
    """
    context: ssl.SSLContext = gevent.ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if verify:
        context.load_verify_locations(cafile=ca_bundle or where())
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
