from __future__ import annotations

import os

import pytest

from netcordon.errors import EvidenceError
from netcordon.evidence.shared_file import SharedFile, open_shareable


def test_two_readers_of_one_descriptor_do_not_disturb_each_other(tmp_path) -> None:
    path = tmp_path / "f"
    path.write_bytes(bytes(range(200)))
    handle = os.open(path, os.O_RDONLY)
    left, right = SharedFile(os.dup(handle), 150), SharedFile(handle, 150)
    with left, right:
        assert left.read(100) == bytes(range(100))
        assert right.read() == bytes(range(150))
        assert left.read() == bytes(range(100, 150))
        assert left.read() == b""


def test_a_file_that_grew_is_as_long_as_it_was_and_the_change_is_told(tmp_path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"12345")
    opened = open_shareable(str(path))
    assert opened is not None
    assert opened.changed(5) is None
    with path.open("ab") as file:
        file.write(b"678")
    with SharedFile(os.dup(opened.file.fileno()), opened.size) as shared:
        assert shared.read() == b"12345"
    warning = opened.changed(5)
    opened.file.close()
    assert warning is not None
    assert warning.code == "NC-114"
    assert "from 5 to 8" in warning.what


def test_streams_cannot_be_shared_and_what_is_missing_has_its_error(tmp_path) -> None:
    reading, writing = os.pipe()
    try:
        assert open_shareable(f"/dev/fd/{reading}") is None
    finally:
        os.close(reading)
        os.close(writing)
    with pytest.raises(EvidenceError, match="NC-101"):
        open_shareable(str(tmp_path / "none"))
    with pytest.raises(EvidenceError, match="NC-105"):
        open_shareable(str(tmp_path))
