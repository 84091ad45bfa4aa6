"""Options that the commands of ``netcordon archive`` share."""

from __future__ import annotations

import shutil
from datetime import date, datetime

import click

place_option = click.option(
    "--archive", "place", metavar="PLACE", default="",
    help="A folder or s3://bucket/prefix [default: netcordon.toml].",
)  # fmt: skip
sensor_option = click.option("--sensor", "sensors", multiple=True, help="Only of it; repeat.")


def as_day(moment: datetime | None) -> date | None:
    """The UTC day of a moment."""
    return moment.date() if moment else None


def width() -> int:
    """Columns of the terminal, within what reads well."""
    return min(shutil.get_terminal_size((100, 40)).columns, 110)
