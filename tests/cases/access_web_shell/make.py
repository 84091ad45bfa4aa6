"""Makes the evidence of these cases.

`python -m tests.cases.access_web_shell.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

SOURCE, SERVER = "203.0.113.40", "10.2.0.80"
FORM = "http://shop.example/upload.php"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    folder = root / "script_that_takes_commands"
    write(folder, "file_activity", [sent("avatar.php.jpg")])
    write(
        folder,
        "http_activity",
        [http(5.0, "GET", "/img/avatar.php.jpg?cmd=whoami"), http(9.0, "GET", "/")],
    )
    folder = root / "script_that_answers"
    write(folder, "file_activity", [sent("x.aspx")])
    write(folder, "http_activity", [http(5.0, "POST", "/files/x.aspx")])
    folder = root / "developer_replaces_a_page"
    write(folder, "file_activity", [sent("index.php")])
    visitors = [f"198.51.100.{n}" for n in range(1, 9)]
    write(
        folder,
        "http_activity",
        [
            http(t + n, "GET", "/index.php") | {"src_ip": ip}
            for t in (-60.0, 60.0)
            for n, ip in enumerate(visitors)
        ],
    )
    folder = root / "script_with_many_visitors"
    write(folder, "file_activity", [sent("news.php")])
    write(
        folder,
        "http_activity",
        [http(5.0 + n, "GET", "/news.php") | {"src_ip": ip} for n, ip in enumerate(visitors)],
    )
    folder = root / "published_by_put"
    write(
        folder,
        "http_activity",
        [http(0.0, "PUT", "/site/index.php", 201), http(5.0, "GET", "/site/index.php", 404)],
    )
    folder = root / "forms_and_pictures"
    write(folder, "file_activity", [sent("holiday.jpg"), sent("upload.php")])
    write(folder, "http_activity", [http(5.0, "GET", "/upload.php"), http(6.0, "GET", "/a.php")])


def sent(name: str) -> dict[str, object]:
    """A file in a form; one named like the form's target is the form's own body."""
    return {
        "time": 0.0,
        "src_ip": SOURCE,
        "dst_ip": SERVER,
        "dst_port": 80,
        "service": "http",
        "is_upload": True,
        "file_name": name,
        "origin": FORM,
        "file_bytes": 1_200,
    }


def http(t: float, method: str, uri: str, status: int = 200) -> dict[str, object]:
    """One request with its answer."""
    return {
        "time": t,
        "src_ip": SOURCE,
        "dst_ip": SERVER,
        "dst_port": 80,
        "method": method,
        "host": "shop.example",
        "uri": uri,
        "status_code": status,
        "response_body_bytes": 300,
    }


if __name__ == "__main__":
    make(Path(__file__).parent)
