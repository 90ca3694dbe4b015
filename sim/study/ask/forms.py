"""The four kinds of files that a centre brings: which columns each may have, and by which heads they are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

TIME, AMOUNT, WORD, CODE, BAND = "time", "amount", "word", "code", "band"


class Field(NamedTuple):
    """A column that is read: what it holds, and by which heads it is known (besides its own name)."""

    kind: str
    heads: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """A kind of file."""

    name: str
    fields: Mapping[str, Field]
    needed: tuple[str, ...]
    """One of these must be there."""
    in_order: tuple[tuple[str, str], ...]
    """Times of which the first is not after the second."""
    beside: tuple[str, ...] = ()
    """Columns that say nothing by themselves: with nothing else a row is empty."""


REPORTS: Final = Form(
    "reports",
    {
        "first_paid": Field(TIME, ("first payment", "首次付款时间", "首次转账时间", "首笔转账时间")),
        "paid": Field(TIME, (
            "last paid", "when paid", "payment time", "付款时间", "转账时间", "末次付款时间", "末次转账时间",
            "被骗时间", "汇款时间",
        )),
        "found": Field(TIME, ("discovered", "discovered at", "found out", "醒悟时间", "发现时间", "察觉时间")),
        "reported": Field(TIME, ("reported at", "report time", "报案时间", "报警时间", "接警时间")),
        "found_after": Field(BAND, ("discovery delay", "醒悟用时", "发现间隔", "多久发现")),
        "reported_after": Field(BAND, ("report delay", "报案间隔", "多久报案")),
        "channel": Field(WORD, ("way", "渠道", "报案渠道", "来源")),
        "scam": Field(WORD, ("fraud", "type", "诈骗类型", "案件类型", "诈骗手法")),
        "amount": Field(AMOUNT, (
            "loss", "loss (yuan)", "amount (yuan)", "损失", "损失（元）", "金额", "金额（元）", "损失金额",
            "涉案金额", "被骗金额",
        )),
        "case": Field(CODE, ("case number", "案件", "案件编号", "案号", "警情编号")),
    },
    ("paid", "reported", "amount", "scam"),
    (("first_paid", "paid"), ("paid", "found"), ("found", "reported"), ("paid", "reported")),
    ("case",),
)  # fmt: skip
WORK: Final = Form(
    "work",
    {
        "case": Field(CODE, ("case number", "案件", "案件编号", "案号", "警情编号")),
        "account": Field(CODE, ("账户", "账号", "卡号")),
        "step": Field(WORD, ("activity", "task", "环节", "步骤", "工作")),
        "queued": Field(TIME, ("enabled", "enabled at", "waiting since", "排队时间", "可开始时间", "流转时间")),
        "begun": Field(TIME, ("begun at", "started", "start", "开始时间", "受理时间")),
        "ended": Field(TIME, ("ended at", "finished", "end", "结束时间", "办结时间", "完成时间")),
        "person": Field(CODE, ("who", "officer", "resource", "人员", "经办人", "办理人", "民警")),
        "ending": Field(WORD, ("outcome", "结束方式", "办理结果")),
    },
    ("begun",),
    (("queued", "begun"), ("begun", "ended"), ("queued", "ended")),
)  # fmt: skip
ANSWERS: Final = Form(
    "answers",
    {
        "bank": Field(WORD, ("银行", "开户机构", "开户行", "机构")),
        "sent": Field(TIME, ("sent at", "asked", "发出时间", "发送时间", "查询时间", "请求时间")),
        "answered": Field(TIME, ("answered at", "answer", "回复时间", "反馈时间", "答复时间")),
        "result": Field(WORD, ("结果", "反馈结果", "答复结果")),
    },
    ("sent", "result"),
    (("sent", "answered"),),
)  # fmt: skip
TRANSFERS: Final = Form(
    "transfers",
    {
        "case": Field(CODE, ("case number", "案件", "案件编号", "案号")),
        "account": Field(CODE, ("from account", "账户", "账号", "卡号", "转出账户")),
        "paid": Field(TIME, ("money came", "came", "credited", "到账时间", "入账时间")),
        "left": Field(TIME, ("left at", "转出时间", "离开时间")),
        "stopped": Field(TIME, ("stopped at", "止付时间", "首次止付时间")),
        "how": Field(WORD, ("way out", "去向", "流出方式", "方式", "转出方式")),
        "layer": Field(WORD, ("层级", "级别")),
    },
    ("paid",),
    (("paid", "left"), ("paid", "stopped")),
)  # fmt: skip
FORMS: Final = {form.name: form for form in (REPORTS, WORK, ANSWERS, TRANSFERS)}
