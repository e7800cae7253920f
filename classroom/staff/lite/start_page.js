// The reader's own work on the start page: what this browser keeps of each assignment, its download, and a fresh start.
// JupyterLite keeps files in IndexedDB, in a database named after the site's path; this page only reads and deletes there.

const base = new URL("./", location.href).pathname;
const FILES = "files";

function database() {
  return new Promise((resolve) => {
    const request = indexedDB.open(`JupyterLite Storage - ${base}`);
    // There is none yet: leave it to JupyterLite to make it.
    request.onupgradeneeded = () => request.transaction.abort();
    request.onerror = () => resolve(null);
    request.onsuccess = () => {
      const opened = request.result;
      resolve(opened.objectStoreNames.contains(FILES) ? opened : (opened.close(), null));
    };
  });
}

// What a notebook needs of the browser and does not get; "" where all is there.
async function lacking() {
  if (!window.isSecureContext) return "This address begins with http: notebooks run from one that begins with https alone.";
  if (!("serviceWorker" in navigator)) {
    return "This window offers no service workers, which bring a notebook its files: leave the private window, or take another browser.";
  }
  const kept = await new Promise((resolve) => {
    try {
      const request = indexedDB.open("layerwise probe");
      request.onerror = () => resolve(false);
      request.onsuccess = () => { request.result.close(); resolve(true); };
    } catch {
      resolve(false); // refused at once, where the site's data is blocked
    }
  });
  return kept ? "" : "This browser keeps nothing for this site, and no notebook can start: allow cookies and site data for it.";
}

async function stored(mode, work) {
  const opened = await database();
  if (opened === null) return undefined;
  return new Promise((resolve, reject) => {
    const request = work(opened.transaction(FILES, mode).objectStore(FILES));
    request.onsuccess = () => { opened.close(); resolve(request.result); };
    request.onerror = () => { opened.close(); reject(request.error); };
  });
}

const read = (path) => stored("readonly", (files) => files.get(path));
const forget = (path) => stored("readwrite", (files) => files.delete(path));

// The same bytes as JupyterLite's own download, and as the receipt's sha256 is of.
function text(model) {
  return model.format === "json" ? JSON.stringify(model.content) : model.content;
}

function download(model, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text(model)], { type: model.mimetype ?? "application/octet-stream" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function button(label, what, action) {
  const made = document.createElement("button");
  made.textContent = label;
  made.setAttribute("aria-label", `${label}: ${what}`);
  made.addEventListener("click", action);
  return made;
}

function when(model) {
  return new Date(model.last_modified).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

// Whether the reader began with another release: some locked cell is not the one of now.
function began_with_another(model, checksums) {
  const mine = {};
  for (const cell of model.content?.cells ?? []) {
    const noted = cell.metadata?.nbgrader;
    if (noted?.locked) mine[noted.grade_id] = noted.checksum;
  }
  return Object.entries(checksums).some(([id, checksum]) => mine[id] !== checksum);
}

async function show(item, checksums) {
  const name = item.dataset.assignment;
  const place = item.querySelector(".work");
  place.ariaBusy = "true"; // until it is known what this browser keeps
  const mine = await read(`${name}/${name}.ipynb`);
  const handed = await read(`${name}/hand-in/${name}.ipynb`);
  const receipt = await read(`${name}/hand-in/${name}.receipt.txt`);
  place.replaceChildren();
  if (mine) {
    place.append(`Your notebook, saved ${when(mine)}: `, button("Download", `your notebook ${name}`, () => download(mine, `${name}.ipynb`)));
    if (began_with_another(mine, checksums)) {
      place.append(
        "A newer release is out since you began. Your file is kept as it is, and grading puts changed cells back. ",
        button("Download it and begin anew", `your notebook ${name}`, async () => {
          if (!confirm("Your notebook is downloaded, and then deleted from this browser. Go on?")) return;
          download(mine, `${name}.ipynb`);
          await forget(`${name}/${name}.ipynb`);
          await show(item, checksums);
        }),
      );
    }
  }
  if (handed) {
    place.append(document.createElement("br"), `Your file to hand in, of ${when(handed)}: `);
    place.append(button("Download", `your file to hand in, ${name}`, () => download(handed, `${name}.ipynb`)));
    if (receipt) place.append(button("Receipt", `of your file to hand in, ${name}`, () => download(receipt, `${name}.receipt.txt`)));
  }
  place.ariaBusy = "false";
}

async function refresh() {
  const { assignments } = await (await fetch("layerwise-lite.json")).json();
  for (const item of document.querySelectorAll("[data-assignment]")) {
    await show(item, assignments[item.dataset.assignment] ?? {});
  }
}

lacking().then((told) => { document.getElementById("lacking").textContent = told; });
// Ask the browser not to clear this site's files when its disk gets full.
navigator.storage?.persist?.();
refresh();
addEventListener("pageshow", (event) => event.persisted && refresh());
