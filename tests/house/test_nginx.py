"""nginx as a province has it: its files beside what the portal says, and, where nginx is, in front of it."""

import re
import shutil
import socket
import ssl
import subprocess
from contextlib import closing
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

import pytest
from django.conf import settings

from audit.models import Event
from reports.published import BRIEFLY, FOREVER, place_of
from sakhon_portal.wsgi import security_headers
from tests.factories import UserFactory
from tests.house.layout import ROOT
from tests.house.waiting import wait_until

FOLDER = ROOT / "deploy" / "nginx"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
with_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed here")
PORTAL = (FOLDER / "portal.inc").read_text(encoding="utf-8")
PUBLISHED = (FOLDER / "published.inc").read_text(encoding="utf-8")


def locations():
    """The regular expressions of nginx's places, each with what stands in it."""
    return re.findall(r'^location ~ "([^\n]+)" \{\n(.*?)^\}', PORTAL, re.MULTILINE | re.DOTALL)


def lasting_of(address):
    """What nginx would say of how long an address may be kept; None where it is the portal's."""
    for pattern, body in locations():
        if re.search(pattern.replace("(?<", "(?P<"), address, re.ASCII):
            return re.search(r'Cache-Control "([^"]+)"', body)[1]
    return None


# ── The files ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("address", "lasting"),
    [
        ("/reports/2569/q4/edition/1/", FOREVER),
        ("/en/reports/2569/q4/edition/12.pdf", FOREVER),
        ("/reports/2569/q4/edition/1.json", FOREVER),
        ("/reports/assets/0123456789abcdef/css/portal.css", FOREVER),
        ("/reports/2569/q4/", BRIEFLY),
        ("/en/reports/2569/q4.pdf", BRIEFLY),
        # Given a file's name as well, which nginx cannot make.
        ("/reports/2569/q4/edition/1.csv", None),
        ("/reports/2569/q5/", None),
        ("/reports/2569/q4/edition/0/", None),
        ("/reports/2569/q4/.draft-x", None),
        ("/reports/2569/q4/edition/1/index.html", None),
        ("/reports/assets/0123456789abcdef/../../x.css", None),
    ],
)
def test_nginx_serves_of_the_published_folder_what_the_portal_would(address, lasting):
    assert lasting_of(address) == lasting
    if lasting:
        assert place_of(address) is not None


def test_a_published_file_has_the_headers_that_the_portal_gives(settings):
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    assert dict(re.findall(r'^add_header (\S+) "(.+)";$', PUBLISHED, re.M)) == security_headers()


def test_a_body_that_the_portal_takes_passes_nginx():
    megabytes = int(re.search(r"client_max_body_size (\d+)m;", PORTAL)[1])
    largest = max(settings.EVIDENCE_MAX_BYTES, settings.UPLOAD_LIMITS["file_bytes"])
    # The form around the file, with all its fields.
    assert megabytes * 1024 * 1024 >= largest + settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def test_folders_are_those_of_the_image_and_of_the_example():
    image = (ROOT / "Dockerfile").read_text()
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    for text in (image, example):
        assert re.search(r"\bSTATIC_ROOT=/srv/static\b", text)
        assert re.search(r"\bVAR_DIR=/srv/var\b", text)
    assert "alias /srv/static/" in PORTAL
    assert "root /srv/var/published;" in PUBLISHED
    assert "private" not in PORTAL + PUBLISHED


# ── In front of the portal ───────────────────────────────────────────────────
def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Front:
    """nginx by one of our files, on ports and folders of the test."""

    def __init__(self, folder, upstream, conf):
        self.folder, self.plain, self.secure = folder, free_port(), free_port()
        ours = folder / "portal"
        ours.mkdir()
        for path in FOLDER.iterdir():
            text = path.read_text(encoding="utf-8")
            for theirs, mine in {
                "/etc/nginx/portal/": f"{ours}/",
                "/srv/static/": f"{folder}/static/",
                "/srv/var/published": f"{folder}/var/published",
                "/etc/ssl/portal/fullchain.pem": f"{folder}/cert.pem",
                "/etc/ssl/portal/privkey.pem": f"{folder}/key.pem",
                "server 127.0.0.1:8000": f"server {upstream}",
                "server web:8000": f"server {upstream}",
                "listen 80;": f"listen 127.0.0.1:{self.plain};",
                "listen 8080;": f"listen 127.0.0.1:{self.plain};",
                "listen 443 ssl http2;": f"listen 127.0.0.1:{self.secure} ssl http2;",
            }.items():
                text = text.replace(theirs, mine)
            text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
            (ours / path.name).write_text(text, encoding="utf-8")
        main = folder / "nginx.conf"
        main.write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;\n"
            "events {}\nhttp {\n  include /etc/nginx/mime.types;\n"
            f"  access_log {folder}/access.log;\n"
            + "".join(
                f"  {kind}_temp_path {folder}/{kind};\n"
                for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            + f"  include {ours}/{conf};\n}}\n"
        )
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
                *("-subj", "/CN=portal.example.go.th", "-keyout", folder / "key.pem"),
                *("-out", folder / "cert.pem"),
            ],
            check=True,
            capture_output=True,
        )
        # As root nginx would give its workers to nobody, who may not read the test's folder.
        command = [NGINX, "-c", str(main), "-e", str(folder / "error.log")]
        self.process = subprocess.Popen([*command, "-g", "user root;"])
        # It listens before it has anybody to answer.
        wait_until(lambda: self.listens() and bool(self.workers()), "nginx")

    def listens(self):
        assert self.process.poll() is None, (self.folder / "error.log").read_text()
        with closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", self.plain)) == 0

    def ask(self, address, *, secure=True, method="GET", body=None, **headers):
        if secure:
            trusting = ssl._create_unverified_context()
            connection = HTTPSConnection("127.0.0.1", self.secure, context=trusting, timeout=20)
        else:
            connection = HTTPConnection("127.0.0.1", self.plain, timeout=20)
        with closing(connection):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, address, body, {"Host": "portal.example.go.th"} | named)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def workers(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return set(children.read_text().split())

    def reload(self):
        """Read the changed file, and return when no process answers by the old one any more."""
        before = self.workers()
        conf = ["-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "error.log")]
        subprocess.run([NGINX, *conf, "-s", "reload"], check=True)

        def anew():
            now = self.workers()
            return bool(now) and now.isdisjoint(before)

        wait_until(anew, "nginx's new processes", seconds=60)

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=20)


@pytest.fixture
def front(request, tmp_path, live_server, settings):
    settings.BEHIND_PROXY = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = True
    for name, text in {
        "static/css/portal.0123456789ab.css": "hashed",
        "static/css/portal.css": "plain",
        "var/published/reports/2569/q4/edition/1/index.html": "<p>edition</p>",
        "var/published/reports/2569/q4/index.html": "<p>newest</p>",
        "var/private/evidence.pdf": "private",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    nginx = Front(tmp_path, live_server.url.removeprefix("http://"), request.param)
    yield nginx
    nginx.end()


on_a_host = pytest.mark.parametrize("front", ["host.conf"], indirect=True)
in_compose = pytest.mark.parametrize("front", ["compose.conf"], indirect=True)


@with_nginx
@on_a_host
def test_on_a_host_files_come_from_disk_and_the_rest_from_the_portal(front):
    status, headers, body = front.ask("/static/css/portal.0123456789ab.css")
    assert (status, body, headers["Cache-Control"]) == (200, b"hashed", FOREVER)
    status, headers, body = front.ask("/static/css/portal.css")
    assert (status, body, headers["Cache-Control"]) == (200, b"plain", "public, max-age=60")

    for address, lasting, text in [
        ("/reports/2569/q4/edition/1/", FOREVER, b"<p>edition</p>"),
        ("/reports/2569/q4/", BRIEFLY, b"<p>newest</p>"),
    ]:
        status, headers, body = front.ask(address)
        assert (status, body, headers["Cache-Control"]) == (200, text, lasting)
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000")

    for hidden in ("/private/evidence.pdf", "/static/../var/private/evidence.pdf"):
        status, _headers, body = front.ask(hidden)
        assert status != 200
        assert body != b"private"
    status, headers, body = front.ask("/healthz", X_Request_ID="forged")
    assert (status, body) == (200, b'{"ok": true}')
    status, headers, _body = front.ask("/reports/2569/q4/", secure=False)
    assert (status, headers["Location"]) == (301, "https://portal.example.go.th/reports/2569/q4/")


@with_nginx
@on_a_host
def test_a_body_too_large_for_anybody_is_refused_in_thai(front):
    status, headers, body = front.ask("/", method="POST", Content_Length=str(40 * 1024 * 1024))
    assert status == 413
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "ไม่มีข้อมูลใดถูกเปลี่ยน" in body.decode()


@with_nginx
@on_a_host
def test_while_the_portal_starts_anew_a_sentence_says_so(front):
    ours = front.folder / "portal" / "host.conf"
    # Taken, so that nobody else's server can have it, and yet nobody listens there.
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        ours.write_text(
            re.sub(
                r"server 127\.0\.0\.1:\d+;|server localhost:\d+;",
                f"server 127.0.0.1:{silent.getsockname()[1]};",
                ours.read_text(),
            )
        )
        front.reload()
        status, headers, body = front.ask("/healthz")
    assert status == 502
    assert "ระบบกำลังเริ่มใหม่" in body.decode()
    assert headers["Retry-After"] == "10"


def address_logged(front, *, secure, client, **headers):
    """Sign in somebody who then invites another, and return where the log says it came from."""
    admin = UserFactory(is_superuser=True, is_staff=True, is_sample=True)
    client.force_login(admin)
    token = "x" * 32
    status, _headers, _body = front.ask(
        "/admin/accounts/user/add/",
        secure=secure,
        method="POST",
        body=f"csrfmiddlewaretoken={token}&username=somsri&full_name_th=S&email=s@example.go.th",
        Cookie=f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}",
        Content_Type="application/x-www-form-urlencoded",
        Referer="https://portal.example.go.th/",
        X_Forwarded_For="198.51.100.1",
        **headers,
    )
    assert status == 302
    return Event.objects.get(verb="accounts.user.invited").address


@with_nginx
@on_a_host
def test_on_a_host_nobody_forges_an_address(front, client, transactional_db):
    assert address_logged(front, secure=True, client=client) == "127.0.0.1"


@with_nginx
@in_compose
def test_in_compose_a_stranger_forges_neither_address_nor_scheme(front, client, transactional_db):
    # 127.0.0.1 is not among those who are believed.
    # Nor is a published file given from disk to somebody who only says that HTTPS was used.
    page = front.ask("/reports/2569/q4/edition/1/", secure=False, X_Forwarded_Proto="https")
    assert page[0] == 404
    assert address_logged(front, secure=False, client=client, X_Forwarded_Proto="https") == (
        "127.0.0.1"
    )


@with_nginx
@in_compose
def test_in_compose_the_tls_proxy_is_believed(front, client, transactional_db):
    ours = front.folder / "portal" / "compose.conf"
    ours.write_text(ours.read_text().replace("172.16.0.0/12", "127.0.0.0/8"))
    front.reload()
    logged = address_logged(front, secure=False, client=client, X_Forwarded_Proto="https")
    assert logged == "198.51.100.1"
