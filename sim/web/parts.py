"""The pieces that pages are made of: plain HTML elements, so that browsers and screen readers know them.

Whatever is said or typed goes into the text of an element or into one of its plain attributes, which a browser never
reads as markup; rows of tables alone are markup, in which it is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from html import escape
from inspect import isawaitable
from typing import Any, Final, Protocol

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.event import Event
from nicegui.events import GenericEventArguments

from sim.web.said import refusal
from sim.words import language as lang

Handler = Callable[[], Any]
LETTERS: Final = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "Fundfreeze Sans SC", sans-serif'
"""The fonts of a page, for what measures its own text: `inherit` is the default font there, and labels are cut."""


def shown(text: str) -> str:
    """A text as a page can carry it: half a surrogate, of a file or a folder's name in no encoding, is a `?`."""
    return text if text.isascii() else text.encode(errors="replace").decode()


class Tag(TextElement):
    """An HTML element with a text, which may be changed with `set_text`."""

    def __init__(self, tag: str, text: str = "", classes: str = "", **attributes: Any) -> None:
        super().__init__(tag=tag, text=shown(text))
        if classes:
            self.classes(classes)
        self.set(**attributes)

    def set(self, **attributes: Any) -> Tag:
        """Set attributes (`aria_label` for aria-label, `for_` for for); None takes one away. Sends only a change."""
        changed = False
        for name, value in attributes.items():
            key = name.rstrip("_").replace("_", "-")
            said = shown(value) if isinstance(value, str) else value
            if said is None or said is False:
                changed |= self._props.pop(key, None) is not None
            elif self._props.get(key) != said:
                self._props[key] = said
                changed = True
        if changed:
            self.update()
        return self

    def set_text(self, text: str) -> Tag:
        """Change the text."""
        super().set_text(shown(text))
        return self

    def mark_as(self, name: str, on: bool) -> None:
        """Give the element a class, or take it away. Sends only a change."""
        if (name in self._classes) != on:
            self.classes(add=name) if on else self.classes(remove=name)


def box(classes: str = "", tag: str = "div", **attributes: Any) -> Tag:
    """An element to put others into."""
    return Tag(tag, "", classes, **attributes)


def heading(level: int, text: str, classes: str = "") -> Tag:
    """A heading; the page's title is level 1."""
    return Tag(f"h{level}", text, classes)


def para(text: str, classes: str = "") -> Tag:
    """A paragraph."""
    return Tag("p", text, classes)


def link(text: str, to: str, classes: str = "", **attributes: Any) -> Tag:
    """A link inside this server."""
    return Tag("a", text, classes, href=to, **attributes)


def button(text: str, do: Handler, classes: str = "", **attributes: Any) -> Tag:
    """A button; what it does is done in the language in which it was made."""
    made = Tag("button", text, classes, type="button", **attributes)
    on(made, "click", lambda _: do())
    return made


def upload_form(to: str, label: str, send: str) -> Tag:
    """A form with which a YAML file is sent: the browser's own, so that the answer is a page."""
    with Tag("form", "", "row", method="post", action=to, enctype="multipart/form-data") as form:
        named = Tag("label", label)
        chosen = Tag("input", type="file", name="file", accept=".yaml,.yml", required=True)
        named.set(for_=chosen.html_id)
        Tag("button", send, type="submit")
    return form


def confirmed(text: str, sure: str, do: Handler, spoken: str | None = None) -> Tag:
    """A button that asks back: it does what it says when it is pressed a second time.

    Args:
        text: what it says first.
        sure: what it says then.
        do: what is done.
        spoken: what a screen reader says first, where the text is not clear by itself.
    """

    def press() -> Any:
        if made.text == sure:
            try:
                return do()
            except OSError as error:
                made.set_text(refusal(error))
                return None
        made.set_text(sure)
        made.set(aria_label=None)
        return None

    made = button(text, press, "danger", aria_label=spoken)
    return made


def go_on(to: str, place: Element) -> None:
    """Lead a page on after something that took long; a page that was closed meanwhile has no way to be led."""
    if not place.is_deleted:
        with place:  # what was pressed may be gone
            ui.navigate.to(to)


def in_language(do: Callable[..., Any]) -> Callable[..., Any]:
    """What is done later, in the language of now, to its end: also where it waits for something in between."""
    language = lang.language()

    async def to_its_end(rest: Awaitable[Any]) -> Any:
        with lang.using(language):
            return await rest

    def done(*args: Any) -> Any:
        with lang.using(language):
            result = do(*args)
        return to_its_end(result) if isawaitable(result) else result

    return done


def on(element: Element, event: str, do: Callable[[Any], Any], js: str | None = None) -> None:
    """Do something at an event of the browser, in the language of the page.

    Args:
        element: where.
        event: its name, such as `change`, or `keydown.enter.prevent`.
        do: given what `js` emits; without `js`, nothing of the event is sent and None is given.
        js: `(e) => emit(e.target.value)`.
    """
    done = in_language(do)

    def handle(said: GenericEventArguments) -> Any:
        if js == VALUE and not isinstance(said.args, str):
            return None  # no browser of ours sends that
        return done(said.args if js else None)

    if js is None:
        element.on(event, handle, args=[])
    else:
        element.on(event, handle, js_handler=js)


def subscribe(event: Event[[]], do: Handler) -> None:
    """Do something at each change, in the language of the page, as long as the page lives."""
    event.subscribe(in_language(do))


VALUE = "(e) => emit(e.target.value)"
"""What a field emits."""


LONG: Final = 24
"""Letters, a Chinese character counting twice: a choice that has more stands below its list, too."""


class Field:
    """A labelled field with a help text and room for a mistake beside it.

    `value` is what stands in the browser's field: nothing is sent back to it while somebody types. A list on a narrow
    screen cuts what is chosen, and no browser breaks its line: where it is long, it stands below, or `notes` of it.
    """

    def __init__(
        self, label: str, value: str = "", *, help_: str = "", options: Sequence[tuple[str, str]] | None = None,
        rows: int = 0, notes: Mapping[str, str] | None = None, on_change: Callable[[str], Any] | None = None,
        on_enter: Handler | None = None, **attributes: Any,
    ) -> None:  # fmt: skip
        self.value = value
        self._notes = notes or {key: text for key, text in options or () if _letters(text) > LONG}
        self._note: Tag | None = None
        with box("field") as self.box:
            self._label = Tag("label", label)
            if help_:
                self._help = Tag("span", help_, "help")
            tag = "select" if options is not None else "textarea" if rows else "input"
            self.input = Tag(tag, value if rows else "", **attributes)
            if tag == "select":
                with self.input:
                    for key, text in options or ():
                        Tag("option", text, value=key, selected=key == value)
                if self._notes:
                    self._note = Tag("span", "", "help note", aria_hidden=None if notes else "true")
            elif rows:
                self.input.set(rows=rows)
            else:
                self.input.set(**{"^value": value})  # the attribute, not the property: a change never undoes typing
            self.mistake = Tag("span", "", "mistake", role="alert")
        self._label.set(for_=self.input.html_id)
        told = [*([self._help] if help_ else []), *([self._note] if notes and self._note else []), self.mistake]
        self.input.set(aria_describedby=" ".join(one.html_id for one in told))

        self._say_note()
        known = None if options is None else {key for key, _ in options}

        def changed(value: Any) -> Any:
            if known is not None and value not in known:
                return None  # no browser of ours sends that
            self.value = str(value)
            self._say_note()
            return None if on_change is None else on_change(self.value)

        on(self.input, "change" if tag == "select" else "input", changed, VALUE)
        if on_enter is not None:
            on(self.input, "keydown.enter", lambda _: on_enter())

    def _say_note(self) -> None:
        if self._note is not None:
            self._note.set_text(self._notes.get(self.value, ""))

    def refuse(self, text: str) -> None:
        """Say a mistake beside the field; an empty text takes it away."""
        self.mistake.set_text(text)
        self.input.set(aria_invalid="true" if text else None)

    def clear(self) -> None:
        """Empty the browser's field."""
        self.put("")

    def put(self, text: str) -> None:
        """Write something into the browser's field."""
        self.value = text
        self._say_note()
        show_value(self.input, text)


def _letters(text: str) -> int:
    return len(text) + sum(one >= "\u2e80" for one in text)


def show_value(field: Element, value: str | int) -> None:
    """Write something into a field of the browser, unless it is gone there by then."""
    write = f"(one) => one && (one.value = {json.dumps(value)})"
    field.client.run_javascript(f"({write})(document.getElementById('{field.html_id}'))")


def table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str, *, numbers: bool = True) -> Tag:
    """A table whose first column names the row; the others hold numbers, set to the right.

    Its rows are one piece of markup: each of a thousand cells, none of which ever changes, would cost as an element.
    """
    cell = "<td class=number>" if numbers else "<td>"
    written = (f"<tr><th scope=row>{cell.join(map(escape, row))}</tr>" for row in rows)  # HTML ends cells by itself
    with box("table-box", role="group", tabindex=0, aria_label=caption) as outer, Tag("table"):
        Tag("caption", caption)
        with Tag("thead"), Tag("tr"):
            for place, name in enumerate(head):
                Tag("th", name, "number" if numbers and place else "", scope="col")
        Tag("tbody", innerHTML="".join(written))
    return outer


def details(summary: str, *, open_: bool = False) -> Tag:
    """An expander: what is put into it is seen after a click on its summary."""
    with box("", "details", open=open_) as made:
        Tag("summary", summary)
    return made


class Row(Protocol):
    """One entry of a list that lives on while the list changes."""

    box: Tag

    def show(self, data: Any) -> None:
        """Show what is known of the entry now."""


class Rows:
    """A list whose entries keep their elements, so that focus and what is open stay while others come and go."""

    def __init__(self, box: Tag, make: Callable[[str], Row], empty: str = "") -> None:
        """
        Args:
            box: to put the entries into.
            make: an entry by its key; called inside the box.
            empty: what to say where there is none.
        """
        self.box = box
        self._make = make
        self._rows: dict[str, Row] = {}
        with box:
            self._none = Tag(_ITEM.get(box.tag, "p"), empty, "quiet", hidden=not empty)

    def show(self, entries: Sequence[tuple[str, Any]]) -> dict[str, Row]:
        """Show these entries, by key, in this order; returns those that have gone."""
        wanted = dict(entries)
        gone = {key: self._rows.pop(key) for key in list(self._rows) if key not in wanted}
        for row in gone.values():
            row.box.delete()
        for place, (key, data) in enumerate(wanted.items()):
            if key not in self._rows:
                with self.box:
                    self._rows[key] = self._make(key)
            row = self._rows[key]
            if self.box.default_slot.children.index(row.box) != place:
                row.box.move(target_index=place)
            row.show(data)
        self._none.set(hidden=bool(wanted or not self._none.text))
        return gone


_ITEM = {"ul": "li", "ol": "li", "tbody": "tr"}


class Line:
    """An entry that is a time and a text."""

    def __init__(self, _: str) -> None:
        with box("", "li") as self.box:
            self._at = Tag("span", "", "at")
            self._text = Tag("span")

    def show(self, data: tuple[str, str]) -> None:
        """Show (time, text)."""
        self._at.set_text(data[0])
        self._text.set_text(data[1])
