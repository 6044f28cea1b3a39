"""The published files, answered before Django: no query, every header."""

import brotli  # type: ignore[import-untyped]
import pytest

from reports.published import PublishedFiles, place_of
from sakhon_portal.wsgi import security_headers

HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}
PAGE = "/reports/2569/q4/edition/1/"


@pytest.fixture
def root(tmp_path):
    place = tmp_path / "reports/2569/q4/edition/1/index.html"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"<p>page</p>")
    place.with_name("index.html.br").write_bytes(brotli.compress(b"<p>page</p>"))
    (tmp_path / "reports/2569/q4/edition/1.csv").write_bytes(b"a,b")
    (tmp_path / "reports/2569/q4").joinpath("index.html").write_bytes(b"<p>newest</p>")
    return tmp_path


def django_behind(environ, start_response):
    start_response("418 Django", [])
    return [b"django"]


def ask(files, path, method="GET", **environ):
    said = {}

    def start_response(status, headers):
        said["status"], said["headers"] = status, dict(headers)

    asked = {"PATH_INFO": path, "REQUEST_METHOD": method, "wsgi.url_scheme": "http"} | environ
    body = b"".join(files(asked, start_response))
    return said["status"], said.get("headers", {}), body


@pytest.fixture
def files(root):
    return PublishedFiles(django_behind, root, headers=HEADERS, https_only=False)


def test_a_page_is_answered_with_every_header(files):
    status, headers, body = ask(files, PAGE)
    assert (status, body) == ("200 OK", b"<p>page</p>")
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Content-Length"] == "11"
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers | HEADERS == headers


def test_the_newest_address_is_asked_again_soon(files):
    _status, headers, body = ask(files, "/reports/2569/q4/")
    assert body == b"<p>newest</p>"
    assert headers["Cache-Control"] == "public, max-age=60, must-revalidate"


def test_a_known_page_is_not_sent_again(files):
    etag = ask(files, PAGE)[1]["ETag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        status, headers, body = ask(files, PAGE, HTTP_IF_NONE_MATCH=known)
        assert (status, body) == ("304 Not Modified", b"")
        assert headers["ETag"] == etag
    assert ask(files, PAGE, HTTP_IF_NONE_MATCH='"other"')[0] == "200 OK"


def test_a_compressed_page_is_sent_to_who_reads_it(files):
    _status, headers, body = ask(files, PAGE, HTTP_ACCEPT_ENCODING="gzip, br")
    assert headers["Content-Encoding"] == "br"
    assert brotli.decompress(body) == b"<p>page</p>"
    for refused in ("", "gzip", "br;q=0", "identity"):
        assert ask(files, PAGE, HTTP_ACCEPT_ENCODING=refused)[2] == b"<p>page</p>"


def test_a_head_has_no_body(files):
    status, headers, body = ask(files, PAGE, method="HEAD")
    assert (status, headers["Content-Length"], body) == ("200 OK", "11", b"")


def test_a_replaced_file_is_seen(files, root):
    ask(files, "/reports/2569/q4/")
    (root / "reports/2569/q4/index.html").write_bytes(b"<p>second edition</p>")
    assert ask(files, "/reports/2569/q4/")[2] == b"<p>second edition</p>"


def test_a_csv_is_saved_under_its_own_name(files):
    headers = ask(files, "/reports/2569/q4/edition/1.csv")[1]
    assert headers["Content-Disposition"] == (
        'attachment; filename="reports-2569-q4-edition-1.csv"'
    )


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/reports/",
        "/reports/2569/q5/",
        "/reports/2569/q4/edition/2/",
        "/reports/2569/q4/edition/0/",
        "/reports/../settings.py",
        "/reports/2569/q4/../../../etc/passwd",
        "/reports/assets/0123456789abcdef/../x.css",
        "/reports/๒๕๖๙/q4/",
        "/reports/2569/q4.html",
    ],
)
def test_everything_else_goes_to_django(files, path):
    assert ask(files, path)[0] == "418 Django"


def test_a_post_goes_to_django(files):
    assert ask(files, PAGE, method="POST")[0] == "418 Django"


def test_without_https_django_says_where_to_go(root):
    files = PublishedFiles(django_behind, root, headers=HEADERS, https_only=True)
    assert ask(files, PAGE)[0] == "418 Django"
    assert ask(files, PAGE, **{"wsgi.url_scheme": "https"})[0] == "200 OK"


def test_a_proxy_that_ended_https_is_believed_where_it_is_named(root):
    files = PublishedFiles(
        django_behind,
        root,
        headers=HEADERS,
        https_only=True,
        https_header=("HTTP_X_FORWARDED_PROTO", "https"),
    )
    assert ask(files, PAGE, HTTP_X_FORWARDED_PROTO="https")[0] == "200 OK"
    assert ask(files, PAGE, HTTP_X_FORWARDED_PROTO="http")[0] == "418 Django"


def test_the_largest_files_are_not_kept_in_memory(files, root):
    big = root / "reports/2569/q4/edition/1.pdf"
    big.write_bytes(b"x" * (3 * 1024 * 1024))
    assert len(ask(files, "/reports/2569/q4/edition/1.pdf")[2]) == 3 * 1024 * 1024
    assert not any(name.endswith("1.pdf") for name in files._kept)


def test_memory_forgets_the_oldest_files(files, root, monkeypatch):
    monkeypatch.setattr("reports.published._KEPT_BYTES", 20)
    ask(files, PAGE)
    ask(files, "/reports/2569/q4/")
    assert len(files._kept) == 1


def test_the_headers_are_those_that_django_sends(client, settings, db):
    answer = client.get("/healthz")
    ours = security_headers()
    for name in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"):
        assert answer[name] == ours[name]
    assert "script-src" not in ours["Content-Security-Policy"]
    settings.SECURE_HSTS_SECONDS = 60
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    assert security_headers()["Strict-Transport-Security"] == (
        "max-age=60; includeSubDomains; preload"
    )


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/reports/2569/q4/", "reports/2569/q4/index.html"),
        ("/en/reports/2569/q4/edition/12/", "en/reports/2569/q4/edition/12/index.html"),
        ("/reports/2569/q4.pdf", "reports/2569/q4.pdf"),
        (
            "/reports/assets/0123456789abcdef/css/portal.css",
            "reports/assets/0123456789abcdef/css/portal.css",
        ),
        ("/reports/2569/q4", None),
    ],
)
def test_an_address_names_one_file(path, place):
    assert place_of(path) == place
