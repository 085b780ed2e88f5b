import "../../fakes/browser.js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { describeRequest } from "../../../../../extension/windows/confirm/describe.js";
import { fakePage } from "../../fakes/page.js";

const ASKED = {
  domain: "x.example", origin: "https://x.example", name: "analysis", cpus: 2, memory: 2048, disk: 0, download: 18, trust: "listed", flags: 0, reason: "new",
};

/** @type {any} */
let document;
beforeEach(() => ({ document } = fakePage()));

/** @param {object} [more] */
function describe(more = {}) {
  describeRequest(/** @type {any} */ ({ ...ASKED, ...more }));
}

/** @param {string} id */
function written(id) {
  return document.getElementById(id).text;
}

test("it says who asks, and whether for a new machine or for more", () => {
  describe();
  assert.equal(written("asks"), "[confirmAsks: x.example]");
  describe({ reason: "more" });
  assert.equal(written("asks"), "[confirmAsksMore: x.example]");
});

test("a domain can't reorder the words around it", () => {
  describe({ domain: "‮evil" });
  const { tagName, id, textContent } = document.getElementById("asks").children[1];
  assert.deepEqual([tagName, id, textContent], ["bdi", "domain", "‮evil"]);
});

test("it says why the site is trusted, and warns where it is not", () => {
  const unknown = () => document.getElementById("trust").classes.get("unknown");
  for (const trust of ["listed", "published", "policy"]) {
    describe({ trust });
    assert.deepEqual([written("trust"), unknown()], [`[trust_${trust}]`, false]);
  }
  for (const trust of ["unknown", "self", "toString", "<b>"]) {
    describe({ trust });
    assert.deepEqual([written("trust"), unknown()], ["[trust_unknown]", true]);
  }
  describe({ trust: "listed", stale: true });
  assert.deepEqual([written("trust"), unknown()], ["[trust_listed]. [trustStale]", true]);
  describe({ trust: "unknown", approved: true });
  assert.deepEqual([written("trust"), unknown()], ["[trust_policy]", true]);
});

test("it names what the machine gets", () => {
  describe();
  assert.equal(
    written("gets"),
    "[confirmMachine]analysis[resource_cpus]2[resource_memory]2 GB[resource_disk][confirmDiskNone]" +
      "[confirmDownload]18 MB[confirmNetwork][confirmNetworkYes]",
  );
  describe({ download: 0 });
  assert.match(written("gets"), /\[confirmDownloadNone\]/);
  describe({ download: undefined });
  assert.match(written("gets"), /\[confirmDownloadMaybe\]/);
});

test("it names what the machine does not get, and warns of a shared clipboard", () => {
  const warning = () => document.getElementById("warning").hidden;
  describe({ flags: 1 | 16 });
  assert.equal(written("gets-not"), "[confirmNotFiles][confirmNotScreen][confirmNotDevices]");
  assert.equal(warning(), true);
  describe({ flags: 32 | 1 });
  assert.equal(written("gets-not"), "[confirmNotFiles][confirmNotScreenOnly][confirmNotDevices]");
  assert.equal(warning(), false);
  assert.equal(written("warning"), "[confirmSharedClipboard]");
});
