"""An OpenC2 consumer on loopback with TLS: keeps rules by number, answers deny, delete, query."""

from __future__ import annotations

import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Consumer:
    """What it holds, where it listens, and the authority that vouches for it."""

    port: int
    ca: Path
    rules: dict[int, object] = field(default_factory=dict)
    requests: list[dict[str, str]] = field(default_factory=list)
    answers: str = ""
    """Left empty it does its work; else this is all it ever says."""

    def answer(self, body: bytes) -> bytes:
        if self.answers:
            return self.answers.encode()
        message = json.loads(body)
        request = message["body"]["openc2"]["request"]
        status, results = 200, {}
        match request["action"]:
            case "deny":
                (profile,) = set(request["args"]) & {"pf", "slpf"}
                self.rules[request["args"][profile]["insert_rule"]] = request["target"]
            case "delete":
                (number,) = request["target"].values()
                status = 200 if self.rules.pop(number, None) else 404
            case "query":
                number = request["target"]["pf:rule_number"]
                status = 200 if number in self.rules else 404
                results = {"pf": {"rules": [{"rule_number": number}]}} if status == 200 else {}
        response = {"status": status, "results": results}
        return json.dumps({"body": {"openc2": {"response": response}}}, indent=1).encode()


def certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """Certificate and key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "consumer")])
    alternatives = [x509.IPAddress(ipaddress.ip_address(host))]
    now = datetime.now(UTC)  # noqa: TID251 - TLS compares with the real clock
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / f"{host}.pem", folder / f"{host}.key"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert, private


@contextmanager
def consumer(folder: Path, *, host: str = "127.0.0.1") -> Iterator[Consumer]:
    """Listening on loopback; its certificate is for ``host``."""
    cert, key = certificate(folder, host)
    made = Consumer(port=0, ca=cert)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.requests.append({"path": self.path, **dict(self.headers)})
            answer = made.answer(body)
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    made.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
