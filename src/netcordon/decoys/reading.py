"""Templates: documents that ship with the program, and a person's own."""

from __future__ import annotations

import csv
import io
from importlib.resources import files

from netcordon.decoys.blocks import MOST_BLOCKS, MOST_CHARACTERS, Template, prose, table, table_of


class NoTemplateError(ValueError):
    """The document cannot be marked, and why."""


def shipped() -> dict[str, str]:
    """Name -> first line of each document that ships."""
    found: dict[str, str] = {}
    for entry in sorted((files("netcordon.decoys") / "shipped").iterdir(), key=lambda e: e.name):
        name, _, ending = entry.name.rpartition(".")
        if ending in ("txt", "csv"):
            found[name] = entry.read_text("utf-8").splitlines()[0].lstrip("# ")
    return found


def shipped_template(name: str) -> Template:
    """A document that ships.

    Raises:
        KeyError: there is none of this name.
    """
    if name not in shipped():
        raise KeyError(name)
    folder = files("netcordon.decoys") / "shipped"
    text = folder / f"{name}.txt"
    if text.is_file():
        return prose(name, text.read_text("utf-8"))
    return table(name, (folder / f"{name}.csv").read_text("utf-8"))


def template_of(name: str, content: bytes) -> Template:
    """A person's own document: DOCX, XLSX, CSV or text, told by its content and its ending.

    Raises:
        NoTemplateError: with the reason.
    """
    template = _template(name, content)
    if not any(block.strip() for block in template.blocks):
        raise NoTemplateError("it holds no text")
    if len(template.blocks) > MOST_BLOCKS or sum(map(len, template.blocks)) > MOST_CHARACTERS:
        raise NoTemplateError(f"more than {MOST_BLOCKS:,} paragraphs or cells, or 1 MiB of text")
    return template


def _template(name: str, content: bytes) -> Template:
    stem, _, ending = name.rpartition(".")
    stem = stem or name
    try:
        if content.startswith(b"PK\x03\x04"):
            return _package(stem, content)
        text = content.decode("utf-8-sig")
        return table(stem, text) if ending.lower() == "csv" else prose(stem, text)
    except NoTemplateError:
        raise
    except UnicodeDecodeError as error:
        raise NoTemplateError(f"it is no text in UTF-8, no DOCX and no XLSX: {error}") from error
    except csv.Error as error:
        raise NoTemplateError(f"it is no CSV: {error}") from error


def _package(stem: str, content: bytes) -> Template:
    from netcordon.decoys.opening import UnreadableError, opened

    try:
        format_ = opened(content).format  # bounds what the libraries below unpack
        if format_ == "docx":
            from netcordon.decoys.formats.docx import paragraphs

            return Template(name=stem, kind="prose", blocks=paragraphs(content), package=content)
        if format_ == "xlsx":
            return table_of(stem, _rows(content))
    except UnreadableError as error:
        raise NoTemplateError(str(error)) from error
    except Exception as error:
        raise NoTemplateError(f"it is damaged: {type(error).__name__}: {error}") from error
    raise NoTemplateError(f"documents of kind {format_} cannot be marked; DOCX and XLSX can")


def _rows(content: bytes) -> list[list[str]]:
    """The first sheet, values only: formulas would tell the sums that the marks change."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    rows = []
    for row in book.worksheets[0].iter_rows(values_only=True, max_col=256, max_row=MOST_BLOCKS):
        cells = ["" if value is None else str(value) for value in row]
        if any(cells):
            rows.append(cells)
    return rows
