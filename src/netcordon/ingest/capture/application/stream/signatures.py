"""Signatures of the protocols over TCP: what the first bytes of a segment must look like."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from netcordon.ingest.capture.application.dcerpc import DcerpcParser
from netcordon.ingest.capture.application.dns.stream import DnsStreamParser
from netcordon.ingest.capture.application.ftp.control import FtpParser
from netcordon.ingest.capture.application.http.parser import HttpParser
from netcordon.ingest.capture.application.kerberos.reader import KerberosParser
from netcordon.ingest.capture.application.ldap import LdapParser
from netcordon.ingest.capture.application.ldap.message import operation_tag
from netcordon.ingest.capture.application.mail.mailbox import ImapParser, Pop3Parser
from netcordon.ingest.capture.application.mail.smtp import SmtpParser
from netcordon.ingest.capture.application.rdp import RdpParser
from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.smb import SmbParser
from netcordon.ingest.capture.application.ssh import SshParser
from netcordon.ingest.capture.application.stream.alternatives import Alternatives
from netcordon.ingest.capture.application.stream.conversation import Conversation, StreamParser
from netcordon.ingest.capture.application.tcp.shapes import shaped
from netcordon.ingest.capture.application.tls.parser import TlsParser
from netcordon.ingest.capture.events import ORIG

MakeParser = Callable[[Conversation, int], StreamParser]
"""Takes the conversation and the direction that is the client."""


class Recognised(NamedTuple):
    """A protocol with its parser, and which direction is the client."""

    make: MakeParser
    client: int


_TEXT: tuple[tuple[re.Pattern[bytes], MakeParser, bool | None], ...] = (
    (re.compile(rb"[A-Z][A-Z_-]{1,31} [^\r\n]{1,65000} HTTP/1\.[0-9]\r?\n"), HttpParser, True),
    (re.compile(rb"HTTP/1\.[0-9] [1-9][0-9][0-9](?:[ \r\n]|\Z)"), HttpParser, False),
    (re.compile(rb"(?:[^\r\n]{0,255}\r?\n){0,8}SSH-[12]\.[0-9]"), SshParser, None),
    (re.compile(rb"(?:EHLO|HELO|LHLO|ehlo|helo) "), SmtpParser, True),
    (re.compile(rb"220[ -][^\r\n]*SMTP"), SmtpParser, False),
    (re.compile(rb"220[ -][^\r\n]*[Ff][Tt][Pp]"), FtpParser, False),
    (re.compile(rb"331[ -]"), FtpParser, False),
    (re.compile(rb"(?i:USER) [^\r\n ]{1,200}\r?\n"), FtpParser, True),
    (re.compile(rb"\+OK(?: [^\r\n]*)?\r?\n"), Pop3Parser, False),
    (re.compile(rb"\* (?:OK|PREAUTH)[ \r]"), ImapParser, False),
    (
        re.compile(rb"\x80.\x01(?:\x03[\x00-\x03]|\x00\x02)\x00", re.DOTALL),
        TlsParser,
        True,
    ),  # SSLv2
    # X.224 connection request and confirm of RDP; those of S7 go on with TSAPs (C0 to C2).
    (
        re.compile(
            rb"\x03\x00(?:\x00\x0b\x06\xe0\x00\x00..\x00"
            rb"|..[\x0e-\xff]\xe0\x00\x00..\x00(?:[\x20-\x7e]|\x01[\x00-\x0f]\x08\x00))",
            re.DOTALL,
        ),
        RdpParser,
        True,
    ),
    (
        re.compile(
            rb"\x03\x00\x00(?:\x0b\x06\xd0....\x00|\x13\x0e\xd0....\x00[\x02\x03][\x00-\x1f]\x08\x00)",
            re.DOTALL,
        ),
        RdpParser,
        False,
    ),
)
"""Pattern, parser, whether the client speaks like this (``None``: both do)."""
_ANY_TEXT = Alternatives(pattern for pattern, _, _ in _TEXT)

_NAMED: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"\x17\x03[\x01-\x04][\x00-\x42]|\x14\x03[\x01-\x04]\x00\x01\x01"), "tls"),
)
"""Protocols that are named and not read further, beside those of ``tcp.named``."""
_ANY_NAMED = Alternatives(pattern for pattern, _ in _NAMED)

_KERBEROS_CLIENT = b"\x6a\x6c\x6e"
_KERBEROS = _KERBEROS_CLIENT + b"\x6b\x6d\x6f\x7e"
_LDAP_CLIENT = b"\x60\x42\x63\x66\x68\x4a\x6c\x6e\x50\x77"
_LDAP = _LDAP_CLIENT + b"\x61\x64\x65\x67\x69\x6b\x6d\x6f\x73\x78"
_DCERPC_CLIENT = b"\x00\x0b\x0e\x10"
_DCERPC = _DCERPC_CLIENT + b"\x02\x03\x0c\x0d\x0f"


def recognise(data: bytes, direction: int, ends: Ends) -> Recognised | None:
    """The protocol that a segment's first bytes prove, or ``None``."""
    text = _ANY_TEXT.first(data)
    if text is not None:
        _, make, speaks = _TEXT[text]
        if speaks is None:
            return Recognised(make, ORIG)
        return Recognised(make, direction if speaks else 1 - direction)
    found = _binary(data) if len(data) >= 7 else None
    if found is not None:
        make, client_speaks = found
        return Recognised(make, direction if client_speaks else 1 - direction)
    other = shaped(data, direction, ends)
    if other is not None:
        return Recognised(*other)
    if len(data) < 7:
        return None
    if 53 in (ends.src_port, ends.dst_port) and _is_dns(data):
        return Recognised(DnsStreamParser, 0 if ends.dst_port == 53 else 1)
    return None


def named_only(data: bytes) -> str | None:
    """The name of a protocol that is not read further, or ``None``."""
    named = _ANY_NAMED.first(data)
    return None if named is None else _NAMED[named][1]


def _binary(data: bytes) -> tuple[MakeParser, bool] | None:
    if data[0] == 0x16 and data[1] == 3 and data[2] <= 4 and data[5] in (1, 2) and data[6] == 0:
        return TlsParser, data[5] == 1
    if data[0] in (0, 0x81) and len(data) >= 8:
        smb = _smb(data)
        if smb is not None:
            return SmbParser, smb
    if len(data) >= 16 and data[0] == 5 and data[1] == 0 and data[2] in _DCERPC:
        # Shorter ones are answers of SOCKS, which begin with the same octets.
        if data[4] in (0, 0x10) and data[5:8] == b"\x00\x00\x00":
            return DcerpcParser, data[2] in _DCERPC_CLIENT
        return None
    if len(data) >= 12 and data[0] == 0 and data[4] in _KERBEROS and _der_sequence(data, 5):
        return KerberosParser, data[4] in _KERBEROS_CLIENT
    if data[:2] == b"\0\0" and data[4:6] == b"\x05\x04" and data[7:8] == b"\xff":
        return LdapParser, not data[6] & 1  # a signed SASL buffer; the acceptor marks its own
    if data[0] == 0x30 and len(data) >= 8:
        tag = operation_tag(data[:16])[0]
        if tag in _LDAP:
            return LdapParser, tag in _LDAP_CLIENT
    return None


def _smb(data: bytes) -> bool | None:
    """Whether a NetBIOS session message is the client's; ``None`` when it is no SMB."""
    if data[0] == 0x81:
        return True if data[1] == 0 and data[2] == 0 and data[4] == 0x20 else None
    if data[4:8] == b"\xffSMB":
        return not data[13] & 0x80 if len(data) > 13 else None
    if data[4:8] == b"\xfeSMB":
        return not data[20] & 1 if len(data) > 20 else None
    return True if data[4:8] == b"\xfdSMB" else None


def _der_sequence(data: bytes, at: int) -> bool:
    """Whether a DER length at ``at`` is followed by a SEQUENCE."""
    size = data[at]
    behind = at + 1 + (size & 0x7F if size & 0x80 else 0)
    return size != 0x80 and behind - at <= 5 and behind < len(data) and data[behind] == 0x30


def _is_dns(data: bytes) -> bool:
    size = data[0] << 8 | data[1]
    if size < 12 or len(data) < 14:
        return False
    questions, opcode = data[6] << 8 | data[7], data[4] >> 3 & 15
    return questions <= 16 and opcode <= 6 and data[8] == 0
