"""What may stand in a rule: canonical values and nothing else.

Addresses, names and fingerprints of an incident come from the attacker's traffic. A value that is
not spelt in the one way this module accepts holds no quote, space, bracket or line end, so a rule
made of accepted values cannot be broken out of.
"""

from __future__ import annotations

import ipaddress
import re

from netcordon.model.command import Command, Direction, Target, Verb

LONGEST_DURATION_S = 366 * 86400
"""A measure that should hold longer is policy, and belongs to the network's own rules."""

_ID = re.compile(r"cmd-[1-9][0-9]{0,5}")
_CASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{1,58}}[a-z0-9])")
_JA4 = re.compile(r"[tqd](?:\d\d|s[23]|d[123])[di]\d{4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}", re.A)
_NAMED = ("tcp", "udp", "icmp", "icmp6")
_MOST_PACKETS_PER_S = 1_000_000
_MOST_EXCEPTIONS = 64


def is_network(text: str) -> bool:
    """Whether it is a network in canonical CIDR notation: ``203.0.113.7/32``, ``2001:db8::/32``."""
    try:
        return str(ipaddress.ip_network(text)) == text and "%" not in text
    except ValueError:
        return False


def is_address(text: str) -> bool:
    """Whether it is one address, as the standard library writes it."""
    try:
        return str(ipaddress.ip_address(text)) == text
    except ValueError:
        return False


def is_within(network: str, holder: str) -> bool:
    """Whether one canonical network lies wholly within another."""
    inner, outer = ipaddress.ip_network(network), ipaddress.ip_network(holder)
    if isinstance(inner, ipaddress.IPv4Network):
        return isinstance(outer, ipaddress.IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, ipaddress.IPv6Network) and inner.subnet_of(outer)


def is_domain(text: str) -> bool:
    """Whether it is a DNS name of two labels or more in lower-case ASCII, without its last dot."""
    return len(text) <= 253 and _DOMAIN.fullmatch(text) is not None


def is_ja4(text: str) -> bool:
    """Whether it is a JA4 fingerprint of a TLS, QUIC or DTLS client (FoxIO, 2023)."""
    return _JA4.fullmatch(text) is not None


def is_case_id(text: str) -> bool:
    """Whether it can stand in comments and names on any device."""
    return _CASE.fullmatch(text) is not None


def malformed(command: Command) -> str | None:
    """Why a command must not become a rule anywhere, in words; ``None`` when it may."""
    if not _ID.fullmatch(command.id):
        return "its id is not cmd- and a number"
    if not 0 < command.duration_s <= LONGEST_DURATION_S:
        return "it must hold between one second and a year"
    pace = command.packets_per_s
    if pace is not None and not 0 < pace <= _MOST_PACKETS_PER_S:
        return f"traffic is slowed to 1 to {_MOST_PACKETS_PER_S} packets a second"
    if (command.verb is Verb.SET) != (pace is not None):
        return "slowing is verb set with packets_per_s, and only that"
    return _malformed_target(command.target) or _contradiction(command)


def _malformed_target(target: Target) -> str | None:
    for network in (target.inside, target.outside, *target.except_for):
        if network and not is_network(network):
            return "an address is not in canonical CIDR notation"
    if "" in target.except_for or len(target.except_for) > _MOST_EXCEPTIONS:
        return f"exceptions are up to {_MOST_EXCEPTIONS} networks"
    if target.domain and not is_domain(target.domain):
        return "the name is no canonical DNS name"
    if target.ja4 and not is_ja4(target.ja4):
        return "the fingerprint is no JA4"
    return _malformed_service(target)


def _malformed_service(target: Target) -> str | None:
    protocol, port = target.protocol, target.port
    number = protocol.isascii() and protocol.isdecimal() and str(int(protocol[:4])) == protocol
    if protocol and protocol not in _NAMED and not (number and int(protocol) <= 255):
        return "the protocol is none of tcp, udp, icmp, icmp6 and 0 to 255"
    if port is not None and not 0 < port <= 65535:
        return "a port lies between 1 and 65535"
    if port is not None and protocol not in ("tcp", "udp"):
        return "a port needs protocol tcp or udp"
    return None


def _contradiction(command: Command) -> str | None:
    target = command.target
    ends = [end for end in (target.inside, target.outside) if end]
    if not ends and not target.domain and target.port is None:
        return "nothing says which traffic: no address, name or port"
    if len({ipaddress.ip_network(end).version for end in ends}) > 1:
        return "one end is IPv4, the other IPv6"
    if target.ja4 and not ends:
        return "a JA4 alone is too common; it needs a network"
    if (target.protocol == "icmp" and target.family == 6) or (
        target.protocol == "icmp6" and target.family == 4
    ):
        return "icmp belongs to IPv4, icmp6 to IPv6"
    if target.port is not None:
        begun = Direction.INGRESS if target.serves_inside else Direction.EGRESS
        if command.direction not in (Direction.BOTH, begun):
            return "who would begin such a connection does not fit the direction"
    if command.verb is Verb.CONTAIN and not target.inside:
        return "isolating needs a host of ours"
    return None
