"""The recording itself, as process 1 of the cage: build, start, record, end, write the truth. Started by `lab.record`."""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import time
from pathlib import Path

from lab import cage, certs, internet, intrusion, services, topology, truth, world
from lab.crew import Crew, python
from lab.flows import flows, frames

TCPDUMP = ["tcpdump", "-n", "-i", topology.SENSOR_PORT, "-s", "0", "-B", "16384", "-Z", "root", "-w"]
DHCP_EVENT = """#!/bin/sh
# udhcpc tells its script what the server granted
case "$1" in bound|renew)
  ip addr replace "$ip/$mask" dev "$interface"
  ip route replace default via "$router" dev "$interface" ;;
esac
"""


def main() -> None:
    """Make one recording."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    asked = parser.parse_args()
    cage.furnish()
    crew = Crew()
    try:
        perform(crew, asked.out, asked.seconds, random.Random(asked.seed))
    finally:
        crew.end()
        shutil.copytree(crew.logs, asked.out / "logs", dirs_exist_ok=True)


def perform(crew: Crew, out: Path, lasts_s: float, rng: random.Random) -> None:
    """Build and start everything, let it live for `lasts_s`, and write capture and truth into `out`."""
    topology.build(crew)
    authority = certs.authority()
    services.start(crew, authority, rng)
    internet.start(crew, authority, rng)
    time.sleep(2.0)
    pcap = out / "demo.pcap"
    crew.start("tcpdump", topology.SENSOR, [*TCPDUMP, str(pcap)])
    time.sleep(1.5)
    print(f"recording for {lasts_s:.0f} s", flush=True)
    diary = truth.Diary()
    began = time.monotonic()
    life(crew, diary, lasts_s, rng)
    intrusion.Intrusion(crew, diary, lasts_s, rng).run()
    time.sleep(max(0.0, began + lasts_s - time.monotonic()))
    diary.close()
    finished = {"second-beacon", "beacon"}
    fallen = {name: code for name, code in crew.dead().items() if code and name not in finished}
    time.sleep(3.0)  # the last packets reach the file
    crew.end("tcpdump")
    report = (crew.logs / "tcpdump.log").read_text()
    if fallen:
        raise RuntimeError(f"programs died during the recording: {fallen}")
    write(out, pcap, diary, report)


def life(crew: Crew, diary: truth.Diary, lasts_s: float, rng: random.Random) -> None:
    """Start everybody's ordinary day: addresses first, then people, servers and the world; and the harmless look-alikes."""
    script = cage.STATE / "conf" / "dhcp-event"
    script.write_text(DHCP_EVENT)
    script.chmod(0o755)
    clock = cage.STATE / "conf" / "chrony-client.conf"
    clock.write_text("server ntp.timepool.example minpoll 6 maxpoll 6\ncmdport 0\nbindcmdaddress /\nuser root\npidfile /dev/null\n")
    for entry in look_alikes():
        diary.begin(entry)
    for pc in world.PCS:
        argv = ["udhcpc", "-f", "-i", "eth0", "-s", str(script), "-x", f"hostname:{pc.name.upper()}", "-V", "MSFT 5.0" if pc.ttl == 128 else "udhcp"]
        crew.start(f"dhcp-{pc.name}", pc.name, argv)
        time.sleep(rng.uniform(0.4, 1.6))
    rest = str(lasts_s - 12)
    for pc in world.PCS:
        crew.start(f"life-{pc.name}", pc.name, python("lab.office_life", pc.name, str(rng.randrange(1 << 30)), rest))
    for role, machine in (("backup", "bk-01"), ("monitor", "mon-01"), ("partner", "inet"), ("visitors", "inet")):
        crew.start(f"life-{role}", machine, python("lab.server_life", role, str(rng.randrange(1 << 30)), rest))
    for machine in world.MACHINES:
        conf = cage.STATE / "conf" / f"chrony-{machine.name}.conf"
        conf.write_text(clock.read_text().replace("/dev/null", f"{cage.STATE}/chrony-{machine.name}.pid"))
        crew.start(f"clock-{machine.name}", machine.name, ["chronyd", "-x", "-d", "-f", str(conf)])


def look_alikes() -> list[truth.Entry]:
    """Harmless traffic that a hasty judge would call an attack."""
    claim, inside = truth.Claim, [machine.name for machine in world.MACHINES]
    server = world.BY_NAME
    pcs = [pc.name for pc in world.PCS]

    def entry(name: str, title: str, claims: list[truth.Claim], src: str, dst: list[str], looks_like: str, **detail: object) -> truth.Entry:
        return truth.Entry(name, "look_alike", title, claims, src, dst, malicious=False, looks_like=looks_like, detail=detail)

    return [
        entry("update-agents", "Every PC asks the update service once a minute", [claim(dst=world.UPDATE_SITE.ip, port=80)], "office",
              [world.UPDATE_SITE.name], "beacon", machines=pcs, period_s=world.UPDATE_PERIOD_S),
        entry("task-board", "Two browser tabs refresh a task board twice a minute", [claim(dst=world.TASKBOARD.ip, port=443)], "office",
              [world.TASKBOARD.name], "beacon", machines=list(world.TASKBOARD_USERS), period_s=world.TASKBOARD_PERIOD_S),
        entry("clocks", "Every machine asks for the time about once a minute", [claim(dst=world.NTP_SERVER, port=123)], "all",
              ["ntp.timepool.example"], "beacon", machines=inside, period_s=64),
        entry("backup", "The backup server copies the file share", [claim(src=server["bk-01"].ip, dst=server["fs-01"].ip, port=873)], "bk-01",
              ["fs-01"], "collection"),
        entry("offsite", "The backup server uploads to the backup provider", [claim(src=server["bk-01"].ip, dst=world.OFFSITE.ip, port=443)],
              "bk-01", [world.OFFSITE.name], "exfiltration"),
        entry("monitoring", "The monitoring server asks every server whether it lives", [claim(src=server["mon-01"].ip, dst=world.SERVERS.net4,
              protocol=p) for p in ("tcp", "icmp")], "mon-01", ["servers"], "network_scan", period_s=60),
        entry("administration", "The administrator logs in to servers, once with a mistyped password", [claim(src=a, port=22) for a in (world.ADMIN.ip, world.ADMIN.ip6)],
              world.ADMIN.name, ["app-01", "fs-01", "bk-01"], "ssh_brute_force"),
        entry("reputation", "Virus scanners look up file hashes as DNS names", [claim(port=53, name="avcheck.example")], "office",
              ["ns-01"], "dns_tunnel", zone="q.avcheck.example"),
    ]  # fmt: skip


def write(out: Path, pcap: Path, diary: truth.Diary, report: str) -> None:
    """Resolve the truth against the recording and write it, one flow per line."""
    numbers = {word: int(count) for count, word in re.findall(r"(\d+) packets (captured|received by filter|dropped by kernel)", report)}
    if numbers["captured"] != numbers["received by filter"] or numbers["dropped by kernel"]:
        print(f"warning: the capture is not complete: {numbers}", flush=True)
    times = [moment for moment, _ in frames(pcap)]
    capture = {
        "file": "demo.pcap.gz", "packets": len(times), "first_time": truth.stamp(times[0]), "last_time": truth.stamp(times[-1]),
        "snaplen": 262144, "link": "ethernet", "dropped": numbers["dropped by kernel"],
        "sensor": "every switch port of the office and the server segment, inside the border, each packet once",
    }  # fmt: skip
    document = truth.document(diary, flows(pcap), capture, intrusion.indicators())
    text = json.dumps(document, indent=1, ensure_ascii=False)
    text = re.sub(r'\[\n\s+("(?:tcp|udp|icmp|icmp6)",[^\]]+?)\n\s+\]', lambda hit: "[" + re.sub(r"\s*\n\s*", " ", hit[1]) + "]", text)
    (out / "truth.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
