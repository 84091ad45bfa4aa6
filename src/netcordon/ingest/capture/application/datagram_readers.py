"""Which class reads which protocol over UDP.

A protocol that joins stands here and, with how many datagrams of a direction it is handed, in
``recognise.telling.FIRST_DATAGRAMS``.
"""

from __future__ import annotations

from collections.abc import Mapping

from netcordon.ingest.capture.application.datagram_flow import MakeReader
from netcordon.ingest.capture.application.dtls import DtlsReader
from netcordon.ingest.capture.application.gquic import GquicReader
from netcordon.ingest.capture.application.quic import QuicReader

READERS: Mapping[str, MakeReader] = {"dtls": DtlsReader, "gquic": GquicReader, "quic": QuicReader}
"""Service -> what makes the reader of a flow."""
