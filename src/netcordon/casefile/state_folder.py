"""Where a user's own state lies, which belongs to no workspace: what stands at devices."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

VARIABLE = "NETCORDON_STATE"


def state_folder(environ: Mapping[str, str]) -> Path:
    """``$NETCORDON_STATE``, else ``netcordon`` in the user's state folder (XDG Base Directory)."""
    if own := environ.get(VARIABLE):
        return Path(own).absolute()
    state = environ.get("XDG_STATE_HOME", "")
    base = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return base / "netcordon"
