"""The company's own servers: names, addresses, files, mail, web, remote login.

All are the programs companies run; their configuration stands in `lab/conf`.
"""

from __future__ import annotations

import random
from pathlib import Path

from lab import certs, templates, world
from lab.cage import STATE
from lab.crew import Crew, python, run

SHARE = STATE / "share" / "projects"
WINDOWS = STATE / "windows"
"""What the file server's administrative shares show."""
INTRANET = STATE / "www" / "intranet"
DUAL_STACK = ("app-01", "mail-01")
"""Servers reached by IPv6 as well; the rest of this company has not got there yet."""
WORDS = (  # noqa: SIM905 - readable as words
    "calibration pressure sensor flange drawing revision supplier tolerance batch certificate "
    "measurement report valve housing invoice quarter forecast customer delivery spindle bearing "
    "coolant inspection protocol deviation approved"
).split(" ")


def prose(rng: random.Random, size: int) -> str:
    """Text of about `size` bytes: documents should look and compress like documents."""
    lines: list[str] = []
    while sum(map(len, lines)) < size:
        lines.append(" ".join(rng.choices(WORDS, k=12)) + f" {rng.randrange(10_000)}\n")
    return "".join(lines)


def start(crew: Crew, authority: certs.Pair, rng: random.Random) -> None:
    """Start everything on the server segment, and DHCP on the border."""
    STATE.chmod(0o755)
    _dhcp(crew)
    _names(crew)
    _files(crew, rng)
    mail(crew, authority)
    web(crew, authority, rng)
    remote_login(crew)


def start_dnsmasq(crew: Crew, name: str, machine: str, conf: Path) -> None:
    """One dnsmasq, in the foreground, logging where the crew can find it."""
    files = (f"--conf-file={conf}", f"--pid-file={STATE}/{name}.pid")
    crew.start(name, machine, ["dnsmasq", "--keep-in-foreground", *files, "--log-facility=-"])


def start_nginx(crew: Crew, machine: str, servers: str) -> None:
    """One nginx per machine."""
    (STATE / f"nginx-{machine}").mkdir()
    conf = templates.place(
        "nginx.conf", called=f"nginx-{machine}.conf", machine=machine, servers=servers
    )
    crew.start(f"nginx-{machine}", machine, ["nginx", "-e", "stderr", "-c", str(conf)])


def _dhcp(crew: Crew) -> None:
    """Known PCs get the same address every time."""
    conf = templates.place(
        "dhcp.conf",
        router=world.OFFICE.gateway4,
        resolver=world.BY_NAME["ns-01"].ip,
        domain=world.CORP,
        hosts="\n".join(f"dhcp-host={pc.mac},{pc.ip}" for pc in world.PCS),
    )
    start_dnsmasq(crew, "dhcp", "border", conf)


def _names(crew: Crew) -> None:
    records = [
        f"host-record={m.fqdn},{m.ip}" + (f",{m.ip6}" if m.name in DUAL_STACK else "")
        for m in world.MACHINES
    ]
    web = world.BY_NAME["app-01"]
    records.append(f"host-record=intranet.{world.CORP},{web.ip},{web.ip6}")
    conf = templates.place(
        "ns-01.conf",
        provider=world.ISP_RESOLVER,
        zone=world.CORP,
        company=world.DOMAIN,
        records="\n".join(records),
    )
    start_dnsmasq(crew, "ns-01", "ns-01", conf)
    crew.listening("ns-01", 53, udp=True)


def _files(crew: Crew, rng: random.Random) -> None:
    """One SMB share with documents, and an rsync daemon for the backup."""
    for number in range(24):
        folder = SHARE / f"P{2400 + number % 6}"
        folder.mkdir(parents=True, exist_ok=True)
        document = folder / f"{rng.choice(WORDS)}_{number:02d}.txt"
        document.write_text(prose(rng, rng.randrange(12_000, 130_000)))
    run("chmod", "-R", "a+rwX", str(SHARE))
    for name in ("Temp", "Install", "Logs"):
        (WINDOWS / name).mkdir(parents=True)
    (WINDOWS / "Logs" / "backup.log").write_text(prose(rng, 9_000))
    place = STATE / "samba"
    place.mkdir()
    smb = templates.place(
        "smb.conf", workgroup=world.WORKGROUP, place=place, share=SHARE, windows=WINDOWS
    )
    for user, password in world.PASSWORDS.items():
        secret = f"{password}\n{password}\n"
        run("smbpasswd", "-c", str(smb), "-L", "-s", "-a", user, stdin=secret)
    argv = ["smbd", "--foreground", "--no-process-group", f"--configfile={smb}", "--debug-stdout"]
    crew.start("smbd", "fs-01", argv)
    rsync = templates.place("rsyncd.conf", share=SHARE)
    argv = ["rsync", "--daemon", "--no-detach", f"--config={rsync}", "--log-file=/dev/stderr"]
    crew.start("rsyncd", "fs-01", argv)
    crew.listening("fs-01", 445)


def mail(crew: Crew, authority: certs.Pair) -> None:
    """SMTP (25 for the world, 587 with login for us) into maildirs, which the IMAP server shows."""
    pair = certs.leaf(authority, f"mail-01.{world.CORP}", f"mail.{world.DOMAIN}")
    maildirs, place = STATE / "mail", STATE / "dovecot"
    for directory in (maildirs, place):
        directory.mkdir()
    run("chown", "mail:mail", str(maildirs))
    accounts = "".join(f"{user}:{{PLAIN}}{word}\n" for user, word in world.PASSWORDS.items())
    users = templates.put("imap-users", accounts)
    conf = templates.place("dovecot.conf", place=place, maildirs=maildirs, users=users)
    crew.start("dovecot", "mail-01", ["dovecot", "-F", "-c", str(conf)])
    argv = python("lab.mailserver", "company", str(pair.certificate), str(pair.key))
    crew.start("smtp", "mail-01", argv)
    crew.listening("mail-01", 143)
    crew.listening("mail-01", 587)


def web(crew: Crew, authority: certs.Pair, rng: random.Random) -> None:
    """The intranet and the public pages."""
    pair = certs.leaf(authority, f"www.{world.DOMAIN}")
    INTRANET.mkdir(parents=True)
    for name in ("index", "canteen", "holidays", "directory", "orders"):
        size = 2_500 if name == "index" else rng.randrange(3_000, 15_000)
        page = f"<html><title>{name}</title><pre>{prose(rng, size)}</pre></html>\n"
        (INTRANET / f"{name}.html").write_text(page)
    accounts = [
        f"{user}:{run('openssl', 'passwd', '-apr1', '-stdin', stdin=word).strip()}\n"
        for user, word in world.PASSWORDS.items()
    ]
    servers = templates.text(
        "nginx-intranet.conf",
        zone=world.CORP,
        company=world.DOMAIN,
        root=INTRANET,
        users=templates.put("intranet-users", "".join(accounts)),
        certificate=pair.certificate,
        key=pair.key,
    )
    start_nginx(crew, "app-01", servers)
    crew.listening("app-01", 80)


def remote_login(crew: Crew) -> None:
    """SSH on the servers that people administer."""
    for machine in ("app-01", "fs-01", "bk-01"):
        key = STATE / "ssh" / f"{machine}-host"
        key.parent.mkdir(exist_ok=True)
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key), "-C", machine)
        conf = templates.place("sshd.conf", called=f"sshd-{machine}.conf", key=key)
        crew.start(f"sshd-{machine}", machine, ["/usr/sbin/sshd", "-D", "-e", "-f", str(conf)])
        crew.listening(machine, 22)
