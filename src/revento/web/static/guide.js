// The guide's comforts: tabs that agree, and a search that answers while one types. Everything works without.
(() => {
  "use strict";

  // one choice of language for all samples, kept for the next page
  const choose = (value) => {
    for (const input of document.querySelectorAll(".lang-tabs input")) if (input.value === value) input.checked = true;
  };
  document.addEventListener("change", (event) => {
    if (!event.target.matches(".lang-tabs input")) return;
    choose(event.target.value);
    try { localStorage.setItem("guide-language", event.target.value); } catch { /* for this page only */ }
  });
  try { const kept = localStorage.getItem("guide-language"); if (kept) choose(kept); } catch { /* nothing kept */ }

  // the list of pages is longer than the screen: the one that is read is in sight
  const side = document.querySelector(".side");
  const here = side?.querySelector("[aria-current]");
  if (here) side.scrollTop = here.offsetTop - side.clientHeight / 2;

  // search: the index comes once, then no request is needed
  const form = document.querySelector("[data-guide-search]");
  const found = document.getElementById("found");
  if (!form || !found) return;
  let index = null;
  const load = async () => (index ??= await (await fetch(form.dataset.guideSearch)).json());
  const link = (hit) => `/guide/${hit.slug}${hit.anchor ? `#${hit.anchor}` : ""}`;
  const show = (hits) => {
    const list = document.createElement("ul");
    list.className = "list card";
    for (const hit of hits) {
      const item = list.appendChild(document.createElement("li")).appendChild(document.createElement("div"));
      const to = item.appendChild(document.createElement("a"));
      [to.href, to.textContent] = [link(hit), hit.title];
      item.appendChild(document.createElement("br"));
      const words = item.appendChild(document.createElement("span"));
      [words.className, words.textContent] = ["sm muted", hit.words.slice(0, 160)];
    }
    found.replaceChildren(list);
  };
  form.addEventListener("input", async () => {
    const words = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return;
    const every = await load();
    const hits = every.filter((one) => words.every((word) => `${one.title} ${one.words}`.toLowerCase().includes(word)));
    const named = (one) => words.filter((word) => one.title.toLowerCase().includes(word)).length;
    if (hits.length === 0) found.textContent = found.dataset.nothing;
    else show(hits.sort((one, other) => named(other) - named(one)).slice(0, 20));
  });
})();
