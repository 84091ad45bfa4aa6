"""Word processor's documents (ECMA-376)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import docx
from docx.oxml.ns import qn

from netcordon.decoys.blocks import Template, heading
from netcordon.decoys.steady import steady_zip

_TEXT, _PARAGRAPH = qn("w:t"), qn("w:p")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def paragraphs(package: bytes) -> tuple[str, ...]:
    """The text of each paragraph that has any, tables included.

    Raises:
        Exception: whatever the library raises on a file that is none.
    """
    document = docx.Document(io.BytesIO(package))
    return tuple("".join(node.text or "" for node in nodes) for nodes in _nodes(document))


def write(template: Template, blocks: Sequence[str], metadata_id: str, time: datetime) -> bytes:
    """A new document, or the template's own with other words in it."""
    if template.package:
        document = docx.Document(io.BytesIO(template.package))
        for number, nodes in enumerate(_nodes(document)):
            if template.blocks[number] != blocks[number]:
                _put(nodes, blocks[number])
        for added in blocks[number + 1 :]:
            document.add_paragraph(added)
    else:
        document = docx.Document()
        for block in blocks:
            level, text = heading(block)
            if level:
                document.add_heading(text, level)
            else:
                document.add_paragraph(text)
    properties = document.core_properties
    properties.identifier, properties.author = metadata_id, ""
    properties.comments, properties.last_modified_by = "", ""
    properties.created = properties.modified = time.replace(tzinfo=None, microsecond=0)
    out = io.BytesIO()
    document.save(out)
    return steady_zip(out.getvalue())


def _nodes(document: Any) -> list[list[Any]]:
    """Text nodes of each paragraph that has text, in the order of the document."""
    nodes = document.element.body.iter(_TEXT)
    groups = groupby(nodes, key=lambda node: next(node.iterancestors(_PARAGRAPH), None))
    listed = [list(group) for _, group in groups]
    return [group for group in listed if any(node.text for node in group)]


def _put(nodes: Sequence[Any], text: str) -> None:
    """Spread a text over its nodes: each keeps its share, so that most formatting stays right."""
    before = [len(node.text or "") for node in nodes]
    total, at, done = sum(before), 0, 0
    for node, length in zip(nodes, before, strict=True):
        done += length
        end = len(text) if done == total else _boundary(text, round(len(text) * done / total))
        node.text = text[at : max(end, at)]
        node.set(_SPACE, "preserve")
        at = max(end, at)


def _boundary(text: str, near: int) -> int:
    """The end of the word at an offset."""
    end = text.find(" ", near)
    return len(text) if end < 0 else end + 1
