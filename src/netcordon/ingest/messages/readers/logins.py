"""Logins that hosts and tunnels write to syslog: OpenSSH, PAM, sudo, strongSwan.

Messages as in the sources of OpenSSH (``auth.c``), Linux-PAM (``pam_unix``), sudo (``logging.c``)
and strongSwan. A name is what the client sent: it may hold anything, so the address is looked for
from the end of the line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from netcordon.ingest.messages.events import Event, port
from netcordon.ingest.messages.log import Found, Message, Reader

_MOST_REPEATS = 100
_NOTHING: Sequence[Event] = ()
"""A message of a known program that tells of no login."""

_REPEATED = re.compile(r"message repeated (?P<count>\d{1,4}) times: \[ ?(?P<text>.*)\]$")
_SSH = re.compile(
    r" ?(?P<outcome>Accepted|Failed) (?P<method>[\w/-]{1,64}) for (?P<unknown>(?:invalid|illegal) "
    r"user )?(?P<account>.{0,256}) from (?P<source>[\w.:%-]{1,64}) port (?P<port>\d{1,5})"
    r"(?: ssh2?)?(?:: .*)?$"
)
_PAM = re.compile(
    r" ?pam_\w{1,32}\((?P<service>[\w.@/-]{1,64}):auth\): authentication failure; .*"
    r"rhost=(?P<source>\S{0,64}) {1,2}user=(?P<account>\S{1,256})"
)
_SUDO = re.compile(
    r" *(?P<account>[^ :]{1,256}) : (?:(?P<why>[^;=]{1,128}) ; )?TTY=\S{1,64} ; .*?"
    r"USER=(?P<as>[^ ;]{1,256}) ; .*?COMMAND=(?P<command>.*)$"
)
_IKE_IN = re.compile(
    r"(?:\d\d\[IKE\] )?IKE_SA \S{1,64} established between [^\[]{1,64}\[[^\]]{0,256}\]\.\.\."
    r"(?P<source>[\da-fA-F.:]{3,39})\[(?P<account>[^\]]{1,256})\]"
)
_IKE_OUT = re.compile(
    r"(?:\d\d\[IKE\] )?(?:EAP method (?P<method>\w{1,32}) failed for peer (?P<peer>.{1,256})"
    r"|XAuth authentication of '(?P<account>.{1,256})' failed)$"
)


def _login(
    message: Message,
    time: int | None,
    provider: str,
    service: str,
    outcome: str,
    **told: str | None,
) -> Event:
    return Event(
        "authentication",
        {
            "time": time,
            "provider": provider,
            "service": service,
            "outcome": outcome,
            "src_ip": told.get("source"),
            "src_port": port(told.get("port")),
            "account": told.get("account"),
            "domain": message.envelope.host,
            "method": told.get("method"),
            "status_detail": told.get("why"),
        },
    )


def _sshd(message: Message) -> Found:
    is_own = message.envelope.tag in ("sshd", "sshd-session", "sshd-auth")
    is_own = is_own and not message.text.startswith("SSHD_")  # Junos words it differently
    repeated = _REPEATED.match(message.text)
    text = repeated["text"] if repeated else message.text
    found = _SSH.match(text)
    if found is None:
        return _NOTHING if is_own else None
    if message.envelope.tag and not is_own:
        return None
    count = min(int(repeated["count"]), _MOST_REPEATS) if repeated else 1
    failed = found["outcome"] == "Failed"
    return [
        _login(
            message, message.time(), "sshd", "ssh", "failure" if failed else "success",
            source=found["source"], port=found["port"], account=found["account"],
            method=found["method"], why="no such user" if found["unknown"] else None,
        )
        for _ in range(count)
    ]  # fmt: skip


def _pam(message: Message) -> Found:
    found = _PAM.match(message.text)
    if found is None:
        return _NOTHING if message.text.lstrip().startswith("pam_") else None
    if found["service"] == "sshd":
        return _NOTHING  # sshd says so itself as well
    return [
        _login(
            message, message.time(), "pam", found["service"], "failure",
            source=found["source"], account=found["account"], method="password",
        )
    ]  # fmt: skip


def _sudo(message: Message) -> Found:
    found = _SUDO.match(message.text) if message.envelope.tag == "sudo" else None
    if found is None:
        return _NOTHING if message.envelope.tag == "sudo" else None
    return [
        Event(
            "api_activity",
            {
                "time": message.time(),
                "provider": "sudo",
                "service": "sudo",
                "operation": f"command as {found['as']}",
                "account": found["account"],
                "object": found["command"][:1024],
                "outcome": "failure" if found["why"] else "success",
                "status_detail": found["why"],
                "tenant": message.envelope.host,
            },
        )
    ]


def _strongswan(message: Message) -> Found:
    if message.envelope.tag not in ("charon", "charon-systemd", "ipsec"):
        return None
    if let_in := _IKE_IN.match(message.text):
        told = {"source": let_in["source"], "account": let_in["account"]}
        return [_login(message, message.time(), "strongswan", "vpn", "success", **told)]
    if refused := _IKE_OUT.match(message.text):
        account = refused["account"] or refused["peer"]
        method = refused["method"] or "xauth"
        time = message.time()
        return [
            _login(
                message, time, "strongswan", "vpn", "failure", account=account, method=method
            )
        ]  # fmt: skip
    return _NOTHING


SSHD = Reader("sshd", _sshd)
PAM = Reader("pam", _pam)
SUDO = Reader("sudo", _sudo)
STRONGSWAN = Reader("strongswan", _strongswan)
