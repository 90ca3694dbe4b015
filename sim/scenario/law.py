"""The rules that bind the responders: how long a stop holds, how often, and what a freeze is."""

from typing import Annotated

from pydantic import Field

from sim.scenario.base import Model
from sim.scenario.marks import DOZEN
from sim.words.units import Duration


class Law(Model):
    """Stop payments end by themselves; a freeze filed in time keeps the money (PBoC notice Yinfa [2016] 86)."""

    stop: Annotated[Duration, Field(gt=0), DOZEN]
    """A stop payment holds this long from the moment it takes effect."""
    most_stops: Annotated[int, Field(ge=1, le=100)]
    """Of one account, over its life."""
    freeze: Annotated[Duration, Field(gt=0)]
    """A judicial freeze holds this long from its filing."""
    renewals: Annotated[int, Field(ge=0, le=1000)]
    """How often a freeze is renewed, each time as it ends."""
