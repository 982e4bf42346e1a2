from __future__ import annotations

from services.signaling.core.audience import Audience
from services.signaling.core.news import News
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import participant_pb2
from sipulung.signaling.v1 import client_pb2


def said(number: int, by: str = "andi", *, to_hosts: bool = False) -> participant_pb2.RosterEvent:
    line = participant_pb2.ChatLine(participant_id=by, text=f"baris {number}", to_hosts=to_hosts)
    trace = common_pb2.TraceContext(traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01")
    return participant_pb2.RosterEvent(sequence=number, at_ms=1000 + number, said=line, trace=trace)


def heard(octets: bytes) -> list[participant_pb2.RosterEvent]:
    """What a client reads; all frames here are short ones (RFC 6455 section 5.2)."""
    events = []
    while octets:
        assert octets[0] == 0x82
        length = octets[1]
        assert length < 126
        events.append(client_pb2.ServerMessage.FromString(octets[2 : 2 + length]).roster_event)
        octets = octets[2 + length :]
    return events


def news_of(*events: tuple[participant_pb2.RosterEvent, Audience, str]) -> News:
    news = News()
    for event, least, also in events:
        news.add(event, least, also)
    return news


def test_events_come_in_their_order_without_the_trace_of_who_caused_them() -> None:
    news = news_of((said(4), Audience.EVERYBODY, ""), (said(5), Audience.EVERYBODY, ""))
    told = heard(news.octets(Audience.EVERYBODY, "budi", 3))
    assert [(event.sequence, event.said.text) for event in told] == [(4, "baris 4"), (5, "baris 5")]
    assert not any(event.HasField("trace") for event in told)
    assert (len(news), news.last) == (2, 5)


def test_nobody_is_told_twice() -> None:
    news = news_of((said(4), Audience.EVERYBODY, ""), (said(5), Audience.EVERYBODY, ""))
    assert [event.sequence for event in heard(news.octets(Audience.EVERYBODY, "budi", 4))] == [5]
    assert news.octets(Audience.EVERYBODY, "budi", 5) == b""


def test_who_may_not_hear_it_hears_its_number_alone() -> None:
    news = news_of((said(4, to_hosts=True), Audience.HOSTS, "andi"), (said(5), Audience.EVERYBODY, ""))
    for audience, who, text in (
        (Audience.HOSTS, "host", "baris 4"),
        (Audience.EVERYBODY, "andi", "baris 4"),
        (Audience.EVERYBODY, "budi", ""),
        (Audience.EVERYBODY, "cici", ""),
    ):
        hidden, open_ = heard(news.octets(audience, who, 3))
        assert (hidden.sequence, hidden.at_ms, hidden.said.text) == (4, 1004, text)
        assert open_.said.text == "baris 5"
    waiting = heard(news.octets(Audience.WAITING, "dedi", 3))
    assert [(event.sequence, event.WhichOneof("event")) for event in waiting] == [(4, None), (5, None)]


def test_without_events_there_is_no_news() -> None:
    assert not News()
