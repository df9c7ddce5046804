// The words around the conversation, in the language that it is in.
import words from "./words.js";

const rtl = { ar: true, ary: true };
let lang = document.documentElement.dataset.lang || "";

// t is a phrase in the page's language, or in that of a line.
export const t = (name, of) => (words[of] || words[lang] || words[""])[name] || "";

export const direction = (l) => (l === "" || l === undefined ? "auto" : rtl[l] ? "rtl" : "ltr");

// speak turns the page to a language: its words, their direction, and what a
// screen reader reads them with.
export function speak(next) {
  if (!next || next === lang || !words[next]) return;
  lang = next;
  const root = document.documentElement;
  root.lang = next;
  root.dir = direction(next);
  document.title = t("web.title");
  for (const e of document.querySelectorAll("[data-t]")) {
    e.textContent = t(e.dataset.t);
    if ("value" in e.dataset) e.value = e.textContent;
  }
  for (const e of document.querySelectorAll("[data-label]")) e.setAttribute("aria-label", t(e.dataset.label));
  for (const e of document.querySelectorAll("[data-placeholder]")) e.placeholder = t(e.dataset.placeholder);
  root.dispatchEvent(new Event("turned"));
}
