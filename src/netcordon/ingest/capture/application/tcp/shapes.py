"""Which of the protocols of this folder a TCP segment begins."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.stream.conversation import Conversation, StreamParser
from netcordon.ingest.capture.application.tcp import irc, redis, sip, telnet, vnc
from netcordon.ingest.capture.application.tcp.bittorrent import HANDSHAKE, BittorrentParser
from netcordon.ingest.capture.application.tcp.dnp3 import Dnp3Parser, is_dnp3
from netcordon.ingest.capture.application.tcp.modbus import ModbusParser, is_modbus
from netcordon.ingest.capture.application.tcp.mongodb import MongodbParser, is_mongodb
from netcordon.ingest.capture.application.tcp.mqtt import MqttParser, is_mqtt
from netcordon.ingest.capture.application.tcp.mysql import MysqlParser, is_greeting
from netcordon.ingest.capture.application.tcp.named import NamedParser, name_of
from netcordon.ingest.capture.application.tcp.postgresql import PostgresqlParser, is_startup
from netcordon.ingest.capture.application.tcp.s7comm import S7commParser, is_s7, is_s7_plus
from netcordon.ingest.capture.application.tcp.socks import SocksParser, is_socks_request
from netcordon.ingest.capture.application.tcp.stratum import StratumParser, is_stratum

Make = Callable[[Conversation, int], StreamParser]
_PORTS = (23, 102, 502, 20000)
"""Where servers of protocols listen whose messages look alike in both directions."""


def shaped(data: bytes, direction: int, ends: Ends) -> tuple[Make, int] | None:
    """The parser for a segment's first bytes, and which direction is the client.

    Args:
        data: the segment and what came behind it in order.
        direction: who sent it.
        ends: of the connection, as far as its packets show.

    Returns:
        ``None`` when it begins none of them.
    """
    found = _text(data) if data[:1] and 0x20 <= data[0] < 0x7F else None
    if found is None:
        found = _binary(data, ends)
    if found is None:
        named = name_of(data)
        if named is None:
            return None
        found = partial(_named, service=named[0]), named[1]
    make, client_speaks = found
    if client_speaks is None:
        return make, 1 if ends.src_port in _PORTS and ends.dst_port not in _PORTS else 0
    return make, direction if client_speaks else 1 - direction


def _named(conversation: Conversation, client: int, service: str) -> StreamParser:
    return NamedParser(conversation, client, service)


def _text(data: bytes) -> tuple[Make, bool | None] | None:
    miner = is_stratum(data)
    if miner is not None:
        return StratumParser, miner
    if sip.START.match(data):
        return sip.SipParser, not data.startswith(b"SIP/")
    if vnc.BANNER.match(data):
        return vnc.VncParser, False
    if irc.CLIENT.match(data):
        return irc.IrcParser, True
    if irc.SERVER.match(data):
        return irc.IrcParser, False
    return (redis.RedisParser, True) if redis.CLIENT.match(data) else None


def _binary(data: bytes, ends: Ends) -> tuple[Make, bool | None] | None:
    if data.startswith(HANDSHAKE):
        return BittorrentParser, True
    if is_mqtt(data):
        return MqttParser, True
    if telnet.OPENING.match(data):
        return telnet.TelnetParser, None if 23 in (ends.src_port, ends.dst_port) else False
    if is_s7(data) or is_s7_plus(data):
        return S7commParser, None
    if is_dnp3(data):
        return Dnp3Parser, None
    if is_socks_request(data):
        return SocksParser, True
    if is_greeting(data):
        return MysqlParser, False
    if is_startup(data):
        return PostgresqlParser, True
    if is_mongodb(data):
        return MongodbParser, int.from_bytes(data[8:12], "little") == 0
    return (ModbusParser, None) if is_modbus(data) else None
