// Live boards: listens to the page's own event stream and rewrites the numbers that moved.
"use strict";

const root = document.querySelector("[data-live]");
const english = document.documentElement.lang === "en";
const words = english
  ? { live: "● live", waiting: "○ reconnecting…", green: "on target", amber: "watch", red: "beyond limit" }
  : { live: "● trực tiếp", waiting: "○ đang nối lại…", green: "đạt", amber: "cần chú ý", red: "vượt ngưỡng" };
const tones = { green: "good", amber: "warn", red: "bad" };

function say(live) {
  for (const place of document.querySelectorAll("[data-live-state]")) {
    place.textContent = live ? words.live : words.waiting;
    place.classList.toggle("on", live);
  }
}

function valueOf(cell, data) {
  const numerator = Number(cell.numerator) * Number(data.scale);
  if (!data.ratio) return numerator;
  return Number(cell.denominator) ? numerator / Number(cell.denominator) : null;
}

function levelOf(value, data) {
  if (value === null || (data.amber === "" && data.red === "")) return null;
  const worse = (limit) => limit !== "" && (data.better === "up" ? value < Number(limit) : value > Number(limit));
  return worse(data.red) ? "red" : worse(data.amber) ? "amber" : "green";
}

function write(cell) {
  const key = `${cell.indicator}|${cell.territory}`;
  for (const place of root.querySelectorAll(`[data-cell="${CSS.escape(key)}"]`)) {
    const value = valueOf(cell, place.dataset);
    const digits = Number(place.dataset.digits);
    place.textContent = value === null ? "–" : new Intl.NumberFormat(english ? "en-GB" : "vi-VN",
      { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
    place.dataset.value = value === null ? "" : value;
    place.classList.remove("fresh");
    void place.offsetWidth; // starts the animation again
    place.classList.add("fresh");
    const level = levelOf(value, place.dataset);
    for (const badge of root.querySelectorAll(`[data-level="${CSS.escape(key)}"]`)) {
      if (!level) continue;
      badge.className = `status ${tones[level]}`;
      badge.textContent = words[level];
    }
    const tile = place.closest(".tile-map a");
    if (tile && level) tile.className = tones[level];
  }
  for (const age of root.querySelectorAll(`[data-cell="${CSS.escape(key)}"]`)) {
    const clock = age.closest(".tile, .card")?.querySelector("time[data-age]");
    if (clock) clock.dateTime = cell.at;
  }
}

if (root) {
  const stream = new EventSource(`/live/board?ticket=${encodeURIComponent(root.dataset.live)}`);
  stream.addEventListener("open", () => say(true));
  stream.addEventListener("error", () => {
    say(false);
    // A ticket that has ended is refused for good: the page asks for its rights again.
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000 + Math.random() * 5000);
  });
  stream.addEventListener("cells", (event) => {
    const message = JSON.parse(event.data);
    message.cells.forEach(write);
    root.dataset.watermark = message.watermark;
  });
}
