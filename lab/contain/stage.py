"""The live stage: the company of the demonstration, without its past.

Same machines, addresses, names, sites and border as in the recording, so a plan made from that fits
here. Different are the resolver (Unbound, for it takes a policy zone), Suricata in line at the
border, and that addresses are given at once instead of asked for.
"""

from __future__ import annotations

import random

from lab import certs, internet, services, topology, world
from lab.cage import STATE
from lab.contain import inline, resolver
from lab.crew import Crew, run
from lab.internet import TUNNEL_SECRET


def build(crew: Crew, rng: random.Random) -> None:
    """Networks and servers of both sides; returns when all of them answer."""
    topology.build(crew)
    for pc in world.PCS:
        run("ip", "-n", pc.name, "addr", "add", f"{pc.ip}/24", "dev", "eth0")
        run("ip", "-n", pc.name, "route", "add", "default", "via", pc.segment.gateway4)
    STATE.chmod(0o755)
    inline.start(crew)
    resolver.start(crew)
    authority = certs.authority()
    services.mail(crew, authority)
    services.web(crew, authority, rng)
    services.remote_login(crew)
    internet.start(crew, authority, rng)
    inline.await_ready()
    dig(crew)


def dig(crew: Crew) -> None:
    """Open the intruder's DNS tunnel; its parameters are told, so it need not try them out."""
    how = ["-T", "TXT", "-O", "base32", "-m", "150", "-L", "0", "-I", "1"]
    argv = ["iodine", "-f", "-r", *how, "-P", TUNNEL_SECRET]
    zero = world.PATIENT_ZERO
    crew.start("iodine", zero.name, [*argv, world.BY_NAME["ns-01"].ip, world.TUNNEL_ZONE])
