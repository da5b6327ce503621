// filter - narrows the tables by verdict and scenario; the page is whole without it.
// The state is in the URL's fragment ("#verdict=fail&scenario=upgrade").
"use strict";

const form = document.getElementById("filter");
const output = form.querySelector("output");

// What the fragment says, as {verdict, scenario}; "" is any.
function wanted() {
  const said = new URLSearchParams(location.hash.slice(1));
  return { verdict: said.get("verdict") || "", scenario: said.get("scenario") || "" };
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

// A list of cells: rows that do not fit are hidden.
function narrowRows(want) {
  let cells = 0;
  for (const row of document.querySelectorAll("tr[data-verdict]")) {
    row.hidden = !fits(want, row.dataset.verdict, row.dataset.scenario);
    cells += !row.hidden;
  }
  return counted(cells, "cell");
}

function draw() {
  const want = wanted();
  const active = Boolean(want.verdict || want.scenario);
  form.verdict.value = want.verdict;
  form.scenario.value = want.scenario;
  const said = document.getElementById("matrix")
    ? narrowMatrix(want, active) : narrowRows(want);
  output.textContent = active ? said : "";
}

function choose(want) {
  history.replaceState(null, "", fragment(want) || location.pathname + location.search);
  draw();
}

form.addEventListener("change", () =>
  choose({ verdict: form.verdict.value, scenario: form.scenario.value }));
form.addEventListener("reset", (event) => { event.preventDefault(); choose({}); });
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", draw);
form.hidden = false;
draw();
