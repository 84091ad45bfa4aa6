"""What syslog puts before a message: RFC 5424, RFC 3164, and what vendors make of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from netcordon.ingest.messages.moments import NAMED_ZONES

_COUNTED = re.compile(r"(?:\d{1,7} )?(?=<\d{1,3}>)", re.ASCII)
_PRIORITY = re.compile(r"<(\d{1,3})>", re.ASCII)
_5424 = re.compile(r"1 (-|\d{4}-\S{1,60}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) ", re.ASCII)
_STRUCTURED = re.compile(r'(?:\[(?:[^\]"\\]|\\.|"(?:[^"\\]|\\.)*")*\])+ ?|- ?')
_TIME = re.compile(
    r"(?:\d{1,10}: )?"  # Cisco's sequence number
    r"(?:(?P<before>[\w.-]{1,128}): )?[*.]?"
    r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
    r"|[A-Z][a-z]{2} [ \d]?\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,6})?(?: \d{4}(?=[ :]))?)"
    r"(?P<zone> [A-Z]{2,5}(?=:))?(?=[ :])",
    re.ASCII,
)
_HOST = re.compile(r"(?::|\s*:?\s+(?P<host>[\w.:-]{1,255})(?=[ ])(?P<colon> :)?)", re.ASCII)
_TAG = re.compile(r"(?P<tag>[\w./-]{1,64})(?:\[(?P<pid>\d{1,10})\])?: ?", re.ASCII)
_SIGNS = ("%", "id=", "CEF:", "LEEF:", "date=", "time=", "{", "1,", "IN=")
"""How messages begin of devices that name no host."""


@dataclass(frozen=True)
class Envelope:
    """A line taken apart; what it lacks is empty.

    Attributes:
        time: as it is written; of zones by letters those that mean one offset are kept.
        host: the device that wrote it, as it names itself.
        tag: the program (RFC 3164's TAG, RFC 5424's APP-NAME).
        text: the message. Structured data (RFC 5424) stands before it, its event id first.
    """

    time: str
    host: str
    tag: str
    text: str


def opened(line: str) -> Envelope:
    """Take a line apart; never fails: a line without an envelope is a message."""
    line = line.removeprefix("\ufeff")
    counted = _COUNTED.match(line)
    place = counted.end() if counted else 0
    priority = _PRIORITY.match(line, place)
    place = priority.end() if priority else place
    if priority and (header := _5424.match(line, place)):
        time, host, tag, _, event = header.groups()
        data = _STRUCTURED.match(line, header.end())
        rest = line[header.end() :]
        if data is not None:
            bare = line[data.end() :].removeprefix("\ufeff")
            rest = rest if line[header.end()] == "[" else bare
            rest = f"{event} {rest}" if event != "-" and rest.startswith("[") else rest
        return Envelope(_said(time), _said(host), _said(tag), rest)
    rest = line[place:].lstrip(" ")
    stamp = _TIME.match(rest)
    if stamp is None:
        return _tagged("", "", rest)
    zone = (stamp["zone"] or "").strip()
    time = stamp["time"] + (f" {zone}" if zone in ("UTC", "GMT") or zone in NAMED_ZONES else "")
    after = rest[stamp.end() :]
    host = stamp["before"] or ""
    bare = after.lstrip(": ")
    if not host and not bare.startswith(_SIGNS):
        named = _HOST.match(after)
        if named is not None and named["host"] and not named["host"].endswith(":"):
            host = named["host"]
            bare = after[named.end() :].lstrip(": ")
    return _tagged(time, host, bare)


def _tagged(time: str, host: str, text: str) -> Envelope:
    tag = _TAG.match(text)
    if tag is None or text.startswith(("CEF:", "LEEF:")):
        return Envelope(time, host, "", text)
    return Envelope(time, host, tag["tag"], text[tag.end() :])


def _said(text: str) -> str:
    return "" if text == "-" else text
