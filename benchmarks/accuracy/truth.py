"""Ground truth of recorded traffic and logs, from the manifest that lies beside it."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ADDRESS = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)|(?<![\w:])[0-9a-f]*:[0-9a-f:]+"
)
_DOMAIN = re.compile(r"(?:\*\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})", re.IGNORECASE)
CAPTURES = ("pcap", "pcapng")
_OF_ZEEK = re.compile(r"^zeek(?!.*CSV)")
_NO_LOG = re.compile(r"truth|domain list|^netflow|^ipfix")
"""Kinds that are no log: what is known of others, and exports that lack their datagrams."""


@dataclass(frozen=True)
class Labelled:
    """A recording and what is known of it.

    Attributes:
        path: of the recording; of several logs their directory.
        files: what is handed in.
        malicious: ``None`` when nobody said.
        bad_ends: addresses of attackers and command servers.
        hit_ends: addresses of victims.
        bad_names: domains of command servers.
    """

    path: Path
    files: tuple[Path, ...]
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
    return [
        _labelled(corpus, corpus / entry["path"], [entry])
        for entry in _entries(corpus)
        if entry["kind"] in CAPTURES
    ]


def labelled_logs(corpus: Path) -> list[Labelled]:
    """Every log of the manifest; those of one Zeek, which lie in one directory, are one piece."""
    parts: dict[Path, list[Mapping[str, Any]]] = {}
    for entry in _entries(corpus):
        if entry["kind"] in CAPTURES or _NO_LOG.search(entry["kind"]):
            continue
        path = corpus / entry["path"]
        parts.setdefault(path.parent if _OF_ZEEK.search(entry["kind"]) else path, []).append(entry)
    return [_labelled(corpus, path, entries) for path, entries in parts.items()]


def _entries(corpus: Path) -> list[Mapping[str, Any]]:
    entries = json.loads((corpus / "MANIFEST.json").read_text(encoding="utf-8"))["entries"]
    return sorted(entries, key=lambda e: str(e["path"]))


def _labelled(corpus: Path, path: Path, entries: Sequence[Mapping[str, Any]]) -> Labelled:
    """What is known of a recording; one that is partly malicious is malicious."""
    truths = [entry.get("truth") or {} for entry in entries]
    said = [truth.get("malicious") for truth in truths]
    bad = [end for t in truths for end in (*(t.get("attackers") or ()), *(t.get("c2") or ()))]
    hit = [end for t in truths for end in (t.get("victims") or ())]
    return Labelled(
        path=path,
        files=tuple(corpus / entry["path"] for entry in entries),
        group=entries[0]["group"],
        malicious=True if True in said or "mixed" in said else False if False in said else None,
        label=str(truths[0].get("label") or ""),
        techniques=tuple(dict.fromkeys(each for t in truths for each in (t.get("attack") or ()))),
        bad_ends=frozenset(_addresses(bad)),
        hit_ends=frozenset(_addresses(hit)),
        bad_names=frozenset(_domains(bad)),
    )


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
