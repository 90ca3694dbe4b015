"""One trainee alone at a terminal: what is read and what a typed line does."""

from __future__ import annotations

import re
from functools import cache

import pytest

from sim.exercise import otherwise, report_text
from sim.exercise.acts import TEXTS
from sim.exercise.load import Loaded, load_exercise
from sim.exercise.review import review
from sim.exercise.session import Session
from sim.exercise.solo import WARNING, Solo
from sim.exercise.solo_lines import HELP, WIDE, Line, closing
from sim.words import language as lang
from sim.words import names
from sim.words.lines import columns
from sim.words.units import MINUTE, SECOND
from sim.workflow.log import NONE

OWN_FRAUD = """set={
    victims.arrivals.resident.cases: [
        {at: 0m, scam: investment, loss: 1.6M yuan, payments: 14, discovery: 9m, report_lag: 5m, reports: true}],
    victims.scams.investment.payment_gap: 1m}"""
"""Fourteen payments, a minute apart, are told 27 minutes after the first of them."""
MAY_ALL = "roles.analyst.may=[take, stop, write_off, policy, call_in, message]"


@cache
def wuhan(*more: str) -> Loaded:
    """The room of the Wuhan exercise in a fraud of these tests, with an analyst who may do anything at the own desk."""
    return load_exercise("wuhan-35min", [OWN_FRAUD, MAY_ALL, "seed=10", "starts=26m", "ends=76m", *more])


def solo(*roles: str, loaded: Loaded | None = None) -> Solo:
    """A trainee at some roles of the Wuhan exercise, or at all."""
    return Solo(Session.start(loaded or wuhan()), roles or list(wuhan().exercise.roles))


@cache
def later() -> Solo:
    """All roles, at the moment when the first accounts wait for a decision; only to be looked at."""
    player = solo()
    _to_accounts(player)
    return player


def _to_accounts(player: Solo) -> None:
    while not any(one["account"] != NONE for role in player.roles for one in player.session.view(role)["decisions"]):
        for number in _numbers(player)[:1]:
            player.do(number)
        player.do("next")


def _numbers(player: Solo) -> list[str]:
    """The numbers of the open decisions, as they are listed."""
    return [line.split()[0] for line in player.do("look")[1:] if line.lstrip()[0].isdecimal()]


def _account_in(line: str) -> str:
    """The account of a line of the list, as it is typed: the names of desks before it may have several words."""
    (found,) = re.findall(r" (\d+\.\d+) ", line.partition("layer")[0])
    return str(found)


def test_the_opening_tells_the_briefing_the_roles_and_the_first_message() -> None:
    """Who starts reads the title, the briefing, the own roles, what was said, and the clock."""
    text = "\n".join(solo("analyst").opening())
    assert text.startswith("Wuhan: thirty-five minutes\n")
    for part in ("You are the duty team", "You play: Analyst.", "on paper: Duty note", "09:26:00"):
        assert part in text
    assert max(map(len, text.splitlines())) <= WIDE


def test_an_open_decision_tells_what_is_known() -> None:
    """Each line has the desk, the account, its bank, layer and amount, how long ago, and the time left."""
    player = later()
    decisions = [one for role in player.roles for one in player.session.view(role)["decisions"]]
    accounts = {(one["case"], one["account"]): one for one in player.session.view("analyst")["accounts"]}
    lines = player.do("look")
    assert f"decisions open: {len(decisions)}." in lines[0]
    assert len(lines) == 1 + len(decisions) > 5
    for one in decisions:
        account = accounts[one["case"], one["account"]]
        line = next(line for line in lines if f" {one['case']}.{one['account']} " in line)
        for part in (
            names.place(one["desk"]), names.owner(account["bank"]), f"layer {account['layer']}",
            lang.money(account["amount"]),
            f"{lang.brief(player.session.now - account['credited'])} ago",
            f"{lang.countdown(one['deadline'] - player.session.now)} left",
        ):  # fmt: skip
            assert part in line


def test_decisions_stand_in_the_order_of_their_deadlines_and_accounts() -> None:
    """Account 2 comes before account 10, and what is over first before both."""
    listed = [_account_in(line) for line in later().do("look")[1:]]
    assert len(listed) > 10
    assert listed == sorted(listed, key=lambda name: [int(part) for part in name.split(".")])


def test_a_role_does_not_read_what_it_may_not_see() -> None:
    """A bank desk that sees no amounts is shown none."""
    player = solo("bank-desk", loaded=wuhan("roles.bank-desk.sees=[cases, accounts, field]"))
    for _ in range(6):
        player.do("next")
    shown = "\n".join(line for word in ("look", "cases", "accounts", "desks") for line in player.do(word))
    assert "layer 1" in shown
    assert "yuan" not in shown


def test_a_number_takes_the_decision() -> None:
    """Typing its number takes a decision in the role that has its desk; it is then no longer open."""
    player = solo()
    _to_accounts(player)
    line = player.do("look")[3]
    name = _account_in(line)
    case, account = map(int, name.split("."))
    (desk,) = {
        one["desk"]
        for one in player.session.view("bank-desk")["decisions"]
        if (one["case"], one["account"]) == (case, account)
    }
    said = player.do(line.split()[0])
    assert said[0] == f"account {account} of case {case} is next at {names.place(desk)}."
    made = player.session.decisions[-1]
    assert (made.action, made.case, made.account, made.role) == ("take", case, account, "bank-desk")
    assert made.desk == desk
    assert all(f" {name} " not in line for line in said[1:])


def test_a_number_stays_with_its_decision_and_is_given_to_no_other() -> None:
    """When one is taken, the others keep their numbers; those that come later have new ones."""
    player = solo()
    _to_accounts(player)
    before = {_account_in(line): line.split()[0] for line in player.do("look")[1:]}
    first, *others = before
    player.do(before[first])
    after = {_account_in(line): line.split()[0] for line in player.do("look")[1:]}
    assert after == {name: before[name] for name in others}
    seen = set(before.values())
    while set(_numbers(player)) <= seen:
        player.do("next")
    assert before[first] not in _numbers(player)


def test_several_numbers_are_decided_in_their_order() -> None:
    """`3 1, 2` takes three decisions, the third first."""
    player = solo()
    _to_accounts(player)
    lines = [player.do("look")[place] for place in (3, 1, 2)]
    one, two, three = (line.split()[0] for line in lines)
    said = player.do(f"{one} {two}, {three} {one}")
    assert [(made.action, f"{made.case}.{made.account}") for made in player.session.decisions[-3:]] == [
        ("take", _account_in(line)) for line in lines
    ]
    assert len([line for line in said if " is next at " in line]) == 3


def test_of_several_numbers_none_is_decided_where_one_is_wrong() -> None:
    """What is no open decision is told, and nothing changes."""
    player = later()
    first, made = _numbers(player)[0], len(player.session.decisions)
    (said,) = player.do(f"{first} 99")
    assert re.fullmatch(r"read 99, accepted: the number of one of the \d+ open decisions", said)
    assert player.do(f"{first} x") == ["read 'x', accepted: the number of a decision, or a word of help"]
    assert len(player.session.decisions) == made


def test_what_is_urgent_or_asked_has_a_tone() -> None:
    """A decision in its last minute, one that came too late, a message that waits for an answer, and any other."""
    player = solo()
    tones: dict[str, Line] = {}
    lines = player.opening()
    while lines or not player.over:
        for one in lines:
            if isinstance(one, Line):
                tones.setdefault(one.tone, one)
        lines = [] if player.over else player.do("next")
    assert set(tones) == {"late", "soon", "asks", "said"}
    assert "Too late" in tones["late"]
    assert "(until " in tones["asks"]
    assert re.search(r" (10 s|0:10) left", tones["soon"])


def test_next_stops_before_an_answer_is_late() -> None:
    """Where nothing else happens `next` stops 10 s before the deadline of a message that asks for something."""
    player = solo("call-desk")
    stops: list[int] = []
    while not player.over:
        player.do("next")
        stops.append(player.session.now)
    asked = [one for one in player.session.injects if one.told_to("call-desk") and one.deadline is not None]
    assert asked
    assert {one.deadline - 10 * SECOND for one in asked if one.deadline is not None} <= set(stops)


def test_words_decide() -> None:
    """stop, say, order and staff reach the session in a role that may do it."""
    player = solo()
    _to_accounts(player)
    (desk,) = {one["desk"] for one in player.session.view("bank-desk")["decisions"] if one["account"] == 3}
    player.do("stop 2.3")
    player.do("say The first is at ABC.")
    player.do("order analyst largest_first")
    player.do("staff analyst")
    made = [(one.action, one.role, one.desk, one.policy, one.note) for one in player.session.decisions[-4:]]
    assert made == [
        ("stop", "analyst", desk, "", ""),
        ("message", "call-desk", "", "", "The first is at ABC."),
        ("policy", "analyst", "analyst", "largest_first", ""),
        ("call_in", "analyst", "analyst", "", ""),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("dance", "read 'dance', accepted: the number of a decision, or a word of help"),
        ("99", r"read 99, accepted: the number of one of the \d+ open decisions"),
        ("0", r"read 0, accepted: the number of one of the \d+ open decisions"),
        ("stop x", "read 'x', accepted: CASE.ACCOUNT such as 2.7, or CASE"),
        ("stop 2.", "read '2.', accepted: CASE.ACCOUNT such as 2.7, or CASE"),
        ("stop 2.99", r"Not done: nobody here knows of that. Can be done now: stop 2\.\d+.*; type can for all \d+\."),
        ("call 1.1", r"Not done: there is nothing to do about that now. Can be done now: .*; type can for all \d+\."),
        ("say", "Not done: there is nothing to do about that now."),
        ("order analyst best", "read 'best', accepted: fifo, largest_first, freshest_first, most_at_risk"),
        ("order moon fifo", "Not done: nobody here knows of that. Can be done now: order [a-z-]+ fifo, .*"),
        ("staff moon", "Not done: nobody here knows of that. Can be done now: staff [a-z-]+, .*"),
        ("wait", "read '', accepted: a time such as 30s, 2m or 1h"),
        ("wait long", "read 'long', accepted: a time such as 30s, 2m or 1h"),
        ("wait -5m", "read '-5m', accepted: a time such as 30s, 2m or 1h"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(line: str, said: str) -> None:
    """A line that cannot be done says what was read and what is accepted; journal and clock stay."""
    player = later()
    before = (player.session.now, list(player.session.journal.lines))
    answer = player.do(line)
    assert len(answer) == 1
    assert re.fullmatch(said, answer[0])
    assert (player.session.now, player.session.journal.lines) == before


def test_an_empty_line_is_nothing() -> None:
    """Enter alone neither decides nor lets time pass."""
    assert later().do("  ") == []


def test_next_stops_before_a_decision_is_lost_and_then_lets_it_go() -> None:
    """The first `next` stops 10 s before the deadline, the second goes past it and says who decided."""
    player = solo()
    player.do("next")
    player.do("next")
    open_ = player.session.view("call-desk")["decisions"]
    assert len(open_) == 1
    while player.session.now < open_[0]["deadline"] - 10 * SECOND:
        player.do("next")
    assert player.session.now == open_[0]["deadline"] - 10 * SECOND
    assert "Too late at intake: one decision is taken by the desk itself." in player.do("next")


def test_waiting_and_thinking_let_the_clock_go_on() -> None:
    """`wait 2m` is two minutes; time thought is time passed, and says nothing where nothing happened."""
    player = solo("analyst")
    start = player.session.now
    player.do("wait 2m")
    assert player.session.now == start + 2 * MINUTE
    assert player.thought(5 * SECOND) == []
    assert player.session.now == start + 2 * MINUTE + 5 * SECOND


def test_a_message_is_shown_once() -> None:
    """What was said is news once; `messages` tells it again."""
    player = solo()
    player.opening()
    assert not any("Duty note" in line for line in player.do("wait 10s"))
    assert any("Duty note" in line for line in player.do("messages"))


def test_quit_leaves_the_exercise_open_and_finish_closes_it() -> None:
    """After quit nothing more is asked though the room is open; after finish it is closed."""
    player = solo("analyst")
    player.do("quit")
    assert (player.over, player.session.finished) == (True, False)
    player.left = False
    player.do("finish")
    player.do("look")
    told = " ".join(player.do("finish"))
    assert "The exercise goes on until" in told
    assert "more. Type finish again to close it now." in told
    assert (player.over, player.session.finished) == (False, False)
    player.do("finish")
    assert (player.over, player.session.finished) == (True, True)


def test_waiting_stops_before_every_answer_is_late_and_finishing_names_it() -> None:
    """`wait 10h` ran to the end of the exercise, past every answer that was asked for."""
    player = solo()
    deadlines = set()
    while not player.session.finished:
        before = player.session.now
        told = player.do("wait 10h")
        assert player.session.now > before
        open_ = [one for role in player.roles for one in player.session.view(role)["messages"]
                 if one["state"] == "open" and one.get("deadline", 0) > player.session.now]  # fmt: skip
        if not player.session.finished:
            first = min(open_, key=lambda one: one["deadline"])
            assert first["deadline"] - player.session.now == WARNING
            deadlines.add(first["deadline"])
            assert any(line.startswith("Not further yet: until ") for line in told)
            assert first["text"]["en"][:20] in "".join(player.do("finish"))
    asked = [one.deadline for one in player.session.injects if one.inject.deadline and one.fired_at >= 0]
    assert deadlines == set(asked)


def test_the_end_tells_the_score_as_the_review_has_it() -> None:
    """Result, baseline, best policy, ceiling, points and the three counterfactuals are the review's."""
    player = solo("analyst")
    while not player.over:
        player.do("next")
    found = review(player.session)
    text = " ".join(closing(found))
    for fen in (found.scores.result, found.scores.baseline, found.scores.best, found.scores.ceiling):
        assert lang.money(fen) in text
    assert report_text.score(found.scores) in text
    assert len(found.counterfactuals) == 3
    for one in found.counterfactuals:
        assert f"{otherwise.gain(one)} ({otherwise.against(one)})" in " ".join(text.split())


def test_it_is_played_in_chinese() -> None:
    """Briefing, list, help, refusals and score are read in Chinese, none wider than the page."""
    with lang.using("zh"):
        player = solo()
        lines = player.opening()
        _to_accounts(player)
        for line in ("look", "help", "accounts", "cases", "desks", "messages", "stop 2.99", "dance", *["finish"] * 2):
            lines += player.do(line)
        lines += closing(review(player.session))
        assert max(map(columns, player.opening())) <= WIDE
    wrong = [line for line in lines if line and not re.search("[\u4e00-\u9fff]", line)]
    assert wrong == []


def test_every_reason_is_said() -> None:
    """Every code of a refusal has its text in both languages, with the same values."""
    with lang.using("zh"):
        assert all(lang.say(text) != text for text in TEXTS.values())


def test_help_names_every_word() -> None:
    """Each word that decides, looks or moves the clock stands in the help."""
    typed = " ".join(one for one, _ in HELP)
    for word in ("stop", "call", "team", "drop", "order", "staff", "say", "next", "wait", "look", "finish", "quit"):
        assert word in typed


def test_where_nothing_is_open_no_number_is_asked_for() -> None:
    """A number typed while no decision is open is one line that says so."""
    player = solo("analyst")
    assert not player.session.view("analyst")["decisions"]
    assert player.do("1") == ["read 1, but no decision is open; accepted: a word of help"]


def test_banks_have_names() -> None:
    """No code of a bank is read where people read, in either language."""
    for language, said in (("en", "ICBC"), ("zh", "工商银行")):
        with lang.using(language):  # type: ignore[arg-type]
            assert said in names.place("bank:icbc")
            assert names.owner("icbc") == said
            assert not re.search("icbc", names.place("bank:icbc"))
