"""One poll: a question with options, and one vote for each person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from services.common.errors import InvalidField, WrongState
from services.roster.core.member import Person

FEWEST_OPTIONS = 2


@dataclass(frozen=True, slots=True)
class Poll:
    """Open until `closed_at_ms` is set. Times are Unix milliseconds."""

    poll_id: str
    question: str
    options: tuple[str, ...]
    by_name: str
    opened_at_ms: int
    closed_at_ms: int = 0
    # Voter to option, while it is open: a vote can be changed until then. Who voted how is never told, and forgotten
    # with the closing.
    votes: Mapping[str, int] = field(default_factory=dict)
    # Votes for each option, once it is closed.
    result: tuple[int, ...] = ()

    @property
    def is_open(self) -> bool:
        return not self.closed_at_ms

    @property
    def voters(self) -> int:
        """How many have voted."""
        return len(self.votes) if self.is_open else sum(self.result)

    @property
    def shown(self) -> tuple[int, ...]:
        """The votes for each option, as told: none while it is open, so that nobody follows the others."""
        return (0,) * len(self.options) if self.is_open else self.result

    def voted(self, voter: str, option: int) -> Poll:
        """With this vote, in place of the voter's former one. Raises WrongState (closed) or InvalidField."""
        if not self.is_open:
            raise WrongState("the poll is closed")
        if option >= len(self.options):
            raise InvalidField("option", f"from 0 to {len(self.options) - 1}")
        return self if self.votes.get(voter) == option else replace(self, votes={**self.votes, voter: option})

    def closed(self, now_ms: int) -> Poll:
        """With its result, and without who voted how."""
        chosen = list(self.votes.values())
        result = tuple(chosen.count(option) for option in range(len(self.options)))
        return replace(self, closed_at_ms=now_ms, votes={}, result=result)


def opened(poll_id: str, question: str, options: tuple[str, ...], by_name: str, now_ms: int) -> Poll:
    """A new poll. Raises InvalidField for too few options, or for two that people could not tell apart."""
    if len(options) < FEWEST_OPTIONS:
        raise InvalidField("options", f"at least {FEWEST_OPTIONS} entries")
    folded = [option.casefold() for option in options]
    for index, option in enumerate(folded):
        if option in folded[:index]:
            raise InvalidField(f"options[{index}]", "must differ from the options before it")
    return Poll(poll_id, question, options, by_name, now_ms)


def voter(person: Person) -> str:
    """The same for all devices of an account; of a guest, for all rejoins from one device by one name."""
    if person.account_id:
        return f"account:{person.account_id}"
    if person.device:
        # People may share a device, so it alone is not enough.
        return f"device:{person.device}:{person.name.casefold()}"
    return f"participant:{person.participant_id}"
