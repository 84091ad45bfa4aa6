"""How providers and programs write complaints, as far as it helps: who wrote, under which number.

A style decides nothing but a name and where the reference stands; what is believed does not depend
on it, for anybody can write in any style.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from netcordon.model.letter import Letter


@dataclass(frozen=True)
class Style:
    """A style.

    Attributes:
        name: to show.
        subject: of such mails.
        domains: they come from.
        reference: where the number stands in subject or text, the best place first.
    """

    name: str
    subject: re.Pattern[str]
    domains: tuple[str, ...] = ()
    reference: tuple[re.Pattern[str], ...] = ()


def _any(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_STYLES = (
    Style("Amazon Web Services", _any(r"\b(?:Amazon (?:EC2|Web Services)|AWS)\b.{0,40}\babuse\b"),
          ("amazon.com", "amazonaws.com", "amazonaws.cn"),
          (_any(r"\b(?:abuse )?case (?:number|id)\s?:?\s?#?(?P<ref>\d{6,20})"),
           _any(r"\[(?P<ref>\d{8,20})\]"))),
    Style("Hetzner", _any(r"\bAbuseID:|\bAbuse[- ]Message\b"), ("hetzner.com", "hetzner.de"),
          (_any(r"\bAbuseID:\s?(?P<ref>[A-Z0-9]{4,12}(?::[0-9A-F]{1,4})?)"),)),
    Style("OVH", _any(r"\bOVH\w*\b.{0,40}\babuse\b|\babuse\b.{0,40}\bOVH"),
          ("ovh.net", "ovh.com", "ovh.ca", "ovhcloud.com"),
          (_any(r"\b(?:ticket|case|abuse report|reference|référence)\b[ \t]?(?:id|number|n°|#|:"
                r"|\[){0,3}[ \t]?#?(?P<ref>(?=[A-Z]*\d)[A-Z0-9]{6,16})\b"),)),
    Style("Shadowserver", _any(r"\bShadowserver\b"), ("shadowserver.org",)),
    Style("blocklist.de", _any(r"\bblocklist\.de\b"), ("blocklist.de",)),
    Style("fail2ban", _any(r"\[Fail2Ban\]|\babuse from [0-9a-f.:]{7,45}")),
    Style("SpamCop", _any(r"\[SpamCop\b"), ("spamcop.net",), (_any(r"\bid:(?P<ref>\d{6,15})\b"),)),
)  # fmt: skip
_BRACKETED = _any(
    r"\[(?:ref(?:erence)?|ticket|case|incident|report)[ :#=]{0,3}#?(?P<ref>[\w./:-]{3,40})\]"
    r"|\[#?(?P<bare>[\w./:-]{0,30}\d{3}[\w./:-]{0,30})\]"
)
_LABELLED = _any(
    r"\b(?:reference|ticket|case|incident|report[- ]id|vorgangs?(?:nummer)?|aktenzeichen|dossier|"
    r"référence|our ref|n/réf)\b[ \t]?(?:id|no|number|nr|n°|nummer)?[.]?[ \t]?[:#=][ \t]?#?"
    r"(?P<ref>[\w./@-]{3,60})"
)


def style_of(letter: Letter, sender: str) -> tuple[str, str]:
    """Name of the style and the reference; empty where there is none.

    Args:
        letter: the complaint.
        sender: mail address in ``From``.
    """
    subject = letter.header("subject")[:400]
    domain = sender.rpartition("@")[2].lower()
    text = f"{subject}\n{letter.text[:20_000]}"
    for style in _STYLES:
        from_there = any(domain == d or domain.endswith(f".{d}") for d in style.domains)
        if from_there or style.subject.search(subject):
            found = (one["ref"] for way in style.reference if (one := way.search(text)))
            return style.name, next(found, "") or reference_in(subject, letter.text)
    return "", reference_in(subject, letter.text)


def reference_in(subject: str, text: str) -> str:
    """A number or the like that an answer should quote; it has a digit."""
    for pattern, where in ((_BRACKETED, subject), (_LABELLED, subject), (_LABELLED, text[:20_000])):
        for found in pattern.finditer(where):
            named = next(filter(None, found.groups()), "").rstrip(".-")
            if any(c.isdigit() for c in named) and not named.upper().startswith("TLP"):
                return named
    return ""
