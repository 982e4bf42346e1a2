"""What clients ask for in polls. The roster decides, and everybody hears of it by its events; answers say nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from services.signaling.clients import RosterClient
from services.signaling.core.connection import Request
from services.signaling.session import Session
from sipulung.signaling.v1 import client_pb2

Handler = Callable[[Session, client_pb2.ClientMessage], Awaitable[client_pb2.ServerMessage]]


def poll_requests(roster: RosterClient) -> Mapping[Request, Handler]:
    """By request. Each raises what the roster refuses it with."""

    async def open_poll(session: Session, message: client_pb2.ClientMessage) -> client_pb2.ServerMessage:
        await roster.open_poll(message.open_poll, session.join_token)
        return _done()

    async def close_poll(session: Session, message: client_pb2.ClientMessage) -> client_pb2.ServerMessage:
        await roster.close_poll(message.close_poll, session.join_token)
        return _done()

    async def vote(session: Session, message: client_pb2.ClientMessage) -> client_pb2.ServerMessage:
        await roster.vote(session.meeting, message.vote, session.join_token)
        return _done()

    return {Request.OPEN_POLL: open_poll, Request.CLOSE_POLL: close_poll, Request.VOTE: vote}


def _done() -> client_pb2.ServerMessage:
    return client_pb2.ServerMessage(done=client_pb2.Done())
