"""The sealed log shows every change, at its place, and goes on after every way of dying."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.collector.chain import NoRecordError, line_of, parse_line
from netcordon.collector.checking import check_log
from netcordon.collector.segments import DamagedLogError, segments
from netcordon.collector.writer import LogFullError, LogWriter
from netcordon.model.sealed_log import Record

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def ticking() -> Callable[[], datetime]:
    now = START

    def tell() -> datetime:
        nonlocal now
        now += timedelta(seconds=1)
        return now

    return tell


def written(folder: Path, count: int = 9, *, segment_bytes: int = 1 << 20) -> bytes:
    """A log of some records; its first key."""
    writer = LogWriter(folder, clock=ticking(), segment_bytes=segment_bytes)
    for number in range(1, count + 1):
        writer.append(
            "fw-1" if number % 2 else "fw-2", f"<34>1 - fw x - - - message {number}\t\n\0é"
        )
    writer.close()
    assert writer.first_key is not None
    return writer.first_key


def _rewrite(path: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path.chmod(0o600)
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))


def test_a_whole_log_is_sound_and_proven(tmp_path: Path) -> None:
    key = written(tmp_path / "log", 40, segment_bytes=2_000)
    found = check_log(tmp_path / "log", key)
    assert (found.records, found.defects, found.proven) == (40, (), True)
    assert found.segments > 3
    assert [(s.name, s.records) for s in found.senders] == [("fw-1", 20), ("fw-2", 20)]
    assert found.senders[0].longest_silence_s == 2.0
    assert not check_log(tmp_path / "log").proven
    sealed = segments(tmp_path / "log")[0][1]
    assert sealed.stat().st_mode & 0o777 == 0o400


CHANGES: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str, str]] = {
    "edited": (
        lambda lines: [*lines[:3], lines[3].replace(b"message 4", b"message 5"), *lines[4:]],
        "segment-000001.log line 4", "record 4 was changed",
    ),
    "its time": (
        lambda lines: [*lines[:3], lines[3].replace(b"T12:00:0", b"T12:01:0"), *lines[4:]],
        "segment-000001.log line 4", "record 4 was changed",
    ),
    "removed": (
        lambda lines: lines[:3] + lines[4:],
        "segment-000001.log line 4", "record 4 is missing before it",
    ),
    "two removed": (
        lambda lines: lines[:3] + lines[5:],
        "segment-000001.log line 4", "record 4 to 5 is missing before it",
    ),
    "reordered": (
        lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]],
        "segment-000001.log line 4", "record 5; record 4 is missing",
    ),
    "doubled": (
        lambda lines: [*lines[:4], lines[3], *lines[4:]],
        "segment-000001.log line 5", "record 4 again",
    ),
    "cut off": (lambda lines: lines[:-2], "segment-000001.log", "record 9 was written"),
    "torn": (
        lambda lines: [*lines[:-1], lines[-1][:20]], "segment-000001.log line 9", "half a record"
    ),
    "foreign": (
        lambda lines: [*lines[:3], b"nonsense\n", *lines[4:]],
        "segment-000001.log line 4", "is no record",
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_named_with_its_place(change: str, tmp_path: Path) -> None:
    key = written(tmp_path / "log")
    how, place, what = CHANGES[change]
    _rewrite(tmp_path / "log" / "segment-000001.log", how)
    for first_key in (None, key):
        found = check_log(tmp_path / "log", first_key)
        assert not found.proven
        assert found.defects[0].place == place, found.defects
        assert what in found.defects[0].what


def test_a_chain_that_was_made_anew_fails_before_the_first_key(tmp_path: Path) -> None:
    """Somebody who can write every file computes all hashes again; the tags he cannot."""
    key = written(tmp_path / "log")
    forged = LogWriter(tmp_path / "other", clock=ticking())
    for number in range(1, 10):
        forged.append("fw-1" if number % 2 else "fw-2", f"harmless {number}")
    forged.close()
    for name in ("segment-000001.log", "state.json"):
        (tmp_path / "log" / name).write_bytes((tmp_path / "other" / name).read_bytes())
    assert check_log(tmp_path / "log").defects == ()
    found = check_log(tmp_path / "log", key)
    assert "not written by the collector" in found.defects[0].what
    assert not found.proven


def test_what_is_cut_off_with_the_state_moved_back_fails_before_the_first_key(tmp_path) -> None:
    key = written(tmp_path / "log")
    state = tmp_path / "log/state.json"
    _rewrite(tmp_path / "log/segment-000001.log", lambda lines: lines[:5])
    state.write_text(state.read_text().replace('"seq": 9', '"seq": 5'))
    assert check_log(tmp_path / "log").defects == ()
    found = check_log(tmp_path / "log", key)
    assert [d.place for d in found.defects] == ["state.json"]
    assert not found.proven


def test_removed_segments_and_seals_are_missed(tmp_path: Path) -> None:
    key = written(tmp_path / "log", 40, segment_bytes=2_000)
    (tmp_path / "log/segment-000002.seal").unlink()
    assert check_log(tmp_path / "log", key).defects[0].place == "segment-000002.seal"
    (tmp_path / "log/segment-000002.log").unlink()
    assert check_log(tmp_path / "log", key).defects[0].place == "segment-000002.log"


def test_half_a_record_is_set_aside_and_the_chain_goes_on(tmp_path: Path) -> None:
    key = written(tmp_path / "log")
    path = tmp_path / "log/segment-000001.log"
    with path.open("ab") as file:
        file.write(b"10\t2026-03-01T12:00:30")
    writer = LogWriter(tmp_path / "log", clock=lambda: START + timedelta(hours=1))
    assert (writer.seq, writer.torn_bytes, writer.first_key) == (9, 22, None)
    writer.append("fw-1", "after")
    writer.close()
    found = check_log(tmp_path / "log", key)
    assert (found.records, found.defects, found.proven) == (10, (), True)
    assert next((tmp_path / "log").glob("*.torn-*")).read_bytes().startswith(b"10\t2026")


def test_records_on_disk_beyond_the_state_are_taken_up(tmp_path: Path) -> None:
    """After a kill the state is up to a second old."""
    writer = LogWriter(tmp_path / "log", clock=ticking())
    writer.append("a", "1")
    writer.sync()
    writer.append("a", "2")
    writer.append("a", "3")
    os.close(writer._handle)
    os.close(writer._lock)
    again = LogWriter(tmp_path / "log", clock=lambda: START + timedelta(hours=1))
    again.append("a", "4")
    again.close()
    found = check_log(tmp_path / "log", writer.first_key)
    assert (found.records, found.defects, found.proven) == (4, (), True)


def test_a_log_that_was_cut_is_not_continued(tmp_path: Path) -> None:
    written(tmp_path / "log")
    _rewrite(tmp_path / "log/segment-000001.log", lambda lines: lines[:5])
    with pytest.raises(DamagedLogError, match="record 9 was written and is not there"):
        LogWriter(tmp_path / "log", clock=ticking())


def test_one_collector_at_a_time(tmp_path: Path) -> None:
    writer = LogWriter(tmp_path / "log", clock=ticking())
    with pytest.raises(DamagedLogError, match="another collector"):
        LogWriter(tmp_path / "log", clock=ticking())
    writer.close()


def test_without_room_a_record_waits_and_nothing_is_lost(tmp_path: Path) -> None:
    writer = LogWriter(tmp_path / "log", clock=ticking())
    writer.append("a", "1")
    size = (tmp_path / "log/segment-000001.log").stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 50, hard))
    try:
        with pytest.raises(LogFullError):
            writer.append("a", "2" * 200)
        with pytest.raises(LogFullError):
            writer.flush()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    writer.append("a", "3")
    writer.close()
    found = check_log(tmp_path / "log", writer.first_key)
    assert (found.records, found.defects, found.proven) == (3, (), True)


def test_a_writer_that_is_killed_leaves_a_log_that_goes_on(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC\n"
        "from netcordon.collector.writer import LogWriter\n"
        "w = LogWriter(Path(sys.argv[1]), clock=lambda: datetime.now(UTC), segment_bytes=5000)\n"
        "print(w.first_key.hex() if w.first_key else '', flush=True)\n"
        "n = 0\n"
        "while True:\n"
        "    n += 1; w.append('a', 'x' * 300)\n"
        "    if n % 50 == 0: w.sync(); print(w.seq, flush=True)\n"
    )
    key, least = b"", 0
    for _ in range(2):
        child = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "log")], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        key = bytes.fromhex(child.stdout.readline().strip()) or key
        for _ in range(3):
            least = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    writer = LogWriter(tmp_path / "log", clock=lambda: START + timedelta(days=9999))
    assert writer.seq >= least
    writer.close()
    found = check_log(tmp_path / "log", key)
    assert (found.defects, found.proven) == ((), True)


@given(st.text(max_size=50), st.binary(max_size=80))
@settings(max_examples=60)
def test_any_message_is_one_line_and_comes_back(sender: str, data: bytes) -> None:
    record = Record(seq=7, time="2026-03-01T12:00:00.000000Z", sender=sender,
                    message=data.decode("utf-8", "surrogateescape"))  # fmt: skip
    line = line_of(record, "0" * 64, "1" * 32)
    assert line.count(b"\n") == 1
    assert parse_line(line[:-1])[0] == record


@given(st.binary(max_size=80))
@settings(max_examples=60)
def test_any_line_is_a_record_or_none(line: bytes) -> None:
    for content in (line, b"1\t2\t3\t4\t" + line, b'1\t2\t3\t4\t"a"\t' + line):
        try:
            parse_line(content)
        except NoRecordError:
            continue
