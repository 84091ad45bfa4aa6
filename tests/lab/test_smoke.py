"""Builds the company, lets two machines meet, and looks for what is left (nothing)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lab import record, world

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.engines, pytest.mark.slow]


def left() -> tuple[str, str, list[str], str]:
    """What a lab could leave: addresses, namespaces, files in /run, accounts."""
    links, names = (
        subprocess.run(["ip", *what], capture_output=True, text=True, check=True).stdout
        for what in (["-o", "addr"], ["netns", "list"])
    )
    return (
        links,
        names,
        sorted(p.name for p in Path("/run").iterdir()),
        Path("/etc/passwd").read_text(),
    )


@pytest.mark.skipif(bool(record.missing()), reason=record.missing() or "complete")
def test_the_company_stands_and_leaves_nothing_behind() -> None:
    before = left()
    site = world.SITE_BY_NAME["www.tidetables.example"]
    command = ["ip", "netns", "exec", "ns-01", "curl", "-sS", "--max-time", "20"]
    fetch = [*command, "-o", "/dev/null", "-w", "%{http_code} %{remote_ip}", f"http://{site.name}/"]
    argv = [sys.executable, "-m", "lab.visit", *fetch]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.endswith(f"200 {site.ip}"), done.stderr
    assert left() == before
