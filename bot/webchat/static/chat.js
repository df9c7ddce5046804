// The chat page: forms that work without this script are taken over by it.
import { $, el } from "./dom.js";
import { t } from "./speech.js";
import { adopt } from "./log.js";
import { say, saying, recall, onSent } from "./outbox.js";
import { listen } from "./stream.js";
import { play, canRecord, toggle, discard } from "./voice.js";

const largest = 16 << 20; // bytes, as on the server
const root = document.documentElement;
const composer = $("composer"), field = $("text"), send = $("send"), record = $("record"), file = $("file"), menu = $("menu"), banner = $("banner");

root.classList.add("scripted");
adopt();
let listening = "known" in root.dataset;
if (listening) listen();
onSent(() => {
  if (!listening) { listening = true; listen(); }
  // The link was used: a reload must not use it again.
  if (location.search) history.replaceState(null, "", "/chat");
});
recall();

// A double click, or a finger that comes down as a new question slides under it,
// is one press. The microphone takes the place of the send button in that moment.
let pressed = -1000;
const twice = (e) => {
  const soon = e.timeStamp - pressed < 450;
  if (!soon) pressed = e.timeStamp;
  return soon;
};

document.addEventListener("click", (e) => {
  const choice = e.target.closest(".choice"), link = e.target.closest(".listen");
  if (link) { e.preventDefault(); play(link); return; }
  if (!menu.contains(e.target)) menu.open = false;
  if (!choice) return;
  e.preventDefault();
  if (twice(e)) return;
  if (choice.classList.contains("place")) { locate(choice); return; }
  if (saying(choice.value)) return;
  if (choice.closest(".multi")) { // until the question comes back with what the server made of it
    choice.dataset.was = String(choice.classList.contains("on"));
    const on = choice.classList.toggle("on");
    choice.setAttribute("aria-pressed", String(on));
  }
  say({ press: choice.value, label: choice.querySelector(".label").textContent });
});

function locate(button) {
  if (!navigator.geolocation) { field.focus(); return; }
  button.classList.add("on");
  navigator.geolocation.getCurrentPosition(
    (p) => say({ place: { lat: p.coords.latitude, lon: p.coords.longitude }, label: button.textContent }),
    () => { button.classList.remove("on"); field.focus(); }, // no, or no idea: they can write where they are
    { timeout: 20e3, maximumAge: 60e3 });
}

// Every form of the page says something.
document.addEventListener("submit", (e) => {
  e.preventDefault();
  // Never e.target.id: a form's field named "id" hides the form's own.
  if (e.target === composer) {
    const text = field.value.trim();
    if (text) { pressed = e.timeStamp; say({ text }); }
    field.value = "";
    fit();
    if (text) field.focus();
    return;
  }
  const b = e.submitter;
  if (!b || b.name !== "text" || twice(e)) return;
  menu.open = false;
  say({ text: b.value });
});

field.addEventListener("keydown", (e) => {
  if (e.key !== "Enter" || e.shiftKey || e.isComposing) return;
  e.preventDefault();
  composer.requestSubmit(send);
});
document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// fit grows the field with its text, and offers what its emptiness allows.
function fit() {
  // Empty, "auto" would turn an Arabic placeholder to the left.
  if (field.value || !root.dir) field.dir = "auto"; else field.removeAttribute("dir");
  field.style.blockSize = "auto";
  field.style.blockSize = Math.min(field.scrollHeight + 2, 160) + "px";
  const speakable = canRecord() && !field.value.trim();
  record.hidden = !speakable;
  send.hidden = speakable;
}
field.addEventListener("input", fit);
root.addEventListener("turned", fit);
fit();

record.addEventListener("click", (e) => { if (!twice(e)) toggle(); });
$("discard").addEventListener("click", discard);
$("attach").addEventListener("click", () => file.click());
file.addEventListener("change", async () => {
  const f = file.files[0];
  file.value = "";
  if (!f) return;
  const small = await lighten(f);
  if (small.size > largest) {
    banner.textContent = t("web.too_big");
    banner.hidden = false;
    return;
  }
  say({ file: small, name: f.name, label: f.type.startsWith("image/") ? t("web.photo") : f.name });
});

// lighten makes a photo small enough for a bad line, before it leaves the phone.
// What cannot be decoded goes as it is.
async function lighten(f) {
  if (!/^image\/(jpeg|png|webp|heic)/.test(f.type) || f.size < 400e3 || !window.createImageBitmap) return f;
  try {
    const whole = await createImageBitmap(f);
    const scale = Math.min(1, 1600 / Math.max(whole.width, whole.height));
    const canvas = el("canvas", { width: Math.round(whole.width * scale), height: Math.round(whole.height * scale) });
    canvas.getContext("2d").drawImage(whole, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
    return blob && blob.size < f.size ? blob : f;
  } catch (e) {
    return f;
  }
}
