from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from netcordon.casefile.workspace import Workspace, open_workspace


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """A clock that moves one second each time it is asked."""
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def tell() -> datetime:
        nonlocal now
        now += timedelta(seconds=1)
        return now

    return tell


@pytest.fixture
def workspace(tmp_path: Path, clock: Callable[[], datetime]) -> Iterator[Workspace]:
    with open_workspace(tmp_path / "ws", create=True, clock=clock) as opened:
        yield opened
