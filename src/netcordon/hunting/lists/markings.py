"""Traffic Light Protocol and Permissible Actions Protocol on lists: the most restrictive holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_TLP = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")
_PAP = ("PAP:CLEAR", "PAP:GREEN", "PAP:AMBER", "PAP:RED")

KNOWN_IDS = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "TLP:CLEAR",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "TLP:GREEN",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "TLP:AMBER",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "TLP:RED",
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": "TLP:CLEAR",
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "TLP:GREEN",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": "TLP:AMBER",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": "TLP:AMBER+STRICT",
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": "TLP:RED",
}
"""Identifiers that STIX fixes: TLP 1 in section 7.2.1.4, TLP 2 in its OASIS extension."""


def tag(text: object) -> str | None:
    """``TLP:AMBER`` or ``PAP:RED`` from a tag such as ``tlp:amber``; else ``None``."""
    said = str(text).strip().strip("[]").upper().replace('"', "").replace(" ", "")
    said = said.replace("PAP=", "PAP:").replace("TLP=", "TLP:").replace(":WHITE", ":CLEAR")
    return said if said in _TLP or said in _PAP else None


def definition(marking: Mapping[str, Any]) -> Iterable[str]:
    """What a STIX marking definition says."""
    texts: list[object] = [KNOWN_IDS.get(str(marking.get("id"))), marking.get("name")]
    kind, said = marking.get("definition_type"), marking.get("definition")
    if isinstance(said, Mapping):
        texts += [f"{kind}:{value}" for value in said.values()]
    extensions = marking.get("extensions")
    for extension in extensions.values() if isinstance(extensions, Mapping) else ():
        if isinstance(extension, Mapping):
            texts += [f"tlp:{extension.get('tlp_2_0')}", f"pap:{extension.get('pap')}"]
    return [found for text in texts if text and (found := tag(text))]


def strictest(tags: Iterable[str]) -> tuple[str | None, str | None]:
    """The most restrictive TLP and PAP among tags; ``None`` where nothing is said."""
    said = set(tags)
    tlp = next((level for level in reversed(_TLP) if level in said), None)
    return tlp, next((level for level in reversed(_PAP) if level in said), None)
