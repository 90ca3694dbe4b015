"""What typer refuses, from what its exceptions hold: a template with its values, as for every other mistake."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

from typer.core import TyperGroup

from sim.cli.options import UsageError
from sim.scenario.errors import describe
from sim.words.language import language
from sim.words.phrases import phrase


class Commands(TyperGroup):
    """The commands; one that does not exist is a mistake like others."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the first word names, and what is left for it."""
        try:
            return super().resolve_command(ctx, args)
        except Exception as error:
            if not hasattr(error, "format_message") or not args:
                raise
            near = ", ".join(repr(one) for one in get_close_matches(args[0], list(self.commands)))
            what = phrase("No such command {name!r}.", name=args[0])
            if near:
                what = phrase("No such command {name!r}. Did you mean {near}?", name=args[0], near=near)
            raise UsageError(what) from None


def refusal(error: Any) -> str:
    """What an exception of typer says: its own English where that is plain, else the same made from its values."""
    of_a_value = type(error).__name__ == "BadParameter"
    if language() == "en" and not of_a_value:
        return str(error.format_message())
    param = getattr(error, "param", None)
    hint = getattr(error, "param_hint", None) or (param.get_error_hint() if param is not None else "")
    hint = hint if isinstance(hint, str) else " / ".join(repr(one) for one in hint)
    match type(error).__name__:
        case "NoSuchOption" if error.possibilities:
            near = ", ".join(sorted(error.possibilities))
            return phrase("No such option: {name} (Possible options: {near})", name=error.option_name, near=near)
        case "NoSuchOption":
            return phrase("No such option: {name}", name=error.option_name)
        case "BadOptionUsage":
            return phrase("Option {name!r} needs another number of values.", name=error.option_name)
        case "MissingParameter" if param is not None and param.param_type_name == "argument":
            return phrase("Missing argument {name}.", name=hint)
        case "MissingParameter":
            return phrase("Missing option {name}.", name=hint)
        case "BadParameter":
            return phrase("Invalid value for {name}: {why}", name=hint, why=_why(error))
    return str(error.format_message())


def _why(error: Any) -> str:
    """What was read and what is accepted, where typer has it from the models' library; else its own words."""
    from pydantic import ValidationError

    from sim.scenario.explain import by_kind

    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        return str(error.message) if not error.args else error.args[0]
    first = cause.errors()[0]
    choices = _choices(error.param)
    accepted = (
        phrase("one of {names}", names=", ".join(choices)) if choices else by_kind(first["type"], first.get("ctx", {}))
    )
    return phrase("read {read}, accepted: {accepted}", read=describe(first["input"]), accepted=accepted)


def _choices(param: Any) -> tuple[str, ...]:
    """What an option takes where it takes only some words."""
    descriptor = getattr(param, "type_descriptor", None)
    annotation = getattr(descriptor, "annotation", None)
    return tuple(map(str, get_args(annotation))) if get_origin(annotation) is Literal else ()
