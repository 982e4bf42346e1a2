"""Routes of the client, and its content security policy."""

import base64
from hashlib import sha256

import pytest

from services.signaling.core.page import content_security_policy, is_immutable, is_route


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/r/8123456789",
        "/r/8123456789/",
        "/masuk",
        "/host",
        "/host/",
        "/host/meetings/8123456789",
        "/kantor",
        "/saya",
        "/admin/akun",
        "/periksa",
    ],
)
def test_routes(path: str) -> None:
    assert is_route(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/r/",
        "/r/123",
        "/r/81234567890",
        "/hosts",
        "/masuk/x",
        "/administrator",
        "/index.php",
        "/host/../x",
        "/r/8123456789/x",
    ],
)
def test_other_paths(path: str) -> None:
    assert not is_route(path)


def test_immutable() -> None:
    assert is_immutable("/assets/index-BxT3k9_q.js")
    assert not is_immutable("/assets/logo.svg")
    assert not is_immutable("/index.html")


def test_policy_has_the_hash_of_each_inline_part() -> None:
    script, style = "go()", "body{margin:0}"
    page = (
        f'<script>{script}</script><style>{style}</style><script type="module" src="/a.js"></script><script></script>'
    )
    policy = content_security_policy(page)

    def hash_of(text: str) -> str:
        return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"

    assert f"script-src 'self' {hash_of(script)};" in policy
    assert f"style-src 'self' {hash_of(style)};" in policy
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
