"""Token buckets in virtual time."""

from services.signaling.core.connection import Request
from services.signaling.core.rate_limit import MESSAGES, AddressLimits, MessageLimits, Rate, TokenBucket


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
