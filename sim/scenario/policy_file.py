"""A user's own queue policy: the Python file beside the scenario, and the function in it.

Nothing of the file is run here; that its function exists and takes a view is read from its text.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator
from pathlib import Path

from sim.scenario.errors import Path as FieldPath
from sim.scenario.errors import ScenarioError, clip, describe, dotted, nearest
from sim.scenario.plain import read_plain, real
from sim.scenario.tree import MAX_BYTES, Tree
from sim.words.phrases import Phrase, phrase

_SEPARATOR = ".py:"


def named_policies(tree: Tree, folder: Path) -> Iterator[tuple[FieldPath, str]]:
    """The places of all queues of a scenario that name `FILE.py:FUNCTION`, and the same with an absolute path.

    Args:
        tree: what was read; not yet validated.
        folder: where files named on the command line are looked for. One named in a file is beside that file.

    Raises:
        ScenarioError: no such file, a file that is no Python, no such function in it, or not one of a single view.
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
    path = folder / file

    def refused(accepted: Phrase) -> ScenarioError:
        return ScenarioError(queue.at, dotted(where), describe(queue.value), accepted)

    try:
        path = real(path)
        source = read_plain(path, MAX_BYTES).decode()
        names = _names(source, path.name)
    except OSError as error:
        raise refused(
            phrase("a policy whose file can be read ({path}: {strerror})", path=path, strerror=error.strerror)
        ) from None
    except (RecursionError, MemoryError):
        raise refused(phrase("a policy in a file of Python ({path}: nested too deep)", path=path)) from None
    except (SyntaxError, ValueError) as error:
        at = phrase("{path}, line {line}", path=path, line=error.lineno) if isinstance(error, SyntaxError) else path
        raise refused(phrase("a policy in a file of Python ({path}: {error})", path=at, error=error.args[0])) from None
    if function not in names:
        raise refused(phrase("the name of a function in {path}: {known}", path=path, known=nearest(function, names)))
    definition = _definition(source, function)
    wrong = _misfit(definition)
    if definition is not None and wrong is not None:
        at = f"{path}:{definition.lineno}:{definition.col_offset + 1}"
        raise refused(
            phrase("a policy that is a function of one argument, the view ({at}: {wrong})", at=at, wrong=wrong)
        )
    return f"{path}:{function}"


def _names(source: str, file: str) -> list[str]:
    """What a Python source defines at its top level."""
    symbols = symtable.symtable(source, file, "exec").get_symbols()
    return [one.get_name() for one in symbols if one.is_assigned() or one.is_imported()]


def _definition(source: str, name: str) -> ast.stmt | None:
    """The statement of a Python source that binds a name for good; None if that cannot be told without running it."""
    found: ast.stmt | None = None
    for statement in ast.parse(source).body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found = statement if statement.name == name else found
            case ast.Assign(targets=[ast.Name(id=bound)]) | ast.AnnAssign(target=ast.Name(id=bound), value=ast.expr()):
                found = statement if bound == name else found
            case _:
                found = None if any(_binds(node, name) for node in ast.walk(statement)) else found
    return found


def _binds(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Name(id=bound, ctx=ast.Store() | ast.Del()):
            return bound == name
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name == name
        case ast.alias(name=imported, asname=bound):
            return name == (bound or imported.partition(".")[0])
    return False


def _misfit(definition: ast.stmt | None) -> str | None:
    """Why what a statement binds cannot be called with a view; None if it can, or if only running it would tell."""
    match definition:
        case ast.ClassDef():
            return phrase("a class")
        case ast.AsyncFunctionDef():
            return phrase("an async function")
        case ast.FunctionDef(decorator_list=[], args=arguments):
            return _miscounted(arguments)
        case ast.Assign(value=ast.Lambda(args=arguments)) | ast.AnnAssign(value=ast.Lambda(args=arguments)):
            return _miscounted(arguments)
        case ast.Assign(value=ast.expr() as value) | ast.AnnAssign(value=ast.expr() as value):
            return (
                phrase("{code} is no function", code=clip(ast.unparse(value), 60))
                if isinstance(value, _NO_FUNCTION)
                else None
            )
    return None


_NO_FUNCTION = (ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.DictComp,
                ast.SetComp, ast.GeneratorExp, ast.Compare)  # fmt: skip


def _miscounted(arguments: ast.arguments) -> str | None:
    """What a function takes, where that is not one positional argument."""
    places = len(arguments.posonlyargs) + len(arguments.args)
    needed = places - len(arguments.defaults)
    named = any(default is None for default in arguments.kw_defaults)
    fits = needed <= 1 and (places >= 1 or arguments.vararg is not None) and not named
    return None if fits else f"it takes ({clip(ast.unparse(arguments))})"
