"""Makes the evidence of these cases.

`python -m tests.cases.lateral_scheduled_task.make` from the root of the project writes it anew.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.cases.evidence import write

SOURCE, TARGET = "10.1.0.17", "10.2.0.5"
ACTION = "<Exec><Command>cmd.exe</Command><Arguments>/C whoami</Arguments></Exec>"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    steps = ("SchRpcRegisterTask", "SchRpcRun", "SchRpcDelete")
    write(root / "command_as_a_task", "dcerpc_activity", calls(steps, ACTION))
    write(root / "sealed_task_of_seconds", "dcerpc_activity", calls(steps, None))
    write(
        root / "job_of_a_backup",
        "dcerpc_activity",
        calls(("SchRpcRegisterTask",), r"<Exec><Command>C:\Backup\run.exe</Command></Exec>"),
    )
    looks = ("SchRpcEnumFolders", "SchRpcEnumTasks", "SchRpcRetrieveTask")
    write(root / "tasks_are_read", "dcerpc_activity", calls(looks, None))


def calls(operations: tuple[str, ...], xml: str | None) -> list[dict[str, object]]:
    """Calls of one association, a second apart; sealed when the action is not visible."""
    return [
        {
            "time": float(n),
            "src_ip": SOURCE,
            "dst_ip": TARGET,
            "dst_port": 49_670,
            "interface": "ITaskSchedulerService",
            "operation": operation,
            "object": r"\Nightly" if xml else None,
            "detail": json.dumps({"xml": xml}) if xml and n == 0 else None,
            "status": "0x00000000" if xml else None,
            "is_encrypted": xml is None,
        }
        for n, operation in enumerate(operations)
    ]


if __name__ == "__main__":
    make(Path(__file__).parent)
