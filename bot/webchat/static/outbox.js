// What the person said and the server has not confirmed. Each message keeps its id
// until it is confirmed: on a bad line it is sent again and answered once.
import { $, el, newID, same } from "./dom.js";
import { t } from "./speech.js";
import { add, shown, toEnd, onEcho } from "./log.js";

const kept = "maalem.outbox";
const pending = $("pending"), typing = $("typing"), banner = $("banner");
const queue = [];
let busy = false;
let timer = 0;
let sent = () => {};
let start = document.documentElement.dataset.start || undefined;

export const onSent = (f) => { sent = f; };

// say puts a message into the queue: {text} or {press, label} or {place, label} or {file, label, seconds}.
export function say(m) {
  m.id = newID();
  m.at = Date.now();
  queue.push(m);
  keep();
  draw(m);
  toEnd();
  pump();
}

export const saying = (press) => queue.some((m) => m.press === press);

// recall takes up what a reload interrupted. Files are not kept: they can be large.
export function recall() {
  let old = [];
  try { old = JSON.parse(localStorage.getItem(kept)) || []; } catch (e) { /* storage is off, or not ours */ }
  for (const m of old) {
    if (typeof m.id !== "string" || Date.now() - m.at > 24 * 3600e3) continue;
    queue.push(m);
    draw(m);
  }
  if (queue.length) { toEnd(); pump(); }
}

function keep() {
  const light = queue.filter((m) => !m.file).map(({ id, at, text, press, place, label }) => ({ id, at, text, press, place, label }));
  try {
    if (light.length) localStorage.setItem(kept, JSON.stringify(light)); else localStorage.removeItem(kept);
  } catch (e) { /* storage is off or full: the message is still in memory */ }
}

function draw(m) {
  m.state = el("span", { class: "state" }, "…");
  m.bar = m.file ? el("progress", { max: 1, value: 0 }) : null;
  m.bubble = el("article", { class: "line me waiting" }, el("div", { class: "bubble" },
    el("p", { class: "text", dir: "auto" }, m.text || m.label || ""), m.bar, m.state));
  pending.append(m.bubble);
}

onEcho((l) => {
  // The line may arrive by the stream before the answer to our own request.
  const m = queue[0];
  if (m && m.bubble.isConnected && (m.file ? l.media : same(l.text || "", m.text || m.label || ""))) m.bubble.remove();
});

// pump sends one message after the other: their order is what was meant.
export async function pump() {
  clearTimeout(timer);
  if (busy || !queue.length) return;
  busy = true;
  const m = queue[0];
  const slow = setTimeout(() => { typing.hidden = false; toEnd(); }, 350);
  let r;
  try {
    r = await post(m);
  } catch (e) {
    r = { status: 0 };
  }
  clearTimeout(slow);
  typing.hidden = true;
  busy = false;
  if (r.status === 200) {
    done(m);
    note("");
    add(r.view);
    start = undefined;
    sent();
    pump();
    return;
  }
  if (r.status >= 400 && r.status < 500 && r.status !== 429 && r.status !== 408) {
    done(m);
    note(t(r.status === 413 ? "web.too_big" : "web.went_wrong"));
    pump();
    return;
  }
  m.tries = (m.tries || 0) + 1;
  m.state.textContent = t("web.not_sent");
  const wait = Math.max(r.after || 0, Math.min(30, 2 ** m.tries / 2));
  timer = setTimeout(pump, wait * (800 + Math.random() * 400));
}

function done(m) {
  queue.shift();
  keep();
  m.bubble.remove();
}

function note(text) {
  if (banner.dataset.from === "stream") return;
  banner.textContent = text;
  banner.hidden = !text;
}

async function post(m) {
  const ago = Math.max(0, Date.now() - m.at);
  if (m.file) return upload(m, ago);
  const give = new AbortController();
  const tooLong = setTimeout(() => give.abort(), 40e3);
  try {
    const r = await fetch("/chat/message", {
      method: "POST", signal: give.signal, credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ id: m.id, text: m.text, press: m.press, place: m.place, start, ago, after: shown() }),
    });
    return { status: r.status, after: Number(r.headers.get("Retry-After")), view: r.ok ? await r.json() : null };
  } finally {
    clearTimeout(tooLong);
  }
}

// upload uses the old request object, because only it tells how far it is.
function upload(m, ago) {
  return new Promise((resolve) => {
    const f = new FormData();
    f.append("id", m.id);
    f.append("ago", ago);
    f.append("after", shown());
    if (start) f.append("start", start);
    if (m.seconds) f.append("seconds", m.seconds);
    f.append("file", m.file, m.name);
    const x = new XMLHttpRequest();
    x.open("POST", "/chat/message");
    x.setRequestHeader("Accept", "application/json");
    x.timeout = 300e3;
    x.upload.onprogress = (e) => { if (e.lengthComputable) m.bar.value = e.loaded / e.total; };
    x.onload = () => {
      let view = null;
      try { view = JSON.parse(x.responseText); } catch (e) { /* an error has no body */ }
      resolve({ status: x.status, after: Number(x.getResponseHeader("Retry-After")), view });
    };
    x.onerror = x.ontimeout = x.onabort = () => resolve({ status: 0 });
    x.send(f);
  });
}

addEventListener("online", () => pump());
