import "../fakes/shared-scripts.js";
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { checkFrame, checkSite } from "../../../../extension/background/managed-policy.js";
import { fakeChrome } from "../fakes/browser.js";

const SITE = "https://science.example.org";
const FOREIGN = { origin: SITE, foreign: true };
const PLACE = "the browser (managed storage)";

mock.timers.enable({ apis: ["setTimeout"] });

/** @param {() => Promise<Record<string, unknown>>} get how the browser tells what the administrator has set */
function storage(get) {
  fakeChrome({ storage: { managed: { get } } });
}

/** @param {Record<string, unknown>} values */
function policy(values) {
  storage(async () => values);
}

/**
 * @param {Promise<void>} check
 * @returns {Promise<string>} the name of the error, or ""
 */
async function refusal(check) {
  return check.then(() => "", (error) => error.data.name);
}

/**
 * @param {Promise<void>} check
 * @returns {Promise<any>} the error's data
 */
async function failure(check) {
  return check.then(() => null, (error) => error.data);
}

test("without a policy every site may, and no frame of another", async () => {
  policy({});
  assert.equal(await refusal(checkSite(SITE)), "");
  assert.equal(await refusal(checkFrame({ origin: SITE, foreign: false })), "");
  assert.equal(await refusal(checkFrame(FOREIGN)), "foreignFrame");
});

test("all that there is of the policy is read", async () => {
  const get = mock.fn(async () => ({}));
  storage(get);
  await checkSite(SITE);
  assert.deepEqual(get.mock.calls[0].arguments, [null]);
});

test("a blocked site is refused, with its name", async () => {
  policy({ blocked_sites: ["other.example", "science.example.org"] });
  const { name, params } = await failure(checkSite(SITE));
  assert.deepEqual([name, params], ["siteBlocked", { domain: "science.example.org" }]);
  assert.equal(await refusal(checkSite("https://example.org")), "");
});

test("blocked counts more than allowed", async () => {
  policy({ blocked_sites: ["science.example.org"], allowed_sites: ["science.example.org"] });
  assert.equal(await refusal(checkSite(SITE)), "siteBlocked");
});

test("where sites are listed, no other one may", async () => {
  policy({ allowed_sites: ["x.example", "science.example.org"] });
  assert.equal(await refusal(checkSite(SITE)), "");
  const { name, params } = await failure(checkSite("https://other.example:8443"));
  assert.deepEqual([name, params], ["siteNotAllowed", { domain: "other.example" }]);
  policy({ allowed_sites: [] });
  assert.equal(await refusal(checkSite(SITE)), "siteNotAllowed", "an empty list is a list");
});

test("patterns are those of the program", async () => {
  /** @type {[string, string, boolean][]} */
  const cases = [
    ["science.example.org", SITE, true],
    ["example.org", SITE, false],
    ["cience.example.org", SITE, false],
    ["*.example.org", SITE, true],
    ["*.example.org", "https://a.b.example.org", true],
    ["*.example.org", "https://example.org", false],
    ["*.example.org", "https://notexample.org", false],
    ["*.example.org", "https://a.example.org", true],
    ["*.example.org", "https://.example.org", false],
    ["*", SITE, true],
    ["*science.example.org", SITE, false],
    ["  Science.EXAMPLE.org ", SITE, true],
    ["science.example.org", "https://science.example.org.", true],
    ["::1", "http://[::1]:8080", true],
    ["[::1]", "http://[::1]", false],
    ["science.example.org", "https://science.example.org:444", true],
    ["*.", "https://science.example.org.", false],
    ["", SITE, false],
  ];
  for (const [pattern, origin, matches] of cases) {
    policy({ blocked_sites: [pattern] });
    assert.equal(await refusal(checkSite(origin)), matches ? "siteBlocked" : "", `${pattern} ${origin}`);
  }
});

test("a frame of another site may where the administrator names its origin, whole", async () => {
  policy({ allowed_frame_origins: ["nonsense", "https://science.example.org"] });
  assert.equal(await refusal(checkFrame(FOREIGN)), "");
  for (const entry of ["https://example.org", "http://science.example.org", "https://science.example.org:444", "science.example.org", "*"]) {
    policy({ allowed_frame_origins: [entry] });
    assert.equal(await refusal(checkFrame(FOREIGN)), "foreignFrame", entry);
  }
  policy({ allowed_frame_origins: [" HTTPS://Science.example.org/ "] });
  assert.equal(await refusal(checkFrame(FOREIGN)), "");
});

test("an outermost page needs no policy to be read", async () => {
  const get = mock.fn(async () => ({}));
  storage(get);
  await checkFrame({ origin: SITE, foreign: false });
  assert.equal(get.mock.callCount(), 0);
});

test("the registry of Windows holds lists as JSON", async () => {
  policy({ blocked_sites: '["science.example.org"]' });
  assert.equal(await refusal(checkSite(SITE)), "siteBlocked");
});

test("a rule that can't be understood lets nobody in", async () => {
  for (const value of ["science.example.org", "{}", 7, {}, [7], ["x", null], '["x", 1]', true]) {
    for (const name of ["blocked_sites", "allowed_sites", "allowed_frame_origins"]) {
      policy({ [name]: value });
      const data = await failure(checkSite(SITE));
      assert.equal(data.name, "policyBroken", `${name} ${JSON.stringify(value)}`);
      const detail = { code: "detail_about", params: { name, reason: { code: "detail_textList" } } };
      assert.deepEqual(data.params, { file: PLACE, detail });
      assert.equal(await refusal(checkFrame(FOREIGN)), "policyBroken");
    }
  }
  policy({ blocked_sites: ["1"] });
  assert.equal(await refusal(checkSite(SITE)), "", "a list is not taken for JSON");
  policy({ blocked_sites: null });
  assert.equal(await refusal(checkSite(SITE)), "", "what is not set is not wrong");
});

test("Firefox fails where there is no policy, and says so", async () => {
  storage(async () => {
    throw new Error("Managed storage MANIFEST not found");
  });
  assert.equal(await refusal(checkSite(SITE)), "");
  assert.equal(await refusal(checkFrame(FOREIGN)), "foreignFrame");
});

test("a policy that can't be read lets nobody in", async () => {
  storage(async () => {
    throw new Error("disk on fire");
  });
  const data = await failure(checkSite(SITE));
  assert.equal(data.name, "policyBroken");
  assert.deepEqual(data.params, { file: PLACE, detail: "Error: disk on fire" });
});

test("a browser that does not tell is believed what it told last", async () => {
  policy({ blocked_sites: ["science.example.org"], allowed_frame_origins: ["https://other.example"] });
  assert.equal(await refusal(checkSite(SITE)), "siteBlocked");
  storage(() => new Promise(() => {}));
  const site = refusal(checkSite(SITE));
  const frame = refusal(checkFrame({ origin: "https://other.example", foreign: true }));
  const foreign = refusal(checkFrame(FOREIGN));
  let done = false;
  site.then(() => (done = true));
  mock.timers.tick(999);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(done, false);
  mock.timers.tick(1);
  assert.deepEqual(await Promise.all([site, frame, foreign]), ["siteBlocked", "", "foreignFrame"]);
});

test("an answer that failed is not what it told last", async () => {
  policy({ blocked_sites: ["science.example.org"] });
  await refusal(checkSite(SITE));
  storage(async () => {
    throw new Error("disk on fire");
  });
  await refusal(checkSite(SITE));
  storage(() => new Promise(() => {}));
  const site = refusal(checkSite(SITE));
  mock.timers.tick(1000);
  assert.equal(await site, "siteBlocked");
});
