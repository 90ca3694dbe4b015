"""Forms for an exercise in the making, made of its model: a field for each value, a list for each list.

What is typed is put into plain values as a file has them. Nothing is judged here: the reader of files says what is
wrong, and where, and that is said beside the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel

from sim.exercise.drafts import ANSWER, Draft, text_of, texts
from sim.exercise.texts import MOST_TEXT, Texts
from sim.scenario import shape
from sim.scenario.errors import ScenarioError
from sim.web.exercise_labels import HELP, LABELS, TIME, value_words
from sim.web.exercise_wrong import Refusing, beside, wrong_words
from sim.web.numbers import whole
from sim.web.parts import Field, Tag, box, details, on
from sim.words import language as lang
from sim.words.language import say
from sim.words.letters import narrow
from sim.words.units import parse_duration, parse_money

Place = tuple[str | int, ...]
"""The way to a value of an exercise: keys and places in lists."""
Options = Sequence[tuple[str, str]]
LONG: Final = {
    "Exercise.briefing": 5, "Exercise.made": 3, "Inject.text": 3, "Inject.note": 2, "Exercise.question": 2,
}  # fmt: skip
"""Lines of texts that have several."""
OPEN: Final = ("Inject.expect",)
"""Parts that stand open also where nothing is said yet: nobody should miss them."""
MOST_TYPED: Final = 200
"""Characters of a field that is no text."""


@dataclass
class Draught:
    """The values of one exercise, what can be chosen in its fields, and the fields that are on the page."""

    tree: Draft
    heard: Callable[[Place], Any]
    """Told of each change."""
    options: Callable[[str], Options | None] = lambda _: None
    """What can be chosen in a field of `LABELS`; None: the model's own choices, or anything."""
    shown: dict[str, Refusing] = field(default_factory=dict)
    """By dotted path."""

    def get(self, place: Place) -> Any:
        """The value at a place; None for none."""
        value: Any = self.tree
        for part in place:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def put(self, place: Place, value: Any) -> Any:
        """Put a value at a place, or take it away with None; what is around it and holds nothing then goes, too.

        Returns:
            What `heard` does of it.
        """
        around: Any = self.tree
        for part, after in pairwise(place):
            if isinstance(around, dict) and part not in around:
                around[part] = [] if isinstance(after, int) else {}
            around = around[part]
        if value is not None:
            around[place[-1]] = value
        elif isinstance(around, dict):
            around.pop(place[-1], None)
            if not around and len(place) > 1 and isinstance(place[-2], str) and place[-3:-2] != ("roles",):
                return self.put(place[:-1], None)
        return self.heard(place)

    def answer_has_a_time(self, inject: Place) -> None:
        """Whatever is expected has a time in which it is done, and only that: the one that is usual, to begin with."""
        made = self.get(inject)
        if ("expect" in made) == ("deadline" in made):
            return
        time = ANSWER if "expect" in made else ""
        made.pop("deadline", None)
        if time:
            made["deadline"] = time
        field = self.shown.get(_dotted((*inject, "deadline")))
        if isinstance(field, Field):
            field.put(time)

    def refuse(self, wrong: ScenarioError | None, inside: str = "") -> None:
        """Say a mistake beside the field that is nearest to it, and at no other.

        Args:
            wrong: None takes it away.
            inside: what is said where the field is around what is wrong, and not that itself.
        """
        at = "" if wrong is None else beside(wrong.field, self.shown)
        what = "" if wrong is None else wrong_words(wrong)
        for path, one in self.shown.items():
            one.refuse("" if path != at else what if wrong is None or wrong.field == at else inside)

    def forget(self, below: Place) -> None:
        """The fields below a place are on the page no more."""
        head = ".".join(map(str, below))
        for name in [one for one in self.shown if one == head or one.startswith(f"{head}.")]:
            del self.shown[name]

    # -- fields ------------------------------------------------------------------------------------------------

    def fields(self, model: type[BaseModel], place: Place, names: Sequence[str] = ()) -> None:
        """Put the fields of a model on the page, short ones side by side.

        Args:
            names: of those that are wanted, in this order; none: all, in that of `LABELS`.
        """
        head = f"{model.__name__}."
        for name in names or [one.removeprefix(head) for one in LABELS if one.startswith(head)]:
            self.field(model, name, (*place, name))

    def field(self, model: type[BaseModel], name: str, place: Place) -> None:
        """Put the field for one value on the page."""
        known = f"{model.__name__}.{name}"
        info = shape.fields(model)[name]
        kinds = shape.unwrap(info.annotation)
        label, options = say(LABELS[known]), self._options(known, kinds)
        inside = [one for one in kinds if shape.is_model(one)]
        if Texts in inside:
            _TextField(self, label, place, rows=LONG.get(known, 0))
        elif inside:
            with details(label, open_=known in OPEN or self.get(place) is not None), box("fields inset"):
                self.fields(inside[0], place)
        elif listed := _listed(kinds[0]):
            _Models(self, label, place, listed)
        elif _is_list(kinds[0]):
            self._list(known, place, options)
        elif kinds == (bool,) and info.default is False:
            _Check(self, label, place)
        else:
            if options is None and kinds == (bool,):
                options = [("true", say("yes")), ("false", say("no"))]
            self._single(model, name, place, options)

    def _options(self, known: str, kinds: shape.Types) -> Options | None:
        given = self.options(known)
        if given is not None:
            return given
        literal = [value for kind in kinds for value in _choices(kind)]
        return [(one, value_words(known, one)) for one in literal] or None

    def _single(self, model: type[BaseModel], name: str, place: Place, options: Options | None) -> None:
        """A value that is typed, or chosen among some."""
        known = f"{model.__name__}.{name}"
        readers = shape.validators(model, (name,))
        now = self.get(place)
        shown = "" if now is None else str(now).lower() if isinstance(now, bool) else str(now)
        if options is not None:
            blank = [] if shape.fields(model)[name].is_required() and shown else [("", "-")]
            others = [] if not shown or any(shown == one for one, _ in options) else [(shown, shown)]
            options = [*blank, *options, *others]
        told = [say(HELP[known])] if known in HELP else []
        told += [say(TIME)] if parse_duration in readers else []
        made = Field(
            say(LABELS[known]), shown, options=options, help_=say("; ").join(told), autocomplete="off",
            on_change=lambda text: self.put(place, _read(text, readers)), maxlength=MOST_TYPED,
        )  # fmt: skip
        self.shown[_dotted(place)] = made

    def _list(self, known: str, place: Place, options: Options | None) -> None:
        """Several values: boxes to tick where they can be chosen, else words with commas between them."""
        now = [str(one) for one in self.get(place) or []]
        if options is not None:
            others = [(one, one) for one in now if one not in dict(options)]
            self.shown[_dotted(place)] = _Checks(self, say(LABELS[known]), place, [*options, *others])
            return
        made = Field(
            say(LABELS[known]), say(", ").join(now), autocomplete="off",
            on_change=lambda text: self.put(place, _split(text) or None),
        )  # fmt: skip
        self.shown[_dotted(place)] = made


def _is_list(kind: Any) -> bool:
    origin: Any = get_origin(kind)
    return origin is list


def _listed(kind: Any) -> type[BaseModel] | None:
    """The model of which a type is a list; None for any other."""
    inside = shape.unwrap(get_args(kind)[0]) if _is_list(kind) else ()
    return next((one for one in inside if shape.is_model(one)), None)


def _choices(kind: Any) -> Iterator[str]:
    """What a type lists one by one, also inside a list."""
    if _is_list(kind):
        for one in shape.unwrap(get_args(kind)[0]):
            yield from _choices(one)
    elif shape.unwrap(kind) == (kind,) and str(get_origin(kind)) == "typing.Literal":
        yield from (str(one) for one in get_args(kind))


def _split(text: str) -> list[str]:
    return [one for one in (part.strip() for part in text.replace("，", ",").replace("、", ",").split(",")) if one]


def _read(text: str, readers: set[Any]) -> Any:
    """What was typed as a file has it; what is no number stays text, and is refused as in a file."""
    plain = narrow(text).strip()
    if not plain:
        return None
    number = whole(plain, -(10**9), 2**63 - 1)
    if parse_duration in readers:
        return f"{number}m" if number is not None and number >= 0 else text.strip()
    if parse_money in readers:
        return f"{number} yuan" if number is not None and number >= 0 else text.strip()
    if bool in readers and plain in ("true", "false"):
        return plain == "true"
    if readers & {int, float}:
        if number is not None:
            return number
        with suppress(ValueError):
            return float(plain) if float in readers and len(plain) < 20 else text.strip()
    return text.strip()


def _dotted(place: Place) -> str:
    return ".".join(map(str, place))


class _TextField:
    """A text in the language of the page, and in the other one behind a click: one that is missing is not needed."""

    def __init__(self, of: Draught, label: str, place: Place, rows: int) -> None:
        self._of, self._place = of, place
        english, chinese = texts(of.get(place))
        same = english == chinese
        first = lang.language()
        own, other = (english, chinese) if first == "en" else (chinese, english)
        self._typed = {"own": own, "other": "" if same else other}
        self._english = first == "en"
        more: dict[str, Any] = {"rows": rows, "maxlength": MOST_TEXT, "autocomplete": "off"}
        with box("wide"):
            field = Field(label, own, on_change=lambda text: self._put("own", text), **more)
            name = say("in Chinese, if it differs") if self._english else say("in English, if it differs")
            there = cut(self._typed["other"], 40)
            with details(say("{who}: {text}", who=name, text=there) if there else name) as also:
                also.mark_as("also", True)
                more["aria_label"] = f"{label} ({name})"
                Field("", self._typed["other"], on_change=lambda text: self._put("other", text), **more)
        of.shown[_dotted(place)] = field

    def _put(self, which: str, text: str) -> Any:
        self._typed[which] = text.strip()
        own, other = self._typed["own"], self._typed["other"]
        english, chinese = (own, other) if self._english else (other, own)
        return self._of.put(self._place, text_of(english, chinese))


class _Models:
    """Several values that have fields of their own: those that there are, and always an empty one to be filled in."""

    def __init__(self, of: Draught, label: str, place: Place, model: type[BaseModel]) -> None:
        self._of, self._place, self._model = of, place, model
        self._made: list[Draft] = []
        with Tag("fieldset", "", "wide"):
            Tag("legend", label)
            self._box = box("stack")
        for one in [*(of.get(place) or []), {}]:
            self._add(dict(one))

    def _add(self, one: Draft) -> None:
        """The fields of one more."""
        head = _dotted((*self._place, len(self._made)))
        self._made.append(one)
        fields = Draught(one, self._heard, self._of.options)
        with self._box, box("fields inset"):
            fields.fields(self._model, ())
        self._of.shown.update({f"{head}.{path}": shown for path, shown in fields.shown.items()})

    def _heard(self, _: Place) -> Any:
        if self._made[-1]:
            self._add({})
        return self._of.put(self._place, [one for one in self._made if one] or None)


class _Check:
    """A box to tick for what is no unless it is said."""

    def __init__(self, of: Draught, label: str, place: Place) -> None:
        with box("field check"):
            made = Tag("input", type="checkbox", checked=of.get(place) is True)
            Tag("label", label).set(for_=made.html_id)
            self._mistake = Tag("span", "", "mistake", role="alert")
        of.shown[_dotted(place)] = self
        on(made, "change", lambda ticked: of.put(place, True if ticked is True else None), CHECKED)

    def refuse(self, text: str) -> None:
        """Say a mistake beside the box."""
        self._mistake.set_text(text)


CHECKED: Final = "(e) => emit(e.target.checked)"
"""What a box to tick emits."""


class _Checks:
    """Boxes to tick, several of which may be."""

    def __init__(self, of: Draught, label: str, place: Place, options: Options) -> None:
        self._of, self._place, self._options = of, place, options
        self._on = [str(one) for one in of.get(place) or []]
        with Tag("fieldset", "", "wide checks"):
            Tag("legend", label)
            for key, text in options:
                with box("check"):
                    made = Tag("input", type="checkbox", checked=key in self._on)
                    Tag("label", text).set(for_=made.html_id)
                on(made, "change", partial(self._put, key), CHECKED)
            self._mistake = Tag("span", "", "mistake", role="alert")

    def _put(self, key: str, ticked: Any) -> Any:
        self._on = [one for one in self._on if one != key] + ([key] if ticked is True else [])
        order = [one for one, _ in self._options]
        self._on.sort(key=lambda one: order.index(one) if one in order else len(order))
        return self._of.put(self._place, list(self._on) or None)

    def refuse(self, text: str) -> None:
        """Say a mistake below the boxes."""
        self._mistake.set_text(text)


def cut(text: str, most: int) -> str:
    """A text on one line, cut where it is longer."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
