"""The implant's voice: it calls home over HTTPS, sleeps, and calls again. It can do nothing else.

Each callback is a TLS 1.2 connection of its own with a short cipher list, so its fingerprint
differs from every browser's here. `python -m lab.implant HOST PORT SECONDS SLEEP_S JITTER SEED`
"""

from __future__ import annotations

import http.client
import random
import ssl
import sys
import time

AGENT = "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)"


def context() -> ssl.SSLContext:
    """A client that trusts anybody and offers what its author compiled in."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers("ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-SHA384:AES256-SHA")
    return made


def call_home(host: str, port: int, rng: random.Random, tls: ssl.SSLContext) -> None:
    """One callback; now and then it brings the result of an order."""
    home = http.client.HTTPSConnection(host, port, timeout=20, context=tls)
    headers = {
        "User-Agent": AGENT,
        "Cookie": f"id={rng.getrandbits(96):024x}",
        "Connection": "close",
    }
    try:
        if rng.random() < 0.15:
            home.request(
                "POST", "/widget/submit", rng.randbytes(rng.randrange(200, 1_500)), headers
            )
        else:
            home.request("GET", f"/widget/poll?v={rng.randrange(10)}", headers=headers)
        home.getresponse().read()
    finally:
        home.close()


def main() -> None:
    """Call until the time is over."""
    host, port = sys.argv[1], int(sys.argv[2])
    lasts_s, sleep_s, jitter = map(float, sys.argv[3:6])
    rng, tls = random.Random(int(sys.argv[6])), context()
    ends = time.monotonic() + lasts_s
    while time.monotonic() < ends:
        try:
            call_home(host, port, rng, tls)
        except OSError as problem:
            print("callback failed:", repr(problem), flush=True)
        time.sleep(
            min(sleep_s * rng.uniform(1 - jitter, 1 + jitter), max(0.0, ends - time.monotonic()))
        )


if __name__ == "__main__":
    main()
