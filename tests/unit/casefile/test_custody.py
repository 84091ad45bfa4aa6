import hashlib
from datetime import UTC, datetime

import pytest

from netcordon.casefile.custody import RecordedFile, Seal
from netcordon.casefile.workspace import open_workspace
from netcordon.model.evidence import Evidence, IngestWarning

SHA = hashlib.sha256(b"capture").hexdigest()
SEAL = Seal(
    sha256=SHA, bytes=7, ends_sha256="e" * 64, step_bytes=4, prefixes=("a" * 64,),
    location="/a/x\udce9.pcap",
)  # fmt: skip
EVIDENCE = Evidence(
    id="ev-" + SHA[:16],
    path="x\udce9.pcap",
    sha256=SHA,
    kind="pcap",
    bytes=7,
    records=3,
    refused={"short": 1},
    first_time=datetime(2026, 1, 1, 0, 0, 0, 5, tzinfo=UTC),
    warnings=(IngestWarning(code="NC-111", what="cut", frame=3),),
    facts={"snaplen": 96},
)
FILES = (RecordedFile("network_activity/day=2026-01-01/000000.parquet", "f" * 64, 3),)


def test_what_is_registered_reads_back_equal(workspace, clock):
    made = workspace.register.register(EVIDENCE, SEAL, FILES)
    workspace.close()
    (workspace.lake_dir / f"evidence_id={EVIDENCE.id}").mkdir()
    with open_workspace(workspace.path, create=False, clock=clock) as again:
        (read,) = again.register.all()
        assert read == made
        assert (read.evidence, read.seal, read.tables) == (EVIDENCE, SEAL, FILES)
        assert read.has_tables
        assert again.register.find(EVIDENCE.id) == read
        assert again.register.find_by_sha256(SHA) == read
        assert again.register.find_by_sha256("0" * 64) is None
        assert again.register.find_by_ends(7, "e" * 64) == (read,)
        assert again.register.find_by_ends(8, "e" * 64) == ()


def test_registering_again_replaces_and_never_doubles(workspace):
    workspace.register.register(EVIDENCE, SEAL, FILES)
    workspace.register.tables_lost(EVIDENCE.id, "gone")
    assert not workspace.register.all()[0].has_tables
    workspace.register.register(EVIDENCE, SEAL, FILES)
    (only,) = workspace.register.all()
    assert only.has_tables


def test_another_place_is_added_once(workspace):
    workspace.register.register(EVIDENCE, SEAL, FILES)
    for _ in range(2):
        registration = workspace.register.presented(EVIDENCE.id, "/b/y.pcap")
    assert registration.locations == ("/a/x\udce9.pcap", "/b/y.pcap")
    assert workspace.journal.head().count == 3
    with pytest.raises(KeyError):
        workspace.register.presented("ev-unknown", "/b/y.pcap")


def test_evidence_and_seal_must_be_about_the_same_bytes(workspace):
    other = Seal(**{**vars(SEAL), "bytes": 8})
    with pytest.raises(ValueError, match="differ"):
        workspace.register.register(EVIDENCE, other, FILES)
    assert workspace.register.all() == ()
