"""Readers, one a kind of device; ``ALL`` in the order they are asked."""

from __future__ import annotations

from netcordon.ingest.messages.readers.cisco_asa import CISCO_ASA
from netcordon.ingest.messages.readers.cisco_ios import CISCO_IOS
from netcordon.ingest.messages.readers.cisco_ise import CISCO_ISE
from netcordon.ingest.messages.readers.dhcp import DHCP
from netcordon.ingest.messages.readers.fast_alerts import FAST_ALERTS
from netcordon.ingest.messages.readers.fields import CEF, KEY_VALUE, LEEF
from netcordon.ingest.messages.readers.filterlog import FILTERLOG
from netcordon.ingest.messages.readers.json_alerts import JSON_ALERTS
from netcordon.ingest.messages.readers.logins import OPENVPN, PAM, SSHD, STRONGSWAN, SUDO
from netcordon.ingest.messages.readers.meraki import MERAKI
from netcordon.ingest.messages.readers.name_servers import BIND, DNSMASQ, UNBOUND, WINDOWS_DNS
from netcordon.ingest.messages.readers.netfilter import NETFILTER
from netcordon.ingest.messages.readers.palo_alto import PALO_ALTO
from netcordon.ingest.messages.readers.web import SQUID, WEB_ACCESS
from netcordon.ingest.messages.readers.windows_dhcp import WINDOWS_DHCP

ALL = (
    NETFILTER, SSHD, PAM, SUDO, OPENVPN, STRONGSWAN, FILTERLOG, CISCO_ASA, CISCO_IOS, CISCO_ISE,
    MERAKI, PALO_ALTO, BIND, UNBOUND, DNSMASQ, DHCP, WINDOWS_DHCP, WINDOWS_DNS, SQUID, WEB_ACCESS,
    FAST_ALERTS, JSON_ALERTS, CEF, LEEF, KEY_VALUE,
)  # fmt: skip
