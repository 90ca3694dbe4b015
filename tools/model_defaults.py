"""The table of defaults in docs/model.md: what `scenarios/china.yaml` says of each value.

python tools/model_defaults.py
"""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- defaults -->", "<!-- end of the defaults -->"


def table() -> str:
    """The table in Markdown: path, label, source, note."""
    with (ROOT / "scenarios" / "china.yaml").open(encoding="utf-8") as file:
        sources = YAML(typ="safe").load(file)["sources"]
    rows = ["| value | label | source | note |", "|---|---|---|---|"]
    for path, said in sources.items():
        cells = (f"`{path}`", said["label"], said.get("source", ""), said.get("note", ""))
        rows.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    return "\n".join(rows)


def made(text: str) -> str:
    """A document with its table made again."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    document = ROOT / "docs" / "model.md"
    document.write_text(made(document.read_text(encoding="utf-8")), encoding="utf-8")
