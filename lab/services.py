"""The company's own servers: names, addresses, files, mail, web, remote login. All are the programs companies run."""

from __future__ import annotations

import random
from pathlib import Path

from lab import certs, world
from lab.cage import STATE
from lab.crew import Crew, python, run

SHARE = STATE / "share" / "projects"
DUAL_STACK = ("app-01", "mail-01")
"""Servers reached by IPv6 as well; the rest of this company has not got there yet."""
INTRANET = STATE / "www" / "intranet"
WORDS = (
    "calibration pressure sensor flange drawing revision supplier tolerance batch certificate measurement report valve"
    " housing invoice quarter forecast customer delivery spindle bearing coolant inspection protocol deviation approved"
).split()


def prose(rng: random.Random, size: int) -> str:
    """Text of about `size` bytes: documents should look and compress like documents."""
    lines: list[str] = []
    while sum(map(len, lines)) < size:
        lines.append(" ".join(rng.choices(WORDS, k=12)) + f" {rng.randrange(10_000)}\n")
    return "".join(lines)


def start(crew: Crew, authority: certs.Pair, rng: random.Random) -> None:
    """Start everything on the server segment, and DHCP on the border."""
    _dhcp(crew)
    _names(crew)
    _files(crew, rng)
    _mail(crew, authority)
    _web(crew, authority, rng)
    _remote_login(crew)


def _write(name: str, text: str) -> Path:
    path = STATE / "conf" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def _dhcp(crew: Crew) -> None:
    """The border leases fixed addresses to known PCs; the lease is short enough to be renewed during a recording."""
    hosts = "\n".join(f"dhcp-host={pc.mac},{pc.ip}" for pc in world.PCS)
    conf = _write(
        "dhcp.conf",
        f"port=0\nuser=root\ninterface=office0\nbind-interfaces\nno-ping\ndhcp-authoritative\nno-resolv\nno-hosts\n"
        f"dhcp-range=10.20.1.100,10.20.1.199,255.255.255.0,20m\ndhcp-option=option:router,{world.OFFICE.gateway4}\n"
        f"dhcp-option=option:dns-server,{world.BY_NAME['ns-01'].ip}\ndomain={world.CORP}\n"
        f"dhcp-leasefile={STATE}/leases\nlog-dhcp\n{hosts}\n",
    )
    crew.start("dhcp", "border", ["dnsmasq", "-k", f"--conf-file={conf}", f"--pid-file={STATE}/dhcp.pid", "--log-facility=-"])


def _names(crew: Crew) -> None:
    """The internal resolver: knows the company, asks the provider for the rest."""
    records = [f"host-record={m.fqdn},{m.ip}" + (f",{m.ip6}" if m.name in DUAL_STACK else "") for m in world.MACHINES]
    web = world.BY_NAME["app-01"]
    records.append(f"host-record=intranet.{world.CORP},{web.ip},{web.ip6}")
    records.append(f"mx-host={world.DOMAIN},mail-01.{world.CORP},10")
    conf = _write(
        "ns-01.conf",
        f"user=root\nno-resolv\nno-hosts\nserver={world.ISP_RESOLVER}\nlocal=/{world.CORP}/\nlocal=/20.10.in-addr.arpa/\nlocal=/0.2.0.0.8.b.d.0.1.0.0.2.ip6.arpa/\n"
        "local-ttl=300\ncache-size=1000\nlog-queries\n" + "\n".join(records) + "\n",
    )
    crew.start("ns-01", "ns-01", ["dnsmasq", "-k", f"--conf-file={conf}", f"--pid-file={STATE}/ns-01.pid", "--log-facility=-"])
    crew.listening("ns-01", 53, udp=True)


def _files(crew: Crew, rng: random.Random) -> None:
    """The file server: one SMB share with documents, and an rsync daemon for the backup."""
    for number in range(24):
        folder = SHARE / f"P{2400 + number % 6}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{rng.choice(WORDS)}_{number:02d}.txt").write_text(prose(rng, rng.randrange(12_000, 130_000)))
    run("chmod", "-R", "a+rwX", str(SHARE))
    place = STATE / "samba"
    place.mkdir()
    directories = "".join(
        f"{kind} = {place}\n" for kind in ("private dir", "lock directory", "state directory", "cache directory", "pid directory", "ncalrpc dir")
    )
    conf = _write(
        "smb.conf",
        f"[global]\nworkgroup = {world.WORKGROUP}\nnetbios name = FS-01\nserver role = standalone server\nsecurity = user\n"
        f"passdb backend = tdbsam:{place}/passdb.tdb\n{directories}smb ports = 445\nserver min protocol = SMB2\n"
        f"disable netbios = yes\nload printers = no\nprintcap name = /dev/null\ndisable spoolss = yes\nmap to guest = never\n"
        f"log file = {place}/log.%m\nbind interfaces only = yes\ninterfaces = eth0\n"
        f"[projects]\npath = {SHARE}\nread only = no\nforce user = nobody\n",
    )
    _write(
        "smbclient.conf",
        f"[global]\nworkgroup = {world.WORKGROUP}\nname resolve order = host\nclient min protocol = SMB2\n"
        f"{directories}disable netbios = yes\n",
    )
    for user, password in world.PASSWORDS.items():
        run("smbpasswd", "-c", str(conf), "-L", "-s", "-a", user, stdin=f"{password}\n{password}\n")
    crew.start("smbd", "fs-01", ["smbd", "--foreground", "--no-process-group", f"--configfile={conf}", "--debug-stdout"])
    rsync = _write("rsyncd.conf", f"use chroot = no\nreverse lookup = no\n[projects]\npath = {SHARE}\nread only = yes\nuid = nobody\ngid = nogroup\n")
    crew.start("rsyncd", "fs-01", ["rsync", "--daemon", "--no-detach", f"--config={rsync}", "--log-file=/dev/stderr"])
    crew.listening("fs-01", 445)


def _mail(crew: Crew, authority: certs.Pair) -> None:
    """SMTP (25 for the world, 587 with login for us) into maildirs, which the IMAP server shows."""
    pair = certs.leaf(authority, f"mail-01.{world.CORP}", f"mail.{world.DOMAIN}")
    maildirs, place = STATE / "mail", STATE / "dovecot"
    for directory in (maildirs, place):
        directory.mkdir()
    run("chown", "mail:mail", str(maildirs))
    users = _write("imap-users", "".join(f"{user}:{{PLAIN}}{password}\n" for user, password in world.PASSWORDS.items()))
    conf = _write(
        "dovecot.conf",
        f"protocols = imap\nlisten = *, ::\nssl = no\ndisable_plaintext_auth = no\nbase_dir = {place}/run\nlog_path = /dev/stderr\n"
        f"mail_location = maildir:{maildirs}/%u\nfirst_valid_uid = 1\nauth_mechanisms = plain login\n"
        f"passdb {{\n  driver = passwd-file\n  args = {users}\n}}\n"
        f"userdb {{\n  driver = static\n  args = uid=mail gid=mail home={maildirs}/%u\n}}\n"
        "service imap-login {\n  inet_listener imap {\n    port = 143\n  }\n  inet_listener imaps {\n    port = 0\n  }\n}\n",
    )
    crew.start("dovecot", "mail-01", ["dovecot", "-F", "-c", str(conf)])
    crew.start("smtp", "mail-01", python("lab.mailserver", "company", str(pair.certificate), str(pair.key)))
    crew.listening("mail-01", 143)
    crew.listening("mail-01", 587)


def _web(crew: Crew, authority: certs.Pair, rng: random.Random) -> None:
    """The intranet (plain HTTP, with Basic login) and the public web site (HTTPS) on one machine."""
    pair = certs.leaf(authority, f"www.{world.DOMAIN}")
    INTRANET.mkdir(parents=True)
    for name in ("index.html", "canteen.html", "holidays.html", "directory.html", "orders.html"):
        size = 2_500 if name == "index.html" else rng.randrange(3_000, 15_000)
        (INTRANET / name).write_text(f"<html><title>{name}</title><pre>{prose(rng, size)}</pre></html>\n")
    digests = [run("openssl", "passwd", "-apr1", "-stdin", stdin=password).strip() for password in world.PASSWORDS.values()]
    users = _write("intranet-users", "".join(f"{u}:{d}\n" for u, d in zip(world.PASSWORDS, digests, strict=True)))
    run("chmod", "755", str(STATE))
    servers = (
        f"server {{ listen 80; listen [::]:80; server_name intranet.{world.CORP}; root {INTRANET};"
        f" auth_basic intranet; auth_basic_user_file {users}; }}\n"
        f"server {{ listen 443 ssl http2; server_name www.{world.DOMAIN}; root {INTRANET};"
        f" ssl_certificate {pair.certificate}; ssl_certificate_key {pair.key}; }}\n"
    )
    start_nginx(crew, "app-01", servers)
    crew.listening("app-01", 80)


def start_nginx(crew: Crew, machine: str, servers: str) -> None:
    """One nginx per machine, keeping everything it writes inside the lab's state."""
    conf = _write(
        f"nginx-{machine}.conf",
        f"user www-data;\nworker_processes 1;\ndaemon off;\npid {STATE}/nginx-{machine}.pid;\nerror_log stderr;\n"
        f"events {{ worker_connections 256; }}\nhttp {{\ntypes {{ text/html html; text/css css; image/jpeg jpg;"
        f" application/javascript js; application/octet-stream cab bin; }}\n"
        f"access_log {STATE}/logs/nginx-{machine}-access.log;\nkeepalive_timeout 20;\nclient_body_temp_path {STATE}/nginx-{machine};\n"
        f"proxy_temp_path {STATE}/nginx-{machine}-p;\nfastcgi_temp_path {STATE}/nginx-{machine}-f;\n"
        f"uwsgi_temp_path {STATE}/nginx-{machine}-u;\nscgi_temp_path {STATE}/nginx-{machine}-s;\n{servers}}}\n",
    )
    crew.start(f"nginx-{machine}", machine, ["nginx", "-e", "stderr", "-c", str(conf)])


def _remote_login(crew: Crew) -> None:
    """SSH servers with passwords, as found in companies where this incident happens."""
    for machine in ("app-01", "fs-01", "bk-01"):
        key = STATE / "ssh" / f"{machine}-host"
        key.parent.mkdir(exist_ok=True)
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key), "-C", machine)
        conf = _write(
            f"sshd-{machine}.conf",
            f"Port 22\nHostKey {key}\nUsePAM no\nPasswordAuthentication yes\nKbdInteractiveAuthentication no\nPermitRootLogin no\n"
            f"PidFile none\nUseDNS no\nPrintMotd no\nMaxAuthTries 6\nSubsystem sftp internal-sftp\n",
        )
        crew.start(f"sshd-{machine}", machine, ["/usr/sbin/sshd", "-D", "-e", "-f", str(conf)])
        crew.listening(machine, 22)
