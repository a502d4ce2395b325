// @ts-check
/** The Scene lab's state goes into an address and comes back, whatever the address says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatRoute, parseRoute } from "../../web/js/page/router.js";
import { MAX_EDITS, SLIDERS, plainState, queryOf, readState, wishOf, withEdit } from "../../web/js/page/lab-state.js";

/** @typedef {import("../../web/js/worker/scenes.js").Edit} Edit */

const CATEGORIES = ["pins", "soup"].map((name, i) => ({ name, rule: "", width: 640, height: 376, canEdit: i === 0,
  kinds: [{ kind: 0, name: "one_more", class: /** @type {const} */ ("logical"), rule: "", description: "" },
    { kind: 1, name: "scratch", class: /** @type {const} */ ("structural"), rule: "", description: "" }] }));
const there = (/** @type {any} */ state) => readState(parseRoute(formatRoute("lab", [state.category], queryOf(state))), CATEGORIES);

test("a state survives its address", () => {
  /** @type {Edit[]} */ const edits = [{ action: "remove", object: 3, x: 0, y: 0 }, { action: "move", object: 4, x: 120, y: -30 },
    { action: "duplicate", object: 14, x: -50, y: 60 }];
  const state = { ...plainState("pins"), seed: 7, number: 41, kind: "scratch", edits };
  state.sliders.exposure = -0.5;
  state.sliders.roll = 12;
  assert.deepEqual(there(state), state);
  assert.deepEqual(there(plainState("soup")), plainState("soup"));
});

test("what an address cannot ask for is put right", () => {
  const read = (/** @type {string} */ hash) => readState(parseRoute(hash), CATEGORIES);
  assert.equal(read("#/lab/<b>").category, "pins");
  const odd = read(`#/lab/pins?seed=9e9&n=-4&break=nothing&light=99&turn=abc&zoom=&edit=r3_x5_m4_m4.1.2_d99999.1.1_${"r0_".repeat(99)}`);
  assert.equal(odd.seed, 99);
  assert.equal(odd.number, 0);
  assert.equal(odd.kind, "");
  assert.deepEqual([odd.sliders.exposure, odd.sliders.roll, odd.sliders.zoom], [2, 0, 0]);
  assert.ok(odd.edits.length <= MAX_EDITS);
  assert.deepEqual(odd.edits.slice(0, 3).map(({ action }) => action), ["remove", "move", "move"]);
  assert.deepEqual(read("#/lab/soup?edit=r3").edits, [], "its objects cannot be edited");
});

test("a wish is in the core's units", () => {
  const state = { ...plainState("pins"), kind: "scratch" };
  for (const { name, high } of SLIDERS) state.sliders[name] = high;
  const { kind, changes, width } = wishOf(state, CATEGORIES, 320);
  assert.equal(kind, 1);
  assert.equal(width, 320);
  assert.ok(Math.abs(changes.roll - Math.PI / 4) < 1e-9 && changes.roll <= 0.7854);
  assert.ok(changes.lightTurn <= 3.1416 && changes.tiltX <= 0.25 && changes.zoom <= 0.5 && changes.exposure === 2);
  assert.equal(wishOf(plainState("pins"), CATEGORIES, 0).kind, -1);
});

test("dragging one object is one edit", () => {
  /** @type {Edit[]} */ let edits = [];
  const move = (/** @type {number} */ object, /** @type {number} */ x) => { edits = withEdit(edits, { action: "move", object, x, y: 0 }, 15); };
  [1, 2, 3].forEach((x) => move(4, x));
  assert.deepEqual(edits, [{ action: "move", object: 4, x: 3, y: 0 }]);
  edits = withEdit(edits, { action: "duplicate", object: 4, x: 9, y: 9 }, 15);
  edits = withEdit(edits, { action: "move", object: 15, x: 20, y: 0 }, 16);
  assert.deepEqual(edits.at(-1), { action: "duplicate", object: 4, x: 20, y: 0 }, "moving the new one is placing it");
  for (let i = 0; i < 100; i++) edits = withEdit(edits, { action: "duplicate", object: 0, x: i, y: 0 }, 15);
  assert.equal(edits.length, MAX_EDITS);
});
