"""Run in namespaces of its own: a real Unbound is told by enforcement, asked, and told back.

``python -m tests.engines.resolver_job FOLDER`` prints what the resolver answered at each step.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from netcordon.model.command import Target
from netcordon.model.register import EnforcementPoint
from netcordon.workflow.in_force import status
from netcordon.workflow.undo import undo
from tests.engines.force import approved, block, measure, plan, register
from tests.engines.test_actuators_at_work import _ASK, _UPSTREAM, running

NAMES = ("a.c2.bad.example", "ordinary.example")
_EMPTY = "$TTL 60\n@ SOA localhost. hostmaster.localhost. 0 3600 600 86400 60\n@ NS localhost.\n"


def answers() -> list[str]:
    return [
        subprocess.run(
            [sys.executable, "-c", _ASK, name], capture_output=True, text=True
        ).stdout.strip()
        for name in NAMES
    ]


def main(folder: Path) -> None:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    (folder / "zone").write_text(_EMPTY)
    (folder / "unbound.conf").write_text(
        'server:\n interface: 127.0.0.1@5300\n chroot: ""\n username: ""\n pidfile: ""\n'
        f' directory: "{folder}"\n use-syslog: no\n do-daemonize: no\n'
        ' module-config: "respip iterator"\n do-not-query-localhost: no\n'
        'rpz:\n name: "netcordon.rpz"\n zonefile: "zone"\n'
        'forward-zone:\n name: "."\n forward-addr: 127.0.0.1@5301\n'
        "remote-control:\n control-enable: yes\n control-use-cert: no\n"
        " control-interface: 127.0.0.1\n"
    )
    # unbound-control reads the machine's own settings; in this mount namespace they are ours.
    bind = ["mount", "--bind", str(folder / "unbound.conf"), "/etc/unbound/unbound.conf"]
    subprocess.run(bind, check=True)
    point = EnforcementPoint(
        name="resolver", actuator="dns_rpz", transport="local",
        options={"server": "unbound", "directory": str(folder), "file": "zone"},
    )  # fmt: skip
    known = register(point)
    command = block(1, "", point="resolver")
    named = replace(command, target=Target(domain="c2.bad.example"))
    here = approved(folder / "a", folder / "state", known, plan(known, measure(1, named)))
    upstream = [sys.executable, "-c", _UPSTREAM]
    with running(upstream, folder), running(["unbound", "-d"], folder):
        told: dict[str, object] = {"before": answers()}
        told["holds"] = here.enforce().holds
        told["in force"] = answers()
        told["states"] = [
            str(row.state) for row in status(here.workspace, None, here.devices()).rows
        ]
        told["differs"] = undo(here.workspace, None, here.devices()).devices[0].differs
        time.sleep(0.2)
        told["after"] = answers()
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
