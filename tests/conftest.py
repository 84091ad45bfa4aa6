"""What every test stands on: a fixed zone, no network, and skips that may not hide."""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["TZ"] = "UTC"
time.tzset()

# The machine is shared and noisy: a slow example says nothing. The same examples every time, so
# that a red run can be repeated; fuzzing with fresh ones has a command of its own.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")

REQUIRE_ENGINES = os.environ.get("NETCORDON_REQUIRE_ENGINES") == "1"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of recorded traffic; the test skips where there is none."""
    folder = os.environ.get("NETCORDON_CORPUS")
    if not folder or not (Path(folder) / "MANIFEST.json").is_file():
        pytest.skip("NETCORDON_CORPUS names no folder of recorded traffic")
    return Path(folder)


@pytest.fixture(scope="session")
def engine_program() -> Callable[[str], str]:
    """Finds a program of the system, or skips; under NETCORDON_REQUIRE_ENGINES=1 it fails."""

    def find(name: str) -> str:
        path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
        if path:
            return path
        if REQUIRE_ENGINES:
            pytest.fail(f"{name} is required here and not installed")
        pytest.skip(f"{name} is not installed")

    return find


@pytest.fixture(scope="session", autouse=True)
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What a user's devices hold is no test's affair: every session has a ledger of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NETCORDON_STATE", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(autouse=True)
def _no_outside_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family in (socket.AF_INET, socket.AF_INET6) and host not in ("127.0.0.1", "::1"):
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test over recorded traffic needs no mark of its own beyond asking for the corpus."""
    for item in items:
        if "corpus" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.corpus)
