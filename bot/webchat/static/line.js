// One line as elements. parts.html makes the same on the server; a test holds the two together.
import { el } from "./dom.js";
import { t, direction } from "./speech.js";

const web = /https?:\/\/[^\s<>"'\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]*[^\s<>"'.,;:!?)\]»،؛؟\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g;

// A text in no known language runs as its letters do; what a person wrote gets no links.
function words(text, lang, plain) {
  const p = el("p", { class: "text", dir: lang ? null : "auto" });
  let from = 0;
  if (!plain) {
    for (const m of text.matchAll(web)) {
      p.append(text.slice(from, m.index), el("a", { href: m[0], target: "_blank", rel: "noopener noreferrer", dir: "ltr" }, m[0]));
      from = m.index + m[0].length;
    }
  }
  p.append(text.slice(from));
  return p;
}

function media(m, lang) {
  const label = t({ photo: "web.photo", voice: "web.voice" }[m.kind] || "web.file", lang);
  if (!m.path) return el("p", { class: "kind " + m.kind }, label);
  if (m.kind === "photo") return el("a", { class: "photo", href: m.path }, el("img", { src: m.path, alt: label, loading: "lazy" }));
  if (m.kind === "voice") return el("audio", { controls: true, preload: "none", src: m.path, "aria-label": label });
  return el("a", { class: "kind file", href: m.path, download: true }, el("bdi", null, m.name || label));
}

const two = (n) => String(n).padStart(2, "0");

export function clock(at) {
  const d = new Date(at), now = new Date();
  const time = two(d.getHours()) + ":" + two(d.getMinutes());
  return d.toDateString() === now.toDateString() ? time : d.getDate() + "/" + (d.getMonth() + 1) + " " + time;
}

function choice(c, multi) {
  return el("button", { class: c.on ? "choice on" : "choice", name: "press", value: c.data, "aria-pressed": multi || c.on ? String(!!c.on) : null },
    el("span", { class: "label", dir: "auto" }, c.label),
    c.twin ? el("span", { class: "twin", lang: "fr", dir: "auto" }, c.twin) : null);
}

function choices(l) {
  return el("form", { class: l.multi ? "choices multi" : "choices", lang: l.lang, dir: direction(l.lang), method: "post", action: "/chat/message" },
    ...(l.choices || []).map((c) => choice(c, l.multi)),
    l.place ? el("button", { class: "choice place", type: "button" }, el("span", { class: "label", dir: "auto" }, l.place)) : null);
}

// Who speaks, for a screen reader; it turns with the page where the line has no language.
const speaker = (name, lang) => el("span", { class: "sr" }, el("span", { "data-t": lang ? null : name }, t(name, lang)), ": ");

export const asks = (l) => !l.me && ((l.choices && l.choices.length > 0) || !!l.place);

export function article(l) {
  return el("article", { class: "line " + (l.me ? "me" : "bot"), "data-seq": l.seq },
    el("div", { class: "bubble", lang: l.lang, dir: l.lang ? direction(l.lang) : null },
      speaker(l.me ? "web.you" : "web.maalem", l.lang),
      l.media ? media(l.media, l.lang) : null,
      l.text ? words(l.text, l.lang, l.me) : null,
      l.listen ? el("a", { class: "listen", href: l.listen }, t("web.listen", l.lang)) : null,
      el("time", { datetime: new Date(l.at).toISOString() }, clock(l.at))),
    l.choices && l.choices.length || l.place ? choices(l) : null);
}
