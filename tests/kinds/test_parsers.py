"""Two parsers of YAML, one in C and one in Python, read every text alike: values, positions, refusals."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import catalogue, tree, yaml_events
from sim.scenario.errors import ScenarioError
from sim.scenario.tree import Layer, Provenance, Tree, read_tree
from sim.scenario.yaml_events import in_c, in_python
from sim.words import language as lang
from tests.mutations import Kind, mutations, written

REFUSED = "refused"
SHIPPED = sorted([*catalogue.folder().rglob("*.yaml"), lang.CATALOGUE])


def told(text: str, parse: Callable[[str], Iterator[Any]], monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is made of a text with one parser: every value with where it was written, or that it is refused."""
    monkeypatch.setattr(tree, "events", parse)
    try:
        read = read_tree(text, Layer("file", Provenance("")))
    except ScenarioError:
        return REFUSED
    if read is None:
        return None
    return placed(read) if isinstance(read.value, dict) else REFUSED  # a file is a mapping


def placed(one: Tree) -> Any:
    """A tree as plain values with lines and columns."""
    at = (one.at.line, one.at.column)
    if isinstance(one.value, dict):
        return at, {
            key: ((one.keys[key].line, one.keys[key].column), placed(below)) for key, below in one.value.items()
        }
    if isinstance(one.value, list):
        return at, [placed(below) for below in one.value]
    return at, repr(one.value)


def assert_alike(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What both read they read alike; in trifles, such as a tab after a colon, one of them may refuse."""
    fast, slow = told(text, in_c, monkeypatch), told(text, in_python, monkeypatch)
    assert REFUSED in (fast, slow) or fast == slow


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_both_parsers_read_every_shipped_file_alike(path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values, lines and columns of what we ship are the same from either parser."""
    text = path.read_text(encoding="utf-8")
    assert told(text, in_c, monkeypatch) == told(text, in_python, monkeypatch)


WORDS = st.sampled_from(
    ["a", "b", "20:30", "no", "~", "null", "0x1F", "0o17", "1_000", "1e3", ".5", "-7", ".nan", "夜班", "a b",
     "x: y", "#", "# c", "- a", "", "'it''s'", '"tab\\t"', '"\\u591c"', "a#b", "http://x", "=", "\U0001f600",
     "&n", "*n", "[1, 2]", "{a: 1, b: [2, {c: 3}]}", "[]", "{}", "[a,b]", "{a: , b: }", "|", ">", "!!str 3", "? x",
     "@", "%"]
)  # fmt: skip
LINES = st.builds(
    lambda indent, dash, key, value: " " * indent + dash + key + value,
    st.integers(0, 6),
    st.sampled_from(["", "", "- ", "-   "]),
    st.sampled_from(["", "a: ", "b: ", "c:", "'d': ", '"e": ', "夜: ", "&x a: "]),
    WORDS,
)
TEXTS = st.one_of(
    st.lists(LINES, max_size=8).map("\n".join),
    st.text(st.sampled_from("ab:- \n'\"[]{},|>#&*!?~0.\\夜\t"), max_size=40),
)


@given(TEXTS)
def test_both_parsers_read_random_texts_alike(text: str) -> None:
    """Whatever libyaml reads, the parser in Python reads with the same values in the same places."""
    with pytest.MonkeyPatch.context() as patch:
        assert_alike(text, patch)


WRITTEN = st.text(
    st.characters(max_codepoint=0xFFF0, exclude_categories=("C", "Z")) | st.sampled_from(" \n\t\U0001f600"), max_size=8
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WRITTEN),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WRITTEN.filter(lambda key: key != "<<"), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(WRITTEN.filter(lambda key: key != "<<"), VALUES, min_size=1, max_size=5))
def test_both_parsers_read_random_values_alike(values: dict[str, Any]) -> None:
    """Values written down as YAML are read by both, in the same places."""
    with pytest.MonkeyPatch.context() as patch:
        text = written(values)
        fast = told(text, in_c, patch)
        assert fast != REFUSED
        assert fast == told(text, in_python, patch)


@pytest.mark.parametrize("kind", ["scenario", "exercise", "target", "whatif"])
def test_both_parsers_read_spoilt_files_alike(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does a file that is no longer as it was shipped tell the parsers apart."""
    for one in mutations(kind, 25, seed=7):
        text = one.data.decode("utf-8", "replace")
        assert_alike(text, monkeypatch)


def test_without_libyaml_everything_is_read_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyYAML was built without libyaml the parser in Python reads alone."""
    monkeypatch.setitem(sys.modules, "yaml._yaml", None)
    assert next(iter(yaml_events.events("a: 1"))).__class__.__module__ == "ruamel.yaml.events"
    read = read_tree("a: [1, 20:30]", Layer("file", Provenance("")))
    assert read is not None
    assert read.plain() == {"a": [1, "20:30"]}
