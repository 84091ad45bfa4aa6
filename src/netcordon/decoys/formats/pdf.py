"""PDF (ISO 32000), with the fonts that every reader has."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

from netcordon.decoys.blocks import Template, heading


def write(template: Template, blocks: Sequence[str], metadata_id: str, time: datetime) -> bytes:
    """Paragraphs on A4; what the fonts do not have is shown as a question mark."""
    del template, time
    styles = getSampleStyleSheet()
    flow: list[object] = []
    for block in blocks:
        level, text = heading(block)
        style = styles[f"Heading{level}"] if level else styles["BodyText"]
        shown = text.encode("cp1252", "replace").decode("cp1252")
        flow += [Paragraph(escape(shown), style), Spacer(1, 2 * mm)]
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, invariant=1, keywords=metadata_id, title=heading(blocks[0])[1],
        leftMargin=25 * mm, rightMargin=25 * mm,
    )  # fmt: skip
    document.build(flow)
    return out.getvalue()
