"""Makes the evidence of these cases.

`python -m tests.cases.lateral_wmi.make` from the root of the project writes it anew.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.cases.evidence import write

SOURCE, TARGET = "10.1.0.17", "10.2.0.5"
MMC = "49b2791a-b1ae-4c90-9b8e-e860ba07f889"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    write(
        root / "method_in_sealed_calls",
        "dcerpc_activity",
        [
            call(0.0, "IRemoteSCMActivator", "RemoteCreateInstance", object=WBEM),
            call(0.3, "IWbemServices", "GetObject", is_encrypted=True),
            call(0.4, "IWbemServices", "ExecMethod", is_encrypted=True),
        ],
    )
    text = json.dumps({"texts": ["ExecuteShellCommand", "cmd.exe", "/c whoami"]})
    write(
        root / "console_told_to_run_a_command",
        "dcerpc_activity",
        [
            call(0.0, "IRemoteSCMActivator", "RemoteCreateInstance", object=MMC),
            call(0.2, "IDispatch", "GetIDsOfNames"),
            call(0.3, "IDispatch", "Invoke", detail=text, status="0x00000000"),
        ],
    )
    write(
        root / "inventory_reads",
        "dcerpc_activity",
        [call(0.5 * n, "IWbemServices", "ExecQuery", is_encrypted=True) for n in range(60)]
        + [call(40.0, "IWbemServices", "ExecMethod", is_encrypted=True)],
    )
    write(
        root / "spreadsheet_talks_to_its_server",
        "dcerpc_activity",
        [
            call(0.0, "IRemoteSCMActivator", "RemoteCreateInstance", object=OTHER),
            call(0.1, "IDispatch", "Invoke", detail=json.dumps({"texts": ["Refresh"]})),
        ],
    )


WBEM = "8bc3f05e-d86b-11d0-a075-00c04fb68820"
OTHER = "6b0a1f7e-1111-4222-8333-123456789abc"


def call(t: float, interface: str, operation: str, **columns: object) -> dict[str, object]:
    """One call."""
    return {
        "time": t,
        "src_ip": SOURCE,
        "dst_ip": TARGET,
        "dst_port": 49_667,
        "interface": interface,
        "interface_uuid": f"uuid of {interface}",
        "operation": operation,
        "account": r"CORP\carla",
        "is_encrypted": False,
        **columns,
    }


if __name__ == "__main__":
    make(Path(__file__).parent)
