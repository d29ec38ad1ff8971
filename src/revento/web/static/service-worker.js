// Reading without a network: the program, my schedule and what I looked at, on this device only.
// Nobody's pages but mine are kept, and none of mine once I sign out.
"use strict";
const VERSION = new URL(self.location).searchParams.get("v");
const FILES = `files-${VERSION}`;
const PAGES = "pages";
const OFFLINE = "/offline";
const KEPT = /^\/$|^\/events\/[^/]+(\/(program|schedule|places|activities\/[^/]+))?$/;
const FORGETS = ["/account/sign-out", "/account/sign-in", "/account/sign-up", "/my-data/delete"];
const AGAIN_MS = 10 * 60 * 1000;
const PATIENCE_MS = 3000; // in a hall full of phones the network is there, but does not answer: then what is kept will do
const lately = new Map();
const sent = new Map(); // event -> when something was last sent there: what is kept is older than that for a while
const eventOf = (path) => (/^\/events\/[^/]+/.exec(path) || [""])[0];
const patience = (path) => Date.now() - (sent.get(eventOf(path)) || 0) < 20 * PATIENCE_MS ? 20 * PATIENCE_MS : PATIENCE_MS;

const filesOf = (html) => [...new Set(html.match(/\/static\/[0-9a-f]+\/[\w./-]+/g) || [])];

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const files = await caches.open(FILES);
    const page = await fetch(OFFLINE, { credentials: "omit" });
    await files.addAll(filesOf(await page.clone().text()));
    await files.put(OFFLINE, page);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("files-") && name !== FILES).map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

const isPage = (answer) => answer.ok && answer.type === "basic" && (answer.headers.get("Content-Type") || "").startsWith("text/html");

async function put(path, answer) {
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", new Date().toISOString());
  await (await caches.open(PAGES)).put(path, new Response(await answer.blob(), { headers }));
}

async function keep(path) {
  const answer = await fetch(path, { headers: { Accept: "text/html" } });
  if (!isPage(answer) || answer.redirected) return "";
  await put(path, answer.clone());
  return answer.text();
}

// The same page, which now says what it is: kept earlier, or shown instead of what was sent.
async function marked(answer, name, value) {
  const html = (await answer.text()).replace("<html", `<html data-${name}="${value}"`);
  return new Response(html, { headers: answer.headers });
}

const asKept = (answer) => answer && marked(answer, "kept-at", answer.headers.get("X-Kept-At") || "");

// The whole program of an event, day by day, and my schedule in it.
async function keepEvent(base) {
  if (!/^\/events\/[^/]+$/.test(base) || Date.now() - (lately.get(base) || 0) < AGAIN_MS) return;
  lately.set(base, Date.now());
  await Promise.all([keep(base), keep(`${base}/schedule`), keep(`${base}/places`)]);
  const program = await keep(`${base}/program`);
  const days = new Set([...program.matchAll(/href="([^"]+\/program\?day=\d{4}-\d\d-\d\d)"/g)].map((found) => found[1]));
  for (const day of days) if (day.startsWith(`${base}/`)) await keep(day);
}

async function asked(request, url) {
  const answer = await fetch(request);
  if (KEPT.test(url.pathname) && isPage(answer)) await put(url.pathname + url.search, answer.clone());
  return answer;
}

async function read(event) {
  const url = new URL(event.request.url);
  const pages = await caches.open(PAGES);
  const kept = await pages.match(url.pathname + url.search);
  const answer = asked(event.request, url);
  if (kept) {
    event.waitUntil(answer.catch(() => {})); // late is not lost: it is kept for the next time
    const soon = await Promise.race([answer.catch(() => null), new Promise((go) => setTimeout(go, patience(url.pathname), null))]);
    return soon && soon.status < 500 ? soon : asKept(kept);
  }
  try {
    return await answer;
  } catch (error) {
    return asKept(KEPT.test(url.pathname) && (await pages.match(url.pathname)))
      || (await (await caches.open(FILES)).match(OFFLINE)) || Promise.reject(error);
  }
}

// What was sent and did not arrive: our own words instead of the browser's.
async function send(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const page = await (await caches.open(FILES)).match(OFFLINE);
    return page ? marked(page, "unsent", "yes") : Promise.reject(error);
  }
}

async function file(request) {
  const known = await caches.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok && new URL(request.url).pathname.startsWith(`/static/${VERSION}/`)) await (await caches.open(FILES)).put(request, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (FORGETS.includes(url.pathname)) {
    lately.clear();
    event.respondWith(caches.delete(PAGES).then(() => fetch(request)));
  } else if (request.method !== "GET") {
    if (!eventOf(url.pathname)) return;
    sent.set(eventOf(url.pathname), Date.now());
    if (request.mode === "navigate") event.respondWith(send(request));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(file(request));
  } else if (request.mode === "navigate") {
    event.respondWith(read(event));
  }
});

self.addEventListener("message", (event) => {
  if (event.data && event.data.type === "keep") event.waitUntil(keepEvent(event.data.base).catch(() => lately.delete(event.data.base)));
});
