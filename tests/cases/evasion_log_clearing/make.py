"""Makes the evidence of these cases.

`python -m tests.cases.evasion_log_clearing.make` from the root of the project writes it anew.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.cases.evidence import write

SOURCE, SERVER = "10.1.0.17", "10.2.0.5"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    write(root / "security_log_cleared", "dcerpc_activity", [call("Security", None)])
    write(
        root / "archived_and_cleared",
        "dcerpc_activity",
        [call("Application", r"C:\Archive\app.evtx")],
    )
    write(
        root / "log_is_read",
        "dcerpc_activity",
        [call("Security", None) | {"operation": "EvtRpcQueryNext"}],
    )


def call(log: str, backup: str | None) -> dict[str, object]:
    """One call about one log."""
    return {
        "time": 1.0,
        "src_ip": SOURCE,
        "dst_ip": SERVER,
        "dst_port": 49_665,
        "interface": "IEventService",
        "operation": "EvtRpcClearLog",
        "object": log,
        "detail": json.dumps({"backup_file": backup}) if backup else None,
        "status": "0x00000000",
        "is_encrypted": False,
        "account": r"CORP\carla",
    }


if __name__ == "__main__":
    make(Path(__file__).parent)
