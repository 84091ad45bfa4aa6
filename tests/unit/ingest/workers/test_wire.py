from __future__ import annotations

import os
import socket
import threading
from datetime import UTC, datetime

import pytest

from netcordon.casefile.seal import Seal
from netcordon.errors import EvidenceError, WorkspaceError
from netcordon.evidence.source import Intake
from netcordon.ingest.workers import wire
from netcordon.model.evidence import IngestWarning
from netcordon.model.parser import ParseResult

WARNING = IngestWarning(code="NC-211", what="ends \udcff early", count=3, frame=9)


def test_messages_arrive_whole_and_in_order_with_their_descriptors(tmp_path) -> None:
    ours, theirs = socket.socketpair()
    large = {"text": "x" * 3_000_000, "surrogate": "\udc80"}
    with ours, theirs, (tmp_path / "f").open("w+b") as file:
        file.write(b"content")
        file.flush()

        def send() -> None:
            wire.send(ours, {"first": 1}, [file.fileno()])
            wire.send(ours, large)
            ours.close()

        sender = threading.Thread(target=send)
        sender.start()
        message, handles = wire.receive(theirs) or ({}, [])
        assert message == {"first": 1}
        assert os.pread(handles[0], 7, 0) == b"content"
        os.close(handles[0])
        assert wire.receive(theirs) == (large, [])
        sender.join()
        assert wire.receive(theirs) is None


def test_an_end_in_the_middle_of_a_message_is_an_end() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        ours.sendall(b"\0\0\0\x10{")
        ours.close()
        assert wire.receive(theirs) is None


def test_results_survive_the_way() -> None:
    result = ParseResult(
        records=7,
        refused={"llc": 2},
        first_time=datetime(2024, 2, 29, 1, 2, 3, 4, tzinfo=UTC),
        warnings=(WARNING,),
        facts={"container": "pcap", "is_complete": True, "frames": 7},
        complete=False,
    )
    assert wire.result_from_json(wire.result_to_json(result)) == result


def test_intakes_survive_the_way() -> None:
    seal = Seal(
        sha256="ab", bytes=5, ends_sha256="cd", step_bytes=2, prefixes=("a", "b"), location="/x"
    )
    intake = Intake(
        evidence_id="ev-ab",
        seal=seal,
        packing="gzip",
        unpacked_bytes=9,
        complete=True,
        warnings=(WARNING,),
    )
    assert wire.intake_from_json(wire.intake_to_json(intake)) == intake


@pytest.mark.parametrize("kind", [EvidenceError, WorkspaceError])
def test_errors_are_raised_again_as_what_they_were(kind) -> None:
    error = kind("NC-103", "what", "why", "hint")
    again = wire.error_from_json(wire.error_to_json(error, ""))
    assert type(again) is kind
    assert again.as_dict() == error.as_dict()


def test_a_defect_keeps_its_trace_and_lack_of_memory_its_kind() -> None:
    defect = wire.error_from_json(wire.error_to_json(KeyError("x"), "Traceback: x"))
    assert "Traceback: x" in str(defect)
    assert isinstance(wire.error_from_json(wire.error_to_json(MemoryError(), "")), MemoryError)
