"""Makes the evidence of these cases.

`python -m tests.cases.c2_http_checkin.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

HOST = "10.1.0.17"
OLD = "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Trident/7.0)"
NEW = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
FORM = "application/x-www-form-urlencoded"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    write(root / "list_of_gates", "http_activity", browsing() + gates())
    write(root / "posts_to_a_bare_address", "http_activity", browsing() + bare())
    write(root / "telemetry_of_a_vendor", "http_activity", browsing() + telemetry())
    write(root / "certificate_checks", "http_activity", browsing() + checks())
    write(root / "forms_of_pages", "http_activity", browsing())


def request(
    t: float, method: str, address: str, host: str, uri: str, **more: object
) -> dict[str, object]:
    """One request that was answered."""
    return {"time": t, "src_ip": HOST, "dst_ip": address, "dst_port": 80, "method": method,
            "host": host, "uri": uri, "user_agent": NEW, "status_code": 200, **more}  # fmt: skip


def browsing() -> list[dict[str, object]]:
    """A page, its parts, a form that is sent."""
    site, address = "www.shop.example", "198.51.100.8"
    page = {"referrer": f"http://{site}/", "response_body_bytes": 30_000}
    return [
        request(0.0, "GET", address, site, "/", response_content_type="text/html"),
        request(0.2, "GET", address, site, "/a.css", response_content_type="text/css", **page),
        request(0.3, "GET", address, site, "/b.png", response_content_type="image/png", **page),
        request(9.0, "POST", address, site, "/order", request_content_type=FORM,
                request_body_bytes=400, **page),
    ]  # fmt: skip


def gates() -> list[dict[str, object]]:
    """A program tries two hacked sites in turn with short reports of the same size."""
    places = (("203.0.113.41", "homes-all-day.example", "/76n1lm.php"),
              ("203.0.113.42", "agency-fg.example", "/voehsq.php"))  # fmt: skip
    return [
        request(60.0 + 10 * n + m, "POST", address, name, f"{path}?v=x{n}k4tk7t", user_agent=OLD,
                request_content_type=FORM, request_body_bytes=131 + n, response_body_bytes=14)
        for n in range(3)
        for m, (address, name, path) in enumerate(places)
    ]  # fmt: skip


def bare() -> list[dict[str, object]]:
    """An implant under a browser's name: posts without a type to an address without a name."""
    address = "203.0.113.43"
    return [
        request(60.0 + 5 * n, method, address, address, "/admin/get.php",
                user_agent="Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
                request_body_bytes=size, response_content_type="text/html",
                response_body_bytes=1_200)
        for n, (method, size) in enumerate((("GET", 0), ("POST", 142), ("GET", 0), ("POST", 462)))
    ]  # fmt: skip


def telemetry() -> list[dict[str, object]]:
    """A program of the vendor's reports to the vendor, under the browser's name."""
    return [
        request(60.0 + 30 * n, "POST", "198.51.100.90", "reports.vendor.example", "/v1/usage",
                request_content_type=FORM, request_body_bytes=300 + 90 * n)
        for n in range(3)
    ]  # fmt: skip


def checks() -> list[dict[str, object]]:
    """Questions to an authority whether certificates are still good (OCSP)."""
    return [
        request(60.0 + n, "POST", "198.51.100.91", "ocsp.authority.example", "/",
                request_content_type="application/ocsp-request", request_body_bytes=83,
                response_content_type="application/ocsp-response", response_body_bytes=471)
        for n in range(5)
    ]  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
