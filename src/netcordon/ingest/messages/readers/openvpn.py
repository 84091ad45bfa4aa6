"""OpenVPN: who came in, which address they hold, who was refused; its status file.

Sources: OpenVPN ``ssl_verify.c``, ``multi.c``, ``status.c`` (versions 2 and 3, ``CLIENT_LIST``).
A name is what the client sent, so the address is looked for behind the last slash.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.accounts import identity, login, present
from netcordon.ingest.messages.events import Event
from netcordon.ingest.messages.log import Found, Message, Reader

_OWN_TIME = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
    r" \d{4})(?: us=\d{1,6})? "
)
_PEER = re.compile(
    r"(?:(?P<name>.{1,128}?)/)?(?:udp[46]?:|tcp[46]?:)?\[?(?P<ip>\d{1,3}(?:\.\d{1,3}){3}|"
    r"[\da-fA-F:]{3,39})\]?:(?P<port>\d{1,5}) (?P<rest>.*)$",
    re.ASCII | re.S,
)
_IN = re.compile(r"\[(?P<user>[^\]]{1,256})\] Peer Connection Initiated with ")
_OUT = re.compile(
    r"(?P<why>TLS Auth Error: .{1,128}|VERIFY ERROR: depth=0, .{1,200}|AUTH_FAILED.{0,128}|"
    r"TLS Error: (?:TLS handshake failed|tls-crypt unwrapping failed|cannot locate HMAC).{0,128}|"
    r"PLUGIN AUTH-PAM: .{0,64}fail.{0,64}|SENT CONTROL \[.{0,64}\]: 'AUTH_FAILED.{0,64})"
)
_PASSWORD = re.compile(
    r"TLS: Username/Password authentication (?P<what>succeeded|failed) for username "
    r"'(?P<user>[^']{1,256})'"
)
_HELD = re.compile(
    r"MULTI(?:_sva)?: (?:Learn: (?P<ip>[0-9A-Fa-f:.]{2,45}) -> |primary virtual IP for \S{1,256}: "
    r"(?P<ip2>[0-9A-Fa-f:.]{2,45}))",
    re.ASCII,
)
_LDAP = re.compile(
    r'(?P<why>Incorrect password supplied) for LDAP DN "(?:CN|cn|uid)=(?P<user>[^,"]{1,128})|'
    r"(?P<why2>Unable to bind as|LDAP user .{0,4}not found:?) ?\"?(?P<user2>[^\s\"]{1,128})"
)
_CN = re.compile(r"\bCN=([^,/]{1,128})")
_REMARKS = re.compile(
    r"(?:MULTI|peer info|VERIFY|TLS|SSL|Control Channel|"
    r"(?:Incoming|Outgoing) (?:Data|Control) Channel|"
    r"Data Channel|Timers:|UDPv?\d?|TCPv?\d?|IFCONFIG|TUN/TAP|net_|Initialization Sequence|ROUTE|"
    r"Diffie-Hellman|Socket Buffers|Could not determine|succeeded ->|event_wait|OpenVPN |library|"
    r"NOTE:|WARNING:|OPTIONS|SENT CONTROL|PUSH|CRL|Connection reset|client-instance|Re-using|"
    r"LDAP|ldap_|Using |DEPRECATED|GID|UID|SIGTERM|SIGUSR|Listening|MANAGEMENT)"
)
_STATUS = re.compile(
    r"(?P<kind>CLIENT_LIST|ROUTING_TABLE|HEADER|GLOBAL_STATS|TITLE|TIME)(?P<by>[,\t])"
)


def _read(message: Message) -> Found:
    if status := _STATUS.match(message.text):
        return _status(message, status)
    stamp = _OWN_TIME.match(message.text)
    is_own = message.envelope.tag.startswith(("openvpn", "ovpn"))
    if not stamp and not is_own:
        return None
    text = message.text[stamp.end() if stamp else 0 :][:2048]
    time = message.time(stamp["time"]) if stamp else message.time()
    peer = _PEER.match(text)
    rest = peer["rest"] if peer else text
    found = _event(message, time, peer, rest)
    if found is not None:
        return found
    return [] if is_own or _REMARKS.match(rest) else None


def _event(message: Message, time: int | None, peer: re.Match[str] | None, rest: str) -> Found:
    if ldap := _LDAP.search(rest):
        return [
            login(
                message, "openvpn", "failure", time=time, service="vpn", method="ldap",
                account=ldap["user"] or ldap["user2"], why=ldap["why"] or ldap["why2"],
            )
        ]  # fmt: skip
    if peer is None:
        return None
    if let_in := _IN.match(rest):
        return [_tunnel(message, time, peer, let_in["user"])]
    if tried := _PASSWORD.match(rest):
        why = None if tried["what"] == "succeeded" else rest.strip()
        return [_tunnel(message, time, peer, tried["user"], why)]
    if refused := _OUT.match(rest):
        subject = _CN.search(rest)
        account = peer["name"] or (subject[1] if subject else None)
        return [_tunnel(message, time, peer, account, refused["why"])]
    if held := _HELD.match(rest):
        return present(identity(time, "vpn", ip=held["ip"] or held["ip2"], user=peer["name"]))
    return None


def _tunnel(
    message: Message,
    time: int | None,
    peer: re.Match[str],
    account: str | None,
    why: str | None = None,
) -> Event:
    return login(
        message, "openvpn", "failure" if why else "success", time=time, service="vpn",
        source=peer["ip"], source_port=peer["port"], account=account, why=why,
    )  # fmt: skip


def _status(message: Message, status: re.Match[str]) -> Found:
    """A client of the status file: since when it is connected, from where, with which address."""
    part = message.text[:2048].strip().split(status["by"])
    if status["kind"] != "CLIENT_LIST" or len(part) < 9:
        return []
    end, _, number = part[2].rpartition(":")
    time = message.clock.microseconds(part[8]) or message.time(part[7])
    return present(
        login(
            message, "openvpn", "success", time=time, service="vpn", source=end.strip("[]"),
            source_port=number, account=part[1],
        ),
        identity(time, "vpn", ip=part[3], user=part[1]),
    )  # fmt: skip


OPENVPN = Reader("openvpn", _read)
