"""Names of protocols that are told apart; the rest keep their number.

Sources: https://standards-oui.ieee.org/ethertype/eth.txt and the registries of IANA for PPP and
802 numbers; https://www.tcpdump.org/linktypes.html.
"""

from __future__ import annotations

IP_PROTOCOL_NAMES = {
    1: "icmp", 2: "igmp", 4: "ipip", 6: "tcp", 8: "egp", 17: "udp", 33: "dccp", 41: "ipv6",
    46: "rsvp", 47: "gre", 50: "esp", 51: "ah", 58: "icmp6", 88: "eigrp", 89: "ospf",
    97: "etherip", 103: "pim", 112: "vrrp", 115: "l2tp", 124: "isis", 132: "sctp",
    136: "udplite", 137: "mpls",
}  # fmt: skip
"""IP protocol -> name in `network_activity.protocol`."""

ETHERTYPE_NAMES = {
    0x0842: "wake_on_lan", 0x22F0: "avtp", 0x22F3: "trill", 0x6002: "dec_remote_console",
    0x6003: "decnet", 0x8035: "rarp", 0x809B: "appletalk", 0x80F3: "aarp", 0x8137: "ipx",
    0x8808: "ethernet_flow_control", 0x8809: "slow_protocols", 0x8863: "pppoe_discovery",
    0x8864: "pppoe_other", 0x888E: "eapol", 0x8892: "profinet", 0x8899: "realtek",
    0x88A2: "ata_over_ethernet", 0x88A4: "ethercat", 0x88AB: "powerlink", 0x88B8: "goose",
    0x88BA: "sampled_values", 0x88C7: "eapol_preauthentication", 0x88CC: "lldp",
    0x88CD: "sercos", 0x88DC: "wave_short_message", 0x88E1: "homeplug_av", 0x88E5: "macsec",
    0x88F5: "mvrp", 0x88F7: "ptp", 0x88FB: "prp", 0x8902: "connectivity_fault_management",
    0x8906: "fcoe", 0x890D: "tdls", 0x8914: "fip", 0x893A: "ieee_1905", 0x9000: "loopback_test",
}  # fmt: skip
"""EtherType -> name."""

SERVICE_POINT_NAMES = {
    0x00: "llc_null", 0x42: "stp", 0xE0: "ipx", 0xF0: "netbios_frames", 0xFE: "osi", 0xFF: "ipx",
    0xAA: "llc",
}  # fmt: skip
"""802.2 destination service access point -> name."""

CISCO_NAMES = {
    0x0104: "pagp", 0x010B: "stp_per_vlan", 0x0111: "udld", 0x2000: "cdp", 0x2003: "vtp",
    0x2004: "dtp",
}  # fmt: skip
"""Protocol under Cisco's organisation code -> name."""

PPP_NAMES = {
    0x0023: "ppp_osi", 0x002B: "ppp_ipx", 0x003D: "ppp_multilink", 0x0053: "ppp_encrypted",
    0x00FD: "ppp_compressed", 0x8021: "ppp_ipcp", 0x8057: "ppp_ipv6cp", 0x80FD: "ppp_ccp",
    0xC021: "ppp_lcp", 0xC023: "ppp_pap", 0xC025: "ppp_lqr", 0xC223: "ppp_chap", 0xC227: "ppp_eap",
}  # fmt: skip
"""PPP protocol -> name."""

LINK_TYPE_NAMES = {
    6: "linktype_token_ring", 7: "linktype_arcnet", 8: "linktype_slip", 10: "linktype_fddi",
    11: "linktype_atm", 129: "linktype_arcnet", 130: "linktype_juniper_mlppp",
    131: "linktype_juniper_mlfr", 133: "linktype_juniper_ggsn", 137: "linktype_juniper_atm1",
    178: "linktype_juniper_ethernet", 179: "linktype_juniper_ppp",
    180: "linktype_juniper_frame_relay", 181: "linktype_juniper_chdlc",
    147: "linktype_private", 148: "linktype_private", 162: "linktype_private",
    186: "linktype_usb_freebsd", 187: "linktype_bluetooth_hci", 189: "linktype_usb_linux",
    195: "linktype_ieee_802_15_4", 201: "linktype_bluetooth_hci", 203: "linktype_lapd",
    220: "linktype_usb_linux", 224: "linktype_fibre_channel", 227: "linktype_can",
    230: "linktype_ieee_802_15_4", 237: "linktype_vsock", 249: "linktype_usb_windows",
    251: "linktype_bluetooth_le", 253: "linktype_netlink", 254: "linktype_bluetooth_monitor",
    256: "linktype_bluetooth_le", 266: "linktype_usb_darwin", 271: "linktype_vsock",
    283: "linktype_ieee_802_15_4", 288: "linktype_usb_2", 292: "linktype_usb_2",
    293: "linktype_usb_2", 294: "linktype_usb_2", 295: "linktype_usb_2",
}  # fmt: skip
"""Link type -> name, of links that carry no IP or whose headers are not read."""
