// The conversation as shown: every committed line once, in order, by its number.
import { $, same } from "./dom.js";
import { t, speak } from "./speech.js";
import { article, asks, clock } from "./line.js";

const log = $("log"), scroller = $("scroll"), jump = $("jump"), menu = $("menu");
let last = 0;
let question = null; // the newest that asks something
let unseen = 0;
let heard = () => {}; // told of every line that the person said

export const shown = () => last;
export const onEcho = (f) => { heard = f; };

// adopt takes over the lines that the server rendered.
export function adopt() {
  for (const e of log.children) last = Number(e.dataset.seq);
  question = log.querySelector(".line.live") || [...log.querySelectorAll(".choices")].map((f) => f.parentNode).pop() || null;
  // The server wrote Morocco's clock; people away from it read their own.
  for (const time of log.querySelectorAll("time")) time.textContent = clock(time.dateTime);
  if (last) toEnd(); // the welcome is read from its beginning
}

// add takes a window from the server: lines that are new here are shown, and
// lines that are no longer kept leave.
export function add(view) {
  const atEnd = nearEnd();
  if (view.reset) { log.replaceChildren(); last = 0; }
  if (view.first) for (const e of [...log.children]) if (Number(e.dataset.seq) < view.first) e.remove();
  if (question && !question.isConnected) question = null;
  let first = null;
  let spoke = 0;
  for (const l of view.lines) {
    if (l.seq <= last) continue;
    last = l.seq;
    const e = place(l);
    if (l.me) heard(l); else spoke++;
    if (!l.me && !first) first = e;
  }
  const welcome = $("welcome");
  if (first && welcome) welcome.remove();
  menu.hidden = !log.firstElementChild;
  if (!spoke) { if (atEnd) toEnd(); return; }
  if (atEnd) toEnd(first); else { unseen += spoke; }
  look();
  if (document.hidden) document.title = "● " + t("web.title");
}

function place(l) {
  if (l.me) {
    if (question && !question.querySelector(".multi") && question.classList.contains("live")) take(question, l.text || "");
    const e = article(l);
    log.append(e);
    return e;
  }
  speak(l.lang);
  const e = article(l);
  if (asks(l)) {
    const old = question;
    question = e;
    e.classList.add("live");
    log.append(e);
    if (old) supersede(old, e, l);
    return e;
  }
  log.append(e);
  return e;
}

// take marks the choice that was said; the question is answered.
function take(q, said) {
  for (const b of q.querySelectorAll(".choice:not(.place)")) {
    if (same(b.querySelector(".label").textContent, said)) {
      b.classList.add("on");
      b.setAttribute("aria-pressed", "true");
      q.classList.remove("live");
      return;
    }
  }
}

// supersede closes an older question; one that is the same with other toggles
// gives its place to the newer, and the keyboard stays on the toggle.
function supersede(old, e, l) {
  old.classList.remove("live");
  for (const b of old.querySelectorAll("[data-was]")) { // "done" is no choice of its own
    b.classList.toggle("on", b.dataset.was === "true");
    b.setAttribute("aria-pressed", b.dataset.was);
    delete b.dataset.was;
  }
  const text = (q) => { const p = q.querySelector(".text"); return p ? p.textContent : ""; };
  if (!l.multi || !old.querySelector(".multi") || text(old) !== text(e)) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.value : null;
  old.remove();
  if (focused !== null) for (const b of e.querySelectorAll(".choice")) if (b.value === focused) b.focus({ preventScroll: true });
}

const nearEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;

// toEnd scrolls down, but never past the beginning of what was just said.
export function toEnd(first) {
  const end = scroller.scrollHeight - scroller.clientHeight;
  const top = first ? first.offsetTop - scroller.offsetTop - 12 : end;
  scroller.scrollTop = Math.min(end, Math.max(top, 0));
  look();
}

// look shows the way down when there is something below.
function look() {
  if (nearEnd()) unseen = 0;
  const asked = question && question.classList.contains("live") ? question : null;
  const below = asked && asked.getBoundingClientRect().top > scroller.getBoundingClientRect().bottom;
  jump.hidden = !(unseen || below);
  jump.textContent = t(below || !unseen ? "web.jump_to_question" : "web.new_messages");
}

scroller.addEventListener("scroll", look, { passive: true });
addEventListener("resize", look);
document.addEventListener("visibilitychange", () => { if (!document.hidden) document.title = t("web.title"); });
jump.addEventListener("click", () => {
  const to = question && question.classList.contains("live") ? question : log.lastElementChild;
  if (!to) return;
  to.scrollIntoView({ block: "start" });
  const b = to.querySelector(".choice");
  if (b) b.focus({ preventScroll: true });
  unseen = 0;
  look();
});
