"""The HTTP API and the web client."""

import asyncio
import json
import ssl
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import trustme

from services.common.config import ConfigError
from services.signaling.config import Config
from tests.signaling.client import Client
from tests.signaling.conftest import Site


async def test_sign_in_refresh_and_out(site: Site) -> None:
    status, body = await site.call("POST", "/api/v1/sign-in", {"user": "host@luwu", "password": "rahasia-sekali"})
    assert status == 200
    assert body["account"]["role"] == "HOST"
    cookie = site.http.cookie_jar.filter_cookies(site.http._build_url(site.url("/api/v1/session/refresh")))
    assert cookie["sipulung_refresh"].value
    assert "sipulung_refresh" not in site.http.cookie_jar.filter_cookies(site.http._build_url(site.url("/api/v1/join")))
    status, again = await site.call("POST", "/api/v1/session/refresh")
    assert status == 200
    assert again["tenant_name"] == "luwu"
    status, listed = await site.call("GET", "/api/v1/meetings", token=again["access_token"])
    assert (status, listed["next_page_token"]) == (200, "")
    assert (await site.call("POST", "/api/v1/session/sign-out"))[0] == 200
    assert (await site.call("POST", "/api/v1/session/refresh"))[0] == 401


async def test_join_tells_what_is_wrong(site: Site) -> None:
    meeting = await site.meeting()
    good = {"meeting_id": meeting.meeting_id, "password": meeting.password, "name": "Budi", "device": "abc"}
    status, joined = await site.call("POST", "/api/v1/join", good)
    assert status == 200
    assert joined["role"] == "PARTICIPANT"
    assert joined["meeting"]["state"] == "OPEN"
    cases: list[tuple[dict[str, object], int, str, str]] = [
        ({"password": "wrong-password"}, 403, "WRONG_ID_OR_PASSWORD", ""),
        ({"meeting_id": "9999999999"}, 403, "WRONG_ID_OR_PASSWORD", ""),
        ({"meeting_id": "12"}, 400, "INVALID_FIELD", "meeting_id"),
        ({"name": ""}, 400, "INVALID_FIELD", "name"),
        ({"name": "a" * 65}, 400, "INVALID_FIELD", "name"),
        ({"name": 5}, 400, "INVALID_FIELD", "name"),
        ({"name": "\ud800"}, 400, "INVALID_FIELD", "name"),
        ({"password": ""}, 400, "INVALID_FIELD", "password"),
    ]
    for change, status, code, field in cases:
        answered, body = await site.call("POST", "/api/v1/join", {**good, **change})
        assert (answered, body["error"]["code"], body["error"]["field"]) == (status, code, field)
    await site.call("POST", f"/api/v1/meetings/{meeting.meeting_id}/end", token=meeting.access_token)
    status, body = await site.call("POST", "/api/v1/join", good)
    assert (status, body["error"]["code"]) == (410, "MEETING_ENDED")


async def test_attendance_as_json_and_as_a_file(site: Site) -> None:
    meeting = await site.meeting()
    path = f"/api/v1/meetings/{meeting.meeting_id}/attendance"
    client = await site.enter(meeting, "=HYPERLINK(1)")
    status, body = await site.call("GET", path, token=meeting.access_token)
    assert (status, body["title"], body["time_zone"], body["zone"]) == (
        200,
        "Rapat koordinasi",
        "Asia/Makassar",
        "WITA",
    )
    assert body["intact"]
    assert len(body["head"]) == 64
    assert [(one["name"], one["last_leave_ms"], one["reason"]) for one in body["people"]] == [("=HYPERLINK(1)", 0, "")]
    headers = {"Authorization": f"Bearer {meeting.access_token}"}
    async with site.http.get(site.url(f"{path}.csv"), headers=headers) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-store"
        assert f"daftar-hadir-{meeting.meeting_id}-1.csv" in response.headers["Content-Disposition"]
        file = await response.read()
    assert file.startswith('\ufeff"Daftar hadir";"Rapat koordinasi"\r\n'.encode())
    assert b'"\'=HYPERLINK(1)"' in file
    async with site.http.get(site.url(f"{path}.csv?language=en"), headers=headers) as response:
        assert b'"First join (WITA)"' in await response.read()
    status, body = await site.call("GET", f"{path}.csv?language=jv", token=meeting.access_token)
    assert (status, body["error"]["code"], body["error"]["field"]) == (400, "INVALID_FIELD", "language")
    for tail, begins in ((".xlsx", b"PK"), (".pdf", b"%PDF")):
        async with site.http.get(site.url(path + tail), headers=headers) as response:
            file = await response.read()
            assert (response.status, len(file)) == (200, int(response.headers["Content-Length"]))
            assert file.startswith(begins)
        json_type = {**headers, "Content-Type": "application/octet-stream"}
        async with site.http.post(site.url("/api/v1/reports/verify"), data=file, headers=json_type) as response:
            answer = await response.json()
            assert (response.status, answer["verdict"], answer["seal"]) == (200, "MATCHES", "GENUINE")
    month = f"/api/v1/reports/attendance?month={datetime.now(ZoneInfo('Asia/Makassar')):%Y-%m}&format=csv"
    async with site.http.get(site.url(month), headers=headers) as response:
        assert response.status == 200
        lines, _, rest = (await response.read()).partition(b'{"file"')
        told, _, file = rest.partition(b"\n")
        steps = {json.loads(line)["step"] for line in lines.splitlines()}
        assert steps <= {"", "READING", "COMPOSING", "WRITING"}
        about = json.loads(b'{"file"' + told)["file"]
        assert (about["size"], about["meetings"]) == (len(file), 1)
        assert b"Rapat koordinasi" in file
    for query, field in (("month=2026-13", "month"), ("", "month"), ("month=2026-11&scope=all", "scope")):
        status, body = await site.call("GET", f"/api/v1/reports/attendance?{query}", token=meeting.access_token)
        assert (status, body["error"]["field"]) == (400, field)
    status, body = await site.call("GET", f"{path}.pdf?occurrence=9", token=meeting.access_token)
    assert (status, body["error"]["field"]) == (400, "occurrence")
    for tail in ("", ".csv", ".xlsx", ".pdf"):
        stranger = site.keys.access("utara", "hostutara")
        assert (await site.call("GET", path + tail, token=stranger))[0] == 404
        assert (await site.call("GET", path + tail))[0] == 401
    status, body = await site.call("GET", "/api/v1/meetings/12/attendance", token=meeting.access_token)
    assert (status, body["error"]["field"]) == (400, "meeting_id")
    await client.socket.close()


async def test_bodies_that_are_none(site: Site) -> None:
    url = site.url("/api/v1/join")
    json_type = {"Content-Type": "application/json"}
    for data, headers, status, code in (
        (b"{", json_type, 400, "MALFORMED"),
        (b"[]", json_type, 400, "MALFORMED"),
        (b"[" * 10_000, json_type, 400, "MALFORMED"),
        (b"{}", {"Content-Type": "text/plain"}, 400, "MALFORMED"),
        (b"x" * 20_000, json_type, 413, "TOO_LARGE"),
        (b"{}", {**json_type, "Origin": "https://evil.example"}, 403, "PERMISSION_DENIED"),
    ):
        async with site.http.post(url, data=data, headers=headers) as response:
            assert response.status == status, data[:10]
            assert (await response.json())["error"]["code"] == code
    # Whatever may change something is looked at, by whichever method.
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        async with site.http.request(method, url, data=b"{}", headers={"Content-Type": "text/plain"}) as response:
            assert (response.status, (await response.json())["error"]["code"]) == (400, "MALFORMED")
    status, body = await site.call("POST", "/api/v1/nothing")
    assert (status, body["error"]["code"]) == (404, "NOT_FOUND")


async def test_another_tenants_token_is_refused_on_every_route(site: Site) -> None:
    meeting = await site.meeting("luwu")
    stranger = site.keys.access("utara", "hostutara")
    guest = await site.token(meeting)
    path = f"/api/v1/meetings/{meeting.meeting_id}"
    for token, allowed in ((stranger, {403, 404}), (guest, {401, 403, 404}), ("no.such.token", {401}), ("", {401})):
        for tail, body in (("/end", {}), ("/password", {"password": "rahasia-baru"})):
            status, answer = await site.call("POST", path + tail, body, token)
            assert status in allowed, (tail, answer)
    _, listed = await site.call("GET", "/api/v1/meetings", token=stranger)
    assert listed["meetings"] == []
    body = {"meeting_id": meeting.meeting_id, "password": "", "name": "Pencuri"}
    status, answer = await site.call("POST", "/api/v1/join", body, stranger)
    assert (status, answer["error"]["code"]) == (403, "WRONG_ID_OR_PASSWORD")
    for token in (guest, "no.such.token", ""):
        assert (await site.call("GET", "/api/v1/meetings", token=token))[0] in (401, 403)
        assert (await site.call("POST", "/api/v1/meetings", {"title": "x"}, token))[0] in (401, 403)


async def test_pages(site: Site) -> None:
    etag = ""
    for path in ("/", f"/r/{'8' * 10}", "/host"):
        async with site.http.get(site.url(path)) as response:
            assert response.status == 200
            assert "Sipulung" in await response.text()
            assert response.headers["Cache-Control"] == "no-cache"
            assert "sha256-" in response.headers["Content-Security-Policy"]
            assert "camera=(self)" in response.headers["Permissions-Policy"]
            assert response.headers["Referrer-Policy"] == "no-referrer"
            etag = response.headers["ETag"]
    async with site.http.get(site.url("/"), headers={"If-None-Match": etag}) as response:
        assert response.status == 304
    for path in ("/nothing", "/..%2f..%2fetc%2fpasswd", "/assets/"):
        async with site.http.get(site.url(path)) as response:
            assert response.status == 404
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_compressed_files(site: Site) -> None:
    url = site.url("/assets/index-BxT3k9_q.js")
    for accepted, encoding in (("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0", None), ("", None)):
        async with site.http.get(url, headers={"Accept-Encoding": accepted}, auto_decompress=False) as response:
            assert response.headers.get("Content-Encoding") == encoding
            assert response.headers["Cache-Control"].endswith("immutable")
            assert response.content_type == "text/javascript"


async def test_everything_over_tls(bare_site: Site, tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    await bare_site.replica(
        SIPULUNG_TLS_CERT_FILE=str(tmp_path / "cert.pem"), SIPULUNG_TLS_KEY_FILE=str(tmp_path / "key.pem")
    )
    context = ssl.create_default_context()
    authority.configure_trust(context)
    url = f"https://127.0.0.1:{bare_site.replicas[0].http_port}"
    body = {"user": "host@luwu", "password": "rahasia-sekali"}
    async with bare_site.http.post(f"{url}/api/v1/sign-in", json=body, ssl=context) as response:
        assert "Secure" in response.headers["Set-Cookie"]
        access = (await response.json())["access_token"]
    headers = {"Authorization": f"Bearer {access}"}
    new = {"title": "Rapat"}
    async with bare_site.http.post(f"{url}/api/v1/meetings", json=new, headers=headers, ssl=context) as response:
        meeting_id = (await response.json())["meeting"]["meeting_id"]
    socket = await bare_site.http.ws_connect(f"{url}/ws", protocols=("sipulung.v1",), compress=15, ssl=context)
    client = Client(socket)
    assert (await client.open(bare_site.keys.join("luwu", meeting_id, "Budi")[0])).WhichOneof("body") == "opened"
    assert (await client.enter()).participant.name == "Budi"


async def test_jwks(site: Site) -> None:
    await site.until(lambda: bool(site.replicas[0].keys.jwks))
    async with site.http.get(site.url("/.well-known/jwks.json")) as response:
        assert (await response.json(content_type=None))["keys"][0]["kid"] == "k1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIPULUNG_WEB_ROOT", "/nowhere"),
        ("SIPULUNG_TRUSTED_PROXIES", "office"),
        ("SIPULUNG_PREVIEW_SECONDS", "0"),
        ("SIPULUNG_TLS_CERT_FILE", "/etc/hostname"),
        ("SIPULUNG_HTTP_LISTEN", "here"),
        ("SIPULUNG_TIME_ZONE", "WITA"),
    ],
)
def test_config_names_the_variable(bare_environment: dict[str, str], name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Config.read({**bare_environment, name: value})


@pytest.fixture
def bare_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("config")
    (folder / "index.html").write_text("page")
    (folder / "key").write_bytes(b"k" * 32)
    return {"SIPULUNG_WEB_ROOT": str(folder), "SIPULUNG_SERVICE_KEY_FILE": str(folder / "key")}


async def answer_to(site: Site, request: bytes) -> tuple[int, str]:
    """Of bytes that no HTTP library would send: status and the code of the error."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.replicas[0].http_port)
    writer.write(request)
    async with asyncio.timeout(60):
        answer = await reader.read(10_000)
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), str(json.loads(body).get("error", {}).get("code", ""))


async def test_headers_that_are_no_text(site: Site) -> None:
    token = (await site.meeting()).access_token
    ask = f"GET /api/v1/meetings HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n".encode()
    for header in (b"traceparent: \xff\xfe", b"tracestate: a=\xff", b"X-Forwarded-For: \xff"):
        assert await answer_to(site, ask + header + b"\r\n\r\n") == (200, ""), header
    post = (
        b"POST /api/v1/session/refresh HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n"
    )
    for more, status, code in (
        (b"Cookie: sipulung_refresh=\xff\xfe\r\nContent-Length: 2\r\n\r\n{}", 401, "UNAUTHENTICATED"),
        (b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", 400, "MALFORMED"),
    ):
        assert await answer_to(site, post + more) == (status, code)
