"""A user's own queue policy: the Python file beside the scenario, and the function in it.

Nothing of the file is run here; that its function exists is read from its symbols.
"""

from __future__ import annotations

import symtable
from collections.abc import Iterator
from pathlib import Path

from sim.scenario.errors import Path as FieldPath
from sim.scenario.errors import ScenarioError, dotted, nearest, say
from sim.scenario.tree import Tree

_SEPARATOR = ".py:"


def named_policies(tree: Tree, folder: Path) -> Iterator[tuple[FieldPath, str]]:
    """The places of all queues of a scenario that name `FILE.py:FUNCTION`, and the same with an absolute path.

    Args:
        tree: what was read; not yet validated.
        folder: where files named on the command line are looked for. One named in a file is beside that file.

    Raises:
        ScenarioError: no such file, a file that is no Python, or no such function in it.
    """
    for section in ("desks", "bank_profiles"):
        below = tree.child(section)
        for name, entry in below.value.items() if below and isinstance(below.value, dict) else ():
            queue = entry.child("queue")
            if queue is not None and isinstance(queue.value, str) and _SEPARATOR in queue.value:
                where = (section, name, "queue")
                yield where, _absolute(queue, where, Path(queue.at.file).parent if queue.at.line else folder)


def _absolute(queue: Tree, where: FieldPath, folder: Path) -> str:
    file, _, function = queue.value.rpartition(":")
    path = (folder / file).resolve()

    def refused(accepted: str) -> ScenarioError:
        return ScenarioError(queue.at, dotted(where), say(queue.value), accepted)

    try:
        names = _names(path.read_text(encoding="utf-8"), path.name)
    except OSError as error:
        raise refused(f"a policy whose file can be read ({path}: {error.strerror})") from None
    except (SyntaxError, ValueError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        raise refused(f"a policy in a file of Python ({path}{line}: {error.args[0]})") from None
    if function not in names:
        raise refused(f"the name of a function in {path}: {nearest(function, names)}")
    return f"{path}:{function}"


def _names(source: str, file: str) -> list[str]:
    """What a Python source defines at its top level."""
    symbols = symtable.symtable(source, file, "exec").get_symbols()
    return [one.get_name() for one in symbols if one.is_assigned() or one.is_imported()]
