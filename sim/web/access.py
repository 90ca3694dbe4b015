"""Who may see which page: a PIN for the facilitator, and one secret link for each seat.

Every secret is derived from one key that lies in the folder of the data, so that a server that is started again knows
the same people; a page carries nothing from which another seat's secret could be had.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from time import monotonic
from typing import Final

FACILITATOR_COOKIE: Final = "fundfreeze-facilitator"
SEAT_COOKIE: Final = "fundfreeze-seat"
LEAST_PIN: Final = 6
"""Digits or letters: with `MOST_TRIES` a minute a PIN of six digits lasts for weeks."""
MOST_TRIES: Final = 5
"""Wrong PINs from one address in `WINDOW`; from all addresses together ten times as many."""
WINDOW: Final = 60.0
"""Seconds."""


class TooManyTriesError(Exception):
    """Too many wrong PINs; the next try is possible after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many tries, the next one is possible in {seconds} s")
        self.seconds = seconds


def is_loopback(host: str) -> bool:
    """Whether a server that listens at this address can be reached from its own machine alone."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def new_pin() -> str:
    """A PIN of six digits."""
    return f"{secrets.randbelow(10**LEAST_PIN):0{LEAST_PIN}d}"


def key_of(folder: Path) -> bytes:
    """The key of a data folder, made at its first use and readable by its owner alone.

    Raises:
        OSError: the folder cannot be written.
    """
    place = folder / "key"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = place.read_bytes()
        if len(key) == 32:
            return key
        place.unlink()  # a server that was killed while it wrote: nobody has had a link yet
        return key_of(folder)
    with os.fdopen(handle, "wb") as file:
        file.write(key := secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    return key


@dataclass
class Access:
    """The secrets of one server.

    Attributes:
        pin: what the facilitator types.
        key: of the data folder (`key_of`).
        clock: seconds, monotonic.
    """

    pin: str
    key: bytes
    clock: Callable[[], float] = monotonic
    _wrong: dict[str, deque[float]] = field(default_factory=dict)

    def enter(self, pin: str, address: str) -> str | None:
        """The facilitator's cookie for the right PIN, None for a wrong one.

        Raises:
            TooManyTriesError: the address, or all together, have tried too often.
        """
        now = self.clock()
        for who, most in ((address, MOST_TRIES), ("", 10 * MOST_TRIES)):
            tries = self._wrong.setdefault(who, deque(maxlen=most))
            while tries and tries[0] <= now - WINDOW:
                tries.popleft()
            if len(tries) == most:
                raise TooManyTriesError(int(tries[0] + WINDOW - now) + 1)
        if hmac.compare_digest(pin.strip().encode(), self.pin.encode()):
            self._wrong.pop(address, None)
            return self._facilitator()
        for who in (address, ""):
            self._wrong[who].append(now)
        self._wrong = {who: tries for who, tries in self._wrong.items() if tries}
        return None

    def is_facilitator(self, cookies: Mapping[str, str]) -> bool:
        """Whether a request carries the facilitator's cookie."""
        return _same(cookies.get(FACILITATOR_COOKIE, ""), self._facilitator())

    def token(self, room: str, seat: str) -> str:
        """The secret of a seat, as its link carries it (256 bits)."""
        return self._derived("seat", room, seat)

    def opens(self, room: str, seat: str, token: str) -> bool:
        """Whether a token is that of a seat."""
        return _same(token, self.token(room, seat))

    def holds_seat(self, room: str, seat: str, cookies: Mapping[str, str]) -> bool:
        """Whether a request carries the cookie of a seat."""
        return self.opens(room, seat, cookies.get(SEAT_COOKIE, ""))

    def _facilitator(self) -> str:
        return self._derived("facilitator", self.pin)

    def _derived(self, *what: str) -> str:
        said = "\0".join(what).encode()
        return urlsafe_b64encode(hmac.new(self.key, said, hashlib.sha256).digest()).rstrip(b"=").decode()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
