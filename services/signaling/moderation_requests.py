"""What hosts ask for, and reactions: passed on to the roster, which decides."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from services.common.errors import DomainError
from services.signaling.clients import RosterClient
from services.signaling.core.connection import Request
from services.signaling.session import Session
from sipulung.signaling.v1 import client_pb2

Handler = Callable[[Session, client_pb2.ClientMessage], Awaitable[client_pb2.ServerMessage]]


def moderation_requests(roster: RosterClient) -> dict[Request, Handler]:
    """The handlers by kind."""

    async def moderate(session: Session, message: client_pb2.ClientMessage) -> client_pb2.ServerMessage:
        try:
            await roster.moderate(message.moderate, session.join_token)
        except DomainError as error:
            # The roster's request has the act at "act", the client's at "moderate".
            if error.field.split(".")[0] == "act":
                error.field = f"moderate{error.field.removeprefix('act')}"
            raise
        return client_pb2.ServerMessage(done=client_pb2.Done())

    async def react(session: Session, message: client_pb2.ClientMessage) -> client_pb2.ServerMessage:
        await roster.react(session.meeting, message.react, session.join_token)
        return client_pb2.ServerMessage(done=client_pb2.Done())

    return {Request.MODERATE: moderate, Request.REACT: react}
