// @ts-check
/** The scale of heat maps, from what a model file says of itself. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { mapThresholdOf, scaleFor } from "../../web/js/shared/heat.js";

test("the map threshold is the file's, or what one cell in 200 of normal images passes", () => {
  assert.equal(mapThresholdOf("0.1875"), 0.1875);
  for (const none of [undefined, "", "0", "-1", "NaN", "Infinity", "<b>"]) assert.equal(mapThresholdOf(none), 0.1, String(none));
  assert.deepEqual(scaleFor(0.1875), { low: 0, high: 0.375 });
  assert.deepEqual(scaleFor(-2), { low: 0, high: 0.2 }, "a model may say anything");
});
