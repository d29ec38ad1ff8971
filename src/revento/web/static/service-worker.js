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
const lately = new Map();

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

async function keep(path) {
  const answer = await fetch(path, { headers: { Accept: "text/html" } });
  if (!isPage(answer) || answer.redirected) return "";
  await (await caches.open(PAGES)).put(path, answer.clone());
  return answer.text();
}

// The whole program of an event, day by day, and my schedule in it.
async function keepEvent(base) {
  if (!/^\/events\/[^/]+$/.test(base) || Date.now() - (lately.get(base) || 0) < AGAIN_MS) return;
  lately.set(base, Date.now());
  await Promise.all([keep(base), keep(`${base}/schedule`), keep(`${base}/places`)]);
  const program = await keep(`${base}/program`);
  const days = new Set([...program.matchAll(/href="([^"]+\/program\?day=\d{4}-\d\d-\d\d)"/g)].map((found) => found[1]));
  for (const day of days) if (day.startsWith(`${base}/`)) await keep(day);
}

async function read(request) {
  const url = new URL(request.url);
  const path = url.pathname + url.search;
  try {
    const answer = await fetch(request);
    if (KEPT.test(url.pathname) && isPage(answer)) await (await caches.open(PAGES)).put(path, answer.clone());
    return answer;
  } catch (error) {
    const pages = await caches.open(PAGES);
    return (await pages.match(path)) || (KEPT.test(url.pathname) && (await pages.match(url.pathname)))
      || (await (await caches.open(FILES)).match(OFFLINE)) || Promise.reject(error);
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
    return;
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(file(request));
  } else if (request.mode === "navigate") {
    event.respondWith(read(request));
  }
});

self.addEventListener("message", (event) => {
  if (event.data && event.data.type === "keep") event.waitUntil(keepEvent(event.data.base).catch(() => lately.delete(event.data.base)));
});
