"""The events of a YAML text: from libyaml, written in C, where it is there, else from a parser in plain Python.

Both give the same events for the same text, with the same lines and columns (a test holds them together); libyaml is
some thirty times faster. How plain values are read, where YAML 1.1 and 1.2 differ, is decided in `tree`. In what they
refuse they differ in trifles: libyaml wants a space after the colon in ``{a:}`` and takes a tab there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sim.words.language import key
from sim.words.phrases import Phrase, phrase

Event = Any
"""Of either library: known by the name of its class; it has anchor, tag, value, style, start_mark."""


class NotYamlError(Exception):
    """A text that is no YAML, from `line` and `column` on (both from 0); `problem` is in the words of the library."""

    def __init__(self, line: int, column: int, problem: str) -> None:
        super().__init__(problem)
        self.line, self.column, self.problem = line, column, problem


def events(text: str) -> Iterator[Event]:
    """The events of a text.

    Raises:
        NotYamlError: when the parser comes to where it is none.
    """
    try:
        from yaml._yaml import CParser  # noqa: F401  # absent where PyYAML was built without libyaml
    except ImportError:
        return in_python(text)
    return in_c(text)


def in_c(text: str) -> Iterator[Event]:
    """The events that libyaml finds."""
    from yaml._yaml import CParser
    from yaml.error import MarkedYAMLError, YAMLError

    try:
        parser = CParser(text)
        while (event := parser.get_event()) is not None:
            yield event
    except MarkedYAMLError as error:
        raise _not_yaml(error) from None
    except YAMLError as error:
        raise NotYamlError(0, 0, str(error)) from None


def in_python(text: str) -> Iterator[Event]:
    """The events that the parser in plain Python finds."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        yield from YAML(pure=True).parse(text)
    except MarkedYAMLError as error:
        raise _not_yaml(error) from None
    except YAMLError as error:
        raise NotYamlError(0, 0, str(error)) from None


def _not_yaml(error: Any) -> NotYamlError:
    mark = error.problem_mark or error.context_mark
    if error.context_mark is not None and ("quoted scalar" in error.context or "simple key" in error.context):
        mark = error.context_mark  # what was left open, not where the reader noticed
    said = f"{error.context or ''}: {error.problem or ''}"
    return NotYamlError(mark.line, mark.column, said) if mark is not None else NotYamlError(0, 0, said)


# -- words -------------------------------------------------------------------------------------------------

_ACCEPTED: Final = (
    ("nesting depth", key("values nested at most 50 deep")),
    ("mapping values are not allowed", key("one key and its value on a line, and text that holds a colon in quotes")),
    ("unexpected ':'", key("a space after each colon, and text that holds a colon in quotes")),
    ("quoted scalar: found unexpected end", key("a quote at the end of the text that begins with one")),
    ("quoted scalar: found unexpected document", key("a quote at the end of the text that begins with one")),
    ("escape character", key("text in single quotes, where a backslash means itself")),
    ("hexadecimal", key("text in single quotes, where a backslash means itself")),
    ("escape code", key("text in single quotes, where a backslash means itself")),
    ("',' or ']'", key("a comma between entries, and ] at the end of the list")),
    ("',' or '}'", key("a comma between entries, and } at the end of the mapping")),
    ("flow sequence", key("a comma between entries, and ] at the end of the list")),
    ("flow mapping", key("a comma between entries, and } at the end of the mapping")),
    ("simple key", key("a line such as name: town")),
    ("sequence entries are not allowed", key("a list on lines of its own, below its key")),
    ("alphabetic or numeric", key("text that begins with & or * in quotes")),
    ("block scalar", key("the text on the lines below | or >, each behind the same spaces")),
    ("directive", key("a file without directives")),
    ("document start", key("one document in a file")),
    ("block mapping", key("keys of one mapping that begin in the same column")),
    ("block collection", key("entries of one list that begin in the same column")),
    ("block sequence", key("entries of one list that begin in the same column")),
    ("tag", key("plain values without tags")),
)  # fmt: skip
"""What is accepted, by what stands in the words of the libraries."""


def accepted_instead(problem: str, character: str) -> Phrase:
    """What would be accepted in place of what a parser stumbled over.

    Args:
        problem: in the words of the library.
        character: at which it stopped; empty at the end.
    """
    if "cannot start any token" in problem or "unknown token" in problem:
        if character == "\t":
            return phrase("spaces in place of a tab")
        return phrase("text that begins with {character} in quotes", character=character)
    return phrase(next((words for part, words in _ACCEPTED if part in problem), key("lines such as name: town")))
