"""Ports as Cisco devices show them by name, back to the numbers that were written."""

from __future__ import annotations

import re

_PORTS = {
    "ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "tacacs": 49, "domain": 53,
    "bootps": 67, "bootpc": 68, "tftp": 69, "gopher": 70, "finger": 79, "www": 80, "http": 80,
    "pop2": 109, "pop3": 110, "sunrpc": 111, "ident": 113, "nntp": 119, "ntp": 123,
    "netbios-ns": 137, "netbios-dgm": 138, "netbios-ss": 139, "netbios-ssn": 139, "imap4": 143,
    "snmp": 161, "snmptrap": 162, "xdmcp": 177, "bgp": 179, "irc": 194, "ldap": 389, "https": 443,
    "isakmp": 500, "exec": 512, "biff": 512, "login": 513, "who": 513, "rsh": 514, "cmd": 514,
    "syslog": 514, "lpd": 515, "rip": 520, "uucp": 540, "klogin": 543, "kshell": 544, "rtsp": 554,
    "ldaps": 636, "kerberos": 750, "lotusnotes": 1352, "sqlnet": 1521, "radius": 1645,
    "radius-acct": 1646, "pptp": 1723, "nfs": 2049, "non500-isakmp": 4500, "sip": 5060,
    "aol": 5190, "pcanywhere-data": 5631, "pcanywhere-status": 5632,
}  # fmt: skip
"""Of TCP and UDP together; where both have the name, they have the same number."""


def numbered(line: str) -> str:
    """A line of an access list with every ``eq`` port as a number."""
    return re.sub(r"\beq (\S+)", lambda found: f"eq {_PORTS.get(found[1], found[1])}", line)
