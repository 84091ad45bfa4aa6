"""The recording itself, as process 1 of the cage: build, start, record, end, write the truth.

Started by `lab.record`; never by hand, for it refuses to run outside the cage.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import tarfile
import time
from pathlib import Path

from lab import cage, certs, internet, look_alikes, services, templates, topology, world
from lab.capture_file import frames, pcapng
from lab.crew import Crew, python
from lab.flows import flows
from lab.scenario import SCENARIOS, Scenario
from lab.truth import Diary, document, stamp

SNAPLEN = 262144
RAW = "recording.pcap"
TCPDUMP = ["tcpdump", "-n", "-i", topology.SENSOR_PORT, "-s", str(SNAPLEN), "-B", "16384"]
IMPLANTS = {"beacon", "second-beacon", "file-server-beacon", "second-server"}
"""Programs that may end by themselves, shortly before the end."""
LIVES = (("backup", "bk-01"), ("monitor", "mon-01"), ("partner", "inet"), ("visitors", "inet"))


def main() -> None:
    """Make one recording."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stream", type=int, required=True, help="where the result's tar goes")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--scenario", choices=SCENARIOS, required=True)
    asked = parser.parse_args()
    scenario = SCENARIOS[asked.scenario]
    cage.furnish()
    crew, out = Crew(), cage.STATE / "out"
    out.mkdir()
    try:
        build(crew, random.Random(asked.seed))
        perform(crew, out, scenario, asked.seconds, random.Random(asked.seed + 1))
    finally:
        crew.end()
        (out / RAW).unlink(missing_ok=True)
        with (
            os.fdopen(asked.stream, "wb") as stream,
            tarfile.open(fileobj=stream, mode="w|") as tar,
        ):
            tar.add(out, arcname="")
            tar.add(crew.logs, arcname="logs")


def build(crew: Crew, rng: random.Random) -> None:
    """The network and every server on it."""
    topology.build(crew)
    authority = certs.authority()
    services.start(crew, authority, rng)
    internet.start(crew, authority, rng)
    time.sleep(2.0)


def perform(crew: Crew, out: Path, scenario: Scenario, lasts_s: float, rng: random.Random) -> None:
    """Let it live for `lasts_s`, and write capture and truth into `out`."""
    pcap = out / RAW
    crew.start("tcpdump", topology.SENSOR, [*TCPDUMP, "-Z", "root", "-w", str(pcap)])
    time.sleep(1.5)
    print(f"recording for {lasts_s:.0f} s", flush=True)
    diary, began = Diary(), time.monotonic()
    look_alikes.note(diary)
    live(crew, scenario, lasts_s, rng)
    scenario.story(crew, diary, lasts_s, rng).run()
    time.sleep(max(0.0, began + lasts_s - time.monotonic()))
    diary.close()
    fallen = {name: code for name, code in crew.dead().items() if code or name not in IMPLANTS}
    lives = [name for name in fallen if name.startswith("life-") and not fallen[name]]
    for name in lives:  # a life that ended at its end
        del fallen[name]
    time.sleep(3.0)  # the last packets reach the file
    crew.end("tcpdump")
    if fallen:
        raise RuntimeError(f"programs died during the recording: {fallen}")
    write(out, pcap, scenario, diary, (crew.logs / "tcpdump.log").read_text())


def live(crew: Crew, scenario: Scenario, lasts_s: float, rng: random.Random) -> None:
    """Start everybody's ordinary day: addresses first, then people, servers, the world, clocks."""
    script = templates.place("dhcp-event.sh")
    script.chmod(0o755)
    for pc in world.PCS:
        vendor = "MSFT 5.0" if pc.ttl == 128 else "udhcp"
        says = ["-x", f"hostname:{pc.name.upper()}", "-V", vendor]
        argv = ["udhcpc", "-f", "-i", "eth0", "-s", str(script), *says]
        crew.start(f"dhcp-{pc.name}", pc.name, argv)
        time.sleep(rng.uniform(0.4, 1.6))
    rest = str(lasts_s - 12)
    for pc in world.PCS:
        seed, hours = str(rng.randrange(1 << 30)), scenario.hours(pc.name)
        argv = python("lab.office_life", pc.name, seed, rest, hours)
        crew.start(f"life-{pc.name}", pc.name, argv)
    for role, machine in LIVES:
        argv = python("lab.server_life", role, str(rng.randrange(1 << 30)), rest)
        crew.start(f"life-{role}", machine, argv)
    for name in (machine.name for machine in world.MACHINES if machine is not world.GUEST):
        conf = templates.place("chrony-client.conf", called=f"chrony-{name}.conf", machine=name)
        crew.start(f"clock-{name}", name, ["chronyd", "-x", "-d", "-f", str(conf)])


def write(out: Path, pcap: Path, scenario: Scenario, diary: Diary, report: str) -> None:
    """Resolve the truth against the recording and write it, one flow per line."""
    said = {what: int(count) for count, what in re.findall(r"(\d+) packets (\w+)", report)}
    if said["captured"] != said["received"] or said["dropped"]:
        print(f"warning: the capture is not complete: {said}", flush=True)
    times = [frame.time for frame in frames(pcap)]
    counters = (said["received"], said["dropped"])
    packed = pcapng(frames(pcap), SNAPLEN, topology.SENSOR_PORT, *counters)
    (out / f"{scenario.name}.pcapng").write_bytes(packed)
    capture = {
        "file": f"{scenario.name}.pcapng.gz",
        "packets": len(times),
        "first_time": stamp(times[0]),
        "last_time": stamp(times[-1]),
        "snaplen": SNAPLEN,
        "link": "ethernet",
        "dropped": said["dropped"],
        "sensor": "every switch port of the office and the server segment, each packet once",
    }
    told = document(diary, flows(pcap), capture, scenario.indicators(), scenario.fell)
    (out / "truth.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main()
