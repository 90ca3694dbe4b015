"""Several replications of one scenario side by side: their plans as one, their calendars, and what is drawn for them.

Accounts, cases and transfers of all replications are numbered through, so that a column of draws is made for all of
them at once; the rules run one replication after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.fraud.draws import draw, uniform
from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER
from sim.response.calendar import Calendar
from sim.response.compiled.rules_effects import (
    AT_MOST,
    BRIEFING,
    CALL_IN,
    CHANCE,
    CHECK,
    HAND_OVER,
    PATIENCE,
    WHOLE,
    WORK_TIME,
)  # fmt: skip
from sim.response.compiled.state import State
from sim.response.knowledge import FREE, UNKNOWN
from sim.response.log import ATTEMPTS, NONE, content
from sim.response.rosters import Roster
from sim.response.routes import Program
from sim.response.sources import BLOCKED, HELD, LEAD, arriving, key_among_arrivals
from sim.response.times import Times
from sim.scenario import people
from sim.scenario.distributions import sample_ms
from sim.scenario.models import Scenario

_SINGLES = 1 << 10
Ints = NDArray[np.int64]
_NUMBERS_OF = {
    "accounts": {"case": "cases", "card": "accounts"},
    "transfers": {"case": "cases", "parent": "transfers", "source": "accounts", "target": "accounts"},
    "others": {"account": "accounts", "first": "others"},
}
"""By part of a plan: its columns that number other things, and what they number; NONE stays."""


def joined(plans: Sequence[Plan]) -> Plan:
    """Several plans as one, all things in it numbered through."""
    if len(plans) == 1:
        return plans[0]
    first = {
        "cases": _firsts([len(plan.victims) for plan in plans]),
        "accounts": _firsts([len(plan.accounts) for plan in plans]),
        "transfers": _firsts([len(plan.transfers) for plan in plans]),
        "others": _firsts([len(plan.others) for plan in plans]),
    }

    def column(parts: Sequence[Any], name: str, of: str | None) -> NDArray[Any]:
        columns = [getattr(part, name) for part in parts]
        if of is not None:
            columns = [np.where(one < 0, one, one + begin) for one, begin in zip(columns, first[of], strict=True)]
        if name == "first":  # the last of one is the first of the next
            columns = [*(one[:-1] for one in columns[:-1]), columns[-1]]
        return np.concatenate(columns)

    def part(name: str) -> Any:
        parts = [getattr(plan, name) for plan in plans]
        of = _NUMBERS_OF.get(name, {})
        return replace(parts[0], **{one.name: column(parts, one.name, of.get(one.name)) for one in fields(parts[0])})

    return replace(
        plans[0], victims=part("victims"), accounts=part("accounts"), transfers=part("transfers"),
        others=part("others"),
        account_first=_ends([plan.account_first for plan in plans], first["accounts"]),
        transfer_first=_ends([plan.transfer_first for plan in plans], first["transfers"]),
    )  # fmt: skip


def _firsts(lengths: Sequence[int]) -> list[int]:
    return list(accumulate(lengths, initial=0))[:-1]


def _ends(columns: Sequence[Ints], firsts: Sequence[int]) -> Ints:
    whole = [one + begin for one, begin in zip(columns, firsts, strict=True)]
    return np.concatenate([*(one[:-1] for one in whole[:-1]), whole[-1]])


class Batch:
    """The state of several replications, filled before the first of them runs."""

    def __init__(self, s: State, scenario: Scenario, program: Program, plans: Sequence[Plan]) -> None:
        self.s, self.scenario, self.program, self.plans = s, scenario, program, plans
        self.plan = joined(plans)
        self.case_first = [*_firsts([len(plan.victims) for plan in plans]), len(self.plan.victims)]
        self.account_first = [*_firsts([len(plan.accounts) for plan in plans]), len(self.plan.accounts)]
        self.transfer_first = [*_firsts([len(plan.transfers) for plan in plans]), len(self.plan.transfers)]
        self.times = Times(program, self.plan, scenario.victims.districts)
        self.replication = 0
        """The place among the plans of the one that runs."""
        self._put_plan()
        self._put_knowledge()
        self._put_arrivals()
        self._put_room()

    # -- the plan --------------------------------------------------------------------------------------------

    def _put_plan(self) -> None:
        s, plan = self.s, self.plan
        transfers, accounts, victims = plan.transfers, plan.accounts, plan.victims
        for name in ("parent", "source", "target", "amount", "dwell", "retry", "size"):
            s.put(name, getattr(transfers, name))
        by_source = np.argsort(transfers.source, kind="stable")
        s.put("outgoing", by_source)
        s.put("outgoing_first", np.searchsorted(transfers.source[by_source], np.arange(len(accounts) + 1)))
        base = np.repeat(self.case_first[:-1], np.diff(self.case_first))
        case = np.arange(len(victims)) - base
        s.put("case_content", content(case))
        s.put("content_of", content(case[accounts.case], accounts.number))
        for name, column in (
            ("case_of", accounts.case), ("number", accounts.number), ("layer_of", accounts.layer),
            ("bank_of", accounts.bank), ("place_of", accounts.place), ("card_of", accounts.card),
            ("objects_after", accounts.objects_after), ("wrong", accounts.wrong != 0),
            ("innocent", accounts.innocent != 0), ("account_first", plan.account_first),
            ("transfer_first", plan.transfer_first), ("notice_after", victims.notice_after),
            ("discovered", victims.discovered), ("channel_of", victims.channel), ("scam_of", victims.scam),
            ("age_of", victims.age), ("third_of", victims.third_party), ("others_first", plan.others.first),
            ("o_came", plan.others.came), ("o_amount", plan.others.amount), ("o_due", plan.others.due),
            ("o_retry", plan.others.retry),
        ):  # fmt: skip
            s.put(name, column)
        s.put("card_next", _next_of_card(accounts.card))
        s.has_others, s.n_cases = int(len(plan.others) > 0), len(victims)
        s.put("recall_fails", self._recalls())

    def _recalls(self) -> NDArray[np.bool_]:
        """By account: the recall of a transfer that is under way on a rail fails."""
        accounts, first = self.plan.accounts, self.scenario.first_rail
        rails = [rail.fails or 0.0 for rail in (self.scenario.victims.rails or {}).values()]
        on_rail = accounts.bank >= first
        fails = np.zeros(len(accounts), dtype=bool)
        if any(rails):
            share = np.array(rails)[accounts.bank[on_rail] - first]
            fails[on_rail] = uniform(accounts.key[on_rail], "recall") < share
        return fails

    def _put_knowledge(self) -> None:
        s, accounts, cases = self.s, len(self.plan.accounts), len(self.plan.victims)
        empty = {"known_at": UNKNOWN, "k_layer": UNKNOWN, "k_bank": UNKNOWN, "k_place": UNKNOWN, "until": FREE,
                 "since": NEVER, "ended_first": NONE, "ended_last": NONE, "reveal_next": NONE}  # fmt: skip
        for name in (
            "known_at", "known_before", "k_amount", "k_credited", "k_layer", "k_bank", "k_place", "answered_until",
            "refused", "caught", "by_lead", "named", "written_off", "until", "frozen", "stops", "cases_on", "since",
            "ended_first", "ended_last", "checks", "right", "returned", "is_returned", "raised", "reveal_next",
        ):  # fmt: skip
            s.fill(name, accounts, empty.get(name, 0))
        empty = {"reported_at": UNKNOWN, "alerted_at": UNKNOWN, "channel": UNKNOWN, "scam": UNKNOWN, "age": UNKNOWN,
                 "blocked": NEVER, "awaiting": NONE}  # fmt: skip
        for name in (
            "reported_at", "alerted_at", "channel", "scam", "age", "third", "blocked", "safe", "paid", "open_by_case",
            "raised_case", "awaiting", "cut_off",
        ):  # fmt: skip
            s.fill(name, cases, empty.get(name, 0))
        subjects = [accounts if of_account else cases for of_account in self.program.of_account]
        s.put("route_base", _firsts(subjects))
        s.fill("token_at", sum(subjects), NONE)
        s.fill("used", sum(subjects))
        s.fill("route_open", s.n_routes * cases)
        s.fill("times", len(self.plan.transfers))

    def _put_arrivals(self) -> None:
        s, plan = self.s, self.plan
        kinds, times, subjects, cases = [], [], [], []
        for one, at, of_one in arriving(self.scenario, plan):
            kinds.append(np.full(len(at), one))
            times.append(at)
            subjects.append(of_one)
            of = plan.accounts.case if one == LEAD else plan.transfers.case if one == HELD else None
            cases.append(of_one if of is None else of[of_one])
        kind, time, subject = (np.concatenate(some) for some in (kinds, times, subjects))
        replication = np.searchsorted(self.case_first, np.concatenate(cases), side="right") - 1
        late = ~np.isin(kind, (BLOCKED, HELD))
        key = key_among_arrivals(kind, subject)
        order = np.lexsort((key, late, time, replication))
        for name, column in (
            ("arrival_time", time), ("arrival_class", late), ("arrival_key", key), ("arrival_kind", kind),
            ("arrival_subject", subject),
        ):  # fmt: skip
            s.put(name, column[order])
        self.arrival_first = np.searchsorted(replication[order], np.arange(len(self.plans) + 1)).tolist()

    def _put_room(self) -> None:
        """Room for what comes and goes; it grows when it is needed."""
        s = self.s
        cards = np.bincount(self.plan.accounts.card, minlength=1).max(initial=1)
        largest = np.diff(self.plan.account_first).max(initial=1)
        s.margin = int(300 + 4 * cards + 4 * largest + 4 * np.diff(s.outgoing_first).max(initial=0))
        s.put("tables", np.zeros((CHECK + 1) * s.n_steps * WHOLE + WHOLE, dtype=np.int64))
        s.held.clear()
        s.single_room = _SINGLES
        for name, value in (
            ("single_subject", 0), ("single_what", NONE), ("single_whole", 0), ("single_real", 0),
        ):  # fmt: skip
            s.fill(name, _SINGLES, value)
        s.n_singles = 0
        for name in ("share_row", "share_fen", "share_case", "share_claim", "share_part", "share_rest"):
            s.fill(name, int(cards) + 1)
        s.due_room = 4096
        s.fill("due_cards", s.due_room)
        s.n_tokens = 0
        for part in ROOMS:
            self.grow(part, 4 * s.margin)
        self.grow_tokens(4 * s.margin)

    def grow(self, part: str, room: int) -> None:
        """Make longer what only grows in a run."""
        s = self.s
        for name in ROOMS[part][1]:
            if name in s.__dict__ and isinstance(s.__dict__[name], np.ndarray):
                s.grow(name, room * (4 if name == "log" else 1))
            else:
                s.fill(name, room * (4 if name == "log" else 1))
        s.__dict__[ROOMS[part][0]] = room

    def grow_tokens(self, tokens: int) -> None:
        """Make room for more tokens."""
        s, before = self.s, self.s.n_tokens
        for name in TOKENS:
            wide = {"t_counts": s.n_loops, "t_people": s.n_members}.get(name, 1)
            empty = NONE if name in ("t_place", "t_serial") else 0
            if before:
                s.grow(name, tokens * wide, empty)
            else:
                s.fill(name, tokens * wide, empty)
        for number in range(tokens - 1, before - 1, -1):
            s.free_tokens[s.n_free + tokens - 1 - number] = number
        s.n_free += tokens - before
        s.n_tokens = tokens

    def make_room(self) -> None:
        """Double whatever is nearly full."""
        s, margin = self.s, self.s.margin
        used = {"log": s.log_n + s.last_case - s.first_case, "stack": s.n_stack, "objection": s.n_objections,
                "stop": s.stop_m, "freeze": s.freeze_m, "ended": s.n_ended, "understanding": s.n_understandings,
                "change": s.n_changes + 2 * s.n_desks}  # fmt: skip
        for part, count in used.items():
            room = s.__dict__[ROOMS[part][0]]
            if count + 2 * margin > room:
                self.grow(part, max(2 * room, count + 3 * margin))
        if s.n_free < 2 * margin:
            self.grow_tokens(2 * s.n_tokens)

    # -- one replication -------------------------------------------------------------------------------------

    def begin(self, replication: int, calendar: Calendar) -> None:
        """Turn the state to one of the replications."""
        s = self.s
        self.replication = replication
        s.first_case, s.last_case = self.case_first[replication], self.case_first[replication + 1]
        s.next_arrival, s.last_arrival = self.arrival_first[replication], self.arrival_first[replication + 1]
        s.arrivals_left = s.last_arrival - s.next_arrival
        put_calendar(s, self.program, calendar)

    def supply(self) -> None:
        """Make the draws that a rule asked for."""
        s = self.s
        what, step, attempt = s.need_what, s.need_step, s.need_attempt
        if attempt <= WHOLE and what <= CHECK:
            s.keep((what * s.n_steps + step) * WHOLE + attempt - 1, self._drawn(what, step, attempt, None))
        else:
            self._single(what, step, attempt, s.need_subject)

    def _drawn(self, what: int, step: int, attempt: int, rows: Ints | None) -> NDArray[Any]:
        program, times = self.program, self.times
        if what == WORK_TIME:
            return times.column(step, attempt, rows)
        if what == CHANCE:
            return times.chances(step, attempt, rows)
        if what == CHECK:
            keys = self.plan.accounts.key if rows is None else self.plan.accounts.key[rows]
            return uniform(keys, f"check:{attempt}")
        name, law = {
            PATIENCE: ("patience", program.patience[step]),
            HAND_OVER: ("hand-over", program.hand_over[program.desk[step]]),
            AT_MOST: ("at-most", program.at_most[step]),
        }[what]
        assert law is not None
        return times.of(step, law, name, attempt, rows)

    def _single(self, what: int, step: int, attempt: int, subject: int) -> None:
        """Draw one number and keep it where `single_of` finds it."""
        s = self.s
        if what == CALL_IN:
            value: float = self._call_in(step, attempt)
        elif what == BRIEFING:
            value = self._briefing(step, attempt, subject // (ATTEMPTS + 1), subject % (ATTEMPTS + 1))
        else:
            value = self._drawn(what, step, attempt, np.array([subject]))[0]
        if 2 * (s.n_singles + 1) > s.single_room:
            self._rehash()
        self._file((what << 40) + (step << 20) + attempt, subject, value)

    def _file(self, mark: int, subject: int, value: float) -> None:
        s = self.s
        place = (subject * 7919 + mark * 31 + (mark >> 20)) & (s.single_room - 1)
        while s.single_what[place] != NONE:
            place = (place + 1) & (s.single_room - 1)
        s.single_what[place], s.single_subject[place] = mark, subject
        s.single_whole[place], s.single_real[place] = int(value), value
        s.n_singles += 1

    def _rehash(self) -> None:
        s = self.s
        old = [column.copy() for column in (s.single_what, s.single_subject, s.single_whole, s.single_real)]
        s.single_room *= 2
        s.n_singles = 0
        for name, value in (("single_subject", 0), ("single_what", NONE), ("single_whole", 0), ("single_real", 0)):
            s.fill(name, s.single_room, value)
        for mark, subject, whole, real in zip(*(column.tolist() for column in old), strict=True):
            if mark != NONE:
                self._file(mark, subject, max(whole, real, key=abs))

    def _call_in(self, desk: int, calls: int) -> int:
        plan, spec = self.plans[self.replication], self.program.desks[desk]
        assert isinstance(spec.roster, people.Desk)
        assert spec.roster.surge is not None
        u = draw(plan.seed, plan.replication, f"call-in:{spec.name}", calls)
        return int(sample_ms(spec.roster.surge.after, u)[0])

    def _briefing(self, step: int, times: int, subject: int, attempt: int) -> int:
        program = self.program
        desks = [desk for desk, _ in program.team[step]] or [program.desk[step]]
        rosters = [program.desks[desk].roster for desk in desks]
        ends = [roster.shift_end for roster in rosters if isinstance(roster, people.Desk)]
        laws = [end.briefing for end in ends if end is not None and end.briefing is not None]
        rows = np.array([subject])
        return max(int(self.times.of(step, law, f"briefing {times}", attempt, rows)[0]) for law in laws)


ROOMS = {
    "log": ("log_room", ("log",)),
    "stack": ("stack_room", ("stack_kind", "stack_one", "stack_other", "stack_serial")),
    "objection": ("objection_room", ("objection_time", "objection_key")),
    "understanding": ("understanding_room", ("understanding_time", "understanding_key")),
    "change": ("change_room", ("change_time", "change_key")),
    "stop": ("stop_room", ("stop_time", "stop_card")),
    "freeze": ("freeze_room", ("freeze_time", "freeze_card")),
    "ended": ("ended_room", ("ended_start", "ended_end", "ended_next")),
}
"""By part that only grows in a run: where its length stands, and its columns."""
TOKENS = (
    "t_route", "t_subject", "t_case", "t_account", "t_content", "t_before", "t_step", "t_key", "t_desk", "t_person",
    "t_event", "t_place", "t_time", "t_serial", "t_waits", "t_rank", "t_since", "t_priority", "t_weight", "t_skip",
    "q_left", "q_right", "q_up", "reveal_first", "reveal_last", "t_in_hand", "t_team", "t_due", "t_times", "t_left",
    "await_next", "await_before", "t_awaits", "hand_next", "hand_before", "t_looped", "free_tokens", "agenda",
    "t_counts", "t_people",
)  # fmt: skip
"""Columns of tokens."""
_STAYS = 16


def put_calendar(s: State, program: Program, calendar: Calendar) -> None:
    """Write the rosters of all desks into the state."""
    rosters = [calendar[desk] for desk in range(len(program.desks))]
    starts, turns, heads, first, heads_first, segment_first = [], [], [], [], [], []
    segments: list[int] = []
    busy_first, people_in_all, rows, cells = [], 0, 0, 0
    for spec, roster in zip(program.desks, rosters, strict=True):
        first.append(rows)
        heads_first.append(cells)
        starts.append(roster.times)
        turns.append(roster.turn_bits)
        heads.append(roster.heads.T.ravel())
        rows, cells = rows + len(roster.times), cells + roster.heads.size
        segment_first.append(len(segments))
        segments += roster.firsts
        busy_first.append(people_in_all)
        people_in_all += _most_people(spec.roster, roster) + 1
    s.put("cal_first", first)
    s.put("cal_last", [*first[1:], rows])
    s.put("cal_start", np.concatenate(starts))
    s.put("cal_turn", np.concatenate(turns))
    s.put("cal_heads", np.concatenate(heads))
    s.put("cal_heads_first", heads_first)
    s.put("cal_period", [roster.period or 0 for roster in rosters])
    s.put("cal_offset", [roster.offset for roster in rosters])
    s.put("lanes", [roster.lanes for roster in rosters])
    s.put("segment_first", segment_first)
    s.put("segment_number", segments)
    s.fill("segment_heads", len(segments))
    s.put("busy_first", busy_first)
    s.fill("busy", people_in_all)
    s.n_people, s.most_stays = people_in_all, _STAYS
    s.most_segments = max(roster.lanes for roster in rosters) if rosters else 1
    s.fill("stay_until", s.n_desks * _STAYS)
    s.fill("stay_heads", s.n_desks * _STAYS * s.most_segments)


def _most_people(rostered: people.Rostered, roster: Roster) -> int:
    """The highest number that anybody of a desk has."""
    surge = rostered.surge.heads if isinstance(rostered, people.Desk) and rostered.surge else 0
    return min(roster.most, people.MOST_STAFF) + surge


def _next_of_card(card: Ints) -> Ints:
    """By row of an account: the next row that is the same account, NONE for the last."""
    order = np.argsort(card, kind="stable")
    following = np.full(len(card), NONE, dtype=np.int64)
    same = card[order[1:]] == card[order[:-1]]
    following[order[:-1][same]] = order[1:][same]
    return following
