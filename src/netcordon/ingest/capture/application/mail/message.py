"""A mail on its way through SMTP, POP3 or IMAP: one row, its parts as files."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from netcordon.ingest.capture.application.files.tracker import CarriedFile, Label
from netcordon.ingest.capture.application.mail.mime import MimeReader
from netcordon.ingest.capture.application.mail.mime_fields import (
    Fields,
    decoded,
    file_name_of,
    media_type,
)
from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.conversation import Context

_MOST_LISTED = 64


@dataclass
class Envelope:
    """What the protocol says beside the message; texts are safe."""

    sender: str | None = None
    recipients: list[str] = field(default_factory=list)
    helo: str | None = None
    account: str | None = None
    recipient_count: int = 0

    def add(self, recipient: str) -> None:
        """One more recipient; very long lists are only counted on."""
        self.recipient_count += 1
        if len(self.recipients) < _MOST_LISTED:
            self.recipients.append(recipient)


class MailMessage:
    """Takes the octets of one message; ``write`` makes its row."""

    def __init__(
        self, context: Context, ends: Ends, service: str, envelope: Envelope, *, is_upload: bool
    ) -> None:
        self.bytes = 0
        self._context = context
        self._ends = ends
        self._service = service
        self._envelope = envelope
        self._is_upload = is_upload
        self._mime = MimeReader(self._open_part)
        label = Label(service, is_upload, declared_type="message/rfc822")
        self._whole = context.files.begin(ends, label)
        self._first: tuple[int, int] | None = None
        self._last = (0, 0)

    def feed(self, data: bytes | bytearray | memoryview, mark: tuple[int, int]) -> None:
        """The next octets."""
        if not data:
            return
        self._first = self._first or mark
        self._last = mark
        self.bytes += len(data)
        self._whole.take(data, *mark)
        self._mime.feed(data, *mark)

    def miss(self) -> None:
        """Octets are missing."""
        self._whole.miss()
        self._mime.miss()

    def end(self, *, is_ended: bool) -> None:
        """The message is over."""
        self._mime.end(*self._last, is_ended=is_ended)
        fields = self._mime.fields or {}
        subject = decoded(fields[b"subject"]) if b"subject" in fields else None
        self._whole.label = Label(
            self._service, self._is_upload, origin=subject, declared_type="message/rfc822"
        )
        self._whole.close(is_ended=is_ended)

    def drop(self) -> None:
        """There was no message after all."""
        self._whole.drop()

    def write(self, status: str | None) -> None:
        """Make the row, once the fate of the message is known."""
        if self._first is None:
            return
        fields, envelope = self._mime.fields or {}, self._envelope
        agent = fields.get(b"user-agent") or fields.get(b"x-mailer")
        self._context.rows.note(
            "application_activity", *self._first, self._ends,
            {
                "protocol": "tcp", "service": self._service, "is_response": not self._is_upload,
                "operation": "MESSAGE",
                "object": decoded(fields[b"subject"]) if b"subject" in fields else None,
                "account": envelope.sender if self._is_upload else envelope.account,
                "software": decoded(agent) if agent else None,
                "status": status,
                "detail": self._detail(fields),
                "bytes": self.bytes,
            },
        )  # fmt: skip

    def _detail(self, fields: Fields) -> str:
        envelope = self._envelope
        facts: dict[str, object] = {
            "attachments": [
                {"bytes": file.seen_bytes, "name": file.label.name}
                for file in self._mime.files[:_MOST_LISTED]
            ],
            "authenticated_as": envelope.account,
            "date": _shown(fields, b"date"),
            "from": _shown(fields, b"from"),
            "header_to": _shown(fields, b"to"),
            "helo": envelope.helo,
            "message_id": _shown(fields, b"message-id"),
            "to": envelope.recipients,
            "to_count": envelope.recipient_count,
        }
        return json.dumps({key: value for key, value in facts.items() if value}, sort_keys=True)

    def _open_part(self, fields: Fields) -> CarriedFile | None:
        """Named parts and those that are no text are files."""
        name, kind = file_name_of(fields), media_type(fields)
        if name is None and kind.startswith(b"text/"):
            return None
        message = self._mime.fields or {}
        origin = decoded(message[b"subject"]) if b"subject" in message else None
        return self._context.files.begin(
            self._ends,
            Label(
                self._service, self._is_upload, name=name, origin=origin,
                declared_type=safe_text(kind, 256),
            ),
        )  # fmt: skip


def _shown(fields: Fields, name: bytes) -> str | None:
    return decoded(fields[name]) if name in fields else None
