"""Policies that are asked again whenever someone is free: by what is at risk, or by a user's own function."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from datetime import datetime
from functools import cached_property
from importlib.util import module_from_spec, spec_from_file_location
from numbers import Integral
from typing import Any, TypeGuard

import numpy as np

from sim.scenario.distributions import DurationDist
from sim.scenario.errors import PolicyError, describe, one_line
from sim.words.phrases import Phrase, phrase, tidied
from sim.words.units import MAX_DURATION
from sim.workflow.policies import POLICIES, Policy, View


class AtRisk:
    """What is still on an account, and how fast it goes, by the dwell times that the responders believe in.

    The time from a credit on layer n until its first onward transfer follows the scenario's `dwell_by_layer`; density
    and survival are tabulated once, when first asked for, over ages that grow by about 1%. A view without a layer has
    nothing at risk.
    """

    def __init__(self, dwell_by_layer: Sequence[DurationDist]) -> None:
        self._laws = dwell_by_layer
        self._edges = np.exp2(np.arange(place_of_age(MAX_DURATION) + 2) / PER_DOUBLING) - 1

    @cached_property
    def density(self) -> list[list[float]]:
        return [(np.diff(law.cdf(self._edges)) / np.diff(self._edges)).tolist() for law in self._laws]

    @cached_property
    def survival(self) -> list[list[float]]:
        middle = (self._edges[1:] + self._edges[:-1]) / 2
        return [(1 - law.cdf(middle)).tolist() for law in self._laws]

    def rate(self, view: View) -> float:
        """Expected balance times hazard: amount * survival * (density / survival), in fen per ms."""
        return self._of(self.density, view)

    def balance(self, view: View) -> float:
        """Expected balance: amount * survival, in fen."""
        return self._of(self.survival, view)

    def most_at_risk(self, view: View) -> float:
        """As a policy: the account that loses most in the next moment is served first."""
        return -self.rate(view)

    @staticmethod
    def _of(table: list[list[float]], view: View) -> float:
        if view.layer < 1:
            return 0.0
        return view.amount * table[min(view.layer, len(table)) - 1][place_of_age(max(0, view.now - view.credited))]


PER_DOUBLING = 64
AT_RISK = ("most_at_risk", "write_off")
"""Policies by what is at risk; with the second, what is nearly hopeless is dropped."""


def place_of_age(age: int) -> int:
    """Place of an age (ms) in the tables: 64 to each doubling of (age + 1 ms)."""
    return int(math.log2(min(age, MAX_DURATION) + 1) * PER_DOUBLING)


def asked_again(queue: str, at_risk: AtRisk, when: Callable[[int], datetime]) -> Policy | None:
    """The policy of a `queue` that is asked whenever someone is free; None for one that is asked once.

    Raises:
        PolicyError: a user's policy that cannot be loaded.
    """
    if queue in POLICIES:
        return None
    if queue in AT_RISK:
        return at_risk.most_at_risk
    return user_policy(queue, when)


def user_policy(queue: str, when: Callable[[int], datetime]) -> Policy:
    """The function that `FILE.py:FUNCTION` names, guarded: what goes wrong in it is a PolicyError.

    Args:
        queue: the file with its path, and the function.
        when: local date and time of a simulated moment (ms).

    Raises:
        PolicyError: the file cannot be run or has no such function.
    """
    path, _, name = queue.rpartition(":")

    def error(now: int, what: Phrase) -> PolicyError:
        moment = when(now).isoformat(timespec="milliseconds")
        why = phrase("policy {name!r} of {path} at {moment}: {what}", name=name, path=path, moment=moment, what=what)
        return PolicyError(tidied(why, one_line))

    try:
        spec = spec_from_file_location(f"policy_{name}", path)
        assert spec is not None
        assert spec.loader is not None  # a name that ends in .py has one
        module = module_from_spec(spec)
        with redirect_stdout(sys.stderr):  # standard output is for results
            spec.loader.exec_module(module)
        function: Callable[[View], Any] = getattr(module, name)
    except (Exception, SystemExit) as cause:
        raise error(0, phrase("it cannot be loaded ({what})", what=f"{type(cause).__name__}: {cause}")) from cause

    def policy(view: View) -> float:
        try:
            with redirect_stdout(sys.stderr):
                answer = function(view)
        except (Exception, SystemExit) as cause:
            raise error(view.now, phrase("it raised {what}", what=f"{type(cause).__name__}: {cause}")) from cause
        if not _is_number(answer):
            raise error(view.now, phrase("it returned {answer}, not a finite number", answer=describe(answer)))
        return answer

    return policy


def _is_number(answer: object) -> TypeGuard[float]:
    if isinstance(answer, float):
        return math.isfinite(answer)
    return isinstance(answer, Integral) and not isinstance(answer, bool)
