// Reads requests as JSON lines, answers each with what examples/node/sign.mjs makes of it.
import { createInterface } from "node:readline";
import { sign, signedText } from "../../examples/node/sign.mjs";

for await (const line of createInterface({ input: process.stdin })) {
  const { parameters, salt, key } = JSON.parse(line);
  const result = {};
  const makers = { text: () => signedText(parameters, salt), answer: () => sign(parameters, salt, key) };
  for (const [what, make] of Object.entries(makers)) {
    try {
      result[what] = make();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      result[`${what}Error`] = error.message;
    }
  }
  console.log(JSON.stringify(result));
}
