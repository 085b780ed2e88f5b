// The options page: each section fills itself from the host, which keeps and enforces what is shown here.
import { fillTexts, text } from "../texts.js";
import { showCache } from "./cache.js";
import { showDiagnosis } from "./diagnosis.js";
import { safely } from "./elements.js";
import { showLanguages } from "./language.js";
import { showLimits } from "./limits.js";
import { showSites } from "./sites.js";
import { showTrust } from "./trust.js";

fillTexts(document);
document.title = text("optionsTitle");
showDiagnosis();
await showLanguages();
await safely(async () => {
  await Promise.all([showSites(), showLimits(), showCache(), showTrust()]);
});
document.body.dataset.ready = "true";
