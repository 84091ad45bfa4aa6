"""What is turned on can be turned off exactly, and nothing else goes into a configuration."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from netcordon.collector.planning import WrongValueError, platforms, step
from netcordon.errors import UsageError
from netcordon.workflow.remote_logging import plan_logging, write_steps

SHELL = [name for name, one in platforms().items() if one.ending == "sh"]


@pytest.mark.parametrize("platform", platforms())
def test_every_platform_says_what_it_shows_costs_and_needs_and_keeps_no_place_empty(
    platform,
) -> None:
    one = step(platform, host="app-01", receiver="log.corp.example", port=6514, mark="nc-2026-0001")
    for text in (one.title, one.shows, one.cost, one.needs, one.check, one.do, one.revert):
        assert text.strip()
        assert not re.search(r"@[A-Z]+@", text)
    assert "nc-2026-0001" in one.do + one.before
    if one.ending == "txt":
        assert one.before, "what is set on a device goes back to what was saved first"
        assert "log.corp.example" in one.do


def _tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


@pytest.mark.parametrize("platform", SHELL)
def test_revert_restores_the_original(platform: str, tmp_path: Path) -> None:
    for name in ("opt/zeek/share/zeek/site/local.zeek", "etc/rsyslog.d/50-default.conf"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("# as it was\n")
    before = _tree(tmp_path)
    one = step(platform, host="app-01", receiver="192.0.2.7", port=6514, mark="case-1")
    environment = {**os.environ, "NETCORDON_ROOT": str(tmp_path)}

    def run(script: str) -> int:
        return subprocess.run(["sh", "-c", script], env=environment, capture_output=True).returncode

    assert run(one.do) == 0
    during = _tree(tmp_path)
    assert during != before
    if platform in ("rsyslog", "syslog-ng"):
        assert any(b"192.0.2.7" in content for content in during.values())
    assert run(one.do) != 0, "turned on twice, it would lose what was there before"
    assert _tree(tmp_path) == during
    assert run(one.revert) == 0
    assert _tree(tmp_path) == before


def test_rsyslog_accepts_the_text(engine_program, tmp_path: Path) -> None:
    program = engine_program("rsyslogd")
    one = step("rsyslog", host="app-01", receiver="192.0.2.7", port=6514, mark="case-1")
    subprocess.run(
        ["sh", "-c", one.do], env={**os.environ, "NETCORDON_ROOT": str(tmp_path)}, check=True
    )
    text = next((tmp_path / "etc/rsyslog.d").iterdir()).read_text()
    config = tmp_path / "rsyslog.conf"
    # The driver for TLS comes as a package of its own; the rest of the text is judged all the same.
    config.write_text(f'global(workDirectory="{tmp_path}")\n{text}')
    judged = subprocess.run(
        [program, "-N1", "-f", str(config)], capture_output=True, text=True, check=False
    )
    faults = [line for line in judged.stderr.splitlines() if "rror" in line or "nvalid" in line]
    assert not [f for f in faults if "gtls" not in f and "netstream" not in f.lower()], (
        judged.stderr
    )
    config.write_text(config.read_text().replace('queue.type="LinkedList"', 'queue.tipe="no"'))
    judged = subprocess.run([program, "-N1", "-f", str(config)], capture_output=True, text=True)
    assert "queue.tipe" in judged.stderr, "the check must be able to fail"


@pytest.mark.parametrize(
    ("host", "receiver", "mark"),
    [
        ("a; rm -rf /", "log.example", "m"),
        ("app", 'log"\nset x', "m"),
        ("app", "log.example", "../m"),
        ("app", "-x.example", "m"),
        ("app\n", "log.example", "m"),
    ],
)
def test_values_that_would_break_out_are_refused(host, receiver, mark) -> None:
    with pytest.raises(WrongValueError):
        step("rsyslog", host=host, receiver=receiver, port=6514, mark=mark)
    with pytest.raises(UsageError, match="NC-920"):
        plan_logging([("rsyslog", host)], receiver=receiver, port=1, mark=mark)


def test_an_unknown_platform_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no platform 'solaris'"):
        plan_logging([("solaris", "a")], receiver="b", port=1, mark="m")
    steps = plan_logging([("junos", "2001:db8::1")], receiver="b", port=1, mark="m")
    write_steps(steps, tmp_path / "out")
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "2001-db8--1-junos-do.txt", "2001-db8--1-junos-revert.txt"
    }  # fmt: skip
