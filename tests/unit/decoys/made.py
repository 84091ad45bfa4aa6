"""Batches of copies, made as the program makes them but without a workspace."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from netcordon.decoys import code
from netcordon.decoys.formats import FORMATS, written
from netcordon.decoys.keeping import script_bytes, script_from
from netcordon.decoys.marking import copy_bits, marked
from netcordon.decoys.opening import Opened, opened
from netcordon.decoys.reading import shipped_template
from netcordon.decoys.slots import script_of
from netcordon.decoys.tracing import Found, Known, trace
from netcordon.model.decoy import DecoyBatch, DecoyCopy, Trace

KEY = bytes(range(32))
TIME = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Batch:
    """What was made: as the registry knows it, and the files."""

    known: Known
    files: tuple[bytes, ...]

    def text(self, number: int) -> str:
        return opened(self.files[number - 1]).text


@cache
def batch(template: str, format_: str, copies: int = 20, batch_id: str = "dec-0001") -> Batch:
    document = shipped_template(template)
    script = script_of(document.blocks, FORMATS[format_], KEY, batch_id)
    script = script_from(script_bytes(script))
    layers = {layer: script.bits(layer) for layer in FORMATS[format_]}
    files, made = [], []
    for number in range(1, copies + 1):
        token = code.token(KEY, batch_id, number)
        own = {"host": f"fs-{token}.corp.example", "mail": f"desk-{token}@corp.example"}
        blocks = marked(script, copy_bits(KEY, batch_id, number, layers), own)
        properties = code.metadata_id(KEY, batch_id, number)
        files.append(written(format_, document, blocks, metadata_id=properties, time=TIME))
        made.append(
            DecoyCopy(
                id=f"{batch_id}-{number:03d}", number=number, recipient=f"person {number}",
                place="", file="", sha256=hashlib.sha256(files[-1]).hexdigest(), token=token,
                host=own["host"], mail=own["mail"], metadata_id=properties,
            )
        )  # fmt: skip
    return Batch(
        Known(
            DecoyBatch(
                id=batch_id, title=template, format=format_, script_sha256="", layers=layers,
                key_id="", copies=tuple(made), time=TIME, author="analyst",
            ),
            script,
        ),
        tuple(files),
    )  # fmt: skip


def traced(content: bytes | str, *known: Known) -> Trace:
    data = content.encode() if isinstance(content, str) else content
    file: Opened = opened(data)
    found = Found(
        name="found", sha256=hashlib.sha256(data).hexdigest(), format=file.format, text=file.text,
        properties=file.properties,
    )  # fmt: skip
    return trace(found, known, KEY)
