"""The heads of events lists: ours, and those by which columns of lists made elsewhere are known."""

from __future__ import annotations

from typing import Final

from sim.words.language import key

HEADS: Final = {
    "number": key("no."), "id": key("name in the file"), "at": key("minutes after the opening"), "to": key("told to"),
    "channel": key("told how"), "text": key("text (English)"), "text_zh": key("text (Chinese)"),
    "expect": key("expected act"), "by": key("expected of"), "deadline": key("time to answer"),
    "objectives": key("objectives tried"), "note": key("note (English)"), "note_zh": key("note (Chinese)"),
    "also": key("also (this program's own)"),
}  # fmt: skip
"""Of our columns, by field."""
WIDE: Final = {"number": 6, "text": 50, "text_zh": 40, "note": 36, "note_zh": 36, "also": 30, "to": 20, "expect": 20}
"""Characters of a column; 14 where it is not said."""
KNOWN: Final[dict[str, tuple[str, ...]]] = {
    "number": ("no", "#", "number", "inject no", "inject #", "inject number", "event no", "event #",
               "msel #", "msel no", "serial", "序号", "编号", "事件编号", "注入编号"),
    "id": ("id", "name", "key", "标识"),
    "at": ("time", "at", "when", "minutes", "planned time", "exercise time", "scheduled time", "event time", "start",
           "inject time", "delivery time", "time of delivery", "时间", "计划时间", "注入时间", "下达时间", "触发时间"),
    "to": ("to", "recipient", "recipients", "recipient(s)", "audience", "training audience", "target", "player",
           "role", "recipient player", "接收方", "接收人", "接收席位", "对象", "受训席位", "席位"),
    "channel": ("how", "method", "means", "mode", "delivery", "delivery method", "delivery mode", "channel", "方式",
                "下达方式", "渠道", "途径"),
    "text": ("text", "inject text", "inject", "message", "description", "event", "event description",
             "inject description", "event/inject", "event / inject", "content", "scenario",
             "内容", "事件", "事件描述", "注入内容", "下达内容", "告知内容", "情况", "情况描述"),
    "text_zh": ("text zh", "chinese", "中文", "中文内容"),
    "expect": ("expected", "expected action", "expected actions", "expected response", "expected outcome",
               "expected player action", "expected player actions", "expected action(s)", "预期行动", "预期处置",
               "预期动作", "期望行动", "预期反应", "处置要求"),
    "by": ("by", "responsible", "responder", "responsible role", "负责席位", "处置席位", "责任人", "处置人"),
    "deadline": ("deadline", "due", "answer within", "time limit", "时限", "处置时限", "回应时限", "完成时限"),
    "objectives": ("objective", "objectives", "objective(s)", "related objective", "capability", "目标", "演练目标",
                   "对应目标"),
    "note": ("note", "notes", "remark", "remarks", "comments", "controller notes", "facilitator notes", "备注", "说明",
             "导调提示", "导调说明"),
    "note_zh": ("note zh", "中文备注"),
    "also": ("also",),
}  # fmt: skip
"""By field: other heads, in small letters with narrow brackets."""
MEANT: Final = {
    "telephone": "phone", "phone call": "phone", "call": "phone", "电话通知": "phone", "来电": "phone",
    "email": "message", "e-mail": "message", "mail": "message", "sms": "message", "text message": "message",
    "chat": "message", "信息": "message", "短信": "message", "微信": "message", "邮件": "message",
    "letter": "paper", "document": "paper", "fax": "paper", "纸质": "paper", "纸面": "paper", "文件": "paper",
    "face to face": "in_person", "verbal": "in_person", "actor": "in_person", "role player": "in_person",
    "当面告知": "in_person", "口头": "in_person", "对讲机": "radio", "电台通知": "radio",
    "stop": "stop", "stop payment": "stop", "止付": "stop", "紧急止付": "stop", "freeze": "stop",
    "inform": "message", "report": "message", "notify": "message", "通报": "message", "报告": "message",
    "send team": "team", "派警": "team", "出警": "team", "联系银行": "call_bank", "bank call": "call_bank",
}  # fmt: skip
"""Other words for ways of telling and for acts."""
