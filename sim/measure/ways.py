"""The ways in which a result may be split, apart from how that is done: a command line needs the names alone."""

from __future__ import annotations

from typing import Literal, get_args

By = Literal["bank", "scam", "channel", "layer", "hour", "district", "age", "day", "delay"]
WAYS: tuple[By, ...] = get_args(By)
