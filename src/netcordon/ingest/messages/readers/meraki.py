"""Cisco Meraki: flows, requests, leases and tunnels of people.

Source: "Meraki Syslog Event Types and Log Samples": a time since 1970, the device, the type, and
``name=value``; a flow's rule stands as ``pattern: allow all`` (0 or ``allow`` lets it pass).
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.accounts import call, identity, login, present
from netcordon.ingest.messages.events import Event, port
from netcordon.ingest.messages.flows import disposition, flow, protocol
from netcordon.ingest.messages.leases import lease
from netcordon.ingest.messages.log import Found, Message, Reader
from netcordon.ingest.messages.requests import request

_HEAD = re.compile(
    r"(?:1 )?(?P<time>\d{10}\.\d{1,9}) (?P<device>[\w.-]{1,64}) "
    r"(?P<type>flows|firewall|cellular_firewall|vpn_firewall|ip_flow_start|ip_flow_end|urls|events|"
    r"ids-alerts|security_event|airmarshal_events) (?P<rest>.*)$",
    re.ASCII | re.S,
)
_PAIR = re.compile(r"(?<!\S)(\w{2,32})=(?: ?'([^']*)'|(\S*))", re.ASCII)
_PATTERN = re.compile(r"pattern: (?P<first>\w{1,16})", re.ASCII)
_VERB = re.compile(r"(?:^| )(allow|deny)(?= )", re.ASCII)
_REQUEST = re.compile(r"request: (?P<method>\S{1,32}) (?P<url>\S{1,8192})", re.ASCII)
_AGENT = re.compile(r"agent='(?P<agent>[^']{1,1024})'")
_IP = r"[0-9A-Fa-f:.]{2,45}"
_LEASE = re.compile(
    rf"dhcp lease of ip (?P<ip>{_IP}) (?:from \S{{1,64}} mac (?P<own>\S{{17}}) )?for client mac "
    rf"(?P<mac>\S{{17}})(?: with hostname (?P<name>\S{{1,255}}))?"
    rf"(?: from router (?P<server>{_IP}))?",
    re.ASCII,
)
_CONNECTED = re.compile(
    rf"(?:anyconnect_vpn_connect|client_vpn_connect) user id '(?P<user>[^']{{1,256}})' local ip "
    rf"(?P<ip>{_IP}) (?:re)?connected from (?P<peer>{_IP})",
    re.ASCII,
)
_PEER = re.compile(rf"Peer IP=(?P<ip>{_IP})(?: Peer port=(?P<port>\d{{1,5}}))?", re.ASCII)
_LONGEST = 16 << 10


def _read(message: Message) -> Found:
    found = _HEAD.match(message.text[:_LONGEST].lstrip())
    if found is None:
        return None
    time, kind, rest = message.time(found["time"]), found["type"], found["rest"]
    told = {m[1]: m[2] if m[2] is not None else m[3] for m in _PAIR.finditer(rest)}
    if kind == "urls":
        return _url(time, told, rest)
    if kind == "events":
        return _event(message, time, told, rest)
    if kind in ("ids-alerts", "security_event"):
        return _alert(time, told, found["device"], rest)
    if "src" in told and "dst" in told:
        return [_flow(time, told, kind, rest)]
    return []


def _flow(time: int | None, told: dict[str, str], kind: str, rest: str) -> Event:
    verb, pattern = _VERB.search(rest), _PATTERN.search(rest)
    word = verb[1] if verb else {"0": "allow", "1": "deny"}.get(pattern[1]) if pattern else None
    if word is None and pattern:
        word = pattern[1]
    name = protocol(told.get("protocol"))
    is_icmp = name in ("icmp", "icmp6")
    return flow(
        start=time,
        ends=(
            told["src"], port(told.get("type" if is_icmp else "sport")),
            told["dst"], port(told.get("code" if is_icmp else "dport")),
        ),
        protocol=name,
        outcome=disposition(word) or ("allowed" if kind.startswith("ip_flow") else None),
        session=" ".join(
            told.get(part, "") for part in ("src", "sport", "dst", "dport", "protocol")
        )
        if kind.startswith("ip_flow")
        else "",
        is_begin=kind == "ip_flow_start",
        src_mac=(told.get("mac") or "").lower() or None,
    )  # fmt: skip


def _url(time: int | None, told: dict[str, str], rest: str) -> Found:
    asked = _REQUEST.search(rest)
    if asked is None or "src" not in told:
        return "a request without its URL"
    source, _, source_port = told["src"].rpartition(":")
    peer, _, peer_port = told.get("dst", "").rpartition(":")
    agent = _AGENT.search(rest)
    method = asked["method"].rstrip(":")
    return present(
        request(
            time, url=asked["url"], ends=(source, source_port, peer, peer_port),
            method=None if method == "UNKNOWN" else method,
            agent=agent["agent"] if agent else None,
        ),
        identity(time, "firewall", ip=source, mac=told.get("mac")),
    )  # fmt: skip


def _event(message: Message, time: int | None, told: dict[str, str], rest: str) -> Found:
    if given := _LEASE.search(rest):
        return lease(
            time, "ACK", ip=given["ip"], mac=given["mac"], host_name=given["name"],
            server=given["server"],
        )  # fmt: skip
    if connected := _CONNECTED.search(rest):
        user = connected["user"]
        return present(
            login(
                message, "meraki", "success", time=time, service="vpn", source=connected["peer"],
                account=user,
            ),
            identity(time, "vpn", ip=connected["ip"], user=user),
        )  # fmt: skip
    kind = told.get("type", "")
    if kind.endswith("auth_failure"):
        peer = _PEER.search(rest)
        return [
            login(
                message, "meraki", "failure", time=time, service="vpn",
                source=peer["ip"] if peer else None, source_port=peer["port"] if peer else None,
                why=told.get("msg"),
            )
        ]  # fmt: skip
    if rest.startswith("content_filtering_block") and "url" in told:
        peer_ip, _, peer_port = told.get("server", "").rpartition(":")
        return [
            request(time, url=told["url"], ends=(told.get("client_ip"), None, peer_ip, peer_port))
        ]
    if kind in ("8021x_auth", "wpa_auth", "8021x_eap_success", "8021x_eap_failure"):
        return [
            login(
                message, "meraki", "failure" if kind.endswith("failure") else "success", time=time,
                service="network", account=told.get("identity"),
                workstation=told.get("client_mac"),
            )
        ]  # fmt: skip
    if kind.startswith(("settings_", "admin_")):
        return [call(message, "meraki", kind, time=time, object_=rest)]
    return []


def _alert(time: int | None, told: dict[str, str], device: str, rest: str) -> Found:
    source, _, source_port = told.get("src", "").rpartition(":")
    target, _, target_port = told.get("dst", "").rpartition(":")
    title = re.search(r"message: (?P<title>.{1,256})$", rest)
    priorities = {"1": 4, "2": 3, "3": 2, "4": 1}
    return [
        Event(
            "detection_finding",
            {
                "time": time,
                "src_ip": source, "src_port": port(source_port),
                "dst_ip": target, "dst_port": port(target_port),
                "protocol": protocol((told.get("protocol") or "").partition("/")[0]),
                "product": "meraki", "kind": "alert",
                "rule_id": told.get("signature") or told.get("sha256"),
                "title": title["title"] if title else rest[:200],
                "category": rest.partition(" ")[0],
                "severity": told.get("priority"),
                "severity_id": priorities.get(told.get("priority", "")),
                "action": told.get("decision") or told.get("action"),
                "observable": told.get("url") or told.get("name"),
                "count": 1, "reporter": device, "is_from_src": True,
            },
        )
    ]  # fmt: skip


MERAKI = Reader("meraki", _read)
