from __future__ import annotations

from pathlib import Path

from netcordon.ingest.plan import divide, has_threads
from tests.unit.ingest.zeek.test_text_log import CONN, FLOW, log

MIB = 1 << 20


def test_a_single_large_file_is_divided_and_a_small_one_is_not() -> None:
    assert divide([500 * MIB], 4, 48 * MIB) == [4]
    assert divide([40 * MIB], 4, 48 * MIB) == [1]


def test_files_of_a_rotation_go_to_a_worker_each_and_the_last_one_is_divided() -> None:
    assert divide([100 * MIB] * 5, 2, 48 * MIB) == [1, 1, 1, 1, 2]
    assert divide([100 * MIB] * 4, 4, 48 * MIB) == [1, 4, 4, 4]


def test_the_giant_among_dwarfs_is_divided() -> None:
    assert divide([MIB, 900 * MIB, MIB], 2, 48 * MIB) == [1, 2, 1]


def test_known_and_empty_files_count_for_nothing() -> None:
    assert divide([0, 100 * MIB, 0], 2, 48 * MIB) == [1, 2, 1]
    assert divide([0, 0], 2, 0) == [1, 1]


def test_a_log_is_read_by_threads_of_one_process_and_a_capture_is_not(tmp_path: Path) -> None:
    zeek, capture = tmp_path / "conn.log", tmp_path / "a.pcap"
    zeek.write_bytes(log("conn", CONN, FLOW))
    capture.write_bytes(b"\xd4\xc3\xb2\xa1\x02\0\x04\0" + bytes(8) + b"\xff\xff\0\0\x01\0\0\0")
    assert has_threads(str(zeek))
    assert not has_threads(str(capture))
    assert not has_threads(str(tmp_path / "nothing"))
