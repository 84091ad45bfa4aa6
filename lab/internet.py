"""The internet side: the provider's resolver, web sites, updates, time, a partner's mail.

The attacker's servers stand there too; they are started last, in a namespace of their own.
"""

from __future__ import annotations

import random

from lab import certs, templates, world
from lab.cage import STATE
from lab.crew import Crew, python
from lab.services import prose, start_dnsmasq, start_nginx

WWW = STATE / "www"
NGINX_SITES = (
    "www.daily-harbour.example",
    "cdn.pixelharbour.example",
    "www.findit.example",
    "www.tidetables.example",
    "docs.instrumentwiki.example",
    "update.osvendor.example",
    "ocsp.trustanchor.example",
)
TAKERS = {
    "app.taskboard.example": "taskboard/4.2",
    "backup.coldvault.example": "coldvault",
    "my.cloudlocker.example": "cloudlocker",
}
PAGES = 8
TUNNEL_SECRET = "n0tthew4y"  # noqa: S105 - the intruder's, and worth nothing


def start(crew: Crew, authority: certs.Pair, rng: random.Random) -> None:
    """Start everything outside the border."""
    _resolver(crew)
    _sites(crew, authority, rng)
    clock = templates.place("chrony-server.conf", listen=world.NTP_SERVER)
    crew.start("time", "inet", ["chronyd", "-x", "-d", "-f", str(clock)])
    for name, banner in TAKERS.items():
        _sink(crew, "inet", name, banner, certs.leaf(authority, name))
    crew.start("partner-mx", "inet", python("lab.mailserver", "partner"))
    _hostile(crew)


def _resolver(crew: Crew) -> None:
    records = [
        f"host-record={','.join(filter(None, (site.name, site.ip, site.ip6)))},120"
        for site in world.SITES
    ]
    cdn = world.SITE_BY_NAME["cdn.pixelharbour.example"]
    conf = templates.place(
        "isp.conf",
        listen=world.ISP_RESOLVER,
        cdn=cdn.ip,
        cdn6=cdn.ip6,
        company=world.DOMAIN,
        partner=world.PARTNER_DOMAIN,
        border=world.BORDER_OUTSIDE,
        tunnel_zone=world.TUNNEL_ZONE,
        tunnel_end=world.TUNNEL_SITE.ip,
        records="\n".join(records),
    )
    start_dnsmasq(crew, "isp", "inet", conf)
    crew.listening("inet", 53, udp=True)


def _sites(crew: Crew, authority: certs.Pair, rng: random.Random) -> None:
    """One nginx, a virtual server per site, each on its own address."""
    servers = []
    for name in NGINX_SITES:
        site = world.SITE_BY_NAME[name]
        _pages(name, rng)
        names = f"{name} *.edge.pixelharbour.example" if name.startswith("cdn.") else name
        lines = [f"server_name {names};", f"root {WWW / name};", *_listen(site, "80")]
        if site.https:
            pair = certs.leaf(authority, *names.split(" "))
            if not name.startswith("cdn."):
                certs.status(authority, pair)
            lines += _listen(site, "443 ssl http2" if site.http2 else "443 ssl")
            lines += [f"ssl_certificate {pair.certificate};", f"ssl_certificate_key {pair.key};"]
            if not site.http2:
                lines.append("ssl_protocols TLSv1.2;")
        if name.startswith("ocsp."):  # a question comes as POST; nginx answers it with a file
            lines.append("location / { error_page 405 =200 /reply.der; }")
            reply = f"alias {certs.OCSP_REPLY}; error_page 405 =200 $uri;"
            lines.append(f"location = /reply.der {{ {reply} }}")
        servers.append("server {\n  " + "\n  ".join(lines) + "\n}\n")
    start_nginx(crew, "inet", "".join(servers))
    crew.listening("inet", 443)


def _listen(site: world.Site, how: str) -> list[str]:
    addresses = [site.ip, f"[{site.ip6}]"] if site.ip6 else [site.ip]
    return [f"listen {address}:{how};" for address in addresses]


def _pages(name: str, rng: random.Random) -> None:
    """What the site shows: pages, scripts and pictures of different sizes, and an update."""
    root = WWW / name
    root.mkdir(parents=True)

    def page(title: str, size: int) -> None:
        html = f"<html><title>{name}</title><p>{prose(rng, size)}</html>\n"
        (root / f"{title}.html").write_text(html)

    page("index", 2_500)
    for number in range(PAGES):
        page(f"page{number}", rng.randrange(1_500, 6_000))
        (root / f"a{number}.js").write_text(f"/* {prose(rng, rng.randrange(600, 3_000))} */\n")
        picture = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + rng.randbytes(rng.randrange(700, 4_500))
        (root / f"p{number}.jpg").write_bytes(picture)
    (root / "status.html").write_text('{"status":"up to date","next_check":60}\n')
    (root / "kb5031.cab").write_bytes(b"MSCF\0\0\0\0" + prose(rng, 320_000).encode())


def _hostile(crew: Crew) -> None:
    """A download page, command and control, a drop for loot, and the end of the DNS tunnel."""
    served = ["--serve", world.TOOL_PATH, "--file", tool()]
    banner = "SimpleHTTP/0.6 Python/3.9.2"
    argv = python("lab.sink", world.TOOL_SITE.ip, "80", "--server", banner, *served)
    crew.start("tool-site", "crook", argv)
    name = world.C2_SITE.name
    pair = certs.self_signed(name, "/C=US/ST=Denial/L=Springfield/O=Dis/CN=localhost")
    _sink(crew, "crook", name, "Apache", pair, "--tls12")
    name = world.SECOND_C2_SITE.name
    pair = certs.self_signed(name, "/C=DE/L=Hamburg/O=Fontmetrics/CN=sync")
    _sink(crew, "crook", name, "nginx", pair, "--tls12", port=world.SECOND_C2_PORT)
    name = world.DROP_SITE.name
    _sink(crew, "crook", name, "gunicorn", certs.self_signed(name, f"/CN={name}"))
    listen = ["-l", world.TUNNEL_SITE.ip, "10.99.0.1/27", world.TUNNEL_ZONE]
    crew.start("iodined", "crook", ["iodined", "-f", "-c", "-P", TUNNEL_SECRET, *listen])
    crew.start("tunnel-end", "crook", python("lab.sink", "::", "9000", "--raw"))
    for port in (443, world.SECOND_C2_PORT, 80):
        crew.listening("crook", port)


def _sink(
    crew: Crew,
    machine: str,
    name: str,
    banner: str,
    pair: certs.Pair,
    *more: str,
    port: int = 443,
) -> None:
    """A server that takes what it is sent, by HTTPS."""
    files = ["--certificate", str(pair.certificate), "--key", str(pair.key)]
    address = world.SITE_BY_NAME[name].ip
    argv = python("lab.sink", address, str(port), "--server", banner, *files, *more)
    crew.start(name, machine, argv)


def tool() -> str:
    """The downloaded "tool": inert bytes that begin like a Windows program."""
    path = STATE / "tool.exe"
    if not path.exists():
        note = b"netcordon lab: inert file, not a program. "
        start_of_file = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + b"\0" * 44 + b"\x80\0\0\0"
        filler = random.Random(40).randbytes(110_000)
        path.write_bytes(start_of_file + note + b"\0" * 22 + b"PE\0\0" + note * 200 + filler)
    return str(path)
