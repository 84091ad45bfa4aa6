"""All files of a report, written so that a reader never meets half a file."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from netcordon.errors import NetcordonError
from netcordon.model.document import Document
from netcordon.reporting.indicators_csv import render_csv
from netcordon.reporting.json_contract import render_json


@dataclass(frozen=True)
class ReportPaths:
    """Where the files of one report are."""

    html: Path
    markdown: Path
    json: Path
    indicators: Path


def write_reports(document: Document, directory: Path) -> ReportPaths:
    """Render the document in every format into ``directory``, which is made when missing.

    All formats are rendered before the first is written. Each file is complete or absent: it is
    written beside its place, flushed to the disk, and renamed.

    Raises:
        NetcordonError: ``NC-601`` when the directory or a file in it cannot be written.
    """
    from netcordon.reporting import html, markdown

    paths = ReportPaths(
        html=directory / "report.html",
        markdown=directory / "report.md",
        json=directory / "report.json",
        indicators=directory / "indicators.csv",
    )
    contents = {
        paths.markdown: markdown.render(document),
        paths.json: render_json(document),
        paths.indicators: render_csv(document),
        paths.html: html.render(document),
    }
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for path, text in contents.items():
            _replace(path, text.encode())
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "Choose a workspace you may write to, or free space, and run again."
        raise NetcordonError(
            "NC-601", f"The report cannot be written to {directory}.", reason, hint
        ) from error
    return paths


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
