// New lines from the server: a stream where the network lets one through, and
// asking now and then where it does not.
import { $ } from "./dom.js";
import { t } from "./speech.js";
import { add, shown } from "./log.js";

const banner = $("banner");
let source = null;
let fails = 0;
let timer = 0; // the next attempt
let watch = 0; // the stream is dead when nothing comes for this long
let opened = 0; // streams that were proved to work

export function listen() {
  clearTimeout(timer);
  clearTimeout(watch);
  if (source) source.close();
  source = null;
  if (!("EventSource" in window)) return ask();
  source = new EventSource("/chat/events?after=" + shown());
  const alive = () => {
    opened++;
    fails = 0;
    say("");
    clearTimeout(watch);
    watch = setTimeout(listen, 50e3);
  };
  watch = setTimeout(() => { source.close(); ask(); }, 8e3);
  source.addEventListener("ready", alive);
  source.addEventListener("beat", alive);
  source.onmessage = (e) => { alive(); add(JSON.parse(e.data)); };
  source.onerror = () => {
    const refused = source.readyState === EventSource.CLOSED;
    source.close();
    clearTimeout(watch);
    if (refused) return ask();
    later(listen);
  };
}

// later tries again, less and less often; not all pages at the same moment.
function later(f) {
  fails++;
  if (fails > 1) say(t(navigator.onLine ? "web.reconnecting" : "web.offline"));
  clearTimeout(timer);
  timer = setTimeout(f, Math.min(30, 2 ** fails / 2) * (700 + Math.random() * 600));
}

async function ask() {
  clearTimeout(timer);
  try {
    const r = await fetch("/chat/lines?after=" + shown(), { credentials: "same-origin" });
    if (!r.ok) throw new Error(r.status);
    add(await r.json());
    fails = 0;
    say("");
    timer = setTimeout(opened ? listen : ask, document.hidden ? 30e3 : 5e3);
  } catch (e) {
    later(ask);
  }
}

function say(text) {
  if (!text && banner.dataset.from !== "stream") return;
  banner.textContent = text;
  banner.hidden = !text;
  if (text) banner.dataset.from = "stream"; else delete banner.dataset.from;
}

addEventListener("offline", () => say(t("web.offline")));
addEventListener("online", () => { say(""); if (source || fails) listen(); });
addEventListener("pageshow", (e) => { if (e.persisted && source) listen(); });
