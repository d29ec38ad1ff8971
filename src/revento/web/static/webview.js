// A page of somebody else's in a frame: its one message, and what to say when its server doesn't answer.
(() => {
  "use strict";
  const frame = document.querySelector("iframe[data-webview]");
  const trouble = document.getElementById("trouble");
  if (!frame) return;

  // it may ask for height, and for nothing else
  window.addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== frame.dataset.origin) return;
    const height = event.data && event.data.type === "revento:resize" && Number(event.data.height);
    if (height > 0 && height < 20000) {
      frame.height = Math.round(height);
      frame.classList.add("sized");
    }
  });

  // a frame tells nobody whether it failed, so the server is asked beside it; what it answers stays unread
  const show = () => { if (trouble) { trouble.hidden = false; frame.hidden = true; } };
  const late = setTimeout(show, 15000);
  frame.addEventListener("load", () => clearTimeout(late));
  fetch(frame.dataset.origin, { mode: "no-cors", credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" }).catch(show);
  const again = document.querySelector("[data-again]");
  if (again) again.addEventListener("click", () => location.reload());
})();
