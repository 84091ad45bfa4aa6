"""Readers, one a kind of device; ``ALL`` in the order they are asked."""

from __future__ import annotations

from netcordon.ingest.messages.readers.aws_access import LOAD_BALANCER, S3_ACCESS
from netcordon.ingest.messages.readers.barracuda import BARRACUDA
from netcordon.ingest.messages.readers.check_point import CHECK_POINT
from netcordon.ingest.messages.readers.cisco_asa import CISCO_ASA
from netcordon.ingest.messages.readers.cisco_ios import CISCO_IOS
from netcordon.ingest.messages.readers.cisco_ise import CISCO_ISE
from netcordon.ingest.messages.readers.citrix_adc import CITRIX_ADC
from netcordon.ingest.messages.readers.clavister import CLAVISTER
from netcordon.ingest.messages.readers.dhcp import DHCP
from netcordon.ingest.messages.readers.f5 import F5
from netcordon.ingest.messages.readers.fast_alerts import FAST_ALERTS
from netcordon.ingest.messages.readers.fields import CEF, KEY_VALUE, LEEF, SURE_KEY_VALUE
from netcordon.ingest.messages.readers.filterlog import FILTERLOG
from netcordon.ingest.messages.readers.json_alerts import JSON_ALERTS
from netcordon.ingest.messages.readers.json_devices import JSON_DEVICES
from netcordon.ingest.messages.readers.json_events import JSON_EVENTS
from netcordon.ingest.messages.readers.juniper import JUNIPER
from netcordon.ingest.messages.readers.logins import PAM, SSHD, STRONGSWAN, SUDO
from netcordon.ingest.messages.readers.meraki import MERAKI
from netcordon.ingest.messages.readers.name_servers import BIND, DNSMASQ, UNBOUND, WINDOWS_DNS
from netcordon.ingest.messages.readers.neighbours import NEIGHBOURS
from netcordon.ingest.messages.readers.netfilter import NETFILTER
from netcordon.ingest.messages.readers.netskope import NETSKOPE
from netcordon.ingest.messages.readers.openvpn import OPENVPN
from netcordon.ingest.messages.readers.palo_alto import PALO_ALTO
from netcordon.ingest.messages.readers.pf import PF
from netcordon.ingest.messages.readers.ping_federate import PING_FEDERATE
from netcordon.ingest.messages.readers.radius import FREERADIUS
from netcordon.ingest.messages.readers.umbrella import UMBRELLA
from netcordon.ingest.messages.readers.watchguard import WATCHGUARD
from netcordon.ingest.messages.readers.web import SQUID, WEB_ACCESS
from netcordon.ingest.messages.readers.web_servers import HAPROXY, NGINX_ERROR, PROXIFIER
from netcordon.ingest.messages.readers.windows_dhcp import WINDOWS_DHCP
from netcordon.ingest.messages.readers.wireguard import WIREGUARD

ALL = (
    NETFILTER, SSHD, PAM, SUDO, OPENVPN, STRONGSWAN, WIREGUARD, FREERADIUS, FILTERLOG, PF,
    CISCO_ASA, CISCO_IOS, CISCO_ISE, MERAKI, PALO_ALTO, CHECK_POINT, JUNIPER, WATCHGUARD, CLAVISTER,
    CITRIX_ADC, F5, BIND, UNBOUND, DNSMASQ, DHCP, WINDOWS_DHCP, WINDOWS_DNS, SQUID, WEB_ACCESS,
    HAPROXY, NGINX_ERROR, PROXIFIER, UMBRELLA, NETSKOPE, SURE_KEY_VALUE,
    FAST_ALERTS, JSON_ALERTS, JSON_DEVICES,
    JSON_EVENTS, S3_ACCESS, LOAD_BALANCER, PING_FEDERATE, CEF, LEEF, BARRACUDA, NEIGHBOURS,
    KEY_VALUE,
)  # fmt: skip

WRITES = (
    "network_activity", "http_activity", "dns_activity", "tls_activity", "file_activity",
    "application_activity", "dhcp_activity", "authentication", "api_activity",
    "detection_finding", "host_identity", "log_source",
)  # fmt: skip
"""Tables that their rows go to."""
