// The VMCP signature in Node: sign() returns the parameters with their signature, ready for JSON.stringify().
import { createPrivateKey, sign as rawSignature } from "node:crypto";

/** The text that is signed. Throws TypeError for what has no unambiguous text. */
export function signedText(parameters, salt) {
  if (!/^[A-Za-z0-9-]{1,256}$/.test(salt)) throw new TypeError("the salt must be 1 to 256 letters, digits or hyphens");
  const seen = new Set();
  const lines = [];
  for (const key of Object.keys(parameters).sort()) {
    const lower = key.toLowerCase();
    if (!/^[ -<>-~]{1,128}$/.test(key) || seen.has(lower)) {
      throw new TypeError(`the key ${key} is not plain ASCII, or occurs twice`);
    }
    seen.add(lower);
    if (lower !== "signature") lines.push(`${lower}=${percentEncoded(valueText(key, parameters[key]))}\n`);
  }
  return lines.join("") + salt;
}

function valueText(key, value) {
  if (typeof value === "boolean") return value ? "1" : "0";
  if (Number.isSafeInteger(value)) return String(value);
  if (typeof value === "string" && !/\p{Surrogate}/u.test(value)) return value;
  throw new TypeError(`${key} must be a string, a boolean, or an integer below 2**53`);
}

// encodeURIComponent leaves five more characters than VMCP does.
function percentEncoded(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** `salt` is the cvm_salt of the request, `privateKey` the PEM of an RSA or Ed25519 key. */
export function sign(parameters, salt, privateKey) {
  const key = createPrivateKey(privateKey);
  const named = ["signature", "signaturealgorithm"];
  const answer = Object.fromEntries(
    Object.entries(parameters)
      .filter(([name]) => !named.includes(name.toLowerCase()))
      .map(([name, value]) => [name, typeof value === "boolean" ? Number(value) : value]),
  );
  const ed25519 = key.asymmetricKeyType === "ed25519";
  if (!ed25519 && key.asymmetricKeyType !== "rsa") throw new TypeError("only RSA and Ed25519 keys are known");
  if (ed25519) answer.signatureAlgorithm = "ed25519";
  const text = Buffer.from(signedText(answer, salt));
  answer.signature = rawSignature(ed25519 ? null : "sha512", text, key).toString("base64");
  return answer;
}
