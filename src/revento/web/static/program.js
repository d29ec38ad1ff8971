// Drag an activity to another room or time. The activity's own page has the same as a form.
(() => {
  "use strict";
  const grid = document.querySelector(".program[data-first]");
  const form = document.getElementById("move");
  if (!grid || !form) return;
  let held = null;
  let grip = 0;

  grid.addEventListener("dragstart", (event) => {
    held = event.target.closest("[data-activity]");
    if (!held) return;
    grip = event.clientY - held.getBoundingClientRect().top;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", held.dataset.activity);
  });
  grid.addEventListener("dragover", (event) => { if (held) event.preventDefault(); });
  grid.addEventListener("drop", (event) => {
    if (!held) return;
    event.preventDefault();
    const heads = [...grid.querySelectorAll(".head")];
    const head = heads.find((each) => { const box = each.getBoundingClientRect(); return event.clientX >= box.left && event.clientX <= box.right; });
    if (!head) return;
    const first = grid.querySelector(".hour").getBoundingClientRect();
    const quarter = Math.max(0, Math.round((event.clientY - grip - first.top) / (first.height / 4)));
    const start = new Date(`${grid.dataset.first}Z`);
    start.setUTCMinutes(start.getUTCMinutes() + 15 * quarter);
    form.elements.activity.value = held.dataset.activity;
    form.elements.version.value = held.dataset.version;
    form.elements.location.value = head.dataset.location;
    form.elements.starts_at.value = start.toISOString().slice(0, 16);
    form.submit();
  });
  grid.addEventListener("dragend", () => { held = null; });
})();
