"""What a good room does about an inject: which act, by whom, about which account, in what words, before what else.

Each part that is given must hold; what is not given does not matter. An expectation that any act would meet tries
nothing, so a wrong answer must be possible: whether an answer is right is judged in the moment in which it is given,
by what is known then (`judging`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sim.exercise.texts import Text
from sim.exercise.vocabulary import DeskGlob, May, RoleName
from sim.scenario.base import BankName, Model
from sim.scenario.errors import FaultError
from sim.words.phrases import phrase

Pick = Literal["largest", "freshest", "smallest", "oldest"]
"""Of some accounts: by the amount that came, or by when it came."""
Word = Annotated[str, Field(min_length=1, max_length=60)]


class Which(Model):
    """Which account: one that fits, and of all that fit, and about which the same could be done, the one picked."""

    pick: Pick | None = None
    """Of all that fit, this one; None: any that fits."""
    bank: BankName | None = None
    """Held by this bank."""
    not_bank: BankName | None = None
    """Held by another bank than this."""
    layer: Annotated[int, Field(ge=1, strict=True)] | None = None
    """So many transfers from the victim."""
    cash: bool | None = None
    """Cash on its way out, which only a field team reaches; or none of it."""
    stopped: bool | None = None
    """Under a stop or a freeze, or under none."""

    @model_validator(mode="after")
    def _something(self) -> Which:
        if not self.model_fields_set:
            names = ", ".join(type(self).model_fields)
            raise FaultError(phrase("at least one of {names}", names=names), phrase("no condition"))
        return self


class Criterion(Model):
    """One thing that an answer in free words should say."""

    text: Text
    """What whoever leads looks for."""
    words: Annotated[list[Word], Field(max_length=80)] = Field(default_factory=list)
    """Any of them in the answer ticks it, as whole words that it neither turns down nor puts off (`...` in one stands
    for what comes between); where that is open, and where there are none, whoever leads ticks it."""
    without: Annotated[list[Word], Field(max_length=80)] = Field(default_factory=list)
    """Any of them said in the answer makes it wrong, whatever else it says."""


class Says(Model):
    """What a message must say."""

    to: RoleName | None = None
    """Names this role."""
    account: Which | None = None
    """Names an account as people are shown it (`2.7`, or in words), which is one of these."""
    bank: BankName | None = None
    """Names this bank."""
    time: bool = False
    """Names a time (`14:05`, `40 minutes`)."""
    amount: bool | None = None
    """Names an amount of money, or none."""
    rubric: Annotated[list[Criterion], Field(max_length=20)] = Field(default_factory=list)
    """Free words, held against these."""
    least: Annotated[int, Field(ge=1, strict=True)] | None = None
    """So many of the rubric; None: all."""

    @model_validator(mode="after")
    def _something(self) -> Says:
        if not self.model_fields_set - {"least"}:
            names = ", ".join(name for name in type(self).model_fields if name != "least")
            raise FaultError(phrase("at least one of {names}", names=names), phrase("no condition"))
        if self.least is not None and self.least > len(self.rubric):
            raise FaultError(
                phrase("at most {most}, all of the rubric", most=len(self.rubric)), at="least",
                wrong=phrase("more than there are"),
            )  # fmt: skip
        return self

    @property
    def needed(self) -> int:
        """So many of the rubric must be ticked."""
        return len(self.rubric) if self.least is None else self.least


class Expect(Model):
    """What a good room does about an inject."""

    action: May | Literal["any"] = "any"
    desk: DeskGlob | None = None
    """Only at such a desk; None: wherever."""
    by: RoleName | None = None
    """Only by this role; None: by whichever."""
    account: Which | None = None
    """Only about such an account."""
    says: Says | None = None
    """Only a message that says this."""
    before: Annotated[int, Field(ge=2, le=100, strict=True)] | None = None
    """Before the so manieth decision of those asked since the inject; messages do not count, unless one is expected."""
    tick: bool = False
    """Only once whoever leads has ticked it."""

    @model_validator(mode="after")
    def _fits(self) -> Expect:
        if self.says is not None and self.action != "message":
            raise FaultError(
                phrase("says goes with action: message"), at="says", wrong=phrase("words beside another action")
            )
        if self.account is not None and self.action in ("message", "call_in", "policy"):
            raise FaultError(
                phrase("an act about an account; of a message: says.account"), at="account",
                wrong=phrase("an account beside {action}", action=self.action),
            )  # fmt: skip
        return self

    @property
    def by_hand(self) -> bool:
        """Whether whoever leads has to judge an answer."""
        return self.tick or (self.says is not None and any(not one.words for one in self.says.rubric))
