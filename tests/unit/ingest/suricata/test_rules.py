"""Rules are gathered in order, and what names programs or files is left out and counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from netcordon.errors import UsageError
from netcordon.ingest.suricata.rules import gather

PLAIN = b'alert tcp any any -> any any (msg:"a\\; lua: b"; content:"x"; sid:1;)'


@pytest.mark.parametrize(
    "option",
    [
        b"lua:evil.lua", b"luajit : evil.lua", b"filemd5:/etc/passwd", b"filesha256:x",
        b"filestore",
        b"dataset:set,seen, type string, state /tmp/x", b"dataset:isset,seen,load /etc/passwd",
        b"datarep:x,>,1,load y", b"iprep:src,Bad,>,1",
    ],
)  # fmt: skip
def test_rules_that_reach_outside_are_left_out(option: bytes, tmp_path: Path) -> None:
    rules = tmp_path / "own.rules"
    evil = b'alert http any any -> any any (msg:"m"; ' + option + b"; sid:2;)"
    memory = b"alert dns any any -> any any (dns.query; dataset:set,seen,type string; sid:3;)"
    rules.write_bytes(b"# alert ip any any -> any any (sid:9;)\n\n" + evil + b"\n" + memory + b"\n")
    found = gather(rules)
    assert (found.text, found.count, found.left_out) == (memory + b"\n", 1, 1)


def test_a_folder_is_read_in_the_order_of_names_without_links_and_lines_are_joined(
    tmp_path: Path,
) -> None:
    (tmp_path / "b.rules").write_bytes(PLAIN.replace(b"sid:1", b"sid:2"))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.rules").write_bytes(PLAIN.replace(b" (", b" \\\r\n  (") + b"\r\n")
    (tmp_path / "readme.txt").write_bytes(PLAIN)
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.write_bytes(PLAIN.replace(b"sid:1", b"sid:7"))
    (tmp_path / "z.rules").symlink_to(outside)
    found = gather(tmp_path)
    assert found.count == 2
    assert b"sid:7" not in found.text
    assert [line.split()[0] for line in found.text.splitlines()] == [b"alert", b"alert"]
    assert found.text.index(b"sid:2") < found.text.index(b"sid:1")
    assert gather(tmp_path).sha256 == found.sha256


def test_no_rules_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    for given in (tmp_path, tmp_path / "missing.rules"):
        with pytest.raises(UsageError) as raised:
            gather(given)
        assert raised.value.code == "NC-237"
