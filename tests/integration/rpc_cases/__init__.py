"""How one tenant tries to reach another through each RPC: with its own tokens, and the other's ids."""

from tests.integration.rpc_cases import auth, common, media, office, personal, roster, signaling
from tests.integration.rpc_cases.registry import CASES

__all__ = ["CASES", "auth", "common", "media", "office", "personal", "roster", "signaling"]
