"""Zones and years of devices, as declared and as their times name them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from netcordon.casefile.config import read_config
from netcordon.errors import WorkspaceError
from netcordon.evidence.recognise import recognise
from netcordon.model.log_rule import LogRule
from netcordon.model.parser import WHOLE, ParseResult
from tests.unit.ingest.text.logs import Read, Source

_LINE = "<38>May  6 07:08:09 {} sshd[7]: Accepted password for carla from 192.0.2.9 port 5 ssh2\n"
_RULES = (
    LogRule(host="fw-*", zone="Europe/Paris", year=2019),
    LogRule(host="old", year=2001),
)


def _times(text: str, rules: tuple[LogRule, ...]) -> tuple[list[datetime], dict[str, int]]:
    data = text.encode()
    recognised = recognise(data)
    assert recognised is not None
    source, found = Source(data), Read(recognised.kind, ParseResult(records=0))
    source.modified = 1_715_000_000_000_000
    source.log_rules = rules  # type: ignore[attr-defined]
    result = recognised.parser.parse(source, found, lambda _: None, WHOLE)
    said = {f"{w.code} {w.what}": w.count for w in result.warnings}
    return [row["time"] for row in found.tables["authentication"]], said  # type: ignore[misc]


def test_a_device_has_the_zone_and_the_year_declared_for_it() -> None:
    text = "".join(_LINE.format(host) for host in ("fw-edge", "old", "web"))
    times, said = _times(text, _RULES)
    assert times == [
        datetime(2019, 5, 6, 5, 8, 9), datetime(2001, 5, 6, 7, 8, 9), datetime(2024, 5, 6, 7, 8, 9),
    ]  # fmt: skip
    assert said["NC-271 Times name no zone; they were read as Europe/Paris."] == 1
    assert sum(count for what, count in said.items() if what.startswith("NC-272")) == 3


def test_letters_that_mean_one_offset_are_a_zone() -> None:
    line = (
        "<189>7: sw: May  6 2024 07:08:09.5 {}: %SSH-5-SSH2_USERAUTH: User 'c' from 192.0.2.9 ok\n"
    )
    for zone, hour, count in (("CEST", 5, 0), ("PDT", 14, 0), ("CST", 7, 1)):
        times, said = _times(line.format(zone), ())
        assert times[0].hour == hour
        assert len(said) == count


def test_a_file_may_have_a_rule_and_wrong_ones_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "netcordon.toml"
    path.write_text('[[log]]\nfile = "asa*.log"\nzone = "America/New_York"\nyear = 2020\n')
    (rule,) = read_config(path).logs
    assert rule.is_of_file("/logs/asa-1.log")
    assert not rule.is_of_file("/logs/pan.log")
    assert (rule.zone, rule.year) == ("America/New_York", 2020)
    for wrong, why in (
        ('zone = "UTC"', "name a host or a file"),
        ('host = "a"\nzone = "Nowhere"', "no zone such as"),
        ('host = "a"\nyear = 12', "a whole number from 1970"),
        ('host = "a"\ncolour = "red"', "unknown"),
    ):
        path.write_text(f"[[log]]\n{wrong}\n")
        with pytest.raises(WorkspaceError, match=why):
            read_config(path)
