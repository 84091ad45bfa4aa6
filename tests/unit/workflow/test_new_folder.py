"""A folder in the making, and the files in it."""

from __future__ import annotations

import hashlib
import os
from contextlib import closing
from pathlib import Path

import pytest

from netcordon.errors import UsageError
from netcordon.ingest.capture.application.files.tracker import Label
from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.workflow.new_folder import NewFolder
from netcordon.workflow.wanted_copies import WantedCopies

ENDS = Ends(1, (0, 1), 1000, (0, 2), 80)
PEERS = frozenset((((0, 1), 1000), ((0, 2), 80)))
LABEL = Label("http", is_upload=False)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_what_is_kept_is_there_whatever_the_mask_of_modes(tmp_path: Path) -> None:
    content = bytes(100_000)
    mask = os.umask(0)
    try:
        with closing(NewFolder(tmp_path / "new")) as folder:
            part = folder.part()
            for start in range(0, len(content), 999):
                part.write(content[start : start + 999])
            assert part.keep_as("name") == sha256(content)
            folder.keep()
    finally:
        os.umask(mask)
    assert (tmp_path / "new" / "name").read_bytes() == content
    assert (tmp_path / "new" / "name").stat().st_mode & 0o777 == 0o600


def test_nothing_stays_of_what_is_not_kept(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    for path in (mine, tmp_path / "new"):
        with closing(NewFolder(path)) as folder:
            unnamed, named = folder.part(), folder.part()
            unnamed.write(bytes(100_000))
            named.write(b"something")
            named.keep_as("name")
    assert list(tmp_path.iterdir()) == [mine]
    assert not list(mine.iterdir())


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"mine")
    for path in (tmp_path, tmp_path / "mine"):
        with pytest.raises(UsageError, match="NC-701"), closing(NewFolder(path)):
            pass
    assert (tmp_path / "mine").read_bytes() == b"mine"


def test_only_wanted_content_of_known_ends_is_kept(tmp_path: Path) -> None:
    wanted, other = b"wanted" * 10_000, b"other"
    with closing(NewFolder(tmp_path / "new")) as folder:
        copies = WantedCopies(folder, {PEERS: len(wanted)}, {sha256(wanted)})
        assert copies(ENDS._replace(src_port=1001), LABEL) is None
        for content, said in (
            (other, sha256(other)),  # not wanted
            (wanted, None),  # did not end whole
            (other, sha256(wanted)),  # not what it is said to be
            (wanted + b"!", sha256(wanted)),  # longer than any that is wanted
            (wanted, sha256(wanted)),
        ):
            assert not copies.is_done()
            copy = copies(ENDS.swapped(), LABEL)
            assert copy is not None
            copy.write(content[:7])
            copy.write(content[7:])
            copy.close(said)
        assert copies.is_done()
        assert copies(ENDS, LABEL) is None
        folder.keep()
    assert {p.name: p.read_bytes() for p in (tmp_path / "new").iterdir()} == {
        sha256(wanted): wanted
    }


def test_a_disk_that_refuses_is_reported_and_not_the_parsers_fault(tmp_path: Path) -> None:
    with closing(NewFolder(tmp_path / "new")) as folder:
        copies = WantedCopies(folder, {PEERS: 1 << 20}, {sha256(b"x")})
        (tmp_path / "new" / ".part-1").write_bytes(b"in the way")
        copy = copies(ENDS, LABEL)
        assert copy is not None
        copy.write(bytes(1 << 17))
        copy.close(None)
        assert isinstance(copies.failure, FileExistsError)
        assert copies.is_done()
        (tmp_path / "new" / ".part-1").unlink()
