"""The internet side: the provider's resolver, web sites, an update service, a time server, a partner's mail, and the attacker's."""

from __future__ import annotations

import random

from lab import certs, world
from lab.cage import STATE
from lab.crew import Crew, python
from lab.services import prose, start_nginx

WWW = STATE / "www"
NGINX_SITES = ("www.daily-harbour.example", "cdn.pixelharbour.example", "www.findit.example", "www.tidetables.example",
               "docs.instrumentwiki.example", "update.osvendor.example", "ocsp.trustanchor.example")  # fmt: skip
PAGES = 8


def start(crew: Crew, authority: certs.Pair, rng: random.Random) -> None:
    """Start everything outside the border."""
    _resolver(crew)
    _sites(crew, authority, rng)
    _time(crew)
    for name in ("app.taskboard.example", "backup.coldvault.example"):
        pair = certs.leaf(authority, name)
        address = world.SITE_BY_NAME[name].ip
        crew.start(name, "inet", python("lab.sink", address, "443", "--server", "taskboard/4.2" if "task" in name else "coldvault",
                                        "--certificate", str(pair.certificate), "--key", str(pair.key)))  # fmt: skip
    crew.start("partner-mx", "inet", python("lab.mailserver", "partner"))
    _hostile(crew)


def _resolver(crew: Crew) -> None:
    """The provider's resolver answers for every site; the attacker's zone is delegated to the attacker."""
    records = []
    for site in world.SITES:
        addresses = f"{site.ip},{site.ip6}" if site.ip6 else site.ip
        records.append(f"host-record={site.name},{addresses},120")
    cdn = world.SITE_BY_NAME["cdn.pixelharbour.example"]
    conf = STATE / "conf" / "isp.conf"
    conf.parent.mkdir(parents=True, exist_ok=True)
    conf.write_text(
        f"user=root\nno-resolv\nno-hosts\nlisten-address={world.ISP_RESOLVER}\nbind-interfaces\nlocal=/example/\nlocal-ttl=120\n"
        f"address=/edge.pixelharbour.example/{cdn.ip}\naddress=/edge.pixelharbour.example/{cdn.ip6}\naddress=/q.avcheck.example/127.0.0.4\n"
        f"host-record=www.{world.DOMAIN},{world.BORDER_OUTSIDE},120\nhost-record=mail.{world.DOMAIN},{world.BORDER_OUTSIDE},120\n"
        f"mx-host={world.DOMAIN},mail.{world.DOMAIN},10\nmx-host={world.PARTNER_DOMAIN},mx.{world.PARTNER_DOMAIN},10\n"
        f"server=/{world.TUNNEL_ZONE}/{world.TUNNEL_SITE.ip}\n" + "\n".join(records) + "\n"
    )
    crew.start("isp", "inet", ["dnsmasq", "-k", f"--conf-file={conf}", f"--pid-file={STATE}/isp.pid", "--log-facility=-"])
    crew.listening("inet", 53, udp=True)


def _sites(crew: Crew, authority: certs.Pair, rng: random.Random) -> None:
    servers = []
    for name in NGINX_SITES:
        site = world.SITE_BY_NAME[name]
        root = WWW / name
        root.mkdir(parents=True)
        for number in range(PAGES):
            (root / f"page{number}.html").write_text(f"<html><title>{name} {number}</title><p>{prose(rng, rng.randrange(1_500, 6_000))}</html>\n")
            (root / f"a{number}.js").write_text(f"/* {prose(rng, rng.randrange(600, 3_000))} */\n")
            (root / f"p{number}.jpg").write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF\0" + rng.randbytes(rng.randrange(700, 4_500)))
        (root / "index.html").write_text(f"<html><title>{name}</title><p>{prose(rng, 2_500)}</html>\n")
        (root / "status.html").write_text('{"status":"up to date","next_check":60}\n')
        (root / "kb5031.cab").write_bytes(b"MSCF\0\0\0\0" + prose(rng, 320_000).encode())
        names = f"{name} *.edge.pixelharbour.example" if name.startswith("cdn.") else name
        listen = [f"{site.ip}:80"] + ([f"[{site.ip6}]:80"] if site.ip6 else [])
        tls = extra = ""
        if name.startswith("ocsp."):  # a POST for a file is answered with the file
            extra = f"types {{ application/ocsp-response der; }} location / {{ error_page 405 =200 /reply.der; }} location = /reply.der {{ alias {certs.OCSP_REPLY}; error_page 405 =200 $uri; }}"
        if site.https:
            pair = certs.leaf(authority, *names.split())
            h2 = " http2" if site.http2 else ""
            listen += [f"{site.ip}:443 ssl{h2}"] + ([f"[{site.ip6}]:443 ssl{h2}"] if site.ip6 else [])
            if not name.startswith("cdn."):
                certs.status(authority, pair)
            tls = f"ssl_certificate {pair.certificate}; ssl_certificate_key {pair.key};"
            if not site.http2:
                tls += " ssl_protocols TLSv1.2;"
        servers.append("server { " + " ".join(f"listen {place};" for place in listen)
                       + f" server_name {names}; root {root}; {tls} {extra} }}\n")  # fmt: skip
    start_nginx(crew, "inet", "".join(servers))
    crew.listening("inet", 443)


def _time(crew: Crew) -> None:
    """A time server that serves this machine's clock and never sets it (-x)."""
    conf = STATE / "conf" / "chrony-server.conf"
    conf.write_text(
        f"local stratum 2\nallow all\nbindaddress {world.NTP_SERVER}\ncmdport 0\nbindcmdaddress /\nuser root\npidfile {STATE}/chrony-server.pid\n"
    )
    crew.start("time", "inet", ["chronyd", "-x", "-d", "-f", str(conf)])


def _hostile(crew: Crew) -> None:
    """The attacker's places: a download page, command and control, a drop for loot, and the end of the DNS tunnel."""
    crew.start("tool-site", "crook", python("lab.sink", world.TOOL_SITE.ip, "80", "--server", "SimpleHTTP/0.6 Python/3.9.2",
                                            "--serve", world.TOOL_PATH, "--file", str(tool())))  # fmt: skip
    pair = certs.self_signed(world.C2_SITE.name, "/C=US/ST=Denial/L=Springfield/O=Dis/CN=localhost")
    crew.start("c2", "crook", python("lab.sink", world.C2_SITE.ip, "443", "--server", "Apache", "--tls12",
                                     "--certificate", str(pair.certificate), "--key", str(pair.key)))  # fmt: skip
    pair = certs.self_signed(world.DROP_SITE.name, f"/CN={world.DROP_SITE.name}")
    crew.start("drop", "crook", python("lab.sink", world.DROP_SITE.ip, "443", "--server", "gunicorn",
                                       "--certificate", str(pair.certificate), "--key", str(pair.key)))  # fmt: skip
    crew.start("iodined", "crook", ["iodined", "-f", "-c", "-P", "n0tthew4y", "-l", world.TUNNEL_SITE.ip, "10.99.0.1/27", world.TUNNEL_ZONE])
    crew.start("tunnel-end", "crook", python("lab.sink", "0.0.0.0", "9000", "--raw"))
    crew.listening("crook", 443)
    crew.listening("crook", 80)


def tool() -> str:
    """The downloaded "tool": inert bytes that only look like a Windows program (its first bytes), and say so themselves."""
    path = STATE / "tool.exe"
    if not path.exists():
        note = b"netcordon lab: inert file, not a program. "
        filler = random.Random(40).randbytes(110_000)
        path.write_bytes(b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + b"\0" * 44 + b"\x80\0\0\0" + note + b"\0" * 22 + b"PE\0\0" + note * 200 + filler)
    return str(path)
