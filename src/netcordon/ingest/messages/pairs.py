"""Fields of messages: ``key=value``, CEF (ArcSight) and LEEF (QRadar).

A value in quotes is one value whatever stands in it, so no traffic can write fields of its own
there. All is bounded: a line gives at most ``MOST_PAIRS``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

MOST_PAIRS = 512
_LONGEST = 64 << 10

_PAIR = re.compile(
    r"(?<![^\s,;\[])([\w.\-]{1,64})="
    r'(?:"((?:[^"\\]|\\.)*+)"|([^\s,"][^\s]*?(?=,?(?:\s|$)|,[\w.\-]{1,64}=))?)',
    re.ASCII,
)
_KEY = re.compile(r"(?:^|(?<=\s))([\w.\-\[\]]{1,64})=", re.ASCII)
_BAR = re.compile(r"(?<!\\)\|")
_VERSION = re.compile(r"[12]\.0\|[^|]{1,64}\|")
_ESCAPED = re.compile(r"\\([\\|=nr])")


def pairs(text: str) -> dict[str, str]:
    """Fields of ``key=value key="a value"``, between spaces or commas; of a name the first."""
    found: dict[str, str] = {}
    for match in islice(_PAIR.finditer(text[:_LONGEST]), MOST_PAIRS):
        quoted, bare = match[2], match[3]
        found.setdefault(match[1], quoted if quoted is not None else bare or "")
    return found


def tabbed(text: str) -> dict[str, str]:
    """Fields of ``key=value`` between tabs, whose values may hold spaces; of a name the first."""
    found: dict[str, str] = {}
    for part in text[:_LONGEST].split("\t")[:MOST_PAIRS]:
        name, sign, value = part.strip().partition("=")
        if sign and name.isascii() and 0 < len(name) <= 64 and " " not in name:
            found.setdefault(name, value.strip().strip('"'))
    return found


@dataclass(frozen=True)
class Extended:
    """A message in CEF or LEEF.

    Attributes:
        vendor: of the device.
        product: its name.
        event_id: class or id of the event.
        name: of the event; of LEEF the event id again.
        severity: as written, empty in LEEF unless a field ``sev`` gives it.
        fields: of the extension.
    """

    vendor: str
    product: str
    event_id: str
    name: str
    severity: str
    fields: dict[str, str]


def cef(text: str) -> Extended | None:
    """A message in CEF, also where its first word was taken for a tag of syslog."""
    place = text.find("CEF:")
    rest = text[place + 4 :].lstrip() if 0 <= place <= 256 else text
    head = _BAR.split(rest[:_LONGEST], maxsplit=7)
    if len(head) != 8 or head[0].strip() not in ("0", "1"):
        return None
    vendor, product, _, event_id, name, severity = (_plain(part) for part in head[1:7])
    return Extended(vendor, product, event_id, name, severity, _extension(head[7]))


def leef(text: str) -> Extended | None:
    """A message in LEEF 1.0 (fields between tabs) or 2.0 (which names what stands between)."""
    text = text[:_LONGEST].replace("#011", "\t")  # what rsyslog makes of a tab
    place = text.find("LEEF:")
    if not 0 <= place <= 256:
        if not _VERSION.match(text):
            return None
        place = -5  # the word before it was taken for a tag of syslog
    head = text[place + 5 :].split("|", 5)
    if len(head) != 6:
        return None
    version, vendor, product, _, event_id, rest = head
    separator = "\t"
    if version.strip().startswith("2"):
        named, bar, after = rest.partition("|")
        if bar and len(named) <= 5 and "=" not in named[:-1]:
            separator, rest = _separator(named) or "\t", after
    if separator == "\t" and "\t" not in rest:
        fields = _extension(rest)  # tabs that became spaces on the way
    else:
        parts = (part.partition("=") for part in rest.split(separator)[:MOST_PAIRS])
        fields = {key.strip(): value.strip() for key, sign, value in parts if sign}
    severity = fields.get("sev", "")
    return Extended(vendor, product, event_id, event_id, severity, fields)


def _extension(text: str) -> dict[str, str]:
    keys = list(islice(_KEY.finditer(text), MOST_PAIRS))
    ends = [*(key.start() for key in keys[1:]), len(text)][: len(keys)]
    found: dict[str, str] = {}
    for key, end in zip(keys, ends, strict=True):
        value = text[key.end() : end].strip()
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = value[1:-1]
        found.setdefault(key[1], _plain(value))
    return found


def _plain(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda match: {"n": "\n", "r": "\r"}.get(match[1], match[1]), text)


def _separator(text: str) -> str | None:
    if text.lower().startswith(("x", "0x")):
        try:
            return chr(int(text.lower().lstrip("0x") or "0", 16))
        except ValueError:
            return None
    return text[:1]
