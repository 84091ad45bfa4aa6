"""SMB 1 to 3 over TCP: session setups and the security tokens in any small message.

[MS-SMB2] section 2.2.5 and [MS-CIFS] section 2.2.4.53. Payload of reads and writes is skipped, save
small ones: they carry remote procedure calls over named pipes with logins of their own.
"""

from __future__ import annotations

import struct

from netcordon.ingest.capture.application.conversation import Conversation
from netcordon.ingest.capture.application.logins import Logins
from netcordon.ingest.capture.application.ntlm import SIGNATURE
from netcordon.ingest.capture.application.text import safe_text, utf16_text

_SMALL = 16 << 10
_HEADER = 68  # NetBIOS length and SMB2 header
_SMB1_SESSION_SETUP, _SMB2_SESSION_SETUP = 0x73, 1
_MORE_PROCESSING = 0xC0000016
_SUCCESS = 0
_MAGIC = (b"\xffSMB", b"\xfeSMB", b"\xfdSMB")


class SmbParser:
    """Follows NetBIOS session messages in both directions."""

    measures = False

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        self._ends = conversation.client(client)
        self._logins = Logins(conversation, client, "smb")
        self._login_id: int | None = None
        self._lost = [False, False]
        conversation.label("smb")

    def advance(self, direction: int) -> None:
        """Read messages as far as the bytes go."""
        conversation = self._conversation
        stream = conversation.streams[direction]
        if self._lost[direction] and not self._find_message(direction):
            return
        while len(stream.buffer) >= 4:
            kind, size = stream.buffer[0], int.from_bytes(stream.buffer[1:4], "big")
            if kind not in (0, 0x81, 0x82, 0x83, 0x84, 0x85):
                self._lost[direction] = True
                if not self._find_message(direction):
                    return
                continue
            whole = size + 4
            if kind == 0 and (whole <= _SMALL or self._is_setup(stream.buffer)):
                if len(stream.buffer) < min(whole, _SMALL):
                    return
                message = bytes(stream.buffer[4 : min(whole, _SMALL)])
                self._message(message, direction, stream.mark())
            elif kind == 0 and len(stream.buffer) < min(whole, _HEADER):
                return
            conversation.skip(direction, whole)

    @staticmethod
    def _is_setup(buffer: bytearray) -> bool:
        head = bytes(buffer[4:18])
        return (head[:4] == b"\xffSMB" and head[4:5] == b"\x73") or (
            head[:4] == b"\xfeSMB" and head[12:14] == b"\x01\x00"
        )

    def _find_message(self, direction: int) -> bool:
        stream = self._conversation.streams[direction]
        for start in stream.segment_starts():
            # Only what ``advance`` takes for a message, or it would come back here for ever.
            begins = stream.buffer[start : start + 1] == b"\x00"
            if begins and bytes(stream.buffer[start + 4 : start + 8]) in _MAGIC:
                stream.consume(start)
                self._lost[direction] = False
                return True
        stream.consume(len(stream.buffer))
        return False

    def _message(self, message: bytes, direction: int, mark: tuple[int, int]) -> None:
        if message[:4] == b"\xfeSMB" and len(message) >= 64:
            command, status = message[12] | message[13] << 8, _u32(message, 8)
            self._read(message, direction, mark, command == _SMB2_SESSION_SETUP, status,
                       int.from_bytes(message[24:32], "little"))  # fmt: skip
        elif message[:4] == b"\xffSMB" and len(message) >= 32:
            is_setup = message[4] == _SMB1_SESSION_SETUP
            self._read(message, direction, mark, is_setup, _u32(message, 5),
                       message[30] | message[31] << 8)  # fmt: skip
            if is_setup and len(message) > 36:
                self._smb1_setup(message, direction, mark)

    def _read(
        self, message: bytes, direction: int, mark: tuple[int, int],
        is_setup: bool, status: int, message_id: int,
    ) -> None:  # fmt: skip
        from_client = direction == self._client
        if SIGNATURE in message and self._logins.token(message, from_client, *mark):
            self._login_id = message_id if is_setup else None
        if is_setup and not from_client and message_id == self._login_id:
            if status != _MORE_PROCESSING:
                self._logins.outcome(status == _SUCCESS)
            self._login_id = None

    def _smb1_setup(self, message: bytes, direction: int, mark: tuple[int, int]) -> None:
        """Account of a setup without a security blob, and the systems' own names."""
        words = message[32]
        body = 33 + 2 * words + 2
        is_unicode = bool(message[11] & 0x80)
        if len(message) < body:
            return
        if direction == self._client and words == 13:
            ansi, unicode = struct.unpack_from("<HH", message, 33 + 14)
            account, domain, system, *_ = _strings(message, body + ansi + unicode, is_unicode)
            if account:
                self._logins.named("ntlm", account, *mark, domain)
                self._login_id = message[30] | message[31] << 8
        elif direction == self._client and words == 12:
            blob = struct.unpack_from("<H", message, 33 + 14)[0]
            system = _strings(message, body + blob, is_unicode)[0]
        elif words in (3, 4):
            blob = struct.unpack_from("<H", message, 33 + 6)[0] if words == 4 else 0
            system = _strings(message, body + blob, is_unicode)[0]
        else:
            return
        if system:
            ends = self._ends
            ip = ends.src_ip if direction == self._client else ends.dst_ip
            self._conversation.context.identities.say("smb", *mark, ip=ip, os_hint=system)

    def gap(self, direction: int) -> None:
        """Find the next message behind the gap."""
        self._lost[direction] = True

    def finish(self) -> None:
        """A login without an answer stays without an outcome."""
        self._logins.finish()


def _u32(message: bytes, at: int) -> int:
    return int.from_bytes(message[at : at + 4], "little")


def _strings(message: bytes, at: int, is_unicode: bool) -> list[str]:
    """Three strings that end with NUL, in UTF-16 (aligned to the header) or OEM bytes."""
    found: list[str] = []
    width = 2 if is_unicode else 1
    if is_unicode and at & 1:
        at += 1
    for _ in range(3):
        end = at
        while end + width <= len(message) and message[end : end + width] != bytes(width):
            end += width
        raw = message[at:end]
        found.append(utf16_text(raw, 256) if is_unicode else safe_text(raw, 256))
        at = end + width
    return found
