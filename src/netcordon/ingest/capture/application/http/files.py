"""What an HTTP message says of the object in its body."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from netcordon.ingest.capture.application.files.tracker import CarriedFile, Files, Label
from netcordon.ingest.capture.application.http.exchange import Exchange
from netcordon.ingest.capture.application.http.form import FormUpload
from netcordon.ingest.capture.application.http.message import (
    Fields,
    content_length,
    content_range,
    file_name,
    is_chunked,
    text,
)
from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.record.text import LONG, safe_text, visible

Carried = CarriedFile | FormUpload
"""Where the octets of a body go."""


def response_file(files: Files, ends: Ends, exchange: Exchange) -> CarriedFile:
    """The object that a response carries; a part of one is never whole."""
    assert exchange.response is not None
    fields = exchange.response.fields
    size = None if is_chunked(fields) else content_length(fields)
    part = content_range(fields) if exchange.response.status == 206 else None
    if exchange.response.status == 206:
        size = part[1] if part is not None else None
    file = files.begin(ends, _label(exchange, fields, is_upload=False, size=size))
    if exchange.response.status == 206 and (part is None or part[0] or size is None):
        file.miss()
    return file


def request_file(files: Files, ends: Ends, exchange: Exchange) -> Carried:
    """The object that a request carries, or the files of a form."""
    assert exchange.request is not None
    fields = exchange.request.fields
    size = None if is_chunked(fields) else content_length(fields)
    file = files.begin(ends, _label(exchange, fields, is_upload=True, size=size))
    content_type = fields.get(b"content-type", b"")
    if content_type[:20].lower().startswith(b"multipart/form-data") and file.wants_bytes:
        return FormUpload(files, file, content_type)
    return file


def url_of(exchange: Exchange) -> str | None:
    """The address as it was asked for, ``None`` when the request was not seen."""
    request = exchange.request
    if request is None:
        return None
    if "://" in request.uri[:16]:
        return request.uri
    host = text(request.fields, b"host")
    return visible(f"http://{host}{request.uri}", LONG) if host else request.uri


def _label(exchange: Exchange, fields: Fields, *, is_upload: bool, size: int | None) -> Label:
    return Label(
        "http",
        is_upload,
        name=file_name(fields) or _last_segment(exchange),
        origin=url_of(exchange),
        declared_type=text(fields, b"content-type"),
        size=size,
        encoding=text(fields, b"content-encoding", 64),
    )


def _last_segment(exchange: Exchange) -> str | None:
    """The end of the path, as browsers propose it for a name."""
    if exchange.request is None:
        return None
    path = exchange.request.uri.partition("?")[0].partition("#")[0]
    last = path.rpartition("/")[2]
    if "%" in last:
        return safe_text(unquote_to_bytes(last)) or None
    return visible(last) or None
