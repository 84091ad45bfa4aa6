"""What a netcordon that died left under way is seen to by the next ``netcordon contain``."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from netcordon.casefile.state_folder import state_folder
from netcordon.errors import NetcordonError

_UNDER_WAY = b'"pending":{'


def see_to_orphans(
    clock: Callable[[], datetime], environ: Mapping[str, str] = os.environ
) -> tuple[str, ...]:
    """Take back, or finish, what nobody watches over any more; quick when there is nothing.

    Returns:
        What could not be done, one sentence each.
    """
    folder = state_folder(environ)
    if not any(_under_way(path) for path in (folder / "devices").glob("*.json")):
        return ()
    # Only now: most commands have nothing to see to, and must not wait for these modules.
    from netcordon.workflow.devices import Devices

    try:
        return Devices(clock, folder=folder).sweep()
    except NetcordonError as error:
        return (f"{error.code} {error.what}",)


def _under_way(path: Path) -> bool:
    try:
        return _UNDER_WAY in path.read_bytes()
    except OSError:
        return False
