"""Runs in a network namespace of its own and sends recorded requests through a real Squid.

Every address is this machine's own there, so requests come from the hosts that were recorded and
lead to the servers that were; nothing listens at them, so what the proxy lets through ends with an
error that is not the proxy's own refusal. Names lead where they led when they were recorded.
"""

from __future__ import annotations

import os
import pwd
import secrets
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from netcordon.rehearsal.dns_message import read_question, reply, wire_name
from netcordon.rehearsal.enclosure import run
from netcordon.rehearsal.job import answer_job

PORT = 3128
_STARTS_S, _ANSWERS_S = 20.0, 10.0
_FREEBIND = 15
"""IP_FREEBIND of ip(7): IPv6 lets nobody bind to what only a route calls local."""
_OPEN = 64
"""Requests that wait for an answer at a time."""
_CONF = """\
include {folder}/netcordon.conf
http_access allow all
http_port 127.0.0.1:{port}
http_port [::1]:{port}
pid_filename none
cache_log {folder}/cache.log
access_log none
cache deny all
cache_store_log none
cache_mem 8 MB
logfile_rotate 0
dns_nameservers 127.0.0.1
hosts_file none
dns_defnames off
dns_timeout 2 seconds
positive_dns_ttl 1 second
negative_dns_ttl 1 second
connect_timeout 2 seconds
connect_retries 0
forward_max_tries 1
shutdown_lifetime 0 seconds
coredump_dir {folder}
netdb_filename none
pinger_enable off
via off
"""


class _Names(threading.Thread):
    """Says where a name led when it was recorded."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        super().__init__(daemon=True)
        wires = {wire_name(name): address for name, address in addresses.items()}
        self._addresses = {wire.lower(): ip for wire, ip in wires.items() if wire}
        self._end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._end.bind(("127.0.0.1", 53))

    def run(self) -> None:
        while True:
            message, peer = self._end.recvfrom(4096)
            asked = read_question(message)
            said = reply(message, self._addresses.get(asked[1].lower())) if asked else None
            if said:
                self._end.sendto(said, peer)


class _Request:
    """One request on its way.

    Attributes:
        place: among all.
        told: the first bytes of the answer.
    """

    def __init__(self, place: int, asked: Mapping[str, Any]) -> None:
        self.place = place
        self.told = b""
        is_ipv6 = ":" in asked["src"]
        self.end = socket.socket(socket.AF_INET6 if is_ipv6 else socket.AF_INET)
        self.end.setblocking(False)
        self.end.setsockopt(socket.SOL_IP, _FREEBIND, 1)
        self._text = asked["text"].encode("latin-1", "replace")
        try:
            self.end.bind((asked["src"], 0))
            self.end.connect(("::1" if is_ipv6 else "127.0.0.1", PORT))
        except BlockingIOError:
            pass

    def send(self) -> None:
        self.end.send(self._text)

    def is_over(self) -> bool:
        """Whether the head of the answer is there, or nothing more comes."""
        try:
            more = self.end.recv(4096)
        except BlockingIOError:
            return False
        except OSError:
            return True
        self.told += more
        return not more or b"\r\n\r\n" in self.told or len(self.told) > 16_384


def judge(job: Mapping[str, Any]) -> dict[str, Any]:
    """Which requests the proxy refuses, with its rules and without.

    Args:
        job: ``rules`` (a part of squid.conf), ``names`` (name -> address), ``requests`` (``src``,
            ``text``).

    Returns:
        ``without`` and ``with``: for each request ``true`` when it was refused, ``false`` when it
        was let through, ``null`` when there was no answer.
    """
    run("ip", "link", "set", "lo", "up")
    run("ip", "route", "add", "local", "0.0.0.0/0", "dev", "lo")
    run("ip", "-6", "route", "add", "local", "::/0", "dev", "lo")
    _Names(job["names"]).start()
    return {
        "without": _refused("", job["requests"]),
        "with": _refused(job["rules"], job["requests"]),
    }


def _refused(rules: str, requests: Sequence[Mapping[str, Any]]) -> list[bool | None]:
    with tempfile.TemporaryDirectory(prefix="netcordon-squid-") as made:
        folder = Path(made)
        (folder / "netcordon.conf").write_text(rules, encoding="utf-8")
        conf = folder / "squid.conf"
        conf.write_text(_CONF.format(folder=folder, port=PORT), encoding="utf-8")
        _give_away(folder)
        parsed = subprocess.run(
            ["squid", "-k", "parse", "-f", str(conf)], capture_output=True, text=True, check=False
        )
        if parsed.returncode:
            fault = [
                line for line in parsed.stderr.splitlines() if "FATAL" in line or "ERROR" in line
            ]
            raise RuntimeError(
                f"squid refuses the rules: {(fault or ['no reason given'])[0][:200]}"
            )
        # Its shared memory has a name that all of the machine see.
        name = f"netcordon{secrets.token_hex(6)}"
        process = subprocess.Popen(
            [*_plain_user(), "squid", "-N", "-n", name, "-f", str(conf)], cwd=folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _wait_for(process, folder)
            return _asked(requests)
        finally:
            process.kill()
            process.wait()
            for segment in Path("/dev/shm").glob(f"{name}-*.shm"):  # noqa: S108 - where shm_open is
                segment.unlink(missing_ok=True)


def _plain_user() -> Sequence[str]:
    """As root Squid becomes somebody else; a user namespace of one user knows nobody else."""
    owners = Path("/proc/self/uid_map").read_text(encoding="ascii").split()
    is_alone = len(owners) == 3 and owners[2] == "1"
    return ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--") if is_alone else ()


def _give_away(folder: Path) -> None:
    """Squid leaves root behind before it writes; in a user namespace there is nobody else."""
    try:
        account = pwd.getpwnam("proxy")
        os.chown(folder, account.pw_uid, account.pw_gid)
    except (KeyError, OSError):
        folder.chmod(0o777)
    folder.chmod(0o755)


def _wait_for(process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _STARTS_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", PORT), timeout=1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                log = folder / "cache.log"
                said = log.read_text(errors="replace") if log.exists() else ""
                fault = [line for line in said.splitlines() if "FATAL" in line]
                told = (fault or ["no reason given"])[0][:200]
                raise RuntimeError(f"squid does not start: {told}") from None
            time.sleep(0.05)
        else:
            return


def _asked(requests: Sequence[Mapping[str, Any]]) -> list[bool | None]:
    found: list[bool | None] = [None] * len(requests)
    for first in range(0, len(requests), _OPEN):
        with selectors.DefaultSelector() as waiting:
            for place in range(first, min(first + _OPEN, len(requests))):
                try:
                    each = _Request(place, requests[place])
                except OSError:
                    continue
                waiting.register(each.end, selectors.EVENT_WRITE, each)
            deadline = time.monotonic() + _ANSWERS_S
            while waiting.get_map() and (left := deadline - time.monotonic()) > 0:
                for key, events in waiting.select(left):
                    each = key.data
                    if events & selectors.EVENT_WRITE:
                        each.send()
                        waiting.modify(each.end, selectors.EVENT_READ, each)
                    elif each.is_over():
                        waiting.unregister(each.end)
                        each.end.close()
                        head = each.told.partition(b"\r\n\r\n")[0]
                        found[each.place] = b"ERR_ACCESS_DENIED" in head if head else None
            for key in list(waiting.get_map().values()):
                key.data.end.close()
    return found


if __name__ == "__main__":
    sys.exit(answer_job(judge))
