import assert from "node:assert/strict";
import { test } from "node:test";
import { whyHostLost } from "../../../../extension/background/host-loss.js";

// As browsers say it: Chromium's native_message_port.cc and native_message_process_host.cc, Firefox's NativeMessaging.sys.mjs.

test("a host that is not there", () => {
  for (const text of [
    "Specified native messaging host not found.",
    "No such native application ch.cern.cernvm.webapi",
    "Failed to start native messaging host.",
    "File at path \"/opt/host\" does not exist",
    "File at path \"/opt/host\" is not executable",
  ]) {
    assert.equal(whyHostLost(text), "hostMissing", text);
  }
});

test("a host that this extension may not use", () => {
  for (const text of [
    "Access to the specified native messaging host is forbidden.",
    "This extension does not have permission to use native application ch.cern.cernvm.webapi",
    "Native messaging is not allowed by the administrator.",
  ]) {
    assert.equal(whyHostLost(text), "hostForbidden", text);
  }
});

test("all else is its end", () => {
  for (const text of ["Native host has exited.", "Error when communicating with the native messaging host.", ""]) {
    assert.equal(whyHostLost(text), "hostCrashed", text);
  }
});
