"""A time-stamping authority for tests: ``openssl ts`` behind a port of this machine."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Stamp Authority
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[tsa]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ts]
default_tsa = ts_default
[ts_default]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.55555.1
digests = sha256
ess_cert_id_chain = no
"""


class StampAuthority:
    """Keys and certificates in a folder; ``ca`` is what its users trust."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ca = folder, folder / "ca.pem"
        (folder / "conf").write_text(_CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "3650")
        self._openssl(
            "req", "-x509", "-config", "conf", "-extensions", "root", "-subj", "/CN=Test Root",
            *new, "-keyout", "ca.key", "-out", "ca.pem",
        )  # fmt: skip
        self._openssl(
            "req", "-x509", "-config", "conf", "-extensions", "tsa", "-CA", "ca.pem",
            "-CAkey", "ca.key", *new, "-keyout", "tsa.key", "-out", "tsa.pem",
        )  # fmt: skip

    def certify(self, until: datetime) -> None:
        """Give it another certificate, valid until then."""
        ca = x509.load_pem_x509_certificate(self.ca.read_bytes())
        signer = serialization.load_pem_private_key((self.folder / "ca.key").read_bytes(), None)
        own = serialization.load_pem_private_key((self.folder / "tsa.key").read_bytes(), None)
        assert isinstance(signer, ec.EllipticCurvePrivateKey)
        assert isinstance(own, ec.EllipticCurvePrivateKey)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Stamp Authority")])
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(ca.subject)
            .public_key(own.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(stamping, critical=True)
            .sign(signer, hashes.SHA256())
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        (self.folder / "tsa.pem").write_bytes(pem)

    def answer(self, question: bytes) -> bytes:
        """What it answers to a TimeStampReq."""
        (self.folder / "question").write_bytes(question)
        self._openssl(
            "ts", "-reply", "-config", "conf", "-section", "ts_default", "-queryfile", "question",
            "-out", "answer",
        )  # fmt: skip
        return (self.folder / "answer").read_bytes()

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Its URL, as long as the block lasts."""
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                question = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Content-Type"] == "application/timestamp-query"
                answer = authority.answer(question) if self.path == "/tsr" else b"no"
                self.send_response(200)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/tsr"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)
