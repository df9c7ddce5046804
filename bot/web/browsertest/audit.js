// What a careful reader of the page would complain about; an expression that
// gives a list of sentences.
(() => {
  const complaints = [];
  const seen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !e.closest(".sr") && e.getClientRects().length > 0;
  const name = (e) => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.className && e.className.baseVal === undefined ? "." + e.className : "") + " " + JSON.stringify((e.textContent || "").trim().slice(0, 30));

  // Colours: WCAG 2 relative luminance and contrast.
  const parse = (c) => { const m = c.match(/[\d.]+/g).map(Number); return { r: m[0], g: m[1], b: m[2], a: m.length > 3 ? m[3] : 1 }; };
  const part = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = (c) => 0.2126 * part(c.r) + 0.7152 * part(c.g) + 0.0722 * part(c.b);
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.a === 1) return c;
      if (c.a > 0) { complaints.push("a half transparent ground cannot be judged: " + name(e)); return c; }
    }
    return { r: 255, g: 255, b: 255, a: 1 };
  };
  for (const e of document.querySelectorAll("body *")) {
    const says = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!says || !seen(e) || e.closest("option")) continue;
    const s = getComputedStyle(e), px = parseFloat(s.fontSize);
    const least = px >= 24 || px >= 18.66 && Number(s.fontWeight) >= 700 ? 3 : 4.5;
    const got = ratio(parse(s.color), ground(e));
    if (got < least) complaints.push("contrast " + got.toFixed(2) + ", not " + least + ": " + name(e));
    if (px < 12) complaints.push("letters of " + px + " px: " + name(e));
    if (s.textAlign === "justify") complaints.push("justified: " + name(e));
  }

  // Fingers: 44 px both ways; links within a sentence are as high as their line.
  for (const e of document.querySelectorAll("a, button, summary, textarea, input:not([type=hidden]), audio[controls]")) {
    if (!seen(e) || e.closest(".text")) continue;
    const r = e.getBoundingClientRect();
    if (r.width < 44 || r.height < 44) complaints.push("a target of " + Math.round(r.width) + "x" + Math.round(r.height) + " px: " + name(e));
  }

  const over = document.documentElement.scrollWidth - innerWidth;
  if (over > 0) complaints.push("the page is " + over + " px wider than the screen");
  for (const e of document.querySelectorAll("button, .bubble, .text, .label")) {
    if (seen(e) && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline") complaints.push("it spills over: " + name(e));
  }

  // Structure.
  if (document.querySelectorAll("main").length !== 1) complaints.push("not exactly one main");
  if (document.querySelectorAll("h1").length !== 1) complaints.push("not exactly one h1");
  if (!document.title.trim()) complaints.push("no title");
  for (const id of new Set([...document.querySelectorAll("[id]")].map((e) => e.id))) {
    if (document.querySelectorAll("[id=" + CSS.escape(id) + "]").length > 1) complaints.push("two elements are called " + id);
  }
  for (const e of document.querySelectorAll("[tabindex]")) if (e.tabIndex > 0) complaints.push("it jumps the order of focus: " + name(e));
  for (const e of document.querySelectorAll("img:not([alt])")) complaints.push("a picture without words: " + name(e));
  return complaints;
})()
