"""How the frame calls a reader's handlers itself, without a call of `feed` for every segment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from edi.context import Elements

Handler = Callable[[Elements, int, int], None]  # of one segment: elements, ordinal, byte offset


@runtime_checkable
class Direct(Protocol):
    """A reader that lets the frame call its handlers itself, which saves a call for every segment.

    A handler that cannot read its segment raises IndexError or ValueError before it changes anything; `mend` is
    then called instead. `handlers` may change from segment to segment.
    """

    handlers: dict[str, Handler]

    def mend(self, handler: Handler, elements: Elements, segment: int, offset: int) -> None: ...

    def check_limit(self, segment: int, offset: int) -> None:
        """Called now and then with the place where the file stands: to give up what never ends."""


class _Indirect:
    """No handlers: everything goes to `feed`."""

    handlers: dict[str, Handler] = {}

    def mend(self, handler: Handler, elements: Elements, segment: int, offset: int) -> None:
        """Never called: there is no handler that could fail."""

    def check_limit(self, segment: int, offset: int) -> None:
        """Nothing is held."""


INDIRECT = _Indirect()


class _Every:
    """Contains everything: outside a transaction set every segment goes the slow way."""

    def __contains__(self, name: object) -> bool:
        return True


EVERY = _Every()
