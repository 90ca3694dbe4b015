"""One desk of the roster grid: its shifts as bars over a week, each with fields that say the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from sim.report.findings import on_duty
from sim.scenario.people import EVERY_DAY, MOST_STAFF, Day
from sim.study.ask.shifts import DAYS, HOURS, DeskWeek, Line, hours_each
from sim.web.numbers import whole
from sim.web.parts import Field, Tag, box, button, details, heading, on, para
from sim.words import language as lang
from sim.words import names
from sim.words.language import key, say
from sim.words.units import DAY, HOUR, MINUTE, RefusedError, format_clock, parse_clock

HALF: Final = 30 * MINUTE
"""What a bar moves by."""
MOST_LINES: Final = 50
"""Shifts of a desk."""
_SHORT: Final[dict[Day, str]] = {
    "mon": key("mon"), "tue": key("tue"), "wed": key("wed"), "thu": key("thu"), "fri": key("fri"), "sat": key("sat"),
    "sun": key("sun"), "holiday": key("holiday"),
}  # fmt: skip
KEYS: Final = """(e) => {
  if (!['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'].includes(e.key)) return;
  e.preventDefault();
  emit([e.key, e.shiftKey]);
}"""
DRAG: Final = """(e) => {
  const bar = e.currentTarget, hour = bar.parentElement.getBoundingClientRect().width / 168, from = e.clientX;
  const left = bar.offsetLeft, width = bar.offsetWidth, at = from - bar.getBoundingClientRect().left;
  const end = width > 24 && at < 8 ? 'start' : width > 24 && at > width - 8 ? 'end' : 'both';
  const old = [bar.style.left, bar.style.width];
  const halves = (m) => Math.round((m.clientX - from) / hour * 2);
  bar.setPointerCapture(e.pointerId);
  const move = (m) => {
    const by = halves(m) / 2 * hour;
    if (end !== 'end') bar.style.left = (left + by) + 'px';
    if (end !== 'both') bar.style.width = Math.max(2, width + (end === 'start' ? -by : by)) + 'px';
  };
  const done = (m) => {
    bar.removeEventListener('pointermove', move);
    bar.removeEventListener('pointerup', done);
    bar.removeEventListener('pointercancel', done);
    [bar.style.left, bar.style.width] = old;
    emit([end, halves(m)]);
  };
  bar.addEventListener('pointermove', move);
  bar.addEventListener('pointerup', done);
  bar.addEventListener('pointercancel', done);
}"""
"""Follows a pointer from its press to its release, and tells which end was moved by how many half hours."""


class RosterDesk:
    """The panel of one desk.

    Attributes:
        lines: its shifts as they are drawn now.
    """

    def __init__(
        self, name: str, lines: Sequence[Line], was: Sequence[Line], changed: Callable[[], Awaitable[None]]
    ) -> None:
        """
        Args:
            name: of the desk.
            lines: its shifts.
            was: its shifts before anything was changed.
            changed: done after each change.
        """
        self.name, self.lines, self._was, self.changed = name, list(lines), list(was), changed
        self.differs = ""
        """Which shifts are not what they were, in words."""
        self._people = 0
        self._week: tuple[DeskWeek, DeskWeek | None, float] | None = None
        heading(2, names.desk(name))
        self._told = para("")
        label = say("{desk}, shifts of a week", desk=names.desk(name))
        with box("week-box", role="group", tabindex=0, aria_label=label):
            self._grid = box("week")
        self._differs = Tag("p", "", "changed-shifts")
        with details(say("Times, people and days")):
            self._rows = box("stack")
        with box("row"):
            button(say("Add a shift"), self._add, aria_label=say("Add a shift to {desk}", desk=names.desk(name)))
            self._employed = Field(say("people who share these shifts"), "", type="number", min=1, max=MOST_STAFF,
                                   on_change=self._employ)  # fmt: skip
            self._employed.box.classes("inline")
        self._each = para("", "quiet")
        self._draw()

    def put(self, lines: Sequence[Line]) -> None:
        """Draw other shifts."""
        self.lines = list(lines)
        self._draw()

    def tell(self, week: DeskWeek, was: DeskWeek | None, limit: float) -> None:
        """Say what a week of the desk is."""
        self._week = week, was, limit
        said = say(
            "{hours:,.0f} hours of work a week, {cost}; at least {needed:,} people at {limit:g} hours each",
            hours=week.hours, cost=lang.money(round(100 * week.cost)), needed=week.needed, limit=limit,
        )  # fmt: skip
        if was is not None and (was.hours, was.cost) != (week.hours, week.cost):
            said = say("{now} (was {hours:,.0f} hours, {cost})", now=said, hours=was.hours,
                       cost=lang.money(round(100 * was.cost)))  # fmt: skip
        self._told.set_text(said + say("."))
        self._share()
        self._heads(week)
        self._tell_changes()

    def _tell_changes(self) -> None:
        """Say of each shift that is not what it was what that was."""
        said = []
        for number, line in enumerate(self.lines):
            old = self.was(number)
            if old is None:
                said.append(say("shift {n} is new: {now}", n=number + 1, now=_words(line)))
            elif old != line:
                said.append(say("shift {n} was {what}, now {now}", n=number + 1, what=_words(old), now=_words(line)))
                if lost := len(old.breaks) - len(line.breaks):
                    said.append(say("breaks that no longer fit are gone: {n}", n=lost))
        if (gone := len(self._was) - len(self.lines)) > 0:
            said.append(say("shifts taken away: {n}", n=gone))
        self.differs = say("; ").join(said)
        self._differs.set_text(self.differs)
        self._differs.set_visibility(bool(said))

    def _share(self) -> None:
        """Say how long each works, among those who share the shifts."""
        if self._week is None:
            return
        week, _, limit = self._week
        people = self._people or week.needed
        each = hours_each(week, people)
        words = say("{people:,} people work {hours:.1f} hours a week each", people=people, hours=each)
        over = each > limit
        self._each.set_text(say("{what}: more than {limit:g}.", what=words, limit=limit) if over else words + say("."))
        self._each.mark_as("mistake", over)

    def _employ(self, text: str) -> None:
        self._people = whole(text, 1, MOST_STAFF) or 0
        self._share()

    # -- drawing -------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        """Draw all shifts anew."""
        self._shifts: list[_Shift] = []
        self._grid.clear()
        self._rows.clear()
        with self._grid, box("week-days", aria_hidden="true"):
            for day in EVERY_DAY:
                Tag("span", say(_SHORT[day]))
        for number in range(len(self.lines)):
            with self._grid:
                bars = box("week-line")
            with self._rows:
                self._shifts.append(_Shift(self, number, bars))
        with self._grid:
            self._strip = box("week-heads", role="img")

    def _heads(self, week: DeskWeek) -> None:
        """How many are there in each hour, as a strip of shades."""
        most = max(*week.heads, 1)
        few, many = min(week.heads), max(week.heads)
        self._strip.set(aria_label=say("Between {few:,} and {many:,} people are there at a time.", few=few, many=many))
        stops = (
            f"rgb(0 114 178 / {0.9 * heads / most:.2f}) {100 * hour / HOURS:.3f}% {100 * (hour + 1) / HOURS:.3f}%"
            for hour, heads in enumerate(week.heads)
        )  # fmt: skip
        self._strip.style(f"background: linear-gradient(to right, {', '.join(stops)})")

    # -- changing ------------------------------------------------------------------------------------------

    def was(self, number: int) -> Line | None:
        """What stood in the place of a shift before anything was changed."""
        return self._was[number] if number < len(self._was) else None

    async def _add(self) -> None:
        if len(self.lines) < MOST_LINES:
            self.lines.append(Line(self.name, tuple(EVERY_DAY), 8 * HOUR, 20 * HOUR, 1))
            self._draw()
            await self.changed()

    async def remove(self, number: int) -> None:
        """Take a shift away; the last one stays."""
        if len(self.lines) > 1 and number < len(self.lines):
            del self.lines[number]
            self._draw()
            await self.changed()


class _Shift:
    """One shift: its bars, which stay while they are moved, and fields that say the same."""

    def __init__(self, of: RosterDesk, number: int, place: Tag) -> None:
        self._of, self._number, self._place = of, number, place
        self._bars: list[Tag] = []
        n, desk, line = number + 1, names.desk(of.name), self._line
        with box("shift", role="group", aria_label=say("{desk}, shift {n}", desk=desk, n=n)):
            self._fields = {
                "start": Field(say("begins"), format_clock(line.start), on_change=partial(self._timed, "start"),
                               autocomplete="off"),
                "end": Field(say("ends"), format_clock(line.end), on_change=partial(self._timed, "end"),
                             autocomplete="off"),
                "staff": Field(say("people"), f"{line.staff}", type="number", min=1, max=MOST_STAFF,
                               on_change=self._staffed),
            }  # fmt: skip
            with box("shift-days"):
                for day in DAYS:
                    self._day(day)
            button(say("Remove"), partial(of.remove, number), "danger",
                   aria_label=say("Remove shift {n} of {desk}", n=n, desk=desk))  # fmt: skip
        self._show()

    @property
    def _line(self) -> Line:
        return self._of.lines[self._number]

    def _show(self) -> None:
        """Put the bars where they belong, and say what the shift was."""
        line, old = self._line, self._of.was(self._number)
        changed = old != line
        starts = [EVERY_DAY.index(day) * 24 + line.start / HOUR for day in EVERY_DAY if day in line.days]
        pieces = [piece for start in starts for piece in _pieces(start, line.length / HOUR)]
        with self._place:
            while len(self._bars) < max(len(pieces), 1):
                self._bars.append(self._bar(first=not self._bars))
        for extra in self._bars[max(len(pieces), 1) :]:
            extra.delete()
        del self._bars[max(len(pieces), 1) :]
        for bar, (begin, length) in zip(self._bars, pieces, strict=False):
            bar.set_text(f"{line.staff}" if length >= 4 else "")
            bar.style(f"left: {100 * begin / HOURS:.4f}%; width: {100 * length / HOURS:.4f}%")
            bar.mark_as("changed", changed)
        self._bars[0].set_visibility(bool(pieces))  # a shift of holidays alone has no place in a usual week
        label = say("{desk}, shift {n}: {when}, {staff:,} people", desk=names.desk(self._of.name), n=self._number + 1,
                    when=f"{format_clock(line.start)}-{format_clock(line.end)}", staff=line.staff)  # fmt: skip
        self._bars[0].set(aria_label=label, aria_valuenow=line.start / HOUR, aria_valuetext=label)

    def _bar(self, *, first: bool) -> Tag:
        """A bar of one day; the first can be reached with the keyboard."""
        bar = Tag("div", "", "bar")
        if first:
            bar.set(role="slider", tabindex=0, aria_valuemin=0, aria_valuemax=24)
            on(bar, "keydown", self._pressed, KEYS)
        else:
            bar.set(aria_hidden="true")
        on(bar, "pointerdown", self._dragged, DRAG)
        return bar

    def _day(self, day: Day) -> None:
        with box("check"):
            made = Tag("input", type="checkbox")
            made.set(**{"^checked": day in self._line.days or None})
            Tag("label", say(_SHORT[day]), for_=made.html_id)

        async def turned(checked: Any) -> None:
            days = tuple(one for one in DAYS if (one in self._line.days if one != day else checked is True))
            if days:
                await self._set(replace(self._line, days=days))
            else:  # a shift of no day is none: the box is ticked again
                made.client.run_javascript(f"document.getElementById('{made.html_id}').checked = true")

        on(made, "change", turned, "(e) => emit(e.target.checked)")

    async def _set(self, line: Line, *but: str) -> None:
        """Change the shift, and what its fields say but those in which somebody types."""
        line = line.settled()
        self._of.lines[self._number] = line
        self._show()
        shown = {"start": format_clock(line.start), "end": format_clock(line.end), "staff": f"{line.staff}"}
        for name, text in shown.items():
            if name not in but and self._fields[name].value != text:
                self._fields[name].put(text)
        await self._of.changed()

    async def _pressed(self, said: Any) -> None:
        if not (isinstance(said, list) and len(said) == 2):
            return
        pressed, shift = said
        if pressed in ("ArrowUp", "ArrowDown"):
            staff = min(max(self._line.staff + (1 if pressed == "ArrowUp" else -1), 1), MOST_STAFF)
            await self._set(replace(self._line, staff=staff))
        elif pressed in ("ArrowLeft", "ArrowRight"):
            await self._move("end" if shift is True else "both", 1 if pressed == "ArrowRight" else -1)

    async def _dragged(self, said: Any) -> None:
        if not (isinstance(said, list) and len(said) == 2 and type(said[1]) is int):
            return
        if said[0] in ("start", "end", "both") and abs(said[1]) <= 2 * HOURS:
            await self._move(said[0], said[1])

    async def _move(self, which: str, halves: int) -> None:
        """Move the shift, or one end of it, by half hours; it stays between half an hour and a day long."""
        line = self._line
        start = line.start + (0 if which == "end" else halves * HALF)
        length = line.length + {"both": 0, "start": -halves, "end": halves}[which] * HALF
        if HALF <= length <= DAY:
            start %= DAY
            end = (start + length) % DAY
            line = replace(line, start=start, end=end or DAY)
        await self._set(line)

    async def _timed(self, which: str, text: str) -> None:
        try:
            at = parse_clock(text)
        except RefusedError:
            at = -1
        right = 0 <= at < DAY or (at == DAY and which == "end")
        self._fields[which].refuse("" if right else say("a time of day such as 08:00"))
        if right:
            line = self._line
            await self._set(replace(line, start=at) if which == "start" else replace(line, end=at), which)

    async def _staffed(self, text: str) -> None:
        staff = whole(text, 1, MOST_STAFF)
        self._fields["staff"].refuse("" if staff else say("1 to {most:,}", most=MOST_STAFF))
        if staff:
            await self._set(replace(self._line, staff=staff), "staff")


def _words(line: Line) -> str:
    return on_duty.shift(line.days, line.start, line.end, line.staff)


def _pieces(start: float, length: float) -> list[tuple[float, float]]:
    """A shift within the week: what goes beyond Sunday stands at its beginning."""
    if start + length <= HOURS:
        return [(start, length)]
    return [(start, HOURS - start), (0.0, start + length - HOURS)]
