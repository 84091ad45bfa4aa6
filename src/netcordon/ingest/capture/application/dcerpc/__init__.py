"""DCE/RPC (C706, [MS-RPCE]): bindings, and calls with what they name, over TCP and named pipes."""

from netcordon.ingest.capture.application.dcerpc.association import Association
from netcordon.ingest.capture.application.dcerpc.pipe import Pipe
from netcordon.ingest.capture.application.dcerpc.stream import DcerpcParser

__all__ = ["Association", "DcerpcParser", "Pipe"]
