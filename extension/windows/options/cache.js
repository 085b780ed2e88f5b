// The image cache: how much, where, and away with it.
import { ask } from "../host.js";
import { megabytes, text } from "../texts.js";
import { element, safely } from "./elements.js";

const MB = 2 ** 20;

export async function showCache() {
  show(await ask("cacheInfo"));
  element("clear-cache").onclick = () =>
    safely(async () => {
      const info = await ask("clearCache");
      show(info);
      element("cache-said").textContent = text("optionsCacheFreed", { size: megabytes(info.freed / MB) });
    });
}

/** @param {{folder: string, bytes: number, clearable: number}} info */
function show({ folder, bytes, clearable }) {
  element("cache-size").textContent = text("optionsCacheSize", { size: megabytes(bytes / MB), unused: megabytes(clearable / MB) });
  element("cache-where").textContent = text("optionsCacheWhere", { folder });
}
