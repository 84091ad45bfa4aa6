"""What a name of a local-name protocol tells of its host."""

from __future__ import annotations

import pytest

from netcordon.ingest.capture.application.dns.claims import _names
from netcordon.ingest.capture.application.dns.kernel import LLMNR, MDNS, NBNS


@pytest.mark.parametrize(
    ("name", "service", "is_group", "expected"),
    [
        (b"PC-7<00>", NBNS, False, ("PC-7", "")),
        (b"CORP<00>", NBNS, True, ("", "CORP")),
        (b"CORP<1c>", NBNS, True, ("", "")),
        (b"PC-7<03>", NBNS, False, ("", "")),
        (b"no suffix", NBNS, False, ("", "")),
        (b"odd<EN>", NBNS, False, ("", "")),
        (b"odd<zz", NBNS, False, ("", "")),
        (b"<<<", NBNS, True, ("", "")),
        (b"laptop.local", MDNS, False, ("laptop", "")),
        (b"_ipp._tcp", MDNS, False, ("", "")),
        (b"pc.corp.example", LLMNR, False, ("pc", "corp.example")),
    ],
)
def test_names(name: bytes, service: int, is_group: bool, expected: tuple[str, str]) -> None:
    assert _names(name, service, is_group) == expected
