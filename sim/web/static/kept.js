// What somebody typed outlives the loss of the connection to the server.
//
// The framework loads a page again where the server has given it up meanwhile: it was restarted, or the browser was away
// for too long. Then what stands in the fields is kept in the tab, and put back into the same fields of the new page as if
// it were typed again. A page that somebody loads again by hand, with a connection, is new, as ever, but for what is written
// to somebody and not sent yet (data-draft).
(() => {
  const KEPT = "fundfreeze-typed";
  const FIELDS = ".field input:not([type=password], [type=checkbox], [type=file]), .field textarea";
  const JUST = 10000; // ms after the connection is back in which a page that is loaded again was not asked for
  const PATIENCE = 180000; // ms in which a field may come back: some are there only after a search, or a seat is taken
  const typed = new WeakSet();
  const values = new Map(); // what is to be put back, by the name of its field
  let lost = -Infinity; // when the connection was not there, ms of this page

  // The label of a field, those of all that it is in, and which of those with the same labels it is.
  const labelled = (field) => {
    const said = [document.querySelector(`label[for="${field.id}"]`)?.textContent ?? ""];
    for (let one = field.parentElement; one; one = one.parentElement) said.push(one.getAttribute("aria-label") ?? "");
    return said.filter(Boolean).join("\n");
  };
  const named = () => {
    const seen = {};
    return [...document.querySelectorAll(FIELDS)].map((field) => {
      const label = labelled(field);
      seen[label] = (seen[label] ?? 0) + 1;
      return [`${label}\n${seen[label]}`, field];
    });
  };

  const connected = () => document.getElementById("popup")?.ariaHidden !== "false" && window.socket?.connected;
  const keep = () => {
    const again = values.size > 0; // on a page that only waits until the server is ready, and leads on then
    const all = again || !connected() || performance.now() - lost <= JUST;
    for (const [name, field] of named())
      if (typed.has(field) && (all || (field.dataset.draft && field.value))) values.set(name, field.value);
    if (!values.size) return;
    sessionStorage.setItem(KEPT, JSON.stringify({ path: location.pathname, again, at: Date.now(), values: [...values] }));
  };

  const restore = () => {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    sessionStorage.removeItem(KEPT);
    if (kept?.path !== location.pathname) return;
    const reloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
    if (!reloaded && !(kept.again && Date.now() - kept.at < PATIENCE)) return;
    for (const [name, value] of kept.values) values.set(name, value);
    const put = () => {
      for (const [name, field] of named()) {
        if (!values.has(name)) continue;
        const value = values.get(name);
        values.delete(name);
        if (typed.has(field)) continue;
        typed.add(field);
        if (field.value === value) continue;
        field.value = value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
      if (!values.size) watching.disconnect();
    };
    const watching = new MutationObserver(put);
    watching.observe(document.body, { childList: true, subtree: true });
    setTimeout(() => {
      watching.disconnect();
      values.clear();
    }, PATIENCE);
    put();
  };

  document.addEventListener("input", (e) => typed.add(e.target));
  window.addEventListener("pagehide", keep);
  const popup = document.getElementById("popup");
  new MutationObserver(([change]) => {
    if (change.oldValue === "false") lost = performance.now();
  }).observe(popup, { attributeFilter: ["aria-hidden"], attributeOldValue: true });
  restore();
})();
