// What the pages do by themselves: predictions are checked, explorers move, folded code opens.  No library.
"use strict";

const reveal = (words) =>
  JSON.parse(JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(words), (c) => c.charCodeAt(0)))));

function distance(mine, answer, told) {
  if (typeof answer !== "number") return mine === answer ? "right" : `you said ${mine}`;
  const said = Number(mine);
  const gap = Math.abs(said - answer);
  if (gap <= 0.005 * Math.abs(answer)) return "right";
  const factor = said * answer > 0 ? `, a factor ${Math.max(said / answer, answer / said).toPrecision(3)}` : "";
  return `off by ${Number(gap.toPrecision(4))}${factor}`;
}

for (const form of document.querySelectorAll("form.prediction")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { answer, told, explanation } = reveal(form.dataset.words);
    const mine = new FormData(form).get("mine").trim();
    const output = form.querySelector("output");
    const verdict = distance(mine, answer, told);
    output.replaceChildren();
    const first = document.createElement("strong");
    first.textContent = verdict === "right" ? "✓ right" : verdict;
    output.append(first, ` · answer: ${told}`);
    if (explanation) output.append(document.createElement("br"), explanation);
    form.classList.add("answered");
  });
}

for (const figure of document.querySelectorAll("figure.explorer")) {
  const frames = JSON.parse(figure.querySelector("script").textContent);
  const sliders = [...figure.querySelectorAll("input")];
  const values = sliders.map((slider) => JSON.parse(slider.dataset.values));
  const show = () => {
    let place = 0;
    sliders.forEach((slider, i) => {
      const word = values[i][slider.value];
      place = place * values[i].length + Number(slider.value);
      slider.nextElementSibling.textContent = word;
      slider.setAttribute("aria-valuetext", word);
    });
    figure.querySelector(".frame").innerHTML = frames[place][0];
    figure.querySelector(".words").textContent = frames[place][1];
  };
  sliders.forEach((slider) => slider.addEventListener("input", show));
  figure.querySelector(".sliders").hidden = false;
  show(); // a browser may have kept the sliders where they were
}

const folded = () => [...document.querySelectorAll("details.hide")];
if (folded().length) {
  const button = document.createElement("button");
  const label = () => {
    const all = folded().every((one) => one.open);
    button.textContent = all ? "fold the code of figures and claims" : "open all code";
    button.setAttribute("aria-pressed", all);
  };
  button.className = "code-switch";
  button.addEventListener("click", () => {
    const open = !folded().every((one) => one.open);
    folded().forEach((one) => (one.open = open));
    label();
  });
  label();
  const title = document.querySelector("article h1");
  const below = document.querySelector("article .download") ?? title;
  below.after(button);
}
