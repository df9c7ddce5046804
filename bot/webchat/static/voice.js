// Sound: playing what is spoken, recording what the person says.
import { $ } from "./dom.js";
import { t } from "./speech.js";
import { say } from "./outbox.js";

const longest = 180; // seconds; nobody listens to more
const record = $("record"), send = $("send"), field = $("text"), box = $("recording"), elapsed = $("elapsed"), banner = $("banner");
let recorder = null;

// play runs the sound behind a "listen" link; pressing again stops it.
const sound = new Audio();
let playing = null;
let plays = 0;
export function play(link) {
  const again = playing === link && !sound.paused;
  sound.pause();
  if (playing) playing.classList.remove("on");
  playing = null;
  if (again) return;
  playing = link;
  link.classList.add("on");
  sound.src = link.href;
  // A sound that was stopped before it began says so late: it must not stop the next.
  const mine = ++plays;
  sound.play().catch(() => { if (mine === plays) stopped(); });
}
const stopped = () => { if (playing) playing.classList.remove("on"); playing = null; };
sound.addEventListener("ended", stopped);

export const canRecord = () => !!(window.MediaRecorder && navigator.mediaDevices && navigator.mediaDevices.getUserMedia);

const format = () => ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"].find((f) => MediaRecorder.isTypeSupported(f));

export async function toggle() {
  if (recorder) { recorder.stop(); return; }
  let mic;
  try {
    mic = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (e) {
    banner.textContent = t("web.microphone_denied");
    banner.hidden = false;
    return;
  }
  const parts = [];
  const begun = Date.now();
  recorder = new MediaRecorder(mic, { mimeType: format(), audioBitsPerSecond: 24000 });
  const tick = setInterval(() => {
    const s = Math.floor((Date.now() - begun) / 1000);
    elapsed.textContent = Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0");
    if (s >= longest && recorder) recorder.stop();
  }, 250);
  recorder.ondataavailable = (e) => { if (e.data.size) parts.push(e.data); };
  recorder.onstop = () => {
    clearInterval(tick);
    for (const track of mic.getTracks()) track.stop();
    const wanted = !recorder.discarded, type = recorder.mimeType.split(";")[0];
    recorder = null;
    show(false);
    const seconds = Math.round((Date.now() - begun) / 1000);
    if (wanted && parts.length) {
      const end = { "audio/mp4": "m4a", "audio/ogg": "ogg" }[type] || "webm";
      say({ file: new Blob(parts, { type }), name: "voice." + end, label: t("web.voice"), seconds });
    }
  };
  recorder.start(1000);
  show(true);
}

export function discard() {
  if (recorder) { recorder.discarded = true; recorder.stop(); }
}

function show(on) {
  box.hidden = !on;
  field.hidden = on;
  send.hidden = on || !field.value.trim() && canRecord();
  $("attach").hidden = on;
  elapsed.textContent = "0:00";
  record.classList.toggle("on", on);
  record.dataset.label = on ? "web.stop_recording" : "web.record";
  record.setAttribute("aria-label", t(record.dataset.label));
  record.focus();
}
