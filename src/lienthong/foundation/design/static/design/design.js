// Small behaviours every page shares. Pages work without them.

// Ages grow while the page is open.
const words = document.documentElement.lang === "en"
  ? { now: "just now", units: [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]], ago: (n, u) => `${n} ${u} ago` }
  : { now: "vừa xong", units: [[86400, "ngày"], [3600, "giờ"], [60, "phút"], [1, "giây"]], ago: (n, u) => `${n} ${u} trước` };

function ageInWords(since) {
  const seconds = Math.max(0, Math.floor((Date.now() - new Date(since)) / 1000));
  if (seconds < 5) return words.now;
  const [size, unit] = words.units.find(([size]) => seconds >= size);
  return words.ago(Math.floor(seconds / size), unit);
}

setInterval(() => {
  for (const element of document.querySelectorAll("time[data-age]")) element.textContent = ageInWords(element.dateTime);
}, 1000);

// Menus close with Escape and when the focus leaves them.
for (const menu of document.querySelectorAll("details[data-menu]")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); }
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
}
// The main menu stands open where there is room for it.
const main = document.querySelector("details.menu");
if (main) {
  const wide = matchMedia("(min-width: 64rem)");
  const fit = () => { main.open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();
}

// A bar or tile takes its size and shade from data, because the content policy allows no inline style.
function paint(root) {
  for (const element of root.querySelectorAll("[data-share]")) element.style.setProperty("--share", element.dataset.share);
  for (const element of root.querySelectorAll("[data-column]")) {
    element.style.gridColumn = element.dataset.column;
    element.style.gridRow = element.dataset.row;
  }
}
paint(document);
document.addEventListener("htmx:after:swap", () => paint(document));
