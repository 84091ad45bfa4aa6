"""Strings of the attacker inside rules: written so that nothing in them can end or bend a rule."""

from __future__ import annotations

import re

LONGEST = 200
"""Octets of a value that a rule names; longer ones are told by their beginning."""

_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
_PLAIN_IN_SHAPE = _PLAIN - frozenset(b".")
_SPECIAL = re.compile(r"([\\*?])")


def content(value: str, encoding: str = "utf-8") -> str:
    """As Suricata's ``content``: letters, digits and three marks as they are, others ``|hex|``."""
    out: list[str] = []
    is_hex = False
    for octet in value.encode(encoding, "surrogatepass")[:LONGEST]:
        plain = octet in _PLAIN
        if plain == is_hex:
            out.append("|")
            is_hex = not is_hex
        elif is_hex:
            out.append(" ")
        out.append(chr(octet) if plain else f"{octet:02X}")
    return "".join(out) + ("|" if is_hex else "")


def in_words(value: str, limit: int = 60) -> str:
    """For a title or a message: what could mean something to any parser is left out."""
    kept = re.sub(r"[^A-Za-z0-9._ /,=+@-]", "_", value)
    return kept if len(kept) <= limit else f"{kept[: limit - 3]}..."


def literal(text: str) -> str:
    """Inside a regular expression of any kind: letters and digits as they are, the rest escaped."""
    octets = text.encode("utf-8", "surrogatepass")
    return "".join(
        chr(octet) if octet in _PLAIN_IN_SHAPE else f"\\x{octet:02x}" for octet in octets
    )


def sigma(value: str) -> str:
    """As a value of Sigma, where ``*``, ``?`` and backslashes mean something."""
    return _SPECIAL.sub(r"\\\1", value)


def from_sigma(value: str) -> str:
    """The inverse of ``sigma``."""
    return re.sub(r"\\([\\*?])", r"\1", value)


def yaml(value: str) -> str:
    """A double-quoted scalar of YAML 1.2, pure ASCII."""
    out: list[str] = []
    for c in re.sub(r"[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", value):
        number = ord(c)
        if c in '"\\':
            out.append(f"\\{c}")
        elif 0x20 <= number < 0x7F:
            out.append(c)
        elif number < 0x100:
            out.append(f"\\x{number:02x}")
        else:
            out.append(f"\\u{number:04x}" if number < 0x1_0000 else f"\\U{number:08x}")
    return f'"{"".join(out)}"'
