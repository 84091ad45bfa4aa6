"""Ground truth of recorded traffic, from the manifest that lies beside it."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_ADDRESS = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)|(?<![\w:])[0-9a-f]*:[0-9a-f:]+"
)
_DOMAIN = re.compile(r"(?:\*\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})", re.IGNORECASE)
CAPTURES = ("pcap", "pcapng")


@dataclass(frozen=True)
class Labelled:
    """A capture and what is known of it.

    Attributes:
        malicious: ``None`` when nobody said.
        bad_ends: addresses of attackers and command servers.
        hit_ends: addresses of victims.
        bad_names: domains of command servers.
    """

    path: Path
    group: str
    malicious: bool | None
    label: str
    techniques: tuple[str, ...]
    bad_ends: frozenset[str]
    hit_ends: frozenset[str]
    bad_names: frozenset[str]

    @property
    def knows_ends(self) -> bool:
        """Whether the truth names anybody."""
        return bool(self.bad_ends or self.hit_ends or self.bad_names)


def labelled_captures(corpus: Path) -> list[Labelled]:
    """Every capture of the manifest, in its order of paths."""
    entries = json.loads((corpus / "MANIFEST.json").read_text(encoding="utf-8"))["entries"]
    found = []
    for entry in sorted(entries, key=lambda e: str(e["path"])):
        if entry["kind"] not in CAPTURES:
            continue
        truth = entry.get("truth") or {}
        bad = [*(truth.get("attackers") or []), *(truth.get("c2") or [])]
        found.append(
            Labelled(
                path=corpus / entry["path"],
                group=entry["group"],
                malicious=truth.get("malicious"),
                label=str(truth.get("label") or ""),
                techniques=tuple(truth.get("attack") or ()),
                bad_ends=frozenset(_addresses(bad)),
                hit_ends=frozenset(_addresses(truth.get("victims") or [])),
                bad_names=frozenset(_domains(bad)),
            )
        )
    return found


def _addresses(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        for match in _ADDRESS.finditer(text):
            try:
                yield str(ipaddress.ip_address(match.group(0)))
            except ValueError:
                continue


def _domains(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        for match in _DOMAIN.finditer(text):
            yield match.group(1).lower()
