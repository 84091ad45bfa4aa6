"""Mail servers: a partner's, which takes everything, and the company's.

The company's listens on port 25 for the world and on 587 for people with a login, delivers into
maildirs and relays outward.
"""

from __future__ import annotations

import mailbox
import os
import shutil
import smtplib
import socket
import ssl
import sys
import threading
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from lab import world
from lab.cage import STATE


class Company:
    """Delivers to our people, relays the rest, looks strangers up on a block list."""

    async def handle_DATA(self, _server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take one message."""
        peer = str(session.peer[0]) if session.peer else ""
        if not peer.startswith(("10.", "2001:db8:20:")):
            _block_list(peer)
        content = envelope.original_content or b""
        for recipient in envelope.rcpt_tos:
            user, _, domain = recipient.partition("@")
            if domain == world.DOMAIN and user in world.PASSWORDS:
                _deliver(user, content)
            elif session.authenticated:
                threading.Thread(
                    target=_relay, args=(envelope.mail_from or "", recipient, content), daemon=True
                ).start()
            else:
                return "550 5.7.1 relaying denied"
        return "250 2.0.0 queued"


class Partner:
    """Takes everything."""

    async def handle_DATA(self, _server: Any, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        """Take one message."""
        return "250 2.0.0 queued"


def _deliver(user: str, content: bytes) -> None:
    place = STATE / "mail" / user
    box = mailbox.Maildir(str(place), create=True)
    box.add(content)
    for folder, _, files in os.walk(place):
        shutil.chown(folder, "mail", "mail")
        for name in files:
            shutil.chown(os.path.join(folder, name), "mail", "mail")  # noqa: PTH118 - os.walk gives strings


def _relay(sender: str, recipient: str, content: bytes) -> None:
    domain = recipient.rpartition("@")[2]
    with smtplib.SMTP(
        f"mx.{domain}", 25, local_hostname=f"mail.{world.DOMAIN}", timeout=30
    ) as smtp:
        smtp.sendmail(sender, [recipient], content)


def _block_list(address: str) -> None:
    """A mail server's question about a stranger: its address, backwards, under the list's name."""
    try:
        socket.getaddrinfo(
            ".".join(reversed(address.split("."))) + ".bl.avcheck.example", None, socket.AF_INET
        )
    except OSError:
        return


def _login(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    ok = (
        isinstance(data, LoginPassword)
        and world.PASSWORDS.get(data.login.decode()) == data.password.decode()
    )
    return AuthResult(success=ok)


def main() -> None:
    """Serve until ended."""
    if sys.argv[1] == "partner":
        Controller(
            Partner(),
            hostname=world.PARTNER_MX,
            port=25,
            server_hostname=f"mx.{world.PARTNER_DOMAIN}",
        ).start()
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        name = f"mail.{world.DOMAIN}"
        machine = world.BY_NAME["mail-01"]
        for address in (machine.ip, machine.ip6):
            Controller(Company(), hostname=address, port=25, server_hostname=name).start()
            Controller(
                Company(),
                hostname=address,
                port=587,
                server_hostname=name,
                tls_context=context,
                auth_required=True,
                require_starttls=True,
                authenticator=_login,
            ).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
