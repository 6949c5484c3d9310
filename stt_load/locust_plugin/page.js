// Says above Locust's page how the run is going and why it ended, what came of its levels, and which downloads there
// are; and calls users what they are in an open loop. WORDS stands before this: for the page, for a form and for one
// that changes a run, what Locust's texts become there, and whether a form without a rate has an open loop, too.
"use strict";

const PERIOD_MS = 1000;
const notice = document.getElementById("stt-load");
let shown = "";
let open = false;
let levelled = false;

function paragraph(text) {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}

function download(link) {
  const element = document.createElement("a");
  element.href = `./stt-load/${link.name}`;
  element.textContent = link.title;
  return element;
}

function row(tag, texts) {
  const element = document.createElement("tr");
  const cells = texts.map((text) => {
    const cell = document.createElement(tag);
    cell.textContent = text;
    return cell;
  });
  element.replaceChildren(...cells);
  return element;
}

function levels(found) {
  const head = document.createElement("thead");
  head.replaceChildren(row("th", found.heads));
  const body = document.createElement("tbody");
  for (const level of found.rows) {
    const line = row("td", level.cells);
    line.dataset.kind = level.kind;
    body.append(line);
  }
  const table = document.createElement("table");
  table.replaceChildren(head, body);
  return [paragraph(found.caption), table, paragraph(found.note)];
}

function show(news) {
  const text = JSON.stringify(news);
  if (text === shown) return;
  shown = text;
  open = news.open_loop;
  levelled = news.kind === "going" && news.levels !== null;
  renameSoon();
  notice.hidden = !news.lines.length && !news.levels;
  notice.dataset.kind = news.kind;
  // What changes each second is not read out.
  notice.setAttribute("aria-live", news.kind === "going" ? "off" : "polite");
  document.documentElement.dataset.sttLoad = news.links.map((link) => link.name).join(" ");
  const links = document.createElement("nav");
  links.replaceChildren(...news.links.map(download));
  const before = notice.querySelector("table");
  const place = before && before.scrollTop + before.clientHeight < before.scrollHeight - 1 ? before.scrollTop : null;
  const tried = news.levels ? levels(news.levels) : [];
  notice.replaceChildren(...news.lines.map(paragraph), ...tried, links);
  // The last level is in sight, unless somebody has scrolled away from it.
  const table = notice.querySelector("table");
  if (table) table.scrollTop = place ?? table.scrollHeight;
}

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch("./stt-load/run");
    if (answer.ok) show(await answer.json());
  } catch {
    // Locust is gone, or wants a login: what was said last still holds.
  }
}

// Of a text node of Locust's: what it said, and what it was made to say.
const renamed = new WeakMap();

function filled(form, name) {
  return form.elements.namedItem(name)?.value.trim() ?? "";
}

function wordsOf(form) {
  if (!form) return open ? WORDS.page : {};
  if (!form.elements.namedItem("host")) return open ? WORDS.change : levelled ? WORDS.levels : {};
  if (filled(form, "levels") || filled(form, "search")) return WORDS.levels;
  const stages = filled(form, "stages");
  if (filled(form, "rate") || filled(form, "audioRate") || WORDS.always) return WORDS.start;
  if (!stages) return {};
  return stages.includes("users") ? WORDS.stages : WORDS.start;
}

function rename() {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    if (notice.contains(node)) continue;
    const [own, made] = renamed.get(node) ?? [];
    const said = node.nodeValue === made ? own : node.nodeValue;
    const wanted = wordsOf(node.parentElement.closest("form"))[said] ?? said;
    if (wanted === node.nodeValue) continue;
    renamed.set(node, [said, wanted]);
    node.nodeValue = wanted;
  }
}

let due = false;

function renameSoon() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    rename();
  });
}

// Locust's charts are drawings.
const draw = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
  return draw.call(this, (open && WORDS.page[text]) || text, ...place);
};

new MutationObserver(renameSoon).observe(document.body, {
  childList: true,
  characterData: true,
  subtree: true,
});
document.addEventListener("input", renameSoon);
document.addEventListener("visibilitychange", look);
setInterval(look, PERIOD_MS);
look();
