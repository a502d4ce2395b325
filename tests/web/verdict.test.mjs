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

  const limits = { score: 0.625, map: 0.25 };

  test("a place is named when the map passes its own threshold, the whole when it would pass beside any normal map", () => {
    assert.equal(kindOf({ map: 0.875, global: -0.2 }, limits), "local");
    assert.equal(kindOf({ map: 0.25, global: 0.376 }, limits), "global");
    assert.equal(kindOf({ map: 0.251, global: 0.376 }, limits), "both");
    assert.equal(kindOf({ map: 0.251, global: 0.375 }, limits), "local");
    assert.equal(kindOf({ map: 0.25, global: 0.375 }, limits), null);
    assert.equal(kindOf({ map: 0.3, global: 0 }, { score: 0.25, map: 0.25 }), "local"); // no head
    assert.equal(kindOf({ map: 0.3, global: 0 }, { score: 0.125, map: 0.5 }), "local"); // no head, a lower threshold by hand
  });

  test("what passes the threshold of the score has a kind, whatever the parts", () => {
    for (let map = -1; map <= 1; map += 0.125) {
      for (let global = -1; global <= 1; global += 0.125) {
        for (const score of [-0.25, 0.125, 0.625]) {
          const kind = kindOf({ map, global }, { score, map: 0.25 });
          if (map + global > score) assert.notEqual(kind, null, `${map} + ${global} > ${score}`);
        }
      }
    }
  });

  test("the words name structural and logical", () => {
    const words = (/** @type {any} */ parts) => whyWords(parts, limits).label;
    assert.equal(words({ map: 0.5, st: 0.4, stae: 0.1, global: 0 }), "Local (structural)");
    assert.equal(words({ map: 0.5, st: 0.1, stae: 0.4, global: 0.2 }), "Local (logical, by place)");
    assert.equal(words({ map: 0.1, st: 0.1, stae: 0, global: 0.6 }), "Global (logical)");
    assert.equal(words({ map: 0.4, st: 0.3, stae: 0.1, global: 0.5 }), "Local and global (structural and logical)");
    assert.equal(whyWords({ map: 0, st: 0, stae: 0, global: 0 }, limits).kind, "none");
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
    assert.ok(mapTolerance(384, false).rawSt > mapTolerance(192, false).rawSt);
    assert.ok(mapTolerance(192, true).rawSt > mapTolerance(192, false).rawSt);
    assert.ok(mapTolerance(192, true).rawSt < 1e-4);
  });
});
