"""What devices call the same thing in named fields.

Vendors differ in the names, not in what they say. Sources: the vendors' log references;
"Implementing ArcSight Common Event Format"; "QRadar LEEF".
"""

from __future__ import annotations

from netcordon.ingest.messages.log import Message

_NAMES = {
    "src": "srcip src_ip source-address src sourceAddress SourceIP clientip client_ip source_ip "
    "remip ipaddr csip clt_sip ClientIP c-ip",
    "dst": "dstip dst_ip destination-address dst destinationAddress DestinationIP serverip "
    "destination_ip rip cdip srv_dip r-ip s-supplier-ip",
    "src_port": "srcport src_port source-port spt srcPort s_port sport client_port csport",
    "dst_port": "dstport dst_port destination-port dpt dstPort d_port dport service-port "
    "destination_port cdport srv_dport cs-uri-port",
    "protocol": "proto protocol protocol-id ipproto transport protocol_name",
    "action": "action act disp fw_action log_subtype rule_action fw_rule_action utmaction status",
    "sent": "sentbyte sent_bytes bytes-from-client out bytesSent sent srcBytes "
    "client_to_server_bytes source_bytes outbytes requestsize cs-bytes",
    "received": "rcvdbyte recv_bytes rcvd_bytes bytes-from-server in bytesReceived rcvd dstBytes "
    "server_to_client_bytes destination_bytes inbytes responsesize sc-bytes",
    "packets_out": "sentpkt sent_pkts packets-from-client srcPackets",
    "packets_in": "rcvdpkt recv_pkts packets-from-server dstPackets",
    "duration": "duration elapsed-time",
    "session": "sessionid session-id-32 session-id con_id connid connection-id externalId",
    "service": "service app application",
    "device": "devname device_name dvchost dvc deviceExternalId fw",
    "user": "user user_name username usr usrName suser duser src_user srcuser susr login_user "
    "source_user_name unauthuser xauthuser loginID login "
    "cs-username cs-userdn",
    "host_name": "srcname shost src_machine_name client_system_name devicehostname",
    "mac": "srcmac smac src_mac srcMAC",
    "url": "url request http_url requested_path arg uri cs-uri eurl "
    "cs-uri-path",
    "host": "remotename requested_host destination_host http_host dhost dstname hostname domain "
    "host cs-host",
    "method": "http_method requestMethod http_action op method reqmethod requestmethod "
    "cs-method",
    "status": "http_status_code httpresponsecode status_code http_retcode http_code response_code "
    "sc-status rs-status",
    "agent": "user_agent agent requestClientApplication http_agent useragent user_agent_comment "
    "cs-User-Agent cs(User-Agent)",
    "referrer": "referer referralurl http_referer http_refer requestContext refererURL "
    "cs(Referer)",
    "content_type": "media_type contenttype content_type rs-Content-Type",
    "message": "msg message name logdesc event reason",
}  # fmt: skip
_KNOWN = {ours: tuple(theirs.split()) for ours, theirs in _NAMES.items()}
_ABSENT = frozenset(("", "N/A", "-", "None", "none", "UNKNOWN", "unknown", "undefined", "NA"))
_TIMES = (
    "eventtime", "request_timestamp_epoch", "timestamp", "rt", "end", "devTime", "start",
    "date_time", "datetime",
)  # fmt: skip
_ZONES = ("tz", "timezone", "dtz")


def told(fields: dict[str, str], name: str) -> str:
    """What the device says of something, by any of its names; empty where nothing."""
    for key in _KNOWN[name]:
        value = fields.get(key, "")
        if value not in _ABSENT:
            return value
    return ""


def time_of(message: Message, fields: dict[str, str]) -> int | None:
    """The device's own time where it gives one, else the envelope's."""
    zone = next((fields[name] for name in _ZONES if fields.get(name)), "")
    for name in _TIMES:
        found = message.clock.microseconds(fields[name], zone) if name in fields else None
        if found is not None:
            return found
    if fields.get("date") and "time" in fields:
        return message.time(f"{fields['date']} {fields['time']}", zone)
    if "vp_time" in fields:  # SonicWall SMA says both: this one is UTC
        return message.time(fields["vp_time"], "UTC")
    return message.time(fields.get("time", "") or fields.get("date", ""), zone)
