"""The text of a batch with the places of its marks, as bytes that are kept."""

from __future__ import annotations

import json

from netcordon.decoys.slots import LAYERS, Script, Slot
from netcordon.decoys.words import words_of


def script_bytes(script: Script) -> bytes:
    """JSON; the places are kept as they were found, whatever a later version would choose."""
    content = {
        "version": 1,
        "blocks": list(script.blocks),
        "slots": {layer: [slot.word for slot in script.of(layer)] for layer in LAYERS},
    }
    return json.dumps(content, ensure_ascii=True, sort_keys=True).encode("ascii")


def script_from(content: bytes) -> Script:
    """The inverse; ``content`` was proved to be what was kept."""
    said = json.loads(content)
    slots = [Slot(layer, int(word)) for layer in LAYERS for word in said["slots"].get(layer, [])]
    slots.sort(key=lambda slot: (slot.word, LAYERS.index(slot.layer)))
    blocks = tuple(str(block) for block in said["blocks"])
    return Script(blocks=blocks, words=tuple(words_of(blocks)), slots=tuple(slots))
