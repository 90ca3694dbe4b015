"""Sessions that were played to their end, with what people should not type typed wherever they can type."""

from __future__ import annotations

from functools import cache

from sim.exercise.load import Loaded, load_exercise
from sim.exercise.players import Player
from sim.exercise.review import Review, review
from sim.exercise.session import Seat, Session
from sim.exercise.texts import Texts
from sim.words.units import SECOND

MARKUP = "</style></title><script>alert('x')</script><img src=x onerror=alert(1)>&amp;\""
FORMULA = '=HYPERLINK("x","y")'
NAMES = (MARKUP, FORMULA, "李卫")


@cache
def exercise() -> Loaded:
    """The Wuhan exercise, with markup for a title and a formula for a question of the debriefing."""
    read = load_exercise("wuhan-35min")
    title = Texts(en=f"Wuhan {MARKUP}", zh=f"武汉 {MARKUP}")
    question = read.exercise.debrief[0].model_copy(update={"text": Texts(en=FORMULA, zh=FORMULA)})
    changed = read.exercise.model_copy(update={"title": title, "debrief": [question, *read.exercise.debrief[1:]]})
    return Loaded(changed, read.scenario)


@cache
def played() -> Session:
    """Three people who take 50 s for each decision, and type markup and formulas; the model plays the other roles."""
    roles = ("analyst", "bank-desk", "call-desk")
    seats = [Seat(f"s{place}", role, name) for place, (role, name) in enumerate(zip(roles, NAMES, strict=True))]
    session = Session.start(exercise(), seats=seats)
    players = [Player(seat, reaction=50 * SECOND) for seat in seats]
    said = False
    while not session.finished:
        session.advance(session.now + 5 * SECOND)
        if session.finished:
            break
        if not said:
            said = bool(session.act("s0", "message", note=MARKUP) and session.act("s1", "message", note=FORMULA))
        for player in players:
            player.play(session)
    session.finish("")
    return session


@cache
def reviewed() -> Review:
    """The review of `played`."""
    return review(played())
