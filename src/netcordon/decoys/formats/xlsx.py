"""Spreadsheets (ECMA-376)."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime

import openpyxl

from netcordon.decoys.blocks import Template
from netcordon.decoys.steady import steady_zip

_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?\Z")


def write(template: Template, blocks: Sequence[str], metadata_id: str, time: datetime) -> bytes:
    """One sheet; what looks like a number becomes one, and nothing a formula."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row, cells in enumerate(template.rows(blocks), 1):
        for column, text in enumerate(cells, 1):
            cell = sheet.cell(row=row, column=column)
            if _NUMBER.match(text) and not re.match(r"-?0\d", text):
                cell.value = float(text) if "." in text else int(text)
                if "." in text:
                    cell.number_format = "#,##0.00"
            else:
                cell.value, cell.data_type = text, "s"
    stamp = time.replace(tzinfo=None, microsecond=0)
    properties = book.properties
    properties.identifier, properties.creator = metadata_id, ""
    properties.created = properties.modified = stamp
    out = io.BytesIO()
    book.save(out)
    return steady_zip(_stamped(out.getvalue(), stamp))


def _stamped(package: bytes, stamp: datetime) -> bytes:
    """The library writes the time of the machine on saving; the clock is the caller's."""
    import zipfile

    out = io.BytesIO()
    modified = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
    text = stamp.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "docProps/core.xml":
                content = modified.sub(lambda m: m[1] + text + m[2], content)
            target.writestr(member, content)
    return out.getvalue()
