// Makes of each plot that is looked at one that can be zoomed, with uPlot: the same picture from the same values, in
// the place of the SVG, which stays for print and wherever anything here fails. Texts reach the page as text only.
"use strict";

(() => {
const HEIGHT = 260;
const MARGIN = { top: 26, bottom: 46 };
const NEAR = 24; // pixels from the pointer to a point that is named
const FONT = "12px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans KR', sans-serif";
const NINES = 7;
const DASHES = { second: [7, 4], third: [2, 4], quiet: [4, 4] };

// --- Scales: what is seen is counted in units in which a scale is even, as in scales.py ----------------------------

function evened(scale, value) {
  if (value === null) return NaN;
  if (scale === "log") return value > 0 ? Math.log10(value) : -Infinity;
  if (scale === "tail") return value < 1 ? -Math.log10(1 - value) : Infinity;
  return value;
}

function original(scale, even) {
  if (scale === "log") return 10 ** even;
  if (scale === "tail") return 1 - 10 ** -even;
  return even;
}

function roundStep(low, high, count, quantity) {
  const rough = (high - low) / Math.max(count, 1);
  const power = rough > 0 ? 10 ** Math.floor(Math.log10(rough)) : 1;
  const step = [1, 2, 5, 10].map((part) => part * power).find((one) => one >= rough * (1 - 1e-9)) || power;
  return quantity === "count" ? Math.max(step, 1) : step;
}

function written(value, quantity, step) {
  const share = quantity === "share";
  const shown = share ? value * 100 : value;
  const apart = share ? step * 100 : step;
  const sign = share ? "%" : "";
  if (shown && Math.abs(shown) >= 1e7) return shown.toPrecision(3) + sign;
  if (!step) return String(Number(shown.toPrecision(NINES))) + sign;
  const decimals = Math.min(Math.max(0, -Math.floor(Math.log10(apart) + 1e-9)), 6);
  const rounded = shown.toFixed(decimals).replace(/^-(0(?:\.0*)?)$/, "$1");
  const [whole, part] = rounded.split(".");
  return whole.replace(/\B(?=(?:\d{3})+$)/g, ",") + (part ? `.${part}` : "") + sign;
}

function exactly(value, axis) {
  if (axis.quantity === "count") return written(value, "count", Number.isInteger(value) ? 1 : 0.01);
  if (axis.quantity === "share") return written(value, "share", axis.scale === "tail" ? 0 : 0.0001);
  return written(value, axis.quantity, axis.quantity === "s" ? 0.001 : 0.01);
}

function evenSteps(axis, low, high, count) {
  const step = roundStep(low, high, count, axis.quantity);
  const found = [];
  const last = Math.floor(high / step + 1e-9);
  for (let number = Math.ceil(low / step - 1e-9); number <= last; number += 1) found.push(number * step);
  return found.map((value) => [evened(axis.scale, value), written(value, axis.quantity, step)]);
}

// The round values from `low` to `high`, each as [where, text].
function ticks(axis, low, high, count) {
  if (axis.scale === "linear") return evenSteps(axis, low, high, count);
  const inside = (values) => values.map((value) => [evened(axis.scale, value), value])
    .filter(([at]) => at >= low - 1e-9 && at <= high + 1e-9);
  let found;
  if (axis.scale === "tail") {
    const nines = Array.from({ length: NINES - 1 }, (_, number) => 1 - 10 ** -(number + 2));
    found = inside([0, 0.5, 0.75, 0.9, 0.95, ...nines]).map(([at, value]) => [at, written(value, axis.quantity, 0)]);
  } else {
    const decades = high - low - 0.04;
    const parts = decades <= 1 ? [1, 2, 3, 4, 6, 8] : decades <= 2 ? [1, 2, 5] : [1];
    const powers = [];
    for (let power = Math.floor(low); power <= Math.ceil(high); power += 1) powers.push(10 ** power);
    found = inside(powers.flatMap((power) => parts.map((part) => part * power)));
    found = found.map(([at, value]) => [at, written(value, axis.quantity, value)]);
  }
  if (found.length > 1) return found;
  return evenSteps(axis, original(axis.scale, low), original(axis.scale, high), count).filter(([at]) => isFinite(at));
}

// --- Drawing: as drawing.py and plot.css have it --------------------------------------------------------------------

function drawAll(u, plot, colour) {
  const ratio = uPlot.pxRatio;
  const { left, top, width, height } = u.bbox;
  const ctx = u.ctx;
  const across = (even) => u.valToPos(Math.max(-1e9, Math.min(1e9, even)), "x", true);
  const upright = (even) => u.valToPos(Math.max(-1e9, Math.min(1e9, even)), "y", true);
  const within = (margin, drawn) => {
    ctx.save();
    ctx.beginPath();
    ctx.rect(left - margin, top - margin, width + 2 * margin, height + 2 * margin);
    ctx.clip();
    drawn();
    ctx.restore();
  };
  ctx.save();
  within(0, () => drawBands(plot, ctx, across, top, height, colour, ratio));
  within(0, () => drawCrossings(plot, ctx, across, upright, u.bbox, colour, ratio));
  const bars = plot.series.filter((series) => series.form === "bars");
  for (const series of plot.ordered) {
    ctx.fillStyle = ctx.strokeStyle = colour(series.role);
    ctx.lineWidth = 2 * ratio;
    ctx.lineJoin = "round";
    ctx.setLineDash((DASHES[series.role] || []).map((length) => length * ratio));
    // A mark on an axis is whole.
    if (series.form === "points") within(4 * ratio, () => drawPoints(series, plot, ctx, across, upright, ratio, u.width < 560));
    else if (series.form === "bars") within(0, () => drawBars(series, bars, plot, ctx, across, upright));
    else within(0, () => drawLine(series, plot, ctx, across, upright));
    ctx.globalAlpha = 1;
  }
  ctx.restore();
  drawNames(plot, u, colour, ratio);
}

function drawBands(plot, ctx, across, top, height, colour, ratio) {
  let stages = 0;
  for (const band of plot.bands) {
    if (band.role === "stage" && stages++ % 2 === 0) continue;
    const first = across(evened(plot.x.scale, band.first));
    const last = across(evened(plot.x.scale, band.last));
    ctx.globalAlpha = band.role === "stage" ? 0.07 : 0.16;
    ctx.fillStyle = colour(band.role);
    ctx.fillRect(first, top, Math.max(last - first, 2 * ratio), height);
  }
  ctx.globalAlpha = 1;
}

function drawPoints(series, plot, ctx, across, upright, ratio, narrow) {
  const bad = series.role === "bad";
  const count = bad ? series.x.length : plot.marks;
  const few = count <= 60;
  const many = count >= (bad ? 250 : 1500);
  const size = (bad ? (many ? (narrow ? 3 : 4) : narrow ? 5 : 7) : few ? (narrow ? 7 : 8) : many ? (narrow ? 2.6 : 3.5) : narrow ? 3.5 : 4.5) * ratio;
  ctx.globalAlpha = (bad && !many) || few ? 0.9 : many ? 0.55 : 0.6;
  ctx.beginPath();
  series.evenX.forEach((even, number) => {
    const y = upright(series.evenY[number]);
    if (Number.isNaN(even) || Number.isNaN(y)) return;
    const x = across(even);
    if (bad) {
      ctx.rect(x - size / 2, y - size / 2, size, size);
    } else {
      ctx.moveTo(x + size / 2, y);
      ctx.arc(x, y, size / 2, 0, 2 * Math.PI);
    }
  });
  ctx.fill();
}

function drawBars(series, bars, plot, ctx, across, upright) {
  const wide = plot.bar / bars.length;
  const shift = wide * (bars.indexOf(series) - (bars.length - 1) / 2);
  ctx.globalAlpha = 0.85;
  series.evenX.forEach((even, number) => {
    if (Number.isNaN(even) || Number.isNaN(series.evenY[number])) return;
    const first = across(even + shift - wide / 2);
    const top = upright(series.evenY[number]);
    ctx.fillRect(first, top, across(even + shift + wide / 2) - first, upright(plot.floor) - top);
  });
}

// The parts of a line that have no gap, as points of the canvas.
function parts(series, across, upright) {
  const found = [];
  let part = null;
  series.evenX.forEach((even, number) => {
    const y = series.evenY[number];
    if (Number.isNaN(even) || Number.isNaN(y)) {
      part = null;
      return;
    }
    if (part === null) found.push((part = []));
    const at = [across(even), upright(y)];
    if (series.form === "steps" && part.length) part.push([at[0], part[part.length - 1][1]]);
    part.push(at);
  });
  return found;
}

function drawLine(series, plot, ctx, across, upright) {
  const floor = upright(plot.floor);
  for (const part of parts(series, across, upright)) {
    ctx.beginPath();
    part.forEach(([x, y], number) => (number ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
    ctx.stroke();
    if (series.form !== "area") continue;
    ctx.lineTo(part[part.length - 1][0], floor);
    ctx.lineTo(part[0][0], floor);
    ctx.globalAlpha = 0.22;
    ctx.fill();
    ctx.globalAlpha = 1;
  }
}

function drawCrossings(plot, ctx, across, upright, box, colour, ratio) {
  for (const line of plot.lines) {
    const faint = line.role === "stage" || line.role === "quiet";
    ctx.strokeStyle = colour(line.role);
    ctx.lineWidth = (faint ? 1 : 1.5) * ratio;
    ctx.setLineDash((faint ? [2, 3] : [6, 3]).map((length) => length * ratio));
    ctx.beginPath();
    if (line.stands) {
      const x = across(evened(plot.x.scale, line.at));
      ctx.moveTo(x, box.top);
      ctx.lineTo(x, box.top + box.height);
    } else {
      const y = upright(evened(plot.y.scale, line.at));
      ctx.moveTo(box.left, y);
      ctx.lineTo(box.left + box.width, y);
    }
    ctx.stroke();
  }
  ctx.setLineDash([]);
}

// Names of lines and stages, no two on each other, as labels.py has them; and those of the axes.
function drawNames(plot, u, colour, ratio) {
  const ctx = u.ctx;
  const box = { left: u.bbox.left / ratio, top: u.bbox.top / ratio, width: u.bbox.width / ratio };
  const right = box.left + box.width;
  const bottom = box.top + u.bbox.height / ratio;
  ctx.save();
  ctx.scale(ratio, ratio);
  ctx.font = FONT;
  ctx.textBaseline = "alphabetic";
  ctx.fillStyle = colour("text");
  ctx.textAlign = "left";
  ctx.fillText(plot.y.label, box.left - 46, box.top - 12);
  ctx.textAlign = "right";
  ctx.fillText(plot.x.label, right, bottom + 40);
  ctx.font = `600 ${FONT}`;
  const taken = [];
  const curves = plot.series.filter(({ form }) => form !== "points" && form !== "bars").map((series) => curve(series, u, box));
  for (const one of named(plot, u, box, bottom).filter(({ name }) => name)) {
    const text = one.name.length > 34 ? `${one.name.slice(0, 31)}...` : one.name;
    const wide = ctx.measureText(text + one.beyond).width + 12;
    let ends = one.x + wide > right;
    let x = ends ? one.until ?? one.x : one.x;
    let first = ends ? x - wide : x;
    const free = (y) => !taken.some(([from, to, at]) => first < to && from < first + wide && Math.abs(at - y) < 15);
    const heights = one.heights.filter((height) => height >= box.top + 10 && height <= bottom - 5);
    let y;
    if (!one.stands && one.first === undefined) {
      // Of a line across: close to it, where it hides the fewest curves.
      const spots = [];
      for (const [toEnd, at] of [[true, right - wide], [false, box.left]]) {
        first = at;
        for (const height of heights.slice(0, 2).filter(free)) {
          const hidden = curves.filter((points) => crosses(points, at, at + wide, height)).length;
          spots.push({ toEnd, at, height, hidden });
        }
      }
      first = x - wide;
      if (spots.length) {
        const best = spots.reduce((before, next) => (next.hidden < before.hidden ? next : before));
        [ends, first, y, x] = [best.toEnd, best.at, best.height, best.toEnd ? right : box.left];
      }
    }
    y ??= heights.find(free);
    if (y === undefined) continue;
    taken.push([first, first + wide, y]);
    ctx.textAlign = ends ? "right" : "left";
    ctx.lineWidth = 4;
    ctx.lineJoin = "round";
    ctx.strokeStyle = colour("card");
    ctx.strokeText(text + one.beyond, x + (ends ? -4 : 4), y);
    ctx.fillStyle = colour(one.role);
    ctx.fillText(text + one.beyond, x + (ends ? -4 : 4), y);
  }
  ctx.restore();
}

// A line as places in px, steps with their corners.
function curve(series, u, box) {
  const points = series.evenX.map((even, n) => [u.valToPos(even, "x") + box.left, u.valToPos(series.evenY[n], "y") + box.top]);
  if (series.form !== "steps") return points;
  return points.flatMap(([x, y], n) => (n ? [[x, points[n - 1][1]], [x, y]] : [[x, y]]));
}

// Whether a line comes into the box of a text; what has no number breaks it.
function crosses(points, first, last, y) {
  return points.some(([x, at], n) => {
    if (!n || !(points[n - 1][0] <= last && x >= first)) return false;
    const [from, begin] = points[n - 1];
    const part = (end) => Math.max(0, Math.min(1, (end - from) / (x - from)));
    const ends = x > from ? [begin + part(first) * (at - begin), begin + part(last) * (at - begin)] : [begin, at];
    return Math.min(...ends) <= y + 5 && Math.max(...ends) >= y - 15;
  });
}

function named(plot, u, box, bottom) {
  const rows = Array.from({ length: 17 }, (_, row) => row);
  const right = box.left + box.width;
  const inside = (x) => x >= box.left - 0.5 && x <= right + 0.5;
  const found = plot.lines.filter((line) => !line.stands).map((line) => {
    const raw = u.valToPos(evened(plot.y.scale, line.at), "y") + box.top;
    const y = Math.max(box.top, Math.min(bottom, raw));
    const beyond = raw < box.top - 0.5 ? " ↑" : raw > bottom + 0.5 ? " ↓" : "";
    return { ...line, x: right, beyond, heights: rows.flatMap((row) => [y - 5 - 15 * row, y + 15 + 15 * row]) };
  });
  const fromTop = rows.map((row) => box.top + 12 + 15 * row);
  const across = (value) => u.valToPos(evened(plot.x.scale, value), "x") + box.left;
  const begins = plot.lines.filter((one) => one.stands && one.role === "stage").map((one) => one.at);
  for (const line of plot.lines.filter((one) => one.stands)) {
    const x = across(line.at);
    const later = begins.filter((at) => at > line.at);
    const until = line.role !== "stage" ? undefined : Math.min(right, later.length ? across(Math.min(...later)) : right);
    if (inside(x)) found.push({ ...line, x, until, beyond: "", heights: fromTop });
  }
  for (const band of plot.bands.filter((one) => one.role === "stage")) {
    const x = Math.max(box.left, across(band.first));
    const last = across(band.last);
    if (inside(x) && last > box.left) found.push({ ...band, x, until: Math.min(last, right), beyond: "", heights: fromTop });
  }
  return found;
}

// --- What is under the pointer --------------------------------------------------------------------------------------

function hovered(u, plot, left, top) {
  const x = u.posToVal(left, "x");
  const rows = [];
  let nearest = null;
  for (const series of plot.series) {
    if (series.form === "points") {
      series.evenX.forEach((even, number) => {
        const away = Math.hypot(u.valToPos(even, "x") - left, u.valToPos(series.evenY[number], "y") - top);
        if (away <= NEAR && (nearest === null || away < nearest.away)) nearest = { series, number, away };
      });
    } else {
      const number = atPointer(series, x);
      if (number >= 0 && series.y[number] !== null) rows.push({ series, number });
    }
  }
  if (nearest !== null) rows.unshift(nearest);
  return { rows, nearest, at: rows.length ? rows[0].series.x[rows[0].number] : null };
}

// Of a line the value that is nearest in x, and of steps the one that lasts until there.
function atPointer(series, x) {
  let best = -1;
  series.evenX.forEach((even, number) => {
    if (Number.isNaN(even) || (series.form === "steps" && even > x)) return;
    if (best < 0 || Math.abs(even - x) <= Math.abs(series.evenX[best] - x)) best = number;
  });
  return best;
}

function show(u, plot, tip, dot, colour) {
  const { left, top } = u.cursor;
  const found = left >= 0 && top >= 0 ? hovered(u, plot, left, top) : { rows: [] };
  tip.hidden = !found.rows.length;
  dot.hidden = !found.nearest;
  if (tip.hidden) return;
  const head = document.createElement("div");
  head.textContent = `${plot.x.label}: ${exactly(found.at, plot.x)}`;
  const lines = found.rows.map(({ series, number }) => {
    const line = document.createElement("div");
    const mark = document.createElement("span");
    mark.className = "mark";
    mark.style.background = colour(series.role);
    line.append(mark, `${series.name}: ${exactly(series.y[number], plot.y)}${plot.y.quantity === "s" ? " s" : ""}`);
    return line;
  });
  tip.replaceChildren(head, ...lines);
  const wide = u.over.clientWidth;
  const beside = left < wide / 2 ? left + 14 : left - 14 - tip.offsetWidth;
  tip.style.left = `${Math.max(0, Math.min(beside, wide - tip.offsetWidth))}px`;
  tip.style.top = `${Math.max(0, Math.min(top + 10, HEIGHT - tip.offsetHeight))}px`;
  if (found.nearest) {
    const { series, number } = found.nearest;
    dot.style.left = `${u.valToPos(series.evenX[number], "x")}px`;
    dot.style.top = `${u.valToPos(series.evenY[number], "y")}px`;
    dot.style.borderColor = colour(series.role);
  }
}

// --- uPlot ----------------------------------------------------------------------------------------------------------

function coloursOf(figure) {
  let style = getComputedStyle(figure);
  const known = new Map();
  const colour = (role) => {
    if (!known.has(role)) {
      known.set(role, style.getPropertyValue(`--plot-${role}`).trim() || "#777");
    }
    return known.get(role);
  };
  colour.forget = () => {
    style = getComputedStyle(figure);
    known.clear();
  };
  return colour;
}

// Without the texts that would touch the one before.
function apart(u, side, found) {
  if (side === "y") return found.map(([, text]) => text);
  let free = -Infinity;
  u.ctx.font = FONT;
  return found.map(([at, text]) => {
    const half = u.ctx.measureText(text).width / 2 + 4;
    const middle = u.valToPos(at, "x");
    if (middle - half < free) return "";
    free = middle + half;
    return text;
  });
}

function axisOf(axis, side, size, count, colour) {
  const shown = (u) => ticks(axis, u.scales[side].min, u.scales[side].max, count);
  return {
    scale: side,
    side: side === "x" ? 2 : 3,
    size,
    gap: side === "x" ? 9 : 8,
    font: FONT,
    stroke: () => colour("text"),
    grid: { stroke: () => colour("grid"), width: 1 },
    ticks: { show: false },
    border: { show: true, stroke: () => colour("axis"), width: 1 },
    splits: (u) => shown(u).map(([at]) => at),
    values: (u) => apart(u, side, shown(u)),
  };
}

function optionsOf(plot, place, colour, tip, dot) {
  const home = (u) => u.batch(() => {
    u.setScale("x", { min: plot.x.low, max: plot.x.high });
    u.setScale("y", { min: plot.y.low, max: plot.y.high });
  });
  const scale = ({ low, high }) => ({ time: false, auto: false, min: low, max: high, range: (_, from, to) => [from, to] });
  const differs = (now, { low, high }) => Math.abs(now.min - low) + Math.abs(now.max - high) > 1e-9 * (high - low);
  const zoomed = (u) => {
    const { x, y } = u.scales;
    place.hint.hidden = differs(x, plot.x) || differs(y, plot.y);
    place.back.hidden = !place.hint.hidden;
  };
  place.home = home;
  return {
    width: place.width(),
    height: HEIGHT + MARGIN.top + MARGIN.bottom,
    padding: [MARGIN.top, place.right(), 0, 0],
    legend: { show: false },
    scales: { x: scale(plot.x), y: scale(plot.y) },
    series: [{}, { scale: "y", show: true, paths: () => null, points: { show: false } }],
    axes: [
      axisOf(plot.x, "x", MARGIN.bottom, 8, colour),
      axisOf(plot.y, "y", place.left(), 5, colour),
    ],
    cursor: {
      points: { show: false },
      drag: { x: true, y: true, uni: 30, setScale: true },
      bind: { dblclick: (u) => () => { home(u); return null; } },
    },
    hooks: {
      draw: [(u) => drawAll(u, plot, colour)],
      setCursor: [(u) => show(u, plot, tip, dot, colour)],
      setScale: [zoomed],
      ready: [(u) => u.over.append(tip, dot)],
    },
  };
}

function element(kind, name) {
  const made = document.createElement(kind);
  made.className = name;
  return made;
}

function read(figure) {
  const plot = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  for (const series of plot.series) {
    series.evenX = series.x.map((value) => evened(plot.x.scale, value));
    series.evenY = series.y.map((value) => evened(plot.y.scale, value));
  }
  const points = plot.series.filter((series) => series.form === "points");
  plot.marks = points.reduce((sum, series) => sum + series.x.length, 0);
  const above = plot.marks <= 60 ? ["points"] : ["line", "steps"];
  const dashed = ({ form, role }) => ["line", "steps"].includes(form) && role in DASHES;
  const height = (one) => 4 * above.includes(one.form) + 2 * dashed(one) + (one.role === "bad");
  plot.ordered = [...plot.series].sort((one, other) => height(one) - height(other));
  return plot;
}

function mount(figure) {
  const drawing = figure.querySelector(".drawing");
  const plot = read(figure);
  const colour = coloursOf(figure);
  const live = element("div", "live");
  live.setAttribute("role", "img");
  live.setAttribute("aria-label", [...drawing.querySelectorAll("title, desc")].slice(0, 2).map((one) => one.textContent).join(". "));
  const tip = element("div", "tip");
  const dot = element("div", "dot");
  tip.hidden = dot.hidden = true;
  const back = element("button", "back");
  back.type = "button";
  back.textContent = figure.dataset.back;
  back.hidden = true;
  const hint = element("span", "hint");
  hint.textContent = figure.dataset.zoom;
  const pad = (side) => parseFloat(getComputedStyle(drawing)[side]);
  const place = {
    back,
    hint,
    left: () => pad("paddingLeft"),
    right: () => pad("paddingRight"),
    width: () => drawing.clientWidth,
  };
  drawing.prepend(live);
  const u = new uPlot(optionsOf(plot, place, colour, tip, dot), [[plot.x.low, plot.x.high], [null, null]], live);
  back.addEventListener("click", () => place.home(u));
  drawing.prepend(hint, back);
  drawing.classList.add("is-live");
  new ResizeObserver(() => u.setSize({ width: place.width(), height: u.height })).observe(drawing);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    colour.forget();
    u.redraw();
  });
}

const coming = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    coming.unobserve(target);
    try {
      mount(target);
    } catch (error) {
      // The SVG is still there.
      target.querySelector(".live")?.remove();
      console.warn(error);
    }
  }
}, { rootMargin: "200px" });
for (const figure of document.querySelectorAll("figure.plot[data-zoom]")) coming.observe(figure);
})();
