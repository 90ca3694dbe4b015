"""Numba's side of the state: one pointer to a block of addresses and whole numbers.

`s.until[card]` in a rule is a load of the address of the column `until` from the block, then a load from that address:
no reference counts, no bounds, no array headers, so that a rule costs nanoseconds and compiles fast.
Columns may be narrower than 64 bits; what is read of them is always a 64-bit number.

Two things are told to LLVM that hold by construction, so that it need not read again what it has read: addresses do
not change while rules run, and no two names lie in one another's place (type-based alias analysis, each name a type).
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.core.imputils import lower_builtin, lower_getattr_generic, lower_setattr_generic
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr, infer_global, signature
from numba.extending import intrinsic, models, register_model

from sim.engine.compiled.columns import COLUMNS, SLOTS


class StateType(types.Type):
    """The type of the state."""

    def __init__(self) -> None:
        super().__init__(name="FundfreezeState")


class ColumnType(types.Type):
    """The type of a column of numbers."""

    def __init__(self, column: str, code: str) -> None:
        self.column, self.code = column, code
        super().__init__(name=f"FundfreezeColumn({column})")


state_type = StateType()
_INT64 = ir.IntType(64)
_IR = {
    "i8": ir.IntType(64), "i4": ir.IntType(32), "u4": ir.IntType(32), "i2": ir.IntType(16), "i1": ir.IntType(8),
    "f8": ir.DoubleType(),
}  # fmt: skip


@register_model(StateType)
class _StateModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, _INT64)


@register_model(ColumnType)
class _ColumnModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, _INT64)


def _value_type(code: str) -> Any:
    return types.float64 if code == "f8" else types.int64


@infer_getattr
class _StateAttributes(AttributeTemplate):  # type: ignore[misc]
    key = StateType

    def generic_resolve(self, typ: Any, attr: str) -> Any:
        if attr in COLUMNS:
            return ColumnType(attr, COLUMNS[attr])
        return types.int64 if attr in SLOTS else None


def _slot(builder: Any, block: Any, attr: str) -> Any:
    base = builder.inttoptr(block, _INT64.as_pointer())
    return builder.gep(base, [ir.Constant(_INT64, SLOTS[attr])])


def _is_of(builder: Any, access: Any, name: str) -> Any:
    """Say of a load or a store that it is of what has a name, which nothing else overlaps."""
    module = builder.module
    root = module.add_metadata([ir.MetaDataString(module, "fundfreeze")])
    of = module.add_metadata([ir.MetaDataString(module, name), root, _INT64(0)])
    access.set_metadata("tbaa", module.add_metadata([of, of, _INT64(0)]))
    return access


@lower_getattr_generic(StateType)
def _get(context: Any, builder: Any, typ: Any, value: Any, attr: str) -> Any:
    load = _is_of(builder, builder.load(_slot(builder, value, attr)), f"slot {attr}")
    if attr in COLUMNS:  # an address
        load.set_metadata("invariant.load", builder.module.add_metadata([]))
    return load


@lower_setattr_generic(StateType)
def _set(context: Any, builder: Any, sig: Any, args: Any, attr: str) -> Any:
    _is_of(builder, builder.store(args[1], _slot(builder, args[0], attr)), f"slot {attr}")


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Any, kws: Any) -> Any:
        column, _ = args
        if isinstance(column, ColumnType):
            return signature(_value_type(column.code), column, types.int64)
        return None


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Any, kws: Any) -> Any:
        column, _, _ = args
        if isinstance(column, ColumnType):
            return signature(types.void, column, types.int64, _value_type(column.code))
        return None


def _place(builder: Any, column: Any, code: str, index: Any) -> Any:
    return builder.gep(builder.inttoptr(column, _IR[code].as_pointer()), [index])


@lower_builtin(operator.getitem, ColumnType, types.Integer)
def _load(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    code = sig.args[0].code
    value = _is_of(builder, builder.load(_place(builder, args[0], code, args[1])), sig.args[0].column)
    if code in ("i8", "f8"):
        return value
    return builder.zext(value, _INT64) if code == "u4" else builder.sext(value, _INT64)


@lower_builtin(operator.setitem, ColumnType, types.Integer, types.Any)
def _store(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    code = sig.args[0].code
    value = args[2] if code in ("i8", "f8") else builder.trunc(args[2], _IR[code])
    _is_of(builder, builder.store(value, _place(builder, args[0], code, args[1])), sig.args[0].column)
    return context.get_dummy_value()


@intrinsic  # type: ignore[untyped-decorator]
def state_at(typingctx: Any, address: Any) -> Any:
    """The state whose block lies at an address."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return args[0]

    return signature(state_type, types.int64), codegen


@intrinsic  # type: ignore[untyped-decorator]
def column_at(typingctx: Any, address: Any) -> Any:
    """A column of whole numbers at an address."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return args[0]

    return signature(ColumnType("drawn times", "i8"), types.int64), codegen


@intrinsic  # type: ignore[untyped-decorator]
def reals_at(typingctx: Any, address: Any) -> Any:
    """A column of real numbers at an address."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return args[0]

    return signature(ColumnType("drawn chances", "f8"), types.int64), codegen


def keyed_uniform(key: int, purpose: int) -> float:
    """As `state.keyed_uniform`."""
    return (((mixed(key ^ purpose) >> 11) & _LOW_53) + 0.5) * 2.0**-53


def keyed_key(key: int, identifier: int) -> int:
    """As `state.keyed_key`."""
    return mixed(mixed(key) + identifier * _GOLDEN + _GOLDEN)


def mixed(z: int) -> int:
    """The finaliser of SplitMix64 on a number with a sign (see `draws`)."""
    z = (z ^ ((z >> 30) & _LOW_34)) * _A
    z = (z ^ ((z >> 27) & _LOW_37)) * _B
    return z ^ ((z >> 31) & _LOW_33)


_A, _B = 0xBF58476D1CE4E5B9 - (1 << 64), 0x94D049BB133111EB - (1 << 64)
_GOLDEN = 0x9E3779B97F4A7C15 - (1 << 64)
_LOW_33, _LOW_34, _LOW_37, _LOW_53 = (1 << 33) - 1, (1 << 34) - 1, (1 << 37) - 1, (1 << 53) - 1


def load_whole(s: Any, place: int, subject: int) -> int:
    """As `state.load_whole`."""
    value: int = column_at(s.tables[place])[subject]
    return value


def load_real(s: Any, place: int, subject: int) -> float:
    """As `state.load_real`."""
    value: float = reals_at(s.tables[place])[subject]
    return value


def reset_at(address: int) -> int:
    """Bring the state at an address to the start of a run."""
    s = state_at(address)
    return reset(s) + settle_all(s)  # type: ignore[name-defined,no-any-return]  # noqa: F821 (all rules stand in one namespace)


def run_at(address: int) -> int:
    """Go on with the run whose state lies at an address."""
    return run_on(state_at(address))  # type: ignore[name-defined,no-any-return]  # noqa: F821


def duties_at(address: int) -> int:
    """Draw the other work of a batch whose state lies at an address."""
    return draw_duties(state_at(address))  # type: ignore[name-defined,no-any-return]  # noqa: F821
