"""A name in force on a real resolver: reloaded, asked, and taken back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import REQUIRE_ENGINES

pytestmark = pytest.mark.engines


def test_a_resolver_is_told_and_told_back(tmp_path: Path, engine_program: Callable[[str], str]):
    for program in ("unbound", "unbound-control", "unshare"):
        engine_program(program)
    if os.geteuid() != 0 or not Path("/etc/unbound/unbound.conf").exists():
        (pytest.fail if REQUIRE_ENGINES else pytest.skip)("needs root and Unbound's settings")
    argv = ["unshare", "--mount", "--net", "--propagation", "private", sys.executable, "-m"]
    done = subprocess.run(
        [*argv, "tests.engines.resolver_job", str(tmp_path)],
        capture_output=True, text=True, cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["before"] == ["0 192.0.2.7", "0 192.0.2.7"]
    assert told["holds"]
    assert told["in force"] == ["3 none", "0 192.0.2.7"]
    assert told["states"] == ["active"]
    assert told["differs"] == []
    assert told["after"] == ["0 192.0.2.7", "0 192.0.2.7"]
