"""Logins of one connection: who, from which workstation, and whether it worked."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from netcordon.ingest.capture.application.kerberos import reader as kerberos
from netcordon.ingest.capture.application.ntlm import Authenticate, Challenge, find_message
from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.stream.conversation import Context


class _Pending(NamedTuple):
    time_ns: int
    frame: int
    method: str
    account: str
    domain: str
    workstation: str
    os_version: str = ""
    challenge: str = ""


class Talk(Protocol):
    """A connection or a flow of datagrams."""

    context: Context

    def client(self, direction: int) -> Ends:
        """The ends once ``direction`` is known to be the client."""


class Logins:
    r"""Collects what a connection shows of logins and writes `authentication` and identities.

    Attributes:
        account: who logged in last, as DOMAIN\user; ``None`` for nobody and for the anonymous.
    """

    def __init__(self, conversation: Talk, client: int, service: str) -> None:
        self._context = conversation.context
        self._ends = conversation.client(client)
        self._service = service
        self._pending: _Pending | None = None
        self._challenge = ""
        self._last: tuple[str, str, str] | None = None
        self.account: str | None = None

    def token(self, data: bytes, from_client: bool, time_ns: int, frame: int) -> bool:
        """Look for a message of NTLM or Kerberos in a security token.

        Returns:
            Whether it names an account; the ticket that Kerberos shows is sealed and names none.
        """
        message = find_message(data)
        if isinstance(message, Challenge) and not from_client:
            self._challenge = message.challenge
            self._server_says(message, time_ns, frame)
        elif isinstance(message, Authenticate) and from_client:
            self._put(
                _Pending(
                    time_ns, frame, "ntlm", message.account, message.domain,
                    message.workstation, message.os_version, self._challenge,
                )
            )  # fmt: skip
            return True
        elif message is None and from_client:
            kerberos.read_token(self._context, data, self._ends, time_ns, frame)
        return False

    def named(self, method: str, account: str, time_ns: int, frame: int, domain: str = "") -> None:
        """An account named in another way than NTLM."""
        self._put(_Pending(time_ns, frame, method, account, domain, ""))

    def outcome(self, success: bool | None) -> None:
        """The answer to the pending login."""
        if self._pending is not None:
            word = None if success is None else "success" if success else "failure"
            self._write(self._pending, word)
            self._pending = None

    def finish(self) -> None:
        """A login without an answer stays without an outcome."""
        self.outcome(None)

    def _put(self, pending: _Pending) -> None:
        self.outcome(None)
        self._pending = pending
        domain = f"{pending.domain}\\" if pending.domain else ""
        self.account = f"{domain}{pending.account}" if pending.account else None

    def _write(self, login: _Pending, outcome: str | None) -> None:
        # HTTP repeats credentials with every request: one row until something changes.
        key = (login.method, login.account, outcome or "")
        if login.method in ("basic", "digest") and outcome == "success" and key == self._last:
            return
        self._last = key
        self._context.rows.add(
            "authentication",
            login.time_ns,
            login.frame,
            *self._ends,
            login.method,
            self._service,
            login.account or None,
            login.domain or None,
            login.workstation or None,
            outcome,
            login.challenge or None,
        )
        if login.method == "ntlm" and (login.workstation or login.account):
            self._context.identities.say(
                "ntlm",
                login.time_ns,
                login.frame,
                ip=self._ends.src_ip,
                host_name=login.workstation,
                user="" if login.account.endswith("$") else login.account,
                domain=login.domain,
                os_hint=login.os_version,
            )

    def _server_says(self, message: Challenge, time_ns: int, frame: int) -> None:
        if message.computer or message.dns_computer or message.os_version:
            self._context.identities.say(
                "ntlm",
                time_ns,
                frame,
                ip=self._ends.dst_ip,
                host_name=message.computer or message.dns_computer.partition(".")[0],
                domain=message.dns_domain or message.domain,
                os_hint=message.os_version,
            )
