// @ts-check
/** What a person gives to the Evaluate view, told apart: data sets, a detector, a report. */
import { ownDataSets } from "../eval/data_set.js";
import { plainPath } from "../eval/layout.js";
import { readReport } from "../eval/report.js";
import { MAX_FILES, MAX_FILE_BYTES, folderSource, zipSource } from "../eval/sources.js";
import { LadError } from "../shared/errors.js";

/** @typedef {import("./views.js").Given} Given */

/** @param {Given[]} given
 * @returns {Promise<{dataSets: import("../eval/data_set.js").DataSet[], model: {name: string, bytes: Uint8Array} | null,
 *   report: import("../eval/report.js").Report | null}>} */
export async function sortFiles(given) {
  if (given.length > MAX_FILES) throw new LadError("unsupported", `These are ${given.length} files; at most ${MAX_FILES} are read at once.`);
  // A file within a folder belongs to its data set; one that comes by itself stands for itself.
  const single = given.filter(({ path }) => !path.includes("/"));
  const inFolders = given.filter(({ path }) => path.includes("/"));
  const dataSets = [];
  let model = null;
  let report = null;
  for (const { file } of single) {
    const name = file.name.toLowerCase();
    if (name.endsWith(".zip")) dataSets.push(...required(file.name, ownDataSets(await zipSource(file))));
    else if (name.endsWith(".safetensors")) model = { name: file.name, bytes: await bytesOf(file) };
    else if (name.endsWith(".json")) report = readReport(file.name, await bytesOf(file));
    else throw new LadError("unsupported", `${file.name} is neither a folder nor a ZIP, a model (.safetensors) or a report (.json); single images open under Inspect.`);
  }
  if (inFolders.length > 0) {
    const name = inFolders[0].path.split("/")[0];
    const files = inFolders.map(({ file, path }) => ({ file, path: plainPath(path) }));
    dataSets.push(...required(name, ownDataSets(folderSource(name, files))));
  }
  return { dataSets, model, report };
}

/** @param {File} file */
async function bytesOf(file) {
  if (file.size > MAX_FILE_BYTES) throw new LadError("unsupported", `${file.name} is larger than ${MAX_FILE_BYTES / 2 ** 20} MiB.`);
  return new Uint8Array(await file.arrayBuffer());
}

/** @template T @param {string} name @param {T[]} dataSets */
function required(name, dataSets) {
  if (dataSets.length > 0) return dataSets;
  throw new LadError("bad format", `${name} has no folder test with folders such as good that hold PNG or JPEG images.`);
}
