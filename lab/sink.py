"""A web server that takes what it is sent: a task board, a backup provider, the attacker's.

It is Python's own HTTP server with TLS where asked; what differs between its roles is told on the
command line. `--raw` is a plain TCP listener that reads to the end: the far end of the DNS tunnel.
"""

from __future__ import annotations

import argparse
import http.server
import socket
import socketserver
import ssl
from pathlib import Path
from typing import Any


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers every request; bodies are read and dropped."""

    protocol_version = "HTTP/1.1"
    server_name = "Apache"
    served: tuple[str, bytes] = ("", b"")

    def version_string(self) -> str:
        """The Server header of the role being played."""
        return self.server_name

    def do_GET(self) -> None:
        """The served file, or a small status."""
        path, content = self.served
        if path and self.path == path:
            self._reply(200, "application/x-msdownload", content)
        elif path:
            self._reply(
                200,
                "text/html",
                f'<html><h1>Your document</h1><a href="{path}">Open the viewer</a></html>'.encode(),
            )
        else:
            self._reply(200, "application/json", b'{"status":"ok","items":[]}')

    def do_POST(self) -> None:
        """Take the body."""
        left = int(self.headers.get("Content-Length", "0"))
        while left > 0:
            left -= len(self.rfile.read(min(left, 65536)))
        self._reply(200, "application/json", b'{"status":"stored"}')

    do_PUT = do_POST  # noqa: N815 - the name the base class calls

    def _reply(self, code: int, kind: str, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Drain(socketserver.StreamRequestHandler):
    """Reads a connection to its end."""

    def handle(self) -> None:
        """Read and count."""
        total = sum(len(chunk) for chunk in iter(lambda: self.rfile.read(4096), b""))
        print(f"received {total} bytes", flush=True)


class Listener(socketserver.ThreadingTCPServer):
    """A plain listener, on IPv6 and IPv4."""

    address_family = socket.AF_INET6


class TlsServer(http.server.ThreadingHTTPServer):
    """A threading server that shakes hands in the handler's thread: a slow client blocks nobody."""

    daemon_threads = True
    context: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Wrap the socket when this server speaks TLS."""
        if self.context is not None:
            request.settimeout(20)
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)
        if isinstance(request, ssl.SSLSocket):
            request.close()


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("port", type=int)
    parser.add_argument("--server", default="Apache")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--tls12", action="store_true")
    parser.add_argument("--serve", default="")
    parser.add_argument("--file")
    parser.add_argument("--raw", action="store_true")
    asked = parser.parse_args()
    if asked.raw:
        with Listener((asked.address, asked.port), Drain) as drain:
            drain.serve_forever()
    Handler.server_name = asked.server
    if asked.file:
        Handler.served = (asked.serve, Path(asked.file).read_bytes())
    with TlsServer((asked.address, asked.port), Handler) as server:
        if asked.certificate:
            server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server.context.load_cert_chain(asked.certificate, asked.key)
            if asked.tls12:
                server.context.maximum_version = ssl.TLSVersion.TLSv1_2
        server.serve_forever()


if __name__ == "__main__":
    main()
