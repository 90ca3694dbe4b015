"""Several teams with the same victims and the same luck, led together: a board of what each has come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from fastapi import Request
from nicegui import background_tasks

from sim.exercise.session import Session
from sim.web import live, said
from sim.web.board_seats import code_of_room
from sim.web.deeds import done
from sim.web.parts import box, button, heading, in_language, link, para, table
from sim.web.room import FACILITATOR, Room
from sim.web.rooms import Rooms
from sim.web.rooms_page import title_of
from sim.web.site import Site, no_more, not_there, page_of
from sim.web.standing import SAVED, Standing, Watch
from sim.words import language as lang
from sim.words.language import say


def build(site: Site, rooms: Rooms) -> None:
    """Put the page into the framework's application."""

    @site.page("/teams/{group}")
    def teams(request: Request, group: str) -> None:
        if rooms.teams(group):
            _Teams(request, site, rooms, group).show()
        else:
            gone = say("There are no such teams. Their rooms may have been deleted, or are not restored yet.")
            not_there(request, gone, "/rooms", say("Back to the exercises"))


class _Teams:
    """One browser's board of several teams."""

    def __init__(self, request: Request, site: Site, rooms: Rooms, group: str) -> None:
        self.request, self.site, self.rooms, self.group = request, site, rooms, group
        self.watches = [Watch(room) for room in rooms.teams(group)]
        self._standing: dict[str, Standing] = {}
        """By room: how it stood when it was last told to have changed."""
        self._shown: Sequence[Any] = ()
        self._working_out = False

    def show(self) -> None:
        """Fill the page, and keep it true."""
        base = str(self.request.base_url).rstrip("/")
        with page_of(self.request, say("Teams side by side"), facilitator=True) as self.main:
            para(say("Each team meets the same victims and the same luck; only what people do is different."), "lead")
            with box("panel sticky"):
                with box("row"):
                    button(
                        say("Let all begin, or go on"), lambda: self._all(lambda one: one.resume(FACILITATOR)), "main"
                    )
                    button(say("Hold all"), lambda: self._all(lambda one: one.hold(FACILITATOR)))
                self.notice = live.Notice()
            with box("panel", "section"):
                heading(2, say("What each has come to"))
                para(say(SAVED), "quiet")
                self._table = box("standing")
            self._doors = box("grid")
            with self._doors:
                for one in self.watches:
                    with box("panel", "section"):
                        heading(2, title_of(one.room))
                        code_of_room(self.site, one.room, base)
            with box("row"):
                for one in self.watches:
                    link(say("Board of {room}", room=title_of(one.room)), f"/room/{one.room.id}/board", "button")
        self._look_at(self.watches)
        for one in self.watches:
            one.room.follow(partial(self._look_at, [one]))

    def _all(self, do: Callable[[Session], None]) -> None:
        """Do something to every room that is not over; where one refuses it, the next are not asked."""
        for room in (one.room for one in self.watches if not one.room.session.finished):
            if not done(room, self.notice, partial(do, room.session)):
                return

    def _look_at(self, watches: Sequence[Watch]) -> None:
        """See how some teams stand now, and show all."""
        self._standing |= {one.room.id: one.now() for one in watches if not one.room.gone}
        self._refresh()

    def _refresh(self) -> None:
        if all(one.room.gone for one in self.watches):
            no_more(self.main, say("This room was deleted"), "/rooms", say("Back to the exercises"))
            return
        begun = any(one.room.session.now > one.room.session.exercise.starts for one in self.watches)
        self._doors.set(hidden=begun)
        now = [(one.room, self._standing[one.room.id]) for one in self.watches if not one.room.gone]
        shown = [(room.session.held, room.session.finished, clock_of(room), how) for room, how in now]
        if shown != self._shown:
            self._shown = shown
            self._table.clear()
            with self._table:
                table(heads(), [row_of(room, how) for room, how in ranked(now)], say("Results of the teams"))
        over = [room for room, _ in now if room.session.finished and room.moved_on and not room.playing_on]
        if over and not self._working_out:
            self._working_out = True
            background_tasks.create(in_language(self._work_out)(), name="what the teams came to")

    async def _work_out(self) -> None:
        """What those that are over came to in the end, one after the other beside the clocks."""
        try:
            for one in self.watches:
                if one.room.session.finished and not one.room.gone:
                    await one.room.work_out()
        finally:
            self._working_out = False
        if not self._table.is_deleted:
            self._look_at(self.watches)


def clock_of(room: Room) -> str:
    """The time in a room."""
    return lang.clock(room.session.scenario.when(room.session.now))


def ranked(teams: Sequence[tuple[Room, Standing]]) -> list[tuple[Room, Standing]]:
    """Teams by their names; once each has come to its end, the one first that saved most."""
    if any(how.saved is None for _, how in teams):
        return list(teams)
    return sorted(teams, key=lambda one: -(one[1].saved or 0))


def heads() -> list[str]:
    """The heads of the table."""
    return [
        say("team"), say("time"), say("decisions"), say("left to the desks"), say("injects answered in time"),
        say("found by stops"), say("known to be out"), say("saved in the end"), say("points"),
    ]  # fmt: skip


def row_of(room: Room, how: Standing) -> list[str]:
    """One team."""
    state = said.state(held=room.session.held, finished=room.session.finished)
    in_the_end = "" if how.saved is None else lang.money(how.saved)
    if room.session.finished and how.saved is None:
        in_the_end = say("being worked out")
    return [
        room.about.team_words or room.id, say("{time}, {state}", time=clock_of(room), state=state), f"{how.decisions}",
        f"{how.missed}", say("{done} of {n}", done=how.done, n=how.asked), lang.money(how.money.caught),
        lang.money(how.money.out), in_the_end, _points(room, how),
    ]  # fmt: skip


def _points(room: Room, how: Standing) -> str:
    """Points, or why there are none yet."""
    if how.points is not None:
        return f"{how.points:.0f}"
    if not room.session.finished:
        return ""
    return say("no score") if how.reported else say("in its report, once made")
