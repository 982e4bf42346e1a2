"""Token buckets in virtual time."""

import random

from services.signaling.core.connection import Request
from services.signaling.core.rate_limit import (
    ADDRESS_API_CALLS,
    MESSAGES,
    AddressLimits,
    MessageLimits,
    Rate,
    TokenBucket,
)


def test_burst_then_refill() -> None:
    bucket = TokenBucket(Rate(per_s=2, burst=3), 0)
    assert [bucket.take(0) for _ in range(4)] == [0, 0, 0, 500]
    assert bucket.take(0.25) == 250
    assert bucket.take(0.5) == 0
    assert not bucket.full(1.0)
    assert bucket.full(10.0)


def test_a_clock_that_goes_back_gives_nothing() -> None:
    bucket = TokenBucket(Rate(per_s=1, burst=1), 10)
    assert bucket.take(10) == 0
    assert bucket.take(5) == 1000
    assert bucket.take(10.5) == 500


def test_every_kind_has_a_rate() -> None:
    assert set(MESSAGES) == set(Request)


def test_kinds_have_buckets_of_their_own() -> None:
    limits = MessageLimits(0)
    assert all(limits.request(Request.SAY, 0) == 0 for _ in range(10))
    assert limits.request(Request.SAY, 0) == 500
    assert limits.request(Request.PING, 0) == 0


def test_all_messages_and_bad_ones() -> None:
    limits = MessageLimits(0)
    assert all(limits.message(0) == 0 for _ in range(60))
    assert limits.message(0) == 50
    assert not any(limits.bad(0) for _ in range(10))
    assert limits.bad(0)


def test_addresses_are_told_apart() -> None:
    limits = AddressLimits(Rate(per_s=1, burst=1))
    assert limits.take("a", 0) == 0
    assert limits.take("a", 0) == 1000
    assert limits.take("b", 0) == 0


def test_full_buckets_are_forgotten() -> None:
    limits = AddressLimits(Rate(per_s=1, burst=1))
    for number in range(5):
        limits.take(str(number), 0)
    assert len(limits) == 5
    limits.take("new", 100)
    assert len(limits) == 4


def test_the_table_has_a_limit() -> None:
    limits = AddressLimits(Rate(per_s=0.001, burst=1), capacity=3)
    for number in range(50):
        limits.take(str(number), 0)
        assert len(limits) <= 3


def test_an_office_that_waits_for_meetings_does_not_use_up_its_address() -> None:
    """A page that waits for a meeting to open asks every 24 to 36 s (web/src/ui/join/look-again.ts), within 2 s after
    the network is back, and within 3.5 s after the opening."""
    draw, opens_at, network_back_at = random.Random(4), 3_600.0, 1_800.0
    times = [network_back_at + draw.uniform(0, 2) for _ in range(100)]
    times += [opens_at + 0.5 + draw.uniform(0, 3) for _ in range(100)]
    for _ in range(100):
        at = draw.uniform(0, 30)
        while at < opens_at:
            times.append(at)
            at += draw.uniform(24, 36)
    limits = AddressLimits(ADDRESS_API_CALLS)
    assert [at for at in sorted(times) if limits.take("one office", at)] == []
    # And as many pages as that may wait for ever, if they are evenly spread: three meetings of a hundred.
    assert ADDRESS_API_CALLS.per_s * 30 == 300
