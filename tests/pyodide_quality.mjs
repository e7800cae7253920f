// Judges the known answers of assignments inside Pyodide: node pyodide_quality.mjs RELEASE COURSE SHEETS NAME...
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const [release, course, sheets, ...names] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(release, "pyodide.mjs")));
const pyodide = await loadPyodide({ indexURL: release + "/", packageCacheDir: release + "/" });
await pyodide.loadPackage(["numpy", "matplotlib"], { messageCallback: () => {} });
pyodide.mountNodeFS("/course", course);
pyodide.mountNodeFS("/sheets", sheets);
pyodide.globals.set("names", pyodide.toPy(names));
const told = await pyodide.runPythonAsync(`
import json, sys
from pathlib import Path

sys.path[:0] = ["/course", "/course/tests"]
from classroom.judge.answer_sheet import AnswerSheet
from judged_alike import judged

def rows(name):
    return judged(Path("/course/assignments", name), AnswerSheet.load(Path("/sheets", f"{name}.npz")))

json.dumps({"platform": sys.platform, "rows": {name: rows(name) for name in names}})
`);
console.log(told);
