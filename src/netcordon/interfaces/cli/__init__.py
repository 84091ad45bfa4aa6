"""The command line. Heavy imports are local to the command that needs them."""

from __future__ import annotations

from netcordon.interfaces.cli.main import main

__all__ = ["main"]
