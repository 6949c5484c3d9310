// Says above Locust's page how the run is going and why it ended, and which downloads there are.
"use strict";

const PERIOD_MS = 1000;
const notice = document.getElementById("stt-load");
let shown = "";

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

function show(news) {
  const text = JSON.stringify(news);
  if (text === shown) return;
  shown = text;
  notice.hidden = !news.lines.length;
  notice.dataset.kind = news.kind;
  // What changes each second is not read out.
  notice.setAttribute("aria-live", news.kind === "going" ? "off" : "polite");
  document.documentElement.dataset.sttLoad = news.links.map((link) => link.name).join(" ");
  const links = document.createElement("nav");
  links.replaceChildren(...news.links.map(download));
  notice.replaceChildren(...news.lines.map(paragraph), links);
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

document.addEventListener("visibilitychange", look);
setInterval(look, PERIOD_MS);
look();
