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
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from time import monotonic
from typing import Final

from sim.web.codes import Doorkeeper, code_of, plain

FACILITATOR_COOKIE: Final = "fundfreeze-facilitator"
SEAT_COOKIE: Final = "fundfreeze-seat"
LOBBY_COOKIE: Final = "fundfreeze-lobby"
LEAST_PIN: Final = 6
"""Digits or letters: with `MOST_TRIES` a minute a PIN of six digits lasts for weeks."""
DEVICE_COOKIE: Final = "fundfreeze-device"
"""Of a browser in which the right PIN was typed once: nobody else's tries hold it up."""
MOST_TRIES: Final = 5
"""Wrong PINs from one address, or of one browser that is known, in `WINDOW`."""
WINDOW: Final = 60.0
"""Seconds."""
MANY: Final = 10 * MOST_TRIES
"""Wrong PINs in `WINDOW` from all addresses: with more, somebody guesses from many of them."""
LONG_WINDOW: Final = 600.0
"""Seconds in which each address then has one wrong try. The right PIN from an address that has tried nothing is never
refused: guessing at a million PINs takes ten thousand addresses most of a day."""


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
        made_up: whether the PIN was made up and printed; else whoever started the server chose it.
    """

    pin: str
    key: bytes
    clock: Callable[[], float] = monotonic
    made_up: bool = False
    _cleaned: float = 0.0
    _wrong: dict[str, deque[float]] = field(default_factory=dict)
    """When wrong PINs came, the latest last, by the address or the browser."""
    _all: deque[float] = field(default_factory=lambda: deque(maxlen=MANY))
    door: Doorkeeper = field(default_factory=Doorkeeper)
    """Looks at join codes."""

    def enter(self, pin: str, address: str, device: str = "") -> str | None:
        """The facilitator's cookie for the right PIN, None for a wrong one.

        Args:
            device: the cookie of a browser in which the right PIN was typed before; anything else counts as none.

        Raises:
            TooManyTriesError: the address, or the browser that is known, has tried too often.
        """
        now, known = self.clock(), self.knows(device)
        who = f"device {device}" if known else whose(address)
        guessed = len(self._all) == MANY and self._all[0] > now - WINDOW and not known
        most, window = (1, LONG_WINDOW) if guessed else (MOST_TRIES, WINDOW)
        tries = [at for at in self._wrong.get(who, ()) if at > now - window]
        if len(tries) >= most:
            raise TooManyTriesError(int(tries[-most] + window - now) + 1)
        if hmac.compare_digest(pin.strip().encode("utf-8", "replace"), self.pin.encode()):
            self._wrong.pop(who, None)
            return self._facilitator()
        self._wrong.setdefault(who, deque(maxlen=MOST_TRIES)).append(now)
        self._all.append(now)
        if now - self._cleaned > WINDOW:
            self._cleaned = now
            self._wrong = {one: tries for one, tries in self._wrong.items() if tries[-1] > now - LONG_WINDOW}
        return None

    def new_device(self) -> str:
        """A cookie for a browser in which the right PIN was typed."""
        name = secrets.token_urlsafe(12)
        return f"{name}.{self._derived('device', name)}"

    def knows(self, device: str) -> bool:
        """Whether a cookie is one that `new_device` made."""
        name, _, proof = device.partition(".")
        return bool(proof) and _same(proof, self._derived("device", name))

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

    def code(self, room: str, number: int) -> str:
        """The join code of a room, as it is typed; another for each number."""
        return code_of(self._digest("code", room, f"{number}"))

    def lobby(self, room: str, number: int) -> str:
        """The cookie of somebody who has typed the code of that number."""
        return self._derived("lobby", room, f"{number}")

    def in_lobby(self, room: str, number: int, cookies: Mapping[str, str]) -> bool:
        """Whether a request comes from somebody who has typed the code that a room has now."""
        return _same(cookies.get(LOBBY_COOKIE, ""), self.lobby(room, number))

    async def finds(self, typed: str, rooms: Mapping[str, int], address: str) -> str:
        """The room whose code was typed; empty where it is none's.

        Args:
            typed: as it was.
            rooms: those that can be entered, with the number of each one's code.
            address: from which it came.

        Raises:
            TooManyCodesError: too many wrong ones came from there.
        """
        code, found = plain(typed), ""

        def right() -> bool:
            nonlocal found
            found = next((room for room, number in rooms.items() if _same(code, self.code(room, number))), "")
            return found != ""

        await self.door.look(right, whose(address))
        return found

    def _facilitator(self) -> str:
        return self._derived("facilitator", self.pin)

    def _derived(self, *what: str) -> str:
        return urlsafe_b64encode(self._digest(*what)).rstrip(b"=").decode()

    def _digest(self, *what: str) -> bytes:
        return hmac.new(self.key, "\0".join(what).encode(), hashlib.sha256).digest()


def whose(address: str) -> str:
    """An address as tries are counted by it: of IPv6 the network that one household or one machine has whole."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        mapped = found.ipv4_mapped
        return f"{mapped}" if mapped else f"{IPv6Address(int(found) >> 64 << 64)}/64"
    return f"{found}"


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
