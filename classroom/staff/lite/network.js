// In a notebook's page: says so when what it waits for cannot come, because the site's host or Pyodide's does not answer.
// It stands in the page itself, so that it is there when nothing else is.

const ASKED = ["../layerwise-lite.json", PYODIDE].map((address) => new URL(address, location.href));
const EVERY = 5000; // milliseconds; an answer that takes longer is none

// No cell has run yet, or one is running: its number is still a star.
function waits() {
  const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].map((prompt) => prompt.textContent);
  return !prompts.some((prompt) => /\d/.test(prompt)) || prompts.some((prompt) => prompt.includes("*"));
}

function answers(address) {
  const asking = { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(EVERY) };
  return fetch(address, asking).then(() => true, () => false);
}

function tell(said) {
  let place = document.getElementById("network");
  if (place === null) {
    place = document.createElement("p");
    place.id = "network";
    place.setAttribute("role", "alert");
    place.style.cssText = "position:fixed;bottom:0;left:0;right:0;z-index:10000;margin:0;padding:.6rem 1rem;"
      + "font:1rem/1.4 system-ui,sans-serif;background:#fff4e5;color:#222;border-top:.3rem solid #b45309";
    document.body.append(place);
  }
  place.textContent = said;
  place.hidden = !said;
}

let gone = false;

async function look() {
  if (!waits()) {
    gone = false;
    return tell("");
  }
  const silent = [];
  for (const address of ASKED) if (!(await answers(address))) silent.push(address.host);
  if (silent.length) {
    gone = true;
    tell(`${silent[0]} does not answer. A notebook needs the network to open and for its first cells. Your work is kept in this browser: reload this page when the network is back.`);
  } else if (gone) {
    tell("The network is back: reload this page. Your work is kept in this browser.");
  }
}

(async () => {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    await look();
  }
})();
