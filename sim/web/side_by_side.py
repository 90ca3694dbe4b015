"""Rooms of one family side by side: what each came to in the end, and against the room that it branched off."""

from __future__ import annotations

from collections.abc import Sequence

from sim.web import said
from sim.web.parts import box, heading, link, para, table
from sim.web.room import Room
from sim.web.rooms import Rooms
from sim.web.standing import SAVED
from sim.words import language as lang
from sim.words.language import say


class SideBySide:
    """The table in one browser's debriefing of a room.

    What a room comes to is worked out beside the clocks; until then its cells say so.
    """

    def __init__(self, rooms: Rooms, room: Room) -> None:
        self._rooms, self._room = rooms, room
        heading(2, say("Branches side by side"))
        para(say("Each room below met the same victims and the same luck; only what people did is different."))
        para(say("A room that is still open comes to what the model alone would make of it from now on."), "quiet")
        para(say(SAVED), "quiet")
        self._place = box()

    async def show(self) -> None:
        """Show the family as it is now."""
        self._fill()
        family = self._rooms.family(self._room)
        if not any(room.moved_on for room in family):
            return
        for room in family:
            await room.work_out()
        if not self._place.is_deleted:
            self._fill()

    def _fill(self) -> None:
        family = self._rooms.family(self._room)
        self._place.clear()
        with self._place:
            head = (
                say("room"), say("branched off"), say("time"), say("decisions"), say("missed"),
                say("saved in the end"), say("against the room it left"),
            )  # fmt: skip
            table(head, rows_of(family), say("What each room came to"))
            with box("row"):
                for room in family:
                    if room is not self._room:
                        link(say("Debrief of {room}", room=room.id), f"/room/{room.id}/debrief", "button")


def rows_of(family: Sequence[Room]) -> list[tuple[str, ...]]:
    """A row of cells for each room; those of a room that is not worked out yet say so."""
    known = {room.id: room for room in family}
    return [_row(room, known.get(room.origin)) for room in family]


def _row(room: Room, parent: Room | None) -> tuple[str, ...]:
    session = room.session
    at = say("ended") if session.finished else lang.clock(session.scenario.when(session.now))
    left, found = _left(room), room.outcome
    if found is None:
        return (room.id, left, at, f"{session.decided}", *(say("being worked out"),) * 3)
    cells = (room.id, left, at, f"{found.decisions}", f"{found.missed}", lang.exact_money(found.saved))
    return (*cells, _against(room, parent))


def _left(room: Room) -> str:
    """Which room it left, and when."""
    at = room.session.journal.header.get("branched_at")
    if not room.origin or at is None:
        return ""
    return say("{room} at {clock}", room=room.origin, clock=said.at(room.session.scenario.start, at))


def _against(room: Room, parent: Room | None) -> str:
    if not room.origin:
        return ""
    if parent is None:
        return say("that room was deleted")
    if room.outcome is None or parent.outcome is None:
        return say("being worked out")
    more = room.outcome.saved - parent.outcome.saved
    if not more:
        return say("the same")
    amount = lang.exact_money(abs(more))
    return say("{money} more", money=amount) if more > 0 else say("{money} less", money=amount)
