"""Search filters as text (RFC 4515)."""

from __future__ import annotations

import re

from netcordon.ingest.capture.application import der
from netcordon.ingest.capture.application.record.text import safe_text, visible

LONGEST = 2048
"""Characters of a filter."""
_DEEPEST = 24
_LISTS = {0xA0: "&", 0xA1: "|"}
_COMPARISONS = {0xA3: "=", 0xA5: ">=", 0xA6: "<=", 0xA8: "~="}
_NOT, _SUBSTRINGS, _PRESENT, _EXTENSIBLE = 0xA2, 0xA4, 0x87, 0xA9
_SECRETS = frozenset(("userpassword", "unicodepwd"))
_SPECIAL = re.compile(r"[\x00-\x1f()*\\\x7f]")


def filter_text(tag: int, content: bytes) -> str:
    """The filter of a search request by its tag and content; what is malformed shows as ``?``."""
    parts: list[str] = []
    _write(tag, content, parts, 0)
    return visible("".join(parts), LONGEST)


def _write(tag: int, content: bytes, parts: list[str], depth: int) -> None:
    if depth > _DEEPEST or len(parts) > LONGEST:
        parts.append("(?)")
    elif tag in _LISTS:
        parts.append(f"({_LISTS[tag]}")
        for inner_tag, inner in der.elements(content):
            _write(inner_tag, inner, parts, depth + 1)
        parts.append(")")
    elif tag == _NOT:
        parts.append("(!")
        _write(*der.first(content), parts, depth + 1)
        parts.append(")")
    else:
        parts.append(f"({_item(tag, content)})")


def _item(tag: int, content: bytes) -> str:
    if tag == _PRESENT:
        return f"{safe_text(content, 128)}=*"
    if tag == _EXTENSIBLE:
        return _extensible(content)
    items = [inner for _, inner in der.elements(content)[:2]]
    if len(items) < 2:
        return "?"
    name = safe_text(items[0], 128)
    if tag in _COMPARISONS:
        value = "?" if name.lower() in _SECRETS else _value(items[1])
        return f"{name}{_COMPARISONS[tag]}{value}"
    if tag == _SUBSTRINGS:
        pieces = der.elements(items[1])
        text = "*".join(_value(piece) for _, piece in pieces)
        begins = "" if pieces and pieces[0][0] == 0x80 else "*"
        ends = "" if pieces and pieces[-1][0] == 0x82 else "*"
        return f"{name}={begins}{text}{ends}"
    return "?"


def _extensible(content: bytes) -> str:
    parts = dict(der.elements(content))
    name = safe_text(parts.get(0x82, b""), 128)
    dn = ":dn" if parts.get(0x84, b"\0") != b"\0" else ""
    rule = f":{safe_text(parts[0x81], 128)}" if 0x81 in parts else ""
    return f"{name}{dn}{rule}:={_value(parts.get(0x83, b''))}"


def _value(data: bytes) -> str:
    r"""An assertion value; octets that are no text, and those that mean something, as ``\xx``."""
    try:
        text = data[:LONGEST].decode("utf-8")
    except UnicodeDecodeError:
        return "".join(f"\\{octet:02x}" for octet in data[:256])
    return _SPECIAL.sub(lambda match: f"\\{ord(match[0]):02x}", text)
