"""What goes on while the plan comes into force: the intruder's deeds and the company's.

Each deed is one attempt with real sockets that either works or raises `OSError` (or what its
client library makes of that). An implant that lost its name keeps the address it once had.
"""

from __future__ import annotations

import http.client
import random
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from lab import certs, clients, implant, world

Attempt = Callable[[], None]
TIMEOUT_S = 2.0
FAILURES = (OSError, http.client.HTTPException, smtplib.SMTPException)
"""What an attempt that does not work raises."""


@dataclass(frozen=True)
class Deed:
    """One thing that somebody does again and again.

    Attributes:
        says: what it is, in a report's table.
        make: the attempt; one that keeps something open makes it the first time.
        hostile: whether containment must stop it; everything else must go on.
    """

    name: str
    machine: str
    says: str
    every_s: float
    make: Callable[[], Attempt]
    hostile: bool = False


class Remembering:
    """Looks a name up, and falls back on the address it had the last time."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._address = ""

    def connect(self, port: int) -> socket.socket:
        """A connection to it."""
        try:
            found = socket.getaddrinfo(self.name, port, socket.AF_INET, socket.SOCK_STREAM)
            self._address = str(found[0][4][0])
        except OSError:
            if not self._address:
                raise
        return socket.create_connection((self._address, port), TIMEOUT_S)


class Requests:
    """HTTP with a hostile site, one connection for each request or one for all."""

    def __init__(
        self, site: world.Site, *, path: str = "/", body: int = 0, open_once: bool = False
    ) -> None:
        self._site = Remembering(site.name)
        self._tls = implant.context() if site.https else None
        self._path, self._body, self._open_once = path, b"x" * body, open_once
        self._talk: http.client.HTTPConnection | None = None
        self._over = False

    def __call__(self) -> None:
        """One request; a connection that was to last and broke is not opened again."""
        if self._over:
            raise ConnectionError("the session is over")
        try:
            talk = self._talk or self._opened()
            talk.request("POST" if self._body else "GET", self._path, self._body or None)
            talk.getresponse().read()
        except FAILURES:
            self._over = self._open_once
            raise
        if self._open_once:
            self._talk = talk
        else:
            talk.close()

    def _opened(self) -> http.client.HTTPConnection:
        talk = http.client.HTTPConnection(self._site.name)
        wire = self._site.connect(443 if self._tls else 80)
        name = self._site.name
        talk.sock = self._tls.wrap_socket(wire, server_hostname=name) if self._tls else wire
        return talk


def fetch(
    host: str, *, path: str = "/", put: int = 0, secure: bool = True, source: str = ""
) -> None:
    """One page, or one upload of `put` bytes, by a client that checks certificates."""
    here = (source, 0) if source else None
    talk: http.client.HTTPConnection
    if secure:
        trust = ssl.create_default_context(cafile=str(certs.TRUST))
        talk = http.client.HTTPSConnection(
            host, timeout=TIMEOUT_S, context=trust, source_address=here
        )
    else:
        talk = http.client.HTTPConnection(host, timeout=TIMEOUT_S)
    try:
        talk.request("PUT" if put else "GET", path, b"x" * put or None)
        answer = talk.getresponse()
        answer.read()
        if answer.status >= 500:
            raise http.client.HTTPException(f"status {answer.status}")
    finally:
        talk.close()


def look_up() -> None:
    """A name that nobody asked for before, so that the resolver has to ask outside."""
    name = f"{random.getrandbits(64):016x}.edge.pixelharbour.example"
    socket.getaddrinfo(name, None, socket.AF_INET)


def read_mail_server() -> None:
    """Log in at the company's server as a person's mail program does."""
    trust = ssl.create_default_context(cafile=str(certs.TRUST))
    with smtplib.SMTP(clients.MAIL_HOST, 587, timeout=TIMEOUT_S) as smtp:
        smtp.starttls(context=trust)
        smtp.login("l.fischer", world.PASSWORDS["l.fischer"])


def knock(address: str, port: int, *, says_first: bool) -> None:
    """Connect, and hear or send something."""
    with socket.create_connection((address, port), TIMEOUT_S) as talk:
        if says_first:
            if not talk.recv(64):
                raise ConnectionError("closed")
        else:
            talk.sendall(b"x" * 200)
            talk.shutdown(socket.SHUT_WR)
            talk.recv(1)
