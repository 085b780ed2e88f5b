import js from "@eslint/js";
import globals from "globals";

const classic = ["cvmErrorCodes", "cvmErrorText", "cvmLanguage", "cvmPhases", "cvmProtocol", "cvmRequestShape", "cvmTextParameters", "cvmTranslation", "cvmTranslationRead", "CvmPace"];
const classicGlobals = Object.fromEntries(classic.map((name) => [name, "readonly"]));

export default [
  { ignores: ["**/*.d.ts"] },
  js.configs.recommended,
  {
    files: ["extension/**/*.js"],
    languageOptions: { ecmaVersion: 2023, sourceType: "module", globals: { ...globals.browser, ...globals.webextensions } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-implied-eval": "error",
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Build elements; text stays text." },
        { property: "outerHTML", message: "Build elements; text stays text." },
        { property: "insertAdjacentHTML", message: "Build elements; text stays text." },
      ],
    },
  },
  {
    // Content scripts can't be modules.
    files: ["extension/page/**/*.js", "extension/relay/**/*.js", "extension/shared/**/*.js"],
    languageOptions: { sourceType: "script", globals: { cvmParts: "readonly", cvmRelayParts: "readonly" } },
    rules: { strict: ["error", "function"] },
  },
  { files: ["extension/**/*.js", "tests/unit/extension/**/*.js"], languageOptions: { globals: classicGlobals } },
  {
    files: ["tests/unit/extension/**/*.js"],
    languageOptions: { ecmaVersion: 2024, globals: { ...globals.nodeBuiltin, ...globals.webextensions, cvmParts: "readonly", cvmRelayParts: "readonly" } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error" },
  },
  {
    files: ["examples/loader/*.js"],
    languageOptions: { ecmaVersion: 2023, sourceType: "script", globals: globals.browser },
  },
];
