// Narrows the API reference while one types. Without it the same form asks the server.
(() => {
  "use strict";
  const form = document.querySelector("[data-docs-search]");
  const said = document.querySelector("[data-docs-found]");
  const sections = [...document.querySelectorAll("[data-docs-words]")];
  if (!form || !said || form.elements.q.value) return;
  const narrow = () => {
    const asked = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const section of sections) {
      const fits = asked.every((word) => section.dataset.docsWords.includes(word));
      section.hidden = !fits;
      const name = section.getAttribute("aria-labelledby");
      for (const link of document.querySelectorAll(`.side a[href="#${name}"]`)) link.hidden = !fits;
      left += fits;
    }
    said.textContent = left === 1 ? said.dataset.one : said.dataset.many.replace("{n}", left);
  };
  form.addEventListener("input", narrow);
  form.addEventListener("submit", (event) => {
    const first = sections.find((section) => !section.hidden);
    if (!first) return; // the server says what to do next
    event.preventDefault();
    first.scrollIntoView({ block: "start" });
    first.querySelector("h2")?.setAttribute("tabindex", "-1");
    first.querySelector("h2")?.focus();
  });
})();
