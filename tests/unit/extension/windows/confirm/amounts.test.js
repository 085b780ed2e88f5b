import "../../fakes/browser.js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { amounts, fixed, lowered } from "../../../../../extension/windows/confirm/amounts.js";
import { fakePage } from "../../fakes/page.js";

const ASKED = { domain: "x.example", origin: "", name: "", cpus: 4, memory: 2048, disk: 10_240, trust: "", flags: 0, reason: "new" };

beforeEach(() => void fakePage());

/**
 * @param {object} [more]
 * @returns {any[]} the rows
 */
function rows(more = {}) {
  return amounts(/** @type {any} */ ({ ...ASKED, ...more }));
}

/** The slider of a row. @param {any} row */
function sliderOf(row) {
  return row.children[1];
}

test("without leave of the site there is nothing to lower", () => {
  assert.deepEqual(rows().map(({ className, text }) => [className, text]), [
    ["amount fixed", "[resource_cpus]4"], ["amount fixed", "[resource_memory]2 GB"], ["amount fixed", "[resource_disk][confirmDiskUpTo: 10 GB]"],
  ]);
  assert.deepEqual(lowered(), {});
});

test("a machine without a disk says so", () => {
  assert.equal(rows({ disk: 0 })[2].text, "[resource_disk][confirmDiskNone]");
});

test("amounts are lowered as far as the site accepts, and begin with what it asks for", () => {
  const made = rows({ least: { cpus: 1, memory: 512, disk: 10_240 } });
  assert.deepEqual(made.map(({ className }) => className), ["amount", "amount", "amount fixed"]);
  const { type, id, min, max, value } = sliderOf(made[1]);
  assert.deepEqual([type, id, min, max, value], ["range", "memory", "512", "2048", "2048"]);
  assert.equal(made[1].children[0].htmlFor, "memory");
  assert.deepEqual(lowered(), {});
});

test("its steps are round, and few enough to be hit and many enough to choose", () => {
  /** @type {[number, number, string][]} */
  const cases = [[512, 2048, "128"], [1024, 10_240, "1024"], [1, 4, "1"], [1000, 2000, "8"], [1001, 2000, "1"]];
  for (const [least, most, step] of cases) {
    const made = rows({ memory: most, least: { cpus: 4, memory: least, disk: 10_240 } });
    assert.equal(sliderOf(made[1]).step, step, `${least} to ${most}`);
  }
});

test("what is lowered is shown and told, what is not is left out", () => {
  const made = rows({ least: { cpus: 1, memory: 512, disk: 1024 } });
  const slider = sliderOf(made[1]);
  const shown = made[1].children[2];
  assert.equal(shown.textContent, "2 GB");
  slider.value = "1024";
  slider.happens("input");
  assert.equal(shown.textContent, "1 GB");
  assert.equal(slider.attributes.get("aria-valuetext"), "1 GB");
  assert.deepEqual(lowered(), { memory: 1024 });
});

test("another question begins anew", () => {
  sliderOf(rows({ least: { cpus: 1, memory: 512, disk: 1024 } })[0]).value = "1";
  assert.deepEqual(lowered(), { cpus: 1 });
  rows();
  assert.deepEqual(lowered(), {});
});

test("a row of a list has a name and a value", () => {
  const row = /** @type {any} */ (fixed("Network", "yes"));
  assert.deepEqual([row.attributes.get("role"), row.text], ["listitem", "Networkyes"]);
});
