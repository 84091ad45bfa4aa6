"""Files that browsers and programs send in forms (multipart/form-data, RFC 7578)."""

from __future__ import annotations

from netcordon.ingest.capture.application.files.tracker import CarriedFile, Files, Label, Piece
from netcordon.ingest.capture.application.mail.mime import MimeReader
from netcordon.ingest.capture.application.mail.mime_fields import Fields, file_name_of, media_type
from netcordon.ingest.capture.application.record.text import safe_text


class FormUpload:
    """The body of a form: its named parts are the files; without one, the body itself is.

    Has the methods of ``CarriedFile`` that bodies use.
    """

    def __init__(self, files: Files, whole: CarriedFile, content_type: bytes) -> None:
        self._files = files
        self._whole = whole
        self._last = (0, 0)
        self._mime = MimeReader(self._open_part)
        self._mime.feed(b"Content-Type: " + content_type + b"\r\n\r\n", 0, 0)

    @property
    def wants_bytes(self) -> bool:
        """See ``CarriedFile``."""
        return self._whole.wants_bytes

    @property
    def first(self) -> bytearray:
        """See ``CarriedFile``."""
        return self._whole.first

    def take(self, data: Piece, time_ns: int, frame: int) -> None:
        """See ``CarriedFile``."""
        self._whole.take(data, time_ns, frame)
        self._mime.feed(data, time_ns, frame)
        self._last = (time_ns, frame)

    def reached(self, frame: int) -> None:
        """See ``CarriedFile``."""
        self._whole.reached(frame)

    def pass_by(self, count: int, time_ns: int, frame: int) -> None:
        """See ``CarriedFile``."""
        self._whole.pass_by(count, time_ns, frame)
        if count > 0:
            self._mime.miss()

    def close(self, *, is_ended: bool) -> None:
        """See ``CarriedFile``."""
        self._mime.end(*self._last, is_ended=is_ended)
        if any(file.first_frame for file in self._mime.files):
            self._whole.drop()
        else:
            self._whole.close(is_ended=is_ended)

    def _open_part(self, fields: Fields) -> CarriedFile | None:
        name = file_name_of(fields)
        if name is None:
            return None
        kind = safe_text(media_type(fields), 256)
        label = Label("http", True, name=name, origin=self._whole.label.origin, declared_type=kind)
        return self._files.begin(self._whole.ends, label)
