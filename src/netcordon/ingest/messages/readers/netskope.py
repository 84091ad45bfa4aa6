"""Netskope: the log of transactions, values between spaces or commas, without a header.

Source: "Transaction Events" (Netskope Web Transactions v2/v3): the first 23 fields never moved.
"""

from __future__ import annotations

import csv
import re

from netcordon.ingest.messages.accounts import identity, present
from netcordon.ingest.messages.log import Found, Message, Reader
from netcordon.ingest.messages.requests import request

_START = re.compile(r"\d{4}-\d\d-\d\d[ ,]\d\d:\d\d:\d\d[ ,]")
_FEWEST = 60
_LONGEST = 64 << 10


def _read(message: Message) -> Found:
    text = message.text[:_LONGEST].strip()
    if not _START.match(text) or "http_transaction" not in text:
        return None
    separator = "," if text[10] == "," else " "
    try:
        part = next(csv.reader([text], delimiter=separator))
    except (csv.Error, StopIteration):
        return "a transaction with broken quotes"
    if len(part) < _FEWEST:
        return "a transaction with too few fields"
    time = message.time(f"{part[0]} {part[1]}", "Z")
    method, scheme, host, uri = part[9], part[10], part[17], part[18]
    url = uri if uri.startswith("/") or uri == "-" else f"/{uri}"
    return present(
        request(
            time, url="" if url == "-" else url, host=host, ends=(part[6], None, part[7], part[19]),
            method=method, status=part[14], sent=part[3], received=part[4], account=part[8],
            agent="" if part[12] == "-" else part[12], referrer=part[20], content_type=part[15],
        ),
        identity(time, "proxy", ip=part[6], user=part[8] if scheme != "" else None),
    )  # fmt: skip


NETSKOPE = Reader("netskope", _read)
