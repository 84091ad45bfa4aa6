"""Readers, one a kind of device; ``ALL`` in the order they are asked."""

from __future__ import annotations

from netcordon.ingest.messages.readers.cisco_asa import CISCO_ASA
from netcordon.ingest.messages.readers.fields import CEF, KEY_VALUE, LEEF
from netcordon.ingest.messages.readers.filterlog import FILTERLOG
from netcordon.ingest.messages.readers.logins import OPENVPN, PAM, SSHD, STRONGSWAN, SUDO
from netcordon.ingest.messages.readers.name_servers import BIND, DNSMASQ, UNBOUND, WINDOWS_DNS
from netcordon.ingest.messages.readers.netfilter import NETFILTER
from netcordon.ingest.messages.readers.palo_alto import PALO_ALTO
from netcordon.ingest.messages.readers.web import SQUID, WEB_ACCESS

ALL = (
    NETFILTER, SSHD, PAM, SUDO, OPENVPN, STRONGSWAN, FILTERLOG, CISCO_ASA, PALO_ALTO, BIND,
    UNBOUND, DNSMASQ, WINDOWS_DNS, SQUID, WEB_ACCESS, CEF, LEEF, KEY_VALUE,
)  # fmt: skip
