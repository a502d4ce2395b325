// @ts-check
/** What drove a score, told from its parts; and how far two maps are apart. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deviation, mapTolerance } from "../../web/js/shared/agreement.js";
import { kindOf, partsOf, whyWords } from "../../web/js/shared/verdict.js";

const maps = { st: Float32Array.of(0, 0.5), stae: Float32Array.of(0, 0.25) };

describe("verdict", () => {
  test("the parts of a mean are halves, of a maximum the larger map alone; they sum to the map score", () => {
    const mean = partsOf({ mapScore: 0.375, globalScore: 0.125, peak: 1, maps, detector: { mapCombine: "mean" } });
    assert.deepEqual(mean, { map: 0.375, st: 0.25, stae: 0.125, global: 0.125 });
    const max = partsOf({ mapScore: 0.5, globalScore: 0, peak: 1, maps, detector: { mapCombine: "max" } });
    assert.deepEqual(max, { map: 0.5, st: 0.5, stae: 0, global: 0 });
  });

  test("a part is named when it has a third of what is above normal", () => {
    assert.equal(kindOf({ map: 0.5, global: -0.3 }), "local");
    assert.equal(kindOf({ map: 0.1, global: 0.3 }), "global");
    assert.equal(kindOf({ map: 0.05, global: 0.3 }), "global");
    assert.equal(kindOf({ map: 0.3, global: 0.2 }), "both");
    assert.equal(kindOf({ map: 0.5, global: 0.19 }), "local"); // 0.4 and 0.19: less than a third
    assert.equal(kindOf({ map: 0.5, global: 0.21 }), "both");
    assert.equal(kindOf({ map: 0.1, global: 0 }), null);
  });

  test("the words name structural and logical", () => {
    const words = (/** @type {any} */ parts) => whyWords(parts).label;
    assert.equal(words({ map: 0.5, st: 0.4, stae: 0.1, global: 0 }), "Local (structural)");
    assert.equal(words({ map: 0.5, st: 0.1, stae: 0.4, global: 0 }), "Local (logical, by place)");
    assert.equal(words({ map: 0.1, st: 0.1, stae: 0, global: 0.4 }), "Global (logical)");
    assert.equal(words({ map: 0.4, st: 0.3, stae: 0.1, global: 0.3 }), "Local and global (structural and logical)");
    assert.equal(whyWords({ map: 0, st: 0, stae: 0, global: 0 }).kind, "none");
  });
});

describe("agreement", () => {
  test("the deviation is relative to the largest value", () => {
    assert.equal(deviation([1, 4], [2, -4]), 2);
    assert.equal(deviation([1, 3], [1, 4]), 0.25);
    assert.equal(deviation([1], [1, 2]), Infinity);
    assert.equal(deviation([NaN, 2], [1, 2]), Infinity);
    assert.equal(deviation([0, 0], [0, 0]), Infinity, "an empty map agrees with nothing");
  });

  test("more channels allow more", () => {
    assert.ok(mapTolerance(384).rawSt > mapTolerance(192).rawSt);
    assert.ok(mapTolerance(384).rawSt < 1e-4);
  });
});
