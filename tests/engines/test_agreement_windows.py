"""SMB, DCE/RPC, Kerberos, LDAP and RDP as tshark reads them, or the reason is here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.decode import decode
from netcordon.tables.arrow import to_arrow
from netcordon.tables.schema import TABLES
from tests.engines import own_windows, tshark_windows

GROUPS = ("lateral_ad", "ad_credential_discovery", "lsass_campaign_01", "benign_office")
KINDS = (".pcap", ".pcapng", ".cap")
WE_SEE_MORE = ("kerberos_ap_req",)
"""tshark leaves security tokens of binds unread that go over several TCP segments."""
ONE_SIDED = ("rpc_fault",)
"""What tshark counts and our rows show as a status."""

NO_BIND = "the binding was not captured; tshark then takes only ports it knows for DCE/RPC"
NO_REQUEST = "the request was not captured, and rows are made of requests"
SIGNED = "signed SASL buffers whose bind was not captured; tshark does not look into them"
LONG = "one signed SASL buffer of 305,441 octets is passed over and counted"
TKEY = "a ticket in a TKEY query of DNS (RFC 3645), where tickets are not looked for"
NEW_OPERATION = "tshark does not know RCreateServiceWOW64W (45)"

JUSTIFIED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "20171220_smb_psexec_add_user.pcap": (("service_", NEW_OPERATION),),
    "CA_masterkey_rpc_protectedstorage.pcapng": (("smb2_status", NO_REQUEST),),
    "CredAccess_BackupMasterKey_LSARPC_43_RetrievePrivateData.pcapng": (("rpc_", NO_BIND),),
    "DCShadow_add_primarygroupid_512_to_std_account.pcapng": (("ldap_", SIGNED), ("rpc_", NO_BIND)),
    "macgyver.pcap": (("kerberos_ap_req", TKEY),),
    "metasploit_logonpasswords_lsass_memory_dump.pcapng": (("ldap_result", LONG),),
    "LM_dcom_mmc20.application_dcerpc.pcapng": (("rpc_", NO_BIND),),
}
"""File -> (beginning of the kind of value, reason)."""


class Sink:
    """Keeps the rows."""

    def __init__(self) -> None:
        self.tables: dict[str, list[pa.Table]] = {}

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        self.tables.setdefault(table, []).append(to_arrow(TABLES[table], columns))


def decoded(capture: Path) -> dict[str, list[pa.Table]]:
    sink, layer = Sink(), ApplicationLayer()
    with capture.open("rb") as source:
        decode(source, sink, lambda _: None, layer)
    assert "parser failed" not in layer.refused
    return sink.tables


def _is_justified(capture: str, kind: str) -> bool:
    return any(kind.startswith(begin) for begin, _ in JUSTIFIED.get(capture, ()))


@pytest.mark.corpus
@pytest.mark.engines
@pytest.mark.slow
def test_values_equal_tsharks(corpus: Path, engine_program: Callable[[str], str]) -> None:
    tshark = engine_program("tshark")
    captures = sorted(
        path for group in GROUPS for path in (corpus / group).iterdir() if path.suffix in KINDS
    )
    assert captures
    unexplained, equal, different = {}, Counter[str](), Counter[str]()
    for capture in captures:
        theirs = tshark_windows.read(capture, tshark)
        if not theirs:
            continue
        ours = own_windows.own(decoded(capture))
        for kind in sorted({*ours, *theirs} - set(ONE_SIDED)):
            a, b = ours.get(kind, Counter()), theirs.get(kind, Counter())
            equal[kind] += (a & b).total()
            different[kind] += max((a - b).total(), (b - a).total())
            is_different = bool(b - a) if kind in WE_SEE_MORE else a != b
            if is_different and not _is_justified(capture.name, kind):
                unexplained[capture.name, kind] = ((b - a).most_common(3), (a - b).most_common(3))
    for kind in sorted(equal | different):
        print(f"{kind:20} equal {equal[kind]:6} different {different[kind]:5}")  # noqa: T201
    assert unexplained == {}


def _zeek(log: Path) -> list[dict[str, str]]:
    lines = log.read_text(encoding="utf-8").splitlines()
    names = next(line for line in lines if line.startswith("#fields")).split("\t")[1:]
    return [
        dict(zip(names, line.split("\t"), strict=True))
        for line in lines
        if line[:1] not in ("#", "")
    ]


_ZEEK_ERRORS = {"KDC_ERR_PREAUTH_REQUIRED": 25, "KDC_ERR_PREAUTH_FAILED": 24}


@pytest.mark.corpus
def test_kerberos_and_shares_equal_zeeks(corpus: Path) -> None:
    """Zeek's own logs of the same capture; it leaves out what it sees from the middle on."""
    folder = corpus / "lsass_campaign_01"
    tables = decoded(next(folder.glob("*.pcapng")))
    answers = Counter(
        (row["src_port"], row["service_name"], row["error_code"])
        for batch in tables["kerberos_activity"]
        for row in batch.to_pylist()
        if row["message_type"] in ("AS-REP", "TGS-REP", "KRB-ERROR")
    )
    theirs = Counter(
        (int(row["id.orig_p"]), row["service"], _ZEEK_ERRORS.get(row["error_msg"]))
        for row in _zeek(folder / "kerberos.log")
    )
    assert not theirs - answers, "Zeek has answers that we have not"
    pipes = {
        row["src_port"]
        for batch in tables["smb_activity"]
        for row in batch.to_pylist()
        if row["command"] == "tree_connect" and row["is_pipe"]
    }
    assert {int(row["id.orig_p"]) for row in _zeek(folder / "smb_mapping.log")} <= pipes
    print("kerberos", theirs.total(), "of", answers.total(), "pipes", len(pipes))  # noqa: T201
