// Passkeys: asks our server what is to be signed, the device to sign it, and posts the answer with the form.
(() => {
  "use strict";
  if (!window.PublicKeyCredential) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const asked = async (form) => {
    const token = form.querySelector("[name=csrf_token]").value;
    const answer = await fetch(form.dataset.options, { method: "POST", headers: { "X-CSRF-Token": token } });
    if (!answer.ok) throw new Error(`options: ${answer.status}`);
    return answer.json();
  };
  const described = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const make = async (options) => {
    const made = await navigator.credentials.create({ publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: described(options.excludeCredentials),
    } });
    return { id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {}, response: {
      attestationObject: text(made.response.attestationObject),
      clientDataJSON: text(made.response.clientDataJSON),
    } };
  };
  const use = async (options) => {
    const used = await navigator.credentials.get({ publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: described(options.allowCredentials),
    } });
    return { id: used.id, rawId: text(used.rawId), type: used.type, clientExtensionResults: {}, response: {
      authenticatorData: text(used.response.authenticatorData),
      clientDataJSON: text(used.response.clientDataJSON),
      signature: text(used.response.signature),
      userHandle: used.response.userHandle ? text(used.response.userHandle) : null,
    } };
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    const problem = form.querySelector("[data-problem]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.hidden = true;
      try {
        const told = await asked(form);
        if (told.confirm) {
          location.assign(told.confirm);
          return;
        }
        const answer = await (form.dataset.passkey === "create" ? make(told.options) : use(told.options));
        form.querySelector("[name=handle]").value = told.handle;
        form.querySelector("[name=credential]").value = JSON.stringify(answer);
        form.submit();
      } catch {
        problem.hidden = false;
      }
    });
  }
  for (const each of document.querySelectorAll("[data-no-passkeys]")) each.hidden = true;
})();
