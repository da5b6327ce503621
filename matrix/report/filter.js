// filter - narrows a page by verdict, scenario and text, opens the cell that the
// address names, and copies its command; the page is whole without it.
// The fragment is a cell's id, or the state ("#verdict=fail&scenario=upgrade").
"use strict";

const form = document.getElementById("filter");
const output = form.querySelector("output");
const matrix = document.getElementById("matrix");
const NAMES = ["verdict", "scenario", "text"];

// A cell's id has slashes, a state has none.
function cell() {
  const id = decodeURIComponent(location.hash.slice(1));
  return id.includes("/") ? document.getElementById(id) : null;
}

// What the fragment says, as {verdict, scenario, text}; "" is any.
function wanted() {
  const hash = location.hash.slice(1);
  const said = new URLSearchParams(hash.includes("=") && !cell() ? hash : "");
  return Object.fromEntries(NAMES.map((name) => [name, said.get(name) || ""]));
}

function fits(want, verdict, scenario) {
  return (!want.verdict || want.verdict === verdict)
    && (!want.scenario || want.scenario === scenario);
}

function fragment(want) {
  const kept = Object.entries(want).filter(([, value]) => value);
  return kept.length ? "#" + new URLSearchParams(kept) : "";
}

function counted(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

// The matrix: how many cells of each pair fit; pairs with none step back.
function narrowMatrix(want, active) {
  let cells = 0, pairs = 0;
  for (const box of document.querySelectorAll("td[data-cells]")) {
    let number = 0;
    for (const part of box.dataset.cells.split(";")) {
      const [verdict, scenario, count] = part.split(" ");
      if (fits(want, verdict, scenario)) number += Number(count);
    }
    cells += number;
    pairs += number > 0;
    box.classList.toggle("dim", active && number === 0);
    let found = box.querySelector(".found");
    if (!found) {
      found = document.createElement("span");
      found.className = "found";
      box.append(found);
    }
    found.textContent = active ? String(number) : "";
    const link = box.querySelector("a");
    link.hash = fragment(want);
  }
  return `${counted(cells, "cell")} in ${counted(pairs, "pair")}`;
}

// A list: what does not fit is hidden, and so is a section with nothing left.
function narrowList(want) {
  const text = want.text.toLowerCase();
  let number = 0;
  for (const row of document.querySelectorAll("details.cell, tbody tr")) {
    const name = row.closest("section")?.querySelector("h2")?.id || row.id;
    const said = row.matches("details")
      ? row.id + " " + row.firstElementChild.textContent : row.textContent;
    row.hidden = !(!want.verdict || row.classList.contains(want.verdict))
      || !(!want.scenario || (name || said.trim()).split(/[\s/]/)[0] === want.scenario)
      || !said.toLowerCase().includes(text);
    number += !row.hidden;
  }
  for (const section of document.querySelectorAll("main section"))
    section.hidden = !section.querySelector("details.cell:not([hidden])");
  return counted(number, document.getElementById("scenarios") ? "scenario" : "cell");
}

function draw() {
  const want = wanted();
  const active = NAMES.some((name) => want[name]);
  for (const name of NAMES)
    if (form[name] && form[name].value !== want[name]) form[name].value = want[name];
  const said = matrix ? narrowMatrix(want, active) : narrowList(want);
  output.textContent = active ? said : "";
  const named = cell();
  if (named) {
    named.open = true;
    named.scrollIntoView();
  }
}

function choose(want) {
  history.replaceState(null, "", fragment(want) || location.pathname + location.search);
  draw();
}

function chosen() {
  return Object.fromEntries(
    NAMES.map((name) => [name, form[name] ? form[name].value : ""]));
}

// An open cell has its address, and the command that plays it again.
function opened(event) {
  const details = event.target;
  if (!details.open || !details.matches("details.cell")
      || details.querySelector(".again")) return;
  const command = `./interop run ${details.id} && ./interop show ${details.id}`;
  const line = document.createElement("p");
  const code = document.createElement("code");
  const button = document.createElement("button");
  const link = document.createElement("a");
  line.className = "again";
  code.textContent = command;
  button.type = "button";
  button.textContent = "Copy command";
  button.addEventListener("click", () => copy(command, code, button));
  link.href = "#" + details.id;
  link.textContent = "Link to this cell";
  line.append(code, " ", button, " ", link);
  details.firstElementChild.after(line);
}

// Where the browser gives no clipboard the command is selected instead.
function copy(text, code, button) {
  const select = () => {
    getSelection().selectAllChildren(code);
    button.textContent = document.execCommand("copy") ? "Copied" : "Selected";
  };
  if (!navigator.clipboard) return select();
  navigator.clipboard.writeText(text)
    .then(() => { button.textContent = "Copied"; }, select);
}

form.addEventListener("input", () => choose(chosen()));
form.addEventListener("reset", (event) => { event.preventDefault(); choose({}); });
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", draw);
document.addEventListener("toggle", opened, true);
form.hidden = false;
draw();
