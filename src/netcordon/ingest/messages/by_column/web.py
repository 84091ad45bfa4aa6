"""Squid's native log and access logs in the common and combined format; see ``readers.web``."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from netcordon.ingest.messages.by_column.taken import Taken, said
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.messages.readers.web import host_of
from netcordon.ingest.messages.requests import target
from netcordon.ingest.text import template_kernels
from netcordon.ingest.text.addresses import addresses
from netcordon.ingest.text.cells import Cells
from netcordon.ingest.text.shaping import each, renamed
from netcordon.ingest.text.template import Field, Lines, Template

_PEER = re.compile(r"[0-9A-Fa-f.:]{3,45}")
_STATUS = re.compile(r"\d{3}", re.ASCII)
_WORD = re.compile(r"\w{1,48}", re.ASCII)
_VERB = re.compile(r"[\w-]{1,32}", re.ASCII)
_STAMP = re.compile(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}", re.ASCII)
_LONG = 1 << 13

_FRONT = (
    Field(name="src", until=" ", most=15),
    Field(name="ident", until=" ", most=128),
    Field(name="user", until=" [", most=256),
    Field(name="time", until='] "', most=26, like=_STAMP),
    Field(name="request", until='" ', most=_LONG),
    Field(name="status", until=" ", most=3, like=_STATUS),
)
_COMBINED = Template(
    (
        *_FRONT,
        Field(name="bytes", until=' "', most=18),
        Field(name="referrer", until='" "', most=_LONG, least=0),
        Field(name="agent", until='"', most=_LONG, least=0),
    )
)
_COMMON = Template((*_FRONT, Field(name="bytes", until="", most=18)))
_SQUID = Template(
    (
        Field(name="seconds", until=".", least=9, most=10),
        Field(name="decimals", until=" ", most=6),
        Field(name="ms", until=" ", most=13, is_padded=True),
        Field(name="src", until=" ", most=15),
        Field(name="result", until="/", most=48, like=_WORD),
        Field(name="status", until=" ", most=3, like=_STATUS),
        Field(name="bytes", until=" ", most=18),
        Field(name="method", until=" ", most=32, like=_VERB),
        Field(name="url", until=" ", most=_LONG),
        Field(name="user", until=" ", most=256),
        Field(name="way", until="/", most=48, like=_WORD),
        Field(name="peer", until=" ", most=256),
        Field(name="type", until=" ", most=256, may_end=True),
    )
)


def combined(lines: Lines, clock: Clock) -> Taken:
    """Lines of an access log in the combined format."""
    return _access(lines, clock, _COMBINED)


def common(lines: Lines, clock: Clock) -> Taken:
    """Lines of an access log in the common format."""
    return _access(lines, clock, _COMMON)


def _access(lines: Lines, clock: Clock, template: Template) -> Taken:
    cells, fine = template.cut(lines)
    data, starts, ends = cells["request"].places
    methods, urls = np.empty_like(starts), np.empty_like(starts)
    is_request = np.empty(len(starts), dtype=np.bool_)
    template_kernels.requests(data, starts, np.maximum(ends, starts), methods, urls, is_request)
    url = Cells(data, methods + 1, urls)
    front, is_known = _fronts(url)
    octets, is_count, _ = cells["bytes"].plain_wholes()
    fine &= is_request & is_known & (is_count | cells["bytes"].equal(b"-"))
    fine &= (octets >= 0) & cells["src"].dotted()[1]
    time = clock.column(cells["time"].words, fine)
    fine &= time.is_valid().to_numpy(zero_copy_only=False)
    told = {name: column.filter(fine) for name, column in cells.items()}
    version = Cells(data, urls + 6, np.where(urls < ends, ends, np.int32(-1)))
    none = pa.nulls(int(fine.sum()), pa.string())
    columns = {
        "time": time.drop_null(),
        **addresses(told["src"].words).columns("src_ip"),
        "host": renamed(front.filter(fine).words, host_of),
        "account": said(told["user"].text),
        "status_code": told["status"].whole(),
        "response_body_bytes": np.where(is_count, octets, 0)[fine],
        "referrer": said(told["referrer"].text) if "referrer" in told else none,
        "user_agent": said(told["agent"].text) if "agent" in told else none,
        "method": Cells(data, starts, methods).filter(fine).words,
        "uri": said(url.filter(fine).text, ""),
        "version": version.filter(fine).words,
    }
    return Taken("web_access", "http_activity", fine, columns)


def squid(lines: Lines, clock: Clock) -> Taken:  # noqa: ARG001 - Squid's times name their zone
    """Lines of Squid's native log."""
    cells, fine = _SQUID.cut(lines)
    is_tunnel = cells["method"].equal(b"CONNECT")
    data, _, ends = cells["url"].places
    front, is_known = _fronts(cells["url"])
    is_known &= ~(is_tunnel & (front.places[2] < ends))
    end, is_time, _ = Cells(
        data, cells["seconds"].places[1], cells["decimals"].places[2]
    ).plain_epochs()
    took, is_span, _ = cells["ms"].plain_wholes()
    octets, is_count, _ = cells["bytes"].plain_wholes()
    fine &= is_known & is_time & is_span & is_count & (octets >= 0)
    fine &= cells["src"].dotted()[1]
    told = {name: column.filter(fine) for name, column in cells.items()}
    status = told["status"].whole()
    asked = front.filter(fine).words
    hosts = (renamed(asked, _tunnel_host), renamed(asked, _host))
    peers = told["peer"].but(~(told["peer"].dotted()[1] | told["peer"].matching(_PEER)))
    columns = {
        "time": np.maximum(end - np.maximum(took, 0) * 1000, 0)[fine],
        **addresses(told["src"].words).columns("src_ip"),
        **addresses(peers.words).columns("dst_ip"),
        "dst_port": each(asked, lambda url: target(url)[1], pa.int64()),
        "method": told["method"].words,
        "host": pc.if_else(is_tunnel[fine], *(found.cast(pa.string()) for found in hosts)),
        "uri": told["url"].text,
        "account": said(told["user"].text),
        "status_code": pc.if_else(pc.equal(status, 0), pa.scalar(None, pa.int64()), status),
        "response_content_type": said(told["type"].text),
        "response_body_bytes": octets[fine],
        "response_time": end[fine],
    }
    return Taken("squid", "http_activity", fine, columns)


def _host(url: str) -> str | None:
    return target(url)[0] or host_of(url)


def _tunnel_host(url: str) -> str | None:
    return (_host(url) if "://" in url else url.rpartition(":")[0]) or None


def _fronts(urls: Cells) -> tuple[Cells, NDArray[np.bool_]]:
    """URLs without their paths, few of which are different, and which are plain letters."""
    data, starts, ends = urls.places
    paths, fine = np.empty_like(starts), np.empty(len(starts), dtype=np.bool_)
    template_kernels.fronts(data, starts, ends, paths, fine)
    return Cells(data, starts, paths), fine
