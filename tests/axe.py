"""What axe finds on a page.

Most of its time goes into the contrast of each piece of text, and a report has a thousand rows that differ in their
words alone. So of neighbours that are alike but for these two are looked at, and all where `whole` is asked for. What
is as it should be is not told one by one: that took a third of the rest.
"""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LOOKED_AT = 2
"""So many of what is alike are looked at."""

_HIDE = """(most) => {
    const own = (one) => [...one.attributes].map((it) => `${it.name}=${/^(class|style|role|type)$/.test(it.name)
        ? it.value : it.value === '' ? '' : 'x'}`).sort().join(' ');
    const form = (one) => one.tagName + '[' + own(one) + '](' + [...one.childNodes].map((it) =>
        it.nodeType === 1 ? form(it) : it.nodeType === 3 && it.data.trim() ? 'x' : '').join('') + ')';
    window.alike = [];
    const look = (one) => {
        const seen = new Map();
        for (const child of one.children) {
            const alike = form(child);
            const many = (seen.get(alike) ?? 0) + 1;
            seen.set(alike, many);
            if (many > most) window.alike.push([child, child.getAttribute('style')]);
            else look(child);
        }
    };
    look(document.body);
    for (const [one] of window.alike) one.style.setProperty('display', 'none', 'important');
    return window.alike.length;
}"""
_SHOW = """() => {
    for (const [one, style] of window.alike)
        style === null ? one.removeAttribute('style') : one.setAttribute('style', style);
    delete window.alike;
}"""


def findings(page: Page, *, whole: bool = False) -> str:
    """Its report of what is wrong with an open page; empty where it finds nothing.

    Args:
        whole: whether to look at each of the neighbours that are alike, too.
    """
    page.evaluate(_HIDE, 10**9 if whole else LOOKED_AT)
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    page.evaluate(_SHOW)
    return str(found.generate_report()) if found.violations_count else ""
