"""What a trainee may choose from: a task, an account or a case opens its choices, and a choice decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from sim.exercise import offers, words
from sim.exercise.seen import AccountSeen, CaseSeen, TaskSeen, View
from sim.web import said
from sim.web.parts import Field, Rows, Tag, box, button, heading, on, para
from sim.words import language as lang
from sim.words import names
from sim.words.language import capital, key, say
from sim.workflow.log import NONE

Act = Callable[..., object]
"""(action, case, account, desk): what a trainee has chosen."""


SOON: Final = 0.25
"""A deadline of which less than this share is left is near."""


KEYS: Final = """(e) => {
  const list = e.currentTarget, heads = [...list.querySelectorAll('.head')];
  const at = heads.findIndex((h) => h.closest('.task').contains(document.activeElement));
  const to = {ArrowDown: at + 1, ArrowUp: at < 0 ? 0 : at - 1, Home: 0, End: heads.length - 1}[e.key];
  if (to !== undefined && heads[to]) { heads[to].focus(); e.preventDefault(); return; }
  const task = document.activeElement.closest('.task');
  if (!task) return;
  if (e.key === 'Escape') {
    const head = task.querySelector('.head');
    if (head.getAttribute('aria-expanded') === 'true') head.click();
    head.focus();
  } else if (/^[1-9]$/.test(e.key)) {
    const choice = task.querySelectorAll('.choices button')[e.key - 1];
    if (choice) { choice.click(); e.preventDefault(); }
  }
}"""
"""Arrow keys go from task to task, a digit chooses inside the open one, Escape closes it."""


KEEP: Final = """(e) => {
  const list = e.currentTarget, kept = list.kept ??= {};
  kept.target = e.target;
  kept.task = e.target.closest('.task');
  kept.at = [...list.querySelectorAll('.task')].indexOf(kept.task);
  if (kept.watch) return;
  kept.watch = new MutationObserver(() => {
    if (!kept.task || document.activeElement !== document.body) return;
    const heads = [...list.querySelectorAll('.head')];
    const there = kept.task.isConnected ? kept.task.querySelector('.head') : null;
    const to = (kept.target.isConnected ? kept.target : there) ?? heads[Math.min(kept.at, heads.length - 1)];
    if (to) to.focus();
  });
  kept.watch.observe(list, {childList: true, subtree: true});
  document.addEventListener('pointerdown', (p) => { if (!list.contains(p.target)) kept.task = null; });
}"""
"""What has the focus keeps it when it is moved; when it is gone, the entry in its place has it."""


class Choice:
    """A task or an account: its head opens the choices, a choice decides. Two clicks, or two keys."""

    def __init__(self, act: Act | None) -> None:
        self._act = act
        self.opened = False
        """Whether its choices are shown."""
        self._data: ChoiceData | None = None
        self._shown: Sequence[str] = ()
        with box("task") as self.box:
            with Tag("button" if act else "div", "", "head", type="button" if act else None) as self._head:
                with Tag("span"):
                    self._what = Tag("span", "", "what")
                    self._facts = Tag("span", "", "quiet")
                self._left = Tag("span", "", "left")
            self._choices = box("choices", hidden=True)
        if act is not None:
            self._head.set(aria_expanded="false")
            on(self._head, "click", lambda _: self._toggle())

    def show(self, data: ChoiceData) -> None:
        """Show what is known of it now."""
        self._data = data
        self._what.set_text(data.what)
        self._facts.set_text(f" {data.facts}" if data.facts else "")
        self._left.set_text(data.left)
        self.box.mark_as("soon", data.soon)
        if self.opened and data.actions != self._shown:
            self._fill()

    def _toggle(self) -> None:
        self.opened = not self.opened
        self._head.set(aria_expanded="true" if self.opened else "false")
        self.box.mark_as("open", self.opened)
        self._choices.set(hidden=not self.opened)
        self._fill()

    def _fill(self) -> None:
        self._choices.clear()
        if not self.opened or self._data is None:
            return
        self._shown = self._data.actions
        with self._choices:
            for number, action in enumerate(self._shown):
                classes = "" if number else "main"
                chosen = button(say(said.ACTIONS[action]), partial(self._choose, action), classes)
                chosen.set(aria_keyshortcuts=f"{number + 1}")
            if not self._shown:
                para(say("Your role can do nothing about it now."), "quiet")

    def _choose(self, action: str) -> None:
        if self._act is not None and self._data is not None:
            self._act(action, self._data.case, self._data.account, self._data.desk)


class ChoiceData:
    """What a `Choice` shows."""

    def __init__(
        self, what: str, facts: str, case: int, account: int, desk: str, actions: Sequence[str], left: str = "",
        soon: bool = False,
    ) -> None:  # fmt: skip
        self.what, self.facts = what, facts
        self.case, self.account, self.desk = case, account, desk
        self.actions = actions
        self.left, self.soon = left, soon


ORDERS: Final[Mapping[str, str]] = {
    "deadline": key("the nearest deadline first"),
    "number": key("by number"),
    "amount": key("the largest amount first"),
}
"""How open decisions may be sorted."""


class Tasks:
    """The open decisions of a role, sorted as whoever looks at them wants it."""

    def __init__(self, act: Act | None, gone: Callable[[str], None] | None = None, *, several: bool = True) -> None:
        """
        Args:
            act: None for a page that only shows them.
            several: whether they are of several desks, which are then named.
            gone: told the id of a decision that is open no more although its choices were shown.
        """
        self._gone, self._several = gone, several
        self._order = "deadline"
        self._view: View | None = None
        with box("row apart inline sorting"):
            heading(2, say("To decide"))
            options = [(name, say(text)) for name, text in ORDERS.items()]
            Field(say("Sorted"), self._order, options=options, on_change=self._sort)
        if act is not None:
            with Tag("p", "", "help keys"):
                Tag(
                    "span",
                    say("Keys: up and down go from task to task, Enter opens one, 1 to 9 decide, Escape closes."),
                )
        with box("tasks", role="group", tabindex=None if act else 0, aria_label=say("To decide")) as place:
            self._rows = Rows(place, lambda _: Choice(act), say("Nothing to decide now."))
        on_keys(place)

    def _sort(self, order: str) -> None:
        self._order = order
        if self._view is not None:
            self.show(self._view)

    def show(self, view: View) -> None:
        """Show the open decisions of a view."""
        self._view = view
        accounts = {(one["case"], one["account"]): one for one in view.get("accounts", ())}
        cases = {one["case"]: one for one in view.get("cases", ())}
        now = view["now"]
        entries = []
        for one in sorted(view["decisions"], key=partial(place_of, self._order, accounts, cases)):
            account = accounts.get((one["case"], one["account"]))
            if account is not None:
                facts = said.facts(account, now, first=offers.put_first(view, account))
            else:
                facts = said.case_facts(cases[one["case"]]) if one["case"] in cases else ""
            actions = offers.left_about(view, account, one)
            left = one["deadline"] - now
            about = words.subject(one["case"], one["account"])
            if self._several and (account is None or not names.is_asked(one["desk"])):
                facts = say(", ").join(filter(None, (said.desk(one["desk"]), facts)))
            data = ChoiceData(
                say("{who}: {text}", who=capital(said.step(one["step"])), text=about), facts,
                one["case"], one["account"], one["desk"], actions,
                say("{time} left", time=lang.countdown(left)), left < SOON * (one["deadline"] - one["opened"]),
            )  # fmt: skip
            entries.append((one["id"], data))
        for name, row in self._rows.show(entries).items():
            if self._gone is not None and isinstance(row, Choice) and row.opened:
                self._gone(name)


def place_of(
    order: str, accounts: Mapping[tuple[int, int], AccountSeen], cases: Mapping[int, CaseSeen], one: TaskSeen
) -> tuple[int, int, int, str]:
    """What decides on a task's place in an order, the lowest first."""
    subject = one["case"], one["account"]
    if order == "number":
        return (*subject, one["deadline"], one["id"])
    if order == "amount":
        amount = accounts[subject].get("amount", 0) if subject in accounts else 0
        paid = cases[one["case"]].get("paid", 0) if one["case"] in cases and one["account"] == NONE else 0
        return -max(amount, paid), one["deadline"], 0, one["id"]
    return one["deadline"], 0, 0, one["id"]


def on_keys(place: Tag) -> None:
    """Let arrow keys and digits work in a list of choices, and keep the focus in it while its entries come and go."""
    place.on("keydown", None, js_handler=KEYS)
    place.on("focusin", None, js_handler=KEEP)
