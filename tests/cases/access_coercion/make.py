"""Makes the evidence of these cases.

`python -m tests.cases.access_coercion.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

SOURCE, SERVER = "10.1.0.17", "10.2.0.5"
PATH = rf"\\{SOURCE}\share\x"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    folder = root / "encrypting_file_elsewhere"
    write(folder, "dcerpc_activity", [call("efsrpc", 0, "EfsRpcOpenFileRaw", PATH)])
    write(folder, "smb_activity", [login(1.5)])
    write(
        root / "path_without_a_login",
        "dcerpc_activity",
        [call("netdfs", 13, "NetrDfsRemoveStdRoot", PATH)],
    )
    folder = root / "printer_calls_back_later"
    notify = "RpcRemoteFindFirstPrinterChangeNotificationEx"
    write(folder, "dcerpc_activity", [call("spoolss", 65, notify, rf"\\{SERVER}")])
    write(folder, "smb_activity", [login(900.0)])
    print_server(root)
    write(
        root / "printing",
        "dcerpc_activity",
        [
            call("spoolss", 1, "RpcOpenPrinter", rf"\\{SERVER}\laser"),
            call("spoolss", 17, "RpcStartDocPrinter", rf"\\{SERVER}\laser"),
        ],
    )


def print_server(root: Path) -> None:
    """A controller that prints for its clients, and calls each of them back; and one forced to."""
    notify = "RpcRemoteFindFirstPrinterChangeNotificationEx"
    asked = call("spoolss", 65, notify, rf"\\{SOURCE}")
    printed = call("spoolss", 17, "RpcStartDocPrinter", rf"\\{SERVER}\laser")
    ticket = {
        "time": 0.0, "src_ip": "10.1.0.9", "dst_ip": SERVER, "dst_port": 88,
        "message_type": "AS-REQ",
    }  # fmt: skip
    for name in ("controller_is_forced", "controller_prints_for_one", "controller_prints_for_many"):
        write(root / name, "kerberos_activity", [ticket])
    folder = root / "controller_is_forced"
    write(folder, "dcerpc_activity", [call("spoolss", 1, "RpcOpenPrinter", rf"\\{SERVER}"), asked])
    write(folder, "smb_activity", [login(1.5)])
    folder = root / "controller_prints_for_one"
    write(folder, "dcerpc_activity", [asked, printed])
    write(folder, "smb_activity", [login(1.5)])
    folder = root / "controller_prints_for_many"
    clients = [f"10.1.0.{n}" for n in range(20, 26)]
    write(folder, "dcerpc_activity", [asked | {"src_ip": c} for c in clients])
    write(folder, "smb_activity", [login(1.5) | {"dst_ip": c} for c in clients])


def call(interface: str, number: int, operation: str, path: str) -> dict[str, object]:
    """One call that names a path."""
    return {
        "time": 1.0,
        "src_ip": SOURCE,
        "dst_ip": SERVER,
        "dst_port": 445,
        "interface": interface,
        "operation_number": number,
        "operation": operation,
        "object": path,
        "is_encrypted": False,
        "account": r"CORP\carla",
    }


def login(t: float) -> dict[str, object]:
    """The server logs in to whoever called it."""
    return {
        "time": t,
        "src_ip": SERVER,
        "dst_ip": SOURCE,
        "dst_port": 445,
        "command": "session_setup",
        "account": r"CORP\SRV5$",
        "status": "STATUS_SUCCESS",
    }


if __name__ == "__main__":
    make(Path(__file__).parent)
