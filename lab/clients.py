"""What a person's computer does, one function per deed.

Real client programs do the talking wherever there is one.
"""

from __future__ import annotations

import imaplib
import random
import smtplib
import socket
import ssl
import subprocess
from collections.abc import Sequence
from email.message import EmailMessage

from lab import world
from lab.cage import STATE
from lab.certs import OCSP_REQUEST, TRUST
from lab.services import WORDS

BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/128.0.0.0 Safari/537.36"
)
BROWSER_CIPHERS = (
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:AES128-GCM-SHA256"
)
CURL = ("curl", "-sS", "--no-progress-meter", "--max-time", "40", "--cacert", str(TRUST))
SSH_OPTIONS = (
    "-o",
    "UserKnownHostsFile=/dev/null",
    "-o",
    "StrictHostKeyChecking=no",
    "-o",
    "LogLevel=ERROR",
    "-o",
    "ConnectTimeout=10",
)
MAIL_HOST = f"mail-01.{world.CORP}"


def call(argv: Sequence[str], timeout_s: float = 90.0) -> int:
    """Run a client program; a failure is life, and goes to the log."""
    try:
        return subprocess.run(
            argv,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=timeout_s,
        ).returncode
    except subprocess.TimeoutExpired:
        print("timed out:", *argv[:6], flush=True)
        return -1


def fetch(*urls: str, agent: str = BROWSER, extra: Sequence[str] = ()) -> int:
    """Fetch URLs as a browser does: in parallel, over few connections."""
    argv = [*CURL, "-A", agent, *extra]
    if agent == BROWSER:
        argv += ["--ciphers", BROWSER_CIPHERS, "-Z", "--parallel-max", "4"]
    for url in urls:
        argv += ["-o", "/dev/null", url]
    return call(argv)


def read_page(rng: random.Random, host: str, *, scheme: str = "https") -> None:
    """A page, then what it is made of: some from the site itself, some from the content network."""
    page = rng.choice(["index.html", *(f"page{n}.html" for n in range(8))])
    fetch(f"{scheme}://{host}/{page}")
    parts = [f"{scheme}://{host}/a{rng.randrange(8)}.js"]
    if scheme == "https":
        edge = f"{rng.getrandbits(64):016x}.edge.pixelharbour.example"
        cdn = edge if rng.random() < 0.25 else "cdn.pixelharbour.example"
        parts += [f"https://{cdn}/p{n}.jpg" for n in rng.sample(range(8), 2)]
    fetch(*parts, extra=["-e", f"{scheme}://{host}/{page}"])
    if rng.random() < 0.2:
        fetch(
            "http://ocsp.trustanchor.example/",
            agent="Microsoft-CryptoAPI/10.0",
            extra=[
                "--data-binary",
                f"@{OCSP_REQUEST}",
                "-H",
                "Content-Type: application/ocsp-request",
            ],
        )


def intranet(rng: random.Random, user: str) -> None:
    """An intranet page, behind Basic login."""
    page = rng.choice(["index", "canteen", "holidays", "directory", "orders"])
    fetch(
        f"http://intranet.{world.CORP}/{page}.html", extra=["-u", f"{user}:{world.PASSWORDS[user]}"]
    )


def share(rng: random.Random, machine: str, user: str) -> None:
    """Look into the share, open a document, sometimes save one."""
    folder = f"P{2400 + rng.randrange(6)}"
    script = f"cd {folder}; ls"
    listing = STATE / "share" / "projects" / folder
    names = sorted(
        path.name
        for path in listing.iterdir()
        if path.suffix == ".txt" and path.stat().st_size < 70_000
    )
    if names:
        script += f"; get {rng.choice(names)} /dev/null"
    if rng.random() < 0.3:
        note = STATE / "notes" / f"{machine}-{rng.randrange(99)}.txt"
        note.parent.mkdir(exist_ok=True)
        note.write_text(" ".join(rng.choices(WORDS, k=rng.randrange(500, 3_000))))
        script += f"; put {note} {note.name}"
    smb(machine, user, script)


def smb(machine: str, user: str, script: str) -> int:
    """One SMB session."""
    return call(smb_argv(machine, user, script))


def smb_argv(machine: str, user: str, script: str) -> list[str]:
    """The SMB client with NTLM login: the user, the domain and the workstation travel in it."""
    return [
        "smbclient",
        f"//fs-01.{world.CORP}/projects",
        f"--configfile={STATE}/conf/smb.conf",
        "-n",
        machine.upper(),
        "--use-kerberos=off",
        "-U",
        f"{world.WORKGROUP}\\{user}%{world.PASSWORDS[user]}",
        "-c",
        script,
    ]


def check_mail(user: str) -> None:
    """Log in to IMAP and read what is new."""
    with imaplib.IMAP4(MAIL_HOST, timeout=30) as box:
        box.login(user, world.PASSWORDS[user])
        box.select()
        _, found = box.search(None, "UNSEEN")
        for number in found[0].split()[-4:]:
            box.fetch(number.decode(), "(RFC822)")


def send_mail(rng: random.Random, machine: world.Machine, recipient: str) -> None:
    """Submit a message to the company's server (STARTTLS, login)."""
    user = machine.user
    message = letter(rng, f"{user}@{world.DOMAIN}", recipient)
    with smtplib.SMTP(MAIL_HOST, 587, local_hostname=machine.fqdn, timeout=30) as smtp:
        smtp.starttls(context=ssl.create_default_context(cafile=str(TRUST)))
        smtp.login(user, world.PASSWORDS[user])
        smtp.send_message(message)


def letter(rng: random.Random, sender: str, recipient: str) -> EmailMessage:
    """A business letter of the usual kind."""
    message = EmailMessage()
    message["From"], message["To"] = sender, recipient
    message["Subject"] = " ".join(rng.choices(WORDS, k=4))
    message.set_content(
        "\n".join(" ".join(rng.choices(WORDS, k=11)) for _ in range(rng.randrange(4, 30)))
    )
    return message


def reputation(rng: random.Random) -> None:
    """The virus scanner asks about a file: the hash is the name it looks up."""
    digest = f"{rng.getrandbits(160):040x}"
    try:
        socket.getaddrinfo(f"{digest}.q.avcheck.example", None, socket.AF_INET)
    except OSError:
        return


def ssh(user: str, password: str, machine: str, command: str) -> int:
    """One SSH login with a password and one command."""
    target = f"{user}@{machine}.{world.CORP}"
    return call(
        [
            "sshpass",
            "-p",
            password,
            "ssh",
            *SSH_OPTIONS,
            "-o",
            "PreferredAuthentications=password",
            target,
            command,
        ]
    )
