// @ts-check
/** Parts of the Evaluate view without a page: data sets among paths, files to keep, reports, time left, memory. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { csvText } from "../../web/js/eval/csv.js";
import { histogram } from "../../web/js/eval/histogram.js";
import { compareBytes, findDataSets, plainPath } from "../../web/js/eval/layout.js";
import { measure, stopwatch } from "../../web/js/eval/measure.js";
import { compareFigures, compareScores, readReport } from "../../web/js/eval/report.js";
import { LadError } from "../../web/js/shared/errors.js";

describe("data sets among paths", () => {
  test("the layout of MVTec LOCO, in the order of lad eval, with masks and settings", () => {
    const [set, ...others] = findDataSets([
      "cat/ground_truth/logical_anomalies/000/001.png", "cat/test/structural_anomalies/000.png", "cat/test/good/10.png",
      "cat/test/good/9.JPG", "cat/test/logical_anomalies/000.png", "cat/ground_truth/logical_anomalies/000/000.png",
      "cat/defects_config.json", "cat/train/good/000.png", "cat/test/good/.hidden.png", "cat/test/good/notes.txt",
      "cat/test/000.png"], "fallback");
    assert.deepEqual(others, []);
    assert.equal(set.name, "cat");
    assert.equal(set.defects, "cat/defects_config.json");
    assert.deepEqual(set.entries.map(({ id, label }) => `${id} ${label}`),
      ["good/10 0", "good/9 0", "logical_anomalies/000 1", "structural_anomalies/000 2"]);
    assert.deepEqual(set.entries[2].masks, ["cat/ground_truth/logical_anomalies/000/000.png", "cat/ground_truth/logical_anomalies/000/001.png"]);
  });

  test("plain MVTec AD: other folders are structural, masks stand beside each other", () => {
    const [set] = findDataSets(["test/good/000.png", "test/broken_large/000.png", "ground_truth/broken_large/000_mask.png"], "bottle");
    assert.equal(set.name, "bottle");
    assert.equal(set.defects, null);
    assert.deepEqual(set.entries.map(({ label, masks }) => [label, masks]),
      [[2, ["ground_truth/broken_large/000_mask.png"]], [0, []]]);
  });

  test("several categories, and none", () => {
    assert.deepEqual(findDataSets(["all/b/test/good/0.png", "all/a/test/good/0.png"], "x").map(({ name }) => name), ["a", "b"]);
    assert.deepEqual(findDataSets(["a.png", "good/b.png"], "x"), []);
  });

  test("names are ordered by their bytes, as strcmp does", () => {
    // UTF-16 would put the emoji before the private character.
    assert.deepEqual(["\u{1f600}", "\ue000", "b", "a", "aa"].sort(compareBytes), ["a", "aa", "b", "\ue000", "\u{1f600}"]);
  });

  test("paths of an archive cannot lead out of it", () => {
    assert.equal(plainPath("./a\\b//c.png"), "a/b/c.png");
    assert.equal(plainPath("/etc/passwd"), "etc/passwd");
    assert.equal(plainPath("a/../../b"), "");
  });
});

test("values with commas, quotes and formulas stay values", () => {
  assert.equal(csvText([["a,b", 'say "x"', 1.5], ["=1+1", "-x", -2]]), '"a,b","say ""x""",1.5\n\'=1+1,\'-x,-2\n');
});

test("a histogram counts every score once, equal ones too", () => {
  assert.deepEqual(histogram([0, 1, 2, 4], [0, 0, 1, 2], 2), { edges: [0, 2, 4], counts: [[2, 0], [0, 1], [0, 1]] });
  assert.deepEqual(histogram([3, 3], [0, 2], 2).counts, [[1, 0], [0, 0], [1, 0]]);
});

test("the time left comes from the later steps", () => {
  let now = 0;
  const step = stopwatch(4, () => now);
  now = 9000; // loading the model
  assert.deepEqual(step(), { done: 1, total: 4, secondsLeft: null });
  now = 10_000;
  assert.deepEqual(step(), { done: 2, total: 4, secondsLeft: 2 });
  now = 12_000;
  assert.deepEqual(step(), { done: 3, total: 4, secondsLeft: 1.5 });
});

describe("measuring", () => {
  /** A client that scores nothing, and data whose reads are counted. @param {number} images @param {string} broken  an id */
  function fake(images, broken = "") {
    let open = 0;
    const counts = { most: 0, reads: 0, requests: /** @type {string[]} */ ([]) };
    const read = async () => {
      counts.reads++;
      counts.most = Math.max(counts.most, ++open);
      return new Uint8Array(8);
    };
    const entries = Array.from({ length: images }, (_, i) =>
      ({ id: `good/${i}`, label: /** @type {0} */ (0), image: { name: `${i}`, read }, masks: [], picture: null }));
    const client = { request: async (/** @type {string} */ type, /** @type {any} */ payload) => {
      counts.requests.push(type);
      if (type === "measure-open") return { session: 1, detectors: [{}] };
      if (type === "measure-close") return { dataHash: "h", localize: "", measured: [{}] };
      if (type === "measure-image") open--;
      if (payload.id === broken) throw new LadError("bad format", `${broken} is broken.`);
      return { scores: [1] };
    } };
    const data = { key: "d", name: "d", own: true, dataHash: "", defects: null, entries };
    const contender = { key: "own", title: "own", model: { key: "m", name: "m" } };
    return { client: /** @type {any} */ (client), data, contender, counts };
  }

  test("of thousands of files only a few are in memory at once", async () => {
    const { client, data, contender, counts } = fake(3000);
    const outcome = await measure(client, data, [contender], { signal: new AbortController().signal, onProgress: () => undefined });
    assert.equal(outcome.entries.length, 3000);
    assert.equal(counts.reads, 3000);
    assert.ok(counts.most <= 3, `${counts.most} files were held`);
  });

  test("a broken file is left out and named", async () => {
    const { client, data, contender } = fake(3, "good/1");
    const { entries, unread, contenders } = await measure(client, data, [contender], { signal: new AbortController().signal, onProgress: () => undefined });
    assert.deepEqual(entries.map(({ id }) => id), ["good/0", "good/2"]);
    assert.deepEqual(unread, ["good/1 is broken."]);
    assert.deepEqual(contenders[0].scores, [1, 1]);
  });

  test("cancelling reads no further and frees what was summed", async () => {
    const { client, data, contender, counts } = fake(1000);
    const abort = new AbortController();
    const onProgress = (/** @type {{done: number}} */ { done }) => { if (done === 5) abort.abort(); };
    await assert.rejects(measure(client, data, [contender], { signal: abort.signal, onProgress }), { code: "cancelled" });
    assert.ok(counts.reads < 10);
    assert.equal(counts.requests.at(-1), "measure-drop");
  });
});

describe("reports", () => {
  const report = { format: "lad-report/1", model: { name: "m", sha256: "a".repeat(64) }, data: { name: "d", hash: "b".repeat(16), good: 1 },
    metrics: { bootstrap_seed: 1, auroc_mean: { value: 0.5, low: null, high: 1 } }, au_spro: [], threshold: { value: 0.1 },
    images: [{ id: "good/0", label: "good", score: 0.25 }] };
  const read = (/** @type {unknown} */ json) => readReport("r.json", new TextEncoder().encode(JSON.stringify(json)));

  test("what a report says is read", () => {
    const { images, threshold, seed, figures } = read(report);
    assert.deepEqual(images, [{ id: "good/0", label: 0, score: 0.25 }]);
    assert.deepEqual([threshold, seed], [0.1, 1]);
    assert.equal(figures.find(({ name }) => name === "metrics.auroc_mean.value")?.value, 0.5);
  });

  test("what is no report is refused in a sentence", () => {
    for (const [change, words] of /** @type {[object, RegExp][]} */ ([[{ format: "x" }, /format/], [{ model: null }, /model/],
      [{ data: { name: "d", hash: "B" } }, /data/], [{ threshold: {} }, /threshold/], [{ metrics: {} }, /seed/],
      [{ images: [] }, /no images/], [{ images: [{ id: "a", label: "odd", score: 1 }] }, /image 1 /], [{ images: {} }, /no images/]])) {
      assert.throws(() => read({ ...report, ...change }), { name: "LadError", message: words });
    }
  });

  test("deviations are measured, and what is missing differs", () => {
    const figures = (/** @type {(number | null)[]} */ ...values) => values.map((value, i) => ({ name: `f${i}`, value }));
    assert.deepEqual(compareFigures(figures(1, null, null, 2), figures(1.5, null, 3)).map(({ off }) => off), [0.5, 0, Infinity]);
    const found = new Map([["a", { label: 0, score: 1 }], ["b", { label: 1, score: 2 }]]);
    const claimed = /** @type {import("../../web/js/eval/report.js").Scored[]} */ ([{ id: "a", label: 0, score: 1.25 }, { id: "b", label: 2, score: 2 }, { id: "c", label: 0, score: 3 }]);
    assert.deepEqual(compareScores(claimed, found).map(({ id, off }) => [id, off]), [["b", Infinity], ["c", Infinity], ["a", 0.25]]);
  });
});
