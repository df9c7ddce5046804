// Elements are made here and nowhere else: strings become text nodes, never markup.

export function el(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== null && value !== false) e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...children.filter((c) => c !== null && c !== undefined && c !== false));
  return e;
}

export const $ = (id) => document.getElementById(id);

export function newID() {
  const b = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
}

const marks = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g;

// same compares texts as people see them.
export const same = (a, b) => a.replace(marks, "").trim() === b.replace(marks, "").trim();
