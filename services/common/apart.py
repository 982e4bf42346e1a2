"""Work that is done for each of many: a fault in one keeps none of the others from their turn."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from services.common.errors import DomainError
from services.common.store import STORE_TROUBLE


class Apart:
    """Logs each fault once, until that one is well again."""

    def __init__(self, log: logging.Logger, sentence: str) -> None:
        self._log = log
        self._sentence = sentence
        self._faulty: set[Hashable] = set()

    @contextmanager
    def each(self, one: Hashable) -> Iterator[None]:
        """Around what is done for one. Raises DomainErrors and the store's trouble, which may concern all of them."""
        try:
            yield
        except (DomainError, *STORE_TROUBLE):
            raise
        except Exception:  # Whatever is wrong with it, a bad record or a bug: the others come next.
            if one not in self._faulty:
                self._log.exception(self._sentence, extra={"of": repr(one)})
            self._faulty.add(one)
        else:
            self._faulty.discard(one)
