// @ts-check
/** Where a person's data comes from: files of a folder, or an archive.  Nothing is read before it is needed. */
import { LadError } from "../shared/errors.js";
import { plainPath } from "./layout.js";

export const MAX_FILE_BYTES = 256 * 2 ** 20; // what the core takes: LAD_IMAGE_MAX_FILE_BYTES
export const MAX_FILES = 20_000; // an MVTec LOCO AD category has about 3000

/** @param {string} name @param {{file: File, path: string}[]} given @returns {import("./layout.js").Source} */
export function folderSource(name, given) {
  const files = new Map(given.map(({ file, path }) => [path, file]));
  return {
    name,
    paths: [...files.keys()],
    async read(path) {
      const file = files.get(path);
      if (!file) throw new LadError("io", `${path} is not there.`);
      checkSize(path, file.size);
      try {
        return new Uint8Array(await file.arrayBuffer());
      } catch {
        throw new LadError("io", `${path} can no longer be read: it was moved, changed or deleted.`);
      }
    },
  };
}

/** @param {File} file  a .zip @returns {Promise<import("./layout.js").Source>} */
export async function zipSource(file) {
  // Loaded only now: most visitors bring no archive.
  const { BlobReader, ZipReader, configure } = await import("../../vendor/zip/zip.min.js");
  configure({ useWebWorkers: false }); // inflating is the browser's own work; our policy allows no blob: workers
  /** @type {Map<string, import("../../vendor/zip/zip.min.js").FileEntry>} */ const entries = new Map();
  try {
    for await (const entry of new ZipReader(new BlobReader(file)).getEntriesGenerator()) {
      if (entry.directory) continue;
      if (entries.size === MAX_FILES) throw new LadError("unsupported", `${file.name} holds more than ${MAX_FILES} files.`);
      const path = plainPath(entry.filename);
      if (path !== "" && !entries.has(path)) entries.set(path, entry);
    }
  } catch (error) {
    if (error instanceof LadError) throw error;
    throw new LadError("bad format", `${file.name} is not a readable ZIP archive.`);
  }
  return {
    name: file.name.replace(/\.zip$/i, ""),
    paths: [...entries.keys()],
    async read(path) {
      const entry = entries.get(path);
      if (!entry) throw new LadError("io", `${path} is not there.`);
      if (entry.encrypted) throw new LadError("unsupported", `${path} in ${file.name} is encrypted.`);
      checkSize(path, entry.uncompressedSize);
      return inflate(entry, path, file.name);
    },
  };
}

/** The size that an entry claims may be a lie, so that it is watched. @param {import("../../vendor/zip/zip.min.js").FileEntry} entry
 * @param {string} path @param {string} archive @returns {Promise<Uint8Array>} */
async function inflate(entry, path, archive) {
  /** @type {Uint8Array[]} */ const parts = [];
  let size = 0;
  const sink = new WritableStream({
    write(part) {
      size += part.length;
      checkSize(path, size);
      parts.push(part);
    },
  });
  try {
    await entry.getData(sink, { checkSignature: true });
  } catch (error) {
    if (error instanceof LadError) throw error;
    throw new LadError("bad format", `${path} in ${archive} is damaged.`);
  }
  const bytes = new Uint8Array(size);
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes;
}

/** @param {string} path @param {number} size */
function checkSize(path, size) {
  if (size > MAX_FILE_BYTES) throw new LadError("unsupported", `${path} is larger than ${MAX_FILE_BYTES / 2 ** 20} MiB.`);
}
