/* The map itself: Leaflet draws the stored shapes of the city. It owns no data: whoever starts it paints and chooses. */

const EARTH = 40075016.686; // metres round the equator
const NEAR_ENOUGH = 0.88; // a name that fits at scale 1 still reads at a slightly smaller one

/** Colour an SVG shape by class; `pattern` says that the class is drawn by a hatch of the sprite. */
export function paint(shape, kelas, pattern) {
  for (const name of [...shape.classList]) if (name.startsWith("f-")) shape.classList.remove(name);
  if (pattern) shape.setAttribute("fill", `url(#h-${kelas})`);
  else shape.classList.add(`f-${kelas}`);
}

const flat = (className) => ({ className, interactive: false, stroke: true, fill: false, weight: null, color: null });

function ground(map, geo) {
  const L = window.L;
  const add = (geometry, style) => geometry && L.geoJSON(geometry, { style, interactive: false }).addTo(map);
  add(geo.sea, { ...flat("water"), stroke: false, fill: true, fillOpacity: 1 });
  add(geo.base, { ...flat("coast"), fill: true, fillOpacity: 1 });
}

function lines(map, geo) {
  const L = window.L;
  for (const name of ["border-white", "border"]) L.geoJSON(geo.borders, { style: flat(name), interactive: false }).addTo(map);
  if (geo.frame) {
    const [west, south, east, north] = geo.frame;
    L.rectangle([[south, west], [north, east]], flat("frame")).addTo(map);
  }
}

function nameTag(words, className) {
  const box = document.createElement("span");
  for (const word of words) {
    const line = document.createElement("span");
    line.textContent = word;
    box.append(line);
  }
  return window.L.divIcon({ className: `map-name ${className}`, html: box, iconSize: [0, 0] });
}

function putNames(map, geo) {
  const L = window.L;
  const names = new Map();
  const beside = []; // names of what lies round the city
  for (const [kode, label] of Object.entries(geo.labels)) {
    if (label.scale === null) continue;
    const options = { icon: nameTag(label.lines, ""), interactive: false, keyboard: false };
    names.set(kode, { scale: label.scale, marker: L.marker([label.lat, label.lon], options).addTo(map) });
  }
  for (const text of geo.texts) {
    const icon = nameTag([text.teks], "sea");
    beside.push(L.marker([text.lat, text.lon], { icon, interactive: false, keyboard: false }).addTo(map));
  }
  return { names, beside };
}

const FURNITURE = ".north, .indicative, .side > *, .leaflet-control-scale, .leaflet-control-zoom";

/** A name beside the city gives way to the arrow, the scale bar and the boxes on top of the map. */
function clearFurniture(stage, beside) {
  const boxes = [...stage.querySelectorAll(FURNITURE)].map((piece) => piece.getBoundingClientRect());
  for (const marker of beside) {
    const name = marker.getElement();
    const own = name.firstElementChild.getBoundingClientRect();
    const meets = (box) => box.width && own.left < box.right + 6 && own.right > box.left - 6
      && own.top < box.bottom + 6 && own.bottom > box.top - 6;
    name.classList.toggle("covered", boxes.some(meets));
  }
}

function showFittingNames(map, geo, names) {
  const perPixel = (EARTH * Math.cos((map.getCenter().lat * Math.PI) / 180)) / (256 * 2 ** map.getZoom());
  const scale = 1000 / perPixel / geo.px_per_km;
  for (const { marker, scale: needed } of names.values()) {
    marker.getElement().classList.toggle("too-small", scale < needed * NEAR_ENOUGH);
  }
}

function controls(map, { attribution, tiles, tileAttribution, zoomIn, zoomOut }) {
  const L = window.L;
  L.control.zoom({ position: "topright", zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  L.control.scale({ position: "bottomleft", imperial: false, maxWidth: 90 }).addTo(map);
  const credit = L.control.attribution({ position: "bottomright", prefix: false }).addTo(map);
  if (attribution) credit.addAttribution(attribution.replace(/[<>&]/g, " "));
  if (tiles) L.tileLayer(tiles, { attribution: tileAttribution, maxZoom: 19 }).addTo(map);
}

/** Fit the city into what the boxes on top of the stage leave free; keep it fitted until somebody zooms or drags. */
function keepFitted(map, stage, bounds) {
  let own = true;
  const fit = () => {
    if (!map.getContainer().offsetWidth) return; // hidden while printing
    const side = stage.querySelector(".side");
    const over = getComputedStyle(map.getContainer()).position === "absolute";
    const covered = over && side ? side.offsetWidth + 6 : 12;
    own = true;
    map.invalidateSize({ animate: false });
    map.setMinZoom(0);
    map.fitBounds(bounds, { paddingTopLeft: [covered, 12], paddingBottomRight: [14, 12], animate: false });
    map.setMinZoom(map.getZoom() - 0.25);
    own = false;
  };
  let moved = false;
  map.on("zoomstart dragstart", () => { moved = moved || !own; });
  new ResizeObserver(() => { if (!moved) fit(); else if (map.getContainer().offsetWidth) map.invalidateSize(); }).observe(map.getContainer());
  fit();
  return fit;
}

/** On a finger screen a fitted map must not swallow the scrolling of the page; a zoomed one may be dragged. */
function dragWhenZoomed(map) {
  const base = map.getZoom();
  if (!window.matchMedia("(pointer: coarse)").matches) return;
  const set = () => map.dragging[map.getZoom() > base + 0.1 ? "enable" : "disable"]();
  map.on("zoomend", set);
  set();
}

/**
 * Start the map in `box`. `on` answers: choose(kode), open(kode), step(kode, by) → kode of the neighbour in the ranking.
 * Returns { paint(values), choose(kode), focus(kode) }.
 */
export function startAtlas(box, stage, geo, words, on) {
  const L = window.L;
  const [west, south, east, north] = geo.bbox;
  const bounds = L.latLngBounds([[south, west], [north, east]]);
  const map = L.map(box, {
    attributionControl: false, zoomControl: false, zoomSnap: 0, zoomDelta: 0.75, scrollWheelZoom: false,
    doubleClickZoom: false, maxBounds: bounds.pad(1.5), maxBoundsViscosity: 0.8, zoomAnimation: false,
  });
  map.fitBounds(bounds);
  controls(map, words);
  ground(map, geo);
  const cells = new Map();
  for (const [kode, geometry] of Object.entries(geo.cells)) {
    const layer = L.geoJSON(geometry, { style: { className: "cell", stroke: false, fillOpacity: 1, fillColor: null } });
    cells.set(kode, { geometry, layer: layer.addTo(map), shape: layer.getLayers()[0].getElement() });
  }
  lines(map, geo);
  const picked = L.geoJSON(null, { style: flat("picked"), interactive: false }).addTo(map);
  const { names, beside } = putNames(map, geo);
  const clear = () => clearFurniture(stage, beside);
  map.on("zoomend", () => showFittingNames(map, geo, names));
  map.on("moveend resize", clear);
  keepFitted(map, stage, bounds);
  dragWhenZoomed(map);
  showFittingNames(map, geo, names);
  clear();

  let here = null;
  let dragged = false; // the browser still sends a click at the end of a drag
  map.on("dragstart", () => { dragged = true; });
  const keys = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
  for (const [kode, { shape }] of cells) {
    shape.setAttribute("role", "link");
    shape.setAttribute("tabindex", "-1");
    shape.addEventListener("pointerenter", (event) => { if (event.pointerType !== "touch") on.choose(kode); });
    shape.addEventListener("focus", () => on.choose(kode));
    let fresh = false; // a first touch only chooses, the second opens
    shape.addEventListener("pointerdown", (event) => {
      dragged = false;
      fresh = event.pointerType === "touch" && here !== kode;
    });
    shape.addEventListener("click", () => {
      if (dragged) return;
      if (fresh) on.choose(kode);
      else on.open(kode);
    });
    shape.addEventListener("keydown", (event) => {
      if (event.key === "Enter") on.open(kode);
      else if (event.key in keys) cells.get(on.step(kode, keys[event.key]))?.shape.focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  return {
    paint(values, patterns) {
      for (const [kode, { shape }] of cells) {
        const value = values[kode];
        if (!value) continue;
        paint(shape, value.kelas, patterns(value.kelas));
        shape.setAttribute("aria-label", value.ucap);
        const tag = names.get(kode)?.marker.getElement();
        if (tag) tag.className = tag.className.replace(/ on-\S+/g, "") + ` on-${value.kelas}`;
      }
      clear(); // another legend may be taller
    },
    choose(kode) {
      if (here) {
        cells.get(here)?.shape.setAttribute("tabindex", "-1");
        names.get(here)?.marker.getElement().classList.remove("keep");
      }
      here = kode;
      picked.clearLayers();
      if (!cells.has(kode)) return;
      picked.addData(cells.get(kode).geometry);
      cells.get(kode).shape.setAttribute("tabindex", "0");
      names.get(kode)?.marker.getElement().classList.add("keep");
    },
  };
}
