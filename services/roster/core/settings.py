"""What hosts restrict in a meeting."""

from __future__ import annotations

from dataclasses import dataclass

from sipulung.roster.v1 import moderation_pb2


@dataclass(frozen=True, slots=True)
class Settings:
    """As MeetingSettings says; nothing is restricted by default."""

    locked: bool = False
    lobby: bool = False
    unmute_forbidden: bool = False
    share_mode: moderation_pb2.ShareMode.ValueType = moderation_pb2.SHARE_MODE_EVERYBODY
    chat_mode: moderation_pb2.ChatMode.ValueType = moderation_pb2.CHAT_MODE_EVERYBODY


# Nothing is restricted.
OPEN = Settings()
