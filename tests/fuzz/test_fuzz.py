"""A short campaign with Numba's bounds checks on; longer ones by ``python -m tests.fuzz``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.__main__ import CHECKED

_MINUTES = os.environ.get("NETCORDON_FUZZ_MINUTES", "1")


@pytest.mark.slow
def test_no_damage_breaks_the_decoder(tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "tests.fuzz", "--minutes", _MINUTES, "--processes", "1",
        "--keep", str(tmp_path / "broken"),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    kept = [path.read_text("utf-8") for path in sorted((tmp_path / "broken").glob("*.txt"))]
    assert done.returncode == 0, "\n".join([done.stdout, done.stderr[-2000:], *kept[:3]])
    executions = int(done.stdout.split()[0].replace(",", ""))
    assert executions >= 20


@pytest.mark.slow
def test_no_index_leaves_its_array() -> None:
    """The unit tests of hostile input, with the bounds checks that the campaign has compiled."""
    tests = Path(__file__).parents[1] / "unit" / "ingest" / "capture"
    command = [
        sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", str(tests),
        "-k", "frames or mutated or bytes or arrive or evicts",
    ]  # fmt: skip
    environment = os.environ | CHECKED
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
