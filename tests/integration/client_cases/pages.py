"""The socket, the keys and the pages."""

from __future__ import annotations

from tests.integration.attempts import HttpAttempts
from tests.integration.client_cases.registry import route
from tests.integration.world import World


@route("GET /ws")
async def socket(world: World, http: HttpAttempts) -> None:
    # Without a message (see below) a connection has nobody's rights, whatever its headers say.
    http.tried += 1
    answer = await http.ask("/ws", bearer=world.victim.host, origin="https://jahat.example")
    assert answer.status == 403
    world.assert_tells_nothing(answer.body)


@route("GET /.well-known/jwks.json")
async def jwks(world: World, http: HttpAttempts) -> None:
    answer = await http.harmless("/.well-known/jwks.json")
    # RFC 8037: "d" is the private key.
    assert b'"d"' not in answer.body


@route("* /api/{rest:.*}")
async def no_such_route(world: World, http: HttpAttempts) -> None:
    for path in (f"/api/v1/tenants/{world.victim.tenant_id}", "/api/v1/meetings/", "/api/v2/join"):
        for method in ("GET", "PUT", "DELETE"):
            http.tried += 1
            answer = await http.ask(path, bearer=world.attacker.admin, method=method)
            assert answer.code == "NOT_FOUND", answer


@route("GET /{path:.*}")
async def page(world: World, http: HttpAttempts) -> None:
    paths = (
        "/",
        f"/r/{world.victim.meeting_id}",
        "/../keys/service.key",
        "/assets/../../../keys/service.key",
        "/%2e%2e/%2e%2e/keys/service.key",
        "/..%2f..%2fkeys%2fservice.key",
        "//etc/passwd",
    )
    for path in paths:
        http.tried += 1
        answer = await http.ask(path, bearer=world.attacker.admin)
        # The same for everybody: there is nothing of anybody's in it.
        assert answer == await http.ask(path), path
        assert answer.status in (200, 404), path
        world.assert_tells_nothing(answer.body)
        assert b"root:" not in answer.body
