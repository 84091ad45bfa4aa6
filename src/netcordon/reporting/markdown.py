"""The report as Markdown (CommonMark with GitHub's tables), for tickets and wikis.

Pictures have no place here; the words and tables beside them say the same.
"""

from __future__ import annotations

from netcordon.model.document import Document
from netcordon.model.quantity import time_text
from netcordon.model.section import (
    Bar,
    Block,
    Code,
    Defanged,
    Facts,
    Group,
    Items,
    Line,
    Listing,
    Ref,
    Strong,
    Table,
    Tag,
    Text,
    Verdict,
)
from netcordon.reporting.compose import compose
from netcordon.reporting.visible import defanged, markdown_code, markdown_text, visible

_PROSE_LIMIT, _LISTING_LIMIT = 1200, 12_000


def render(document: Document) -> str:
    """The whole file; the same document gives the same bytes."""
    marking = f"**{markdown_text(document.tlp.value)}**"
    parts = [
        marking,
        "# Incident report",
        f"netcordon {markdown_text(document.version)}, "
        f"written {time_text(document.generated_time)}. All times are UTC.",
    ]
    for section in compose(document):
        irm = f" (IRM-5 {' '.join(section.irm)})" if section.irm else ""
        parts.append(f"## {markdown_text(section.heading + irm)}")
        for block in section.blocks:
            parts += _block(block, 3)
    parts.append(marking)
    return "\n\n".join(part for part in parts if part) + "\n"


def _block(block: Block, level: int) -> list[str]:
    match block:
        case Text():
            return [_line(block.line)]
        case Items():
            return [_items(block.lines, ordered=block.ordered)]
        case Facts():
            return ["\n".join(f"- {markdown_text(n)}: {_line(v)}" for n, v in block.pairs)]
        case Table():
            return _table(block)
        case Listing():
            return [f"{markdown_text(block.label)}:", indented(block.text)]
        case Verdict():
            return _verdict(block)
        case Group():
            parts = [f"{'#' * min(level, 6)} {_line(block.heading)}"]
            for inner in block.blocks:
                parts += _block(inner, level + 1)
            return parts
        case _:  # a chart
            return [f"*{markdown_text(block.title)}.* {markdown_text(block.description)}"]


def _line(line: Line, *, in_table: bool = False) -> str:
    match line:
        case str():
            return markdown_text(line, limit=_PROSE_LIMIT)
        case tuple():
            return "".join(_line(part, in_table=in_table) for part in line)
        case Code():
            return markdown_code(line.text, in_table=in_table) if line.text else ""
        case Defanged():
            return markdown_code(defanged(line.value), limit=None, in_table=in_table)
        case Strong():
            return f"**{markdown_text(line.text)}**" if line.text.strip() else ""
        case Tag():
            return f"**{markdown_text(line.word.upper())}**"
        case Ref():
            return markdown_text(line.text)
        case Bar():
            return f"{line.value:+.2f}"


def _items(lines: tuple[Line, ...], *, ordered: bool) -> str:
    marks = (f"{n}." if ordered else "-" for n in range(1, len(lines) + 1))
    return "\n".join(f"{mark} {_line(line)}" for mark, line in zip(marks, lines, strict=True))


def _table(block: Table) -> list[str]:
    head = "| " + " | ".join(markdown_text(c) or " " for c in block.columns) + " |"
    rule = "|" + " --- |" * len(block.columns)
    rows = [
        "| " + " | ".join(_line(cell, in_table=True) or " " for cell in row) + " |"
        for row in block.rows
    ]
    parts = [f"**{markdown_text(block.caption)}**" if block.caption else ""]
    parts.append("\n".join([head, rule, *rows]))
    if block.left_out:
        parts.append(
            f"and {block.left_out:,} more, all of them in {markdown_text(block.where_all)}"
        )
    return parts


def _verdict(block: Verdict) -> list[str]:
    word = markdown_text(block.tag.word.upper())
    parts = [f"**{word}**: {markdown_text(block.text, limit=_PROSE_LIMIT)}"]
    for card in block.cards:
        parts += [f"**{markdown_text(card.question)}**", _items(card.lines, ordered=card.ordered)]
        parts += [markdown_text(card.more)] * bool(card.more)
    return parts


def indented(text: str, *, limit: int | None = _LISTING_LIMIT) -> str:
    """A code block indented by four columns: unlike a fence, no content can end it."""
    shown = visible(text, limit=limit, lines=True)
    return "\n".join(f"    {line}" for line in shown.split("\n"))
