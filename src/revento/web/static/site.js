// Small comforts. Every page reads and every form posts without this file.
(() => {
  "use strict";
  const within = (root, selector) => [...root.querySelectorAll(selector)];
  const typing = (element) => element.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
  const say = (text) => {
    const region = document.getElementById("said");
    if (region) region.textContent = text;
  };

  // copy
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const box = button.closest(".code, .secret");
    const source = box.querySelector("pre code") || box.querySelector("code");
    await navigator.clipboard.writeText(source.textContent);
    say(button.dataset.copied);
    const word = button.querySelector("span");
    const before = word.textContent;
    word.textContent = button.dataset.copied;
    setTimeout(() => { word.textContent = before; }, 2000);
  });

  // a link to a confirmation page opens the same words as a dialog; the browser keeps and returns the focus
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) return window.print();
    const opener = event.target.closest("[data-open]");
    const dialog = opener && document.getElementById(opener.dataset.open);
    if (!dialog) return;
    event.preventDefault();
    dialog.showModal();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) {
      event.preventDefault();
      event.target.closest("dialog").close();
    }
  });

  // theme: system, light, dark in turn
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-turn]");
    if (!button) return;
    const root = document.documentElement;
    const next = { undefined: "dark", dark: "light", light: undefined }[root.dataset.theme];
    if (next) root.dataset.theme = next; else delete root.dataset.theme;
    try { if (next) localStorage.setItem("theme", next); else localStorage.removeItem("theme"); } catch { /* kept for this page only */ }
    document.cookie = `revento_theme=${next || ""}; path=/; max-age=${next ? 31536000 : 0}; samesite=lax`; // for pages in frames
    say(button.dataset[next || "system"] || "");
  });

  // pick all rows
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-pick-all]");
    if (all) within(all.closest("table"), "tbody input[type=checkbox]").forEach((box) => { box.checked = all.checked; });
  });

  // filters send themselves
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto]");
    if (form && event.target.matches("select")) form.requestSubmit();
  });

  // keyboard: / search · j k rows · keys named by data-key · ? help
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "/") {
      const search = document.querySelector("main input[type=search]") || document.querySelector(".topbar [data-search]");
      if (search) { event.preventDefault(); search.focus(); if (search.matches("a")) search.click(); }
    } else if (event.key === "j" || event.key === "k") {
      const rows = within(document, "[data-rows] [data-row]");
      if (!rows.length) return;
      const here = rows.findIndex((row) => row.contains(document.activeElement) || row.hasAttribute("aria-current"));
      const next = rows[Math.min(rows.length - 1, Math.max(0, here + (event.key === "j" ? 1 : -1)))];
      const link = next.querySelector("a");
      if (link) { link.focus(); if (next.hasAttribute("data-follow")) link.click(); }
    } else if (event.key === "?") {
      const help = document.getElementById("keys");
      if (help) { event.preventDefault(); help.showModal(); }
    } else {
      const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (!target) return;
      event.preventDefault();
      target.focus();
      if (target.matches("a, button")) target.click(); else { target.checked = true; target.dispatchEvent(new Event("change", { bubbles: true })); }
    }
  });

  // the viewer's own time beside the event's, where the two differ
  const parts = { hour: "2-digit", minute: "2-digit" };
  const clocks = new Map(); // making one takes a phone longer than reading it a hundred times
  const clock = (zone, language = "en-GB", more = {}) => {
    const key = `${zone} ${language}`;
    if (!clocks.has(key)) clocks.set(key, new Intl.DateTimeFormat(language, { ...parts, ...more, timeZone: zone }));
    return clocks.get(key);
  };
  const tellOwnTime = (root) => within(root, "time[data-zone]:not([data-told])").forEach((time) => {
    const at = new Date(time.dateTime);
    const inMine = clock(undefined).format(at);
    time.dataset.told = "yes";
    if (clock(time.dataset.zone).format(at) !== inMine) {
      time.title = `${time.title} · ${time.dataset.yours} ${clock(undefined, document.documentElement.lang, { weekday: "short" }).format(at)}`;
      if (time.hasAttribute("data-beside")) {
        const beside = document.createElement("small");
        beside.className = "muted";
        beside.textContent = ` (${time.dataset.yours} ${inMine})`;
        time.after(beside);
      }
    }
  });

  // a part of the page that could not be asked for or sent: say so where one looks
  const failed = document.getElementById("failed");
  const tellFailed = (words) => {
    if (!failed) return;
    failed.textContent = words;
    failed.hidden = false;
    clearTimeout(tellFailed.timer);
    tellFailed.timer = setTimeout(() => { failed.hidden = true; }, 8000);
  };
  for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, () => tellFailed(failed.dataset.unsent));
  document.addEventListener("htmx:responseError", () => tellFailed(failed.dataset.refused));

  // what nobody waits for is done when the phone has time for it
  const later = (work) => window.requestIdleCallback ? requestIdleCallback(work, { timeout: 1500 }) : setTimeout(work);

  // a page with errors starts at its summary
  const begin = (root) => {
    later(() => tellOwnTime(root));
    const summary = root.querySelector("[data-take-focus]");
    if (summary) summary.focus();
  };
  document.addEventListener("htmx:load", (event) => begin(event.detail.elt));
  begin(document);

  // reading without a network: the worker keeps this event's program and my schedule on this device
  const offline = document.documentElement.dataset.offline;
  if ("serviceWorker" in navigator && offline) {
    const event = document.querySelector("[data-keep]");
    const register = () => navigator.serviceWorker.register(offline).then(() => navigator.serviceWorker.ready).then((ready) => {
      if (event && navigator.onLine) ready.active.postMessage({ type: "keep", base: event.dataset.keep });
    }).catch(() => { /* offline reading is a comfort */ });
    if (document.readyState === "complete") later(register); else addEventListener("load", () => later(register));
  }
  const { keptAt, unsent } = document.documentElement.dataset;
  const notice = document.getElementById("offline");
  const tellNetwork = () => {
    if (!notice) return;
    notice.hidden = navigator.onLine && keptAt === undefined;
    notice.querySelector("[data-slow]").textContent = navigator.onLine ? notice.querySelector("[data-slow]").dataset.slow : notice.querySelector("[data-slow]").dataset.none;
    const at = notice.querySelector("time");
    if (keptAt) at.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", ...parts }).format(new Date(keptAt));
    at.parentElement.hidden = !keptAt;
  };
  for (const each of document.querySelectorAll("[data-when]")) each.hidden = (each.dataset.when === "unsent") !== (unsent !== undefined);
  addEventListener("online", tellNetwork);
  addEventListener("offline", tellNetwork);
  tellNetwork();
  const kept = document.querySelector("[data-kept]");
  if (kept && "caches" in window) {
    caches.open("pages").then((pages) => pages.keys()).then((requests) => {
      const paths = [...new Set(requests.map((request) => new URL(request.url).pathname))].sort();
      for (const path of paths) {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = path;
        link.textContent = path;
        item.append(link);
        kept.append(item);
        titleOf(path).then((title) => { if (title) link.textContent = title; });
      }
      if (!paths.length) kept.append(Object.assign(document.createElement("li"), { textContent: kept.dataset.none }));
    });
  }
  async function titleOf(path) {
    const answer = await (await caches.open("pages")).match(path, { ignoreSearch: true });
    const found = answer && /<title>([^<]*)<\/title>/.exec(await answer.text());
    return found && new DOMParser().parseFromString(found[1], "text/html").body.textContent.replace(/ – Revento$/, "");
  }
})();
