"""Leading somebody to a field of a page."""

from __future__ import annotations

from nicegui.element import Element


def show_focus(field: Element) -> None:
    """Lead to something as soon as the browser has drawn it."""
    find = f"document.getElementById('{field.html_id}')"
    field.client.run_javascript(
        f"(function go(left) {{ {find} ? {find}.focus() : left && requestAnimationFrame(() => go(left - 1)) }})(60)"
    )
