/* The home page: one chosen place shown everywhere at once, and other views without leaving the page.
   The server writes every word; this script fetches, swaps and points. */

import { paint, startAtlas } from "./atlas.js";
import { follow } from "./ikut.js";
import { startPlayer } from "./putar.js";

const card = document.getElementById("peta");
const stage = document.getElementById("panggung");
const byId = (id) => document.getElementById(id);
let values = { tempat: {}, kelas: {}, skala: null };
let atlas = null;
let shown = window.location.search; // the address of the view on the screen
let loaded = { search: shown, tag: null }; // what its values came from; without a tag they are asked for anew
let picked = false; // whether somebody chose it, or it is only the first of the ranking
let chosen = document.querySelector("#peringkat tr[aria-current]")?.dataset.kode ?? null;

const patterned = (kelas) => values.kelas[kelas]?.pola ?? false;
const rows = () => [...document.querySelectorAll("#peringkat tbody tr")];
const rowOf = (kode) => rows().find((row) => row.dataset.kode === kode);
const linkOf = (kode) => rowOf(kode)?.querySelector("th a").href;

async function fetched(url, read, signal) {
  const response = await fetch(url, { signal, headers: { Accept: read === "json" ? "application/json" : "text/html" } });
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  return response[read]();
}

const partsOf = (search, signal) => fetched(`${window.location.pathname}${search}${search ? "&" : "?"}bagian=1`, "text", signal);

/** The values of a view and their tag; null where the server still has those of `tag`. */
async function valuesOf(search, signal, tag = null) {
  const headers = { Accept: "application/json", ...(tag && { "If-None-Match": tag }) };
  const response = await fetch(card.dataset.nilai + search, { signal, headers });
  if (response.status === 304) return null;
  if (!response.ok) throw new Error(`${response.status} ${response.url}`);
  return { search, values: await response.json(), tag: response.headers.get("ETag") };
}

/** Keep the tag of what was fetched. It names the snapshot: words of another one are not the words of these values. */
function remember(fresh) {
  const told = byId("jawaban").dataset.potret;
  loaded = { search: fresh.search, tag: fresh.tag?.includes(`-${told}-`) ? fresh.tag : null };
}

/* ---- the chosen place ---- */

function fill(kode) {
  const value = values.tempat[kode];
  const tip = byId("pilihan");
  if (!value || !tip) return;
  const texts = {
    nama: value.nama, nama_lagi: value.nama, kecamatan: value.kecamatan, nomor: value.peringkat ?? "", teks: value.teks,
    nama_kelas: value.data[1], total: value.data[2], nama_kelas_sk: value.sk[1],
  };
  for (const [name, text] of Object.entries(texts)) {
    const spot = tip.querySelector(`[data-isi="${name}"]`);
    if (spot) spot.textContent = text;
  }
  tip.querySelector('[data-isi="kelas"]').className = `swatch ${value.data[0]}`;
  tip.querySelector('[data-isi="kelas_sk"]').className = `swatch ${value.sk[0]}`;
  tip.querySelector('[data-isi="peringkat"]').hidden = !value.peringkat;
  const missing = tip.querySelector('[data-isi="kurang"]');
  missing.hidden = !value.kurang;
  missing.textContent = value.kurang ? `${value.kurang[0].toUpperCase()}${value.kurang.slice(1)}.` : "";
  tip.querySelector('[data-isi="tautan"]').href = linkOf(kode) ?? "#";
  const trend = tip.querySelector('[data-isi="tren"]');
  const drawn = rowOf(kode)?.querySelector(".spark");
  if (trend && drawn) trend.replaceChildren(drawn.cloneNode(true));
}

function mark(kode) {
  const pointer = byId("penanda");
  const value = values.tempat[kode];
  if (!pointer || !values.skala) return;
  const known = value && value.lo !== null;
  pointer.setAttribute("visibility", known ? "visible" : "hidden");
  if (!known) return;
  const width = 258;
  const x = (number) => ((number - values.skala.lo) / (values.skala.hi - values.skala.lo)) * width;
  const [arrow, line, text] = pointer.children;
  const words = `${value.nama} ${value.teks}`;
  const half = 3.2 * words.length;
  const [anchor, at] = x(value.lo) < half ? ["start", 0] : x(value.lo) > width - half ? ["end", width] : ["middle", x(value.lo)];
  arrow.setAttribute("transform", `translate(${x(value.lo)} 0)`);
  line.setAttribute("d", `M${x(value.lo)} 11H${x(value.hi)}`);
  text.setAttribute("x", at);
  text.setAttribute("text-anchor", anchor);
  text.textContent = words;
}

function outline(kode) {
  for (const picture of stage.querySelectorAll("svg:has(.cells)")) {
    const shape = picture.querySelector(`.cells [data-kode="${kode}"] path`);
    picture.querySelector(".picked").setAttribute("d", shape?.getAttribute("d") ?? "");
  }
  for (const name of byId("gambar")?.querySelectorAll("[data-nama]") ?? []) {
    name.classList.toggle("keep", name.dataset.nama === kode);
  }
}

function choose(kode, force = false) {
  if (!kode || (kode === chosen && !force)) return;
  chosen = kode;
  for (const row of rows()) {
    if (row.dataset.kode === kode) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  fill(kode);
  mark(kode);
  outline(kode);
  atlas?.choose(kode);
}

/** The address of a view with the chosen place in it: whoever gets the link sees the same. */
function addressed(search) {
  const asked = new URLSearchParams(search);
  if (picked) asked.set("pilih", chosen);
  return asked.size ? `?${asked}` : "";
}

const put = (way, search) => {
  shown = search;
  window.history[way](null, "", search || window.location.pathname);
};

let noting = null;
function pick(kode) {
  if (kode === chosen) return;
  picked = true;
  choose(kode);
  clearTimeout(noting);
  noting = setTimeout(() => put("replaceState", addressed(window.location.search)), 400);
}

const open = (kode) => { if (linkOf(kode)) window.location.assign(linkOf(kode)); };

/** The place `by` lines further in the ranking. */
function step(kode, by) {
  const order = rows().map((row) => row.dataset.kode);
  return order[Math.min(order.length - 1, Math.max(0, order.indexOf(kode) + by))];
}

/* ---- another view ---- */

function repaint() {
  for (const link of stage.querySelectorAll(".cells [data-kode]")) {
    const value = values.tempat[link.dataset.kode];
    if (!value) continue;
    paint(link.querySelector("path"), value.kelas, patterned(value.kelas));
    if (link.hasAttribute("href")) link.setAttribute("href", linkOf(link.dataset.kode));
    if (link.hasAttribute("aria-label")) link.setAttribute("aria-label", value.ucap);
  }
  for (const name of stage.querySelectorAll("text[data-nama]")) {
    const value = values.tempat[name.dataset.nama];
    if (value) name.setAttribute("class", `on-${value.kelas}${name.classList.contains("keep") ? " keep" : ""}`);
  }
  atlas?.paint(values.tempat, patterned);
}

function swap(html, quiet) {
  const focused = document.activeElement?.id;
  const line = document.activeElement?.closest("#peringkat tr[data-kode]")?.dataset.kode;
  // A copy of the list: putting a part into this page takes it out of the other
  const page = new DOMParser().parseFromString(html, "text/html");
  const busy = quiet && byId("alat").contains(document.activeElement); // an open list of choices would shut
  const { scrollTop } = byId("peringkat").querySelector(".scroll");
  for (const part of [...page.body.children]) if (!(busy && part.id === "alat")) byId(part.id)?.replaceWith(part);
  byId("peringkat").querySelector(".scroll").scrollTop = scrollTop;
  if (focused && focused !== document.activeElement?.id) byId(focused)?.focus();
  if (line) rowOf(line)?.querySelector("a").focus({ preventScroll: true });
  const range = byId("tahun");
  if (range) range.value = values.tahun;
  document.title = page.title;
  byId("gambar")?.setAttribute("aria-label", values.gambar);
  filter();
}

function draw(fresh, html, quiet = false) {
  values = fresh.values;
  swap(html, quiet);
  remember(fresh);
  repaint();
  choose(picked && values.tempat[chosen] ? chosen : document.querySelector("#peringkat tr[aria-current]")?.dataset.kode, true);
}

function complain() {
  card.querySelector(".message")?.remove();
  const note = document.createElement("p");
  note.className = "message error";
  note.setAttribute("role", "alert");
  note.textContent = card.dataset.gagal;
  card.prepend(note);
}

/** Show the view of an address. `way` notes it: a view that was asked for is a step that Back takes back.
    Tells whether it came; `quiet`: without a word to listeners. */
let running = null;
async function show(asked, way = "pushState", quiet = false) {
  const search = addressed(asked);
  clearTimeout(noting);
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  card.setAttribute("aria-busy", "true");
  try {
    const [fresh, html] = await Promise.all([valuesOf(search, signal), partsOf(search, signal)]);
    draw(fresh, html);
    if (!quiet) byId("kabar").textContent = document.querySelector("h1").textContent;
    if (way && search !== shown) put(way, search);
    shown = search;
    card.querySelector(":scope > .message")?.remove();
    return true;
  } catch (error) {
    if (error.name !== "AbortError") complain();
    return false;
  } finally {
    if (running?.signal === signal) {
      card.removeAttribute("aria-busy");
      running = null;
    }
  }
}

/** Draw the view anew where the server has newer values for it. Whoever is on the way to another view goes first. */
async function refresh() {
  if (running) return;
  const mine = (running = new AbortController());
  const { signal } = mine;
  try {
    const fresh = await valuesOf(loaded.search, signal, loaded.tag);
    if (!fresh) return;
    const html = await partsOf(loaded.search, signal); // after the values, so that its words are not older
    draw(fresh, html, true);
    byId("kabar").textContent = `${card.dataset.segar} ${document.querySelector("h1").textContent}`;
  } catch {
    // The next look comes soon enough
  } finally {
    if (running === mine) running = null;
  }
}

/** The year after the one shown, or the first one if the last is shown and the player starts. Listeners hear where it
    ends, and Back leads to where it began. */
async function nextYear(first) {
  const links = [...byId("tahun-daftar").querySelectorAll("a")];
  const at = links.findIndex((link) => Number(link.textContent) === values.tahun);
  const next = links[at + 1] ?? (first ? links[0] : null);
  if (!next) return false;
  const last = next === links.at(-1);
  return (await show(new URL(next.href).search, first ? "pushState" : "replaceState", !last)) && !last;
}

const player = byId("putar");
const stopPlaying = player ? startPlayer(player, nextYear) : () => {};

/** The slider knows every year, the city only some: the nearest of them in the direction of the move. */
function yearTowards(wanted) {
  const years = [...byId("tahun-daftar").querySelectorAll("a")].map((link) => Number(link.textContent));
  const ahead = years.filter((year) => (wanted < values.tahun ? year <= wanted : year >= wanted));
  return wanted < values.tahun ? Math.max(...ahead) : Math.min(...ahead);
}

function formSearch() {
  const asked = new URLSearchParams(new FormData(byId("tampilan")));
  if (asked.get("ukur") === "tingkat") asked.delete("ukur"); // as the links of the page write it
  return `?${asked}`;
}

/* ---- search in the ranking ---- */

const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "").trim();

function filter() {
  const wanted = plain(byId("cari").value);
  byId("peringkat").classList.toggle("all", wanted !== "");
  let found = 0;
  for (const row of rows()) {
    row.hidden = wanted !== "" && !plain(row.querySelector("th").textContent).includes(wanted);
    found += !row.hidden;
  }
  byId("peringkat").querySelector(".none-found").hidden = found > 0;
}

/* ---- start ---- */

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-tampil]");
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    stopPlaying();
    show(new URL(link.href).search);
  } else if (event.target.closest("[data-cetak]")) window.print();
  const enlarged = event.target.closest(".lens [data-kode]");
  if (enlarged && event.pointerType !== "touch") open(enlarged.dataset.kode);
});
document.addEventListener("change", (event) => {
  if (!event.target.matches("#ukur, #dari, #aturan")) return;
  stopPlaying();
  show(formSearch());
});
document.addEventListener("input", (event) => {
  if (event.target.id === "cari") filter();
  if (event.target.id === "tahun") {
    stopPlaying();
    event.target.value = yearTowards(Number(event.target.value));
    byId("tahun-label").querySelector("span").textContent = event.target.value;
    show(formSearch());
  }
});
for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const kode = event.target.closest?.("#peringkat tr[data-kode], .stage [data-kode]")?.dataset.kode;
    if (kode) pick(kode);
  });
}
window.addEventListener("popstate", () => {
  const { search } = window.location;
  if (search === shown) return;
  stopPlaying();
  const kode = new URLSearchParams(search).get("pilih");
  picked = kode !== null;
  if (picked) chosen = kode;
  show(search, null);
});
byId("cari").form.addEventListener("submit", (event) => {
  const first = rows().find((row) => !row.hidden);
  if (first && byId("cari").value) {
    event.preventDefault();
    open(first.dataset.kode);
  }
});

async function start() {
  card.classList.add("live");
  const search = window.location.search;
  const { batas } = card.dataset;
  const [fresh, geo] = await Promise.all([valuesOf(search), batas && fetched(batas, "json")]);
  values = fresh.values;
  remember(fresh);
  picked = new URLSearchParams(search).has("pilih");
  if (geo && window.L) {
    const words = {
      attribution: card.dataset.sumber, tiles: card.dataset.ubin, tileAttribution: card.dataset.ubinAtribusi,
      zoomIn: card.dataset.perbesar, zoomOut: card.dataset.perkecil,
    };
    byId("atlas").hidden = false;
    card.classList.add("mapped");
    if (words.tiles) card.classList.add("tiled");
    atlas = startAtlas(byId("atlas"), stage, geo, words, { choose: pick, open, step });
    atlas.paint(values.tempat, patterned);
  }
  choose(chosen, true);
  follow(refresh);
}

start().catch(complain);
