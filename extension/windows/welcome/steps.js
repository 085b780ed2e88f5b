// What the first run goes through, in order: each step waits for the one before it. Pure.

/** @typedef {"ok" | "warning" | "problem" | "unknown" | "waiting"} Status */
/** @typedef {{id: string, title: string, status: Status, said: string, command: string, repair: string, page: string}} Step */

/** Which of the doctor's checks make up a step. */
export const STEPS = [
  { id: "host", title: "welcomeHost", checks: ["versions"] },
  { id: "virtualbox", title: "welcomeVirtualBox", checks: ["virtualbox", "driver", "group"] },
  { id: "virtualization", title: "welcomeVirtualization", checks: ["processor", "rivals"] },
  { id: "room", title: "welcomeRoom", checks: ["room"] },
];

/** Where the part can be had that a step lacks. @type {Record<string, string>} */
const PAGES = {
  host: "https://cernvm.cern.ch",
  virtualbox: "https://www.virtualbox.org/wiki/Downloads",
};
const WORST = ["problem", "warning", "unknown", "ok"];

/**
 * @param {CheckResult[] | null} checks of the doctor, translated; null: the program can't be reached
 * @param {ErrorData | null} failure why it can't
 * @param {string} hostCommand what installs the program, for this system
 * @returns {Step[]}
 */
export function steps(checks, failure, hostCommand) {
  const empty = { said: "", command: "", repair: "", page: "" };
  let blocked = false;
  return STEPS.map(({ id, title, checks: names }) => {
    /** @type {Step} */
    let step = { ...empty, id, title, status: "waiting" };
    if (!checks) {
      if (id !== "host") return step;
      const said = [failure?.message, failure?.fix].filter(Boolean).join("\n");
      return { ...step, status: "problem", said, command: hostCommand, page: PAGES.host };
    }
    const found = checks.filter(({ check }) => names.includes(check));
    const worst = WORST.find((status) => found.some((check) => check.status === status)) ?? "unknown";
    const telling = found.filter(({ status }) => status === worst);
    const bad = worst === "problem" || worst === "warning";
    if (!blocked) {
      step = {
        ...step,
        status: /** @type {Status} */ (worst),
        said: telling.flatMap(({ found: what, cause, fix }) => (bad ? [what, cause, fix] : [what])).filter(Boolean).join("\n"),
        command: (bad && telling.find(({ command }) => command)?.command) || "",
        repair: (bad && telling.find(({ repair }) => repair)?.id) || "",
        page: bad ? (PAGES[id] ?? "") : "",
      };
    }
    blocked ||= worst === "problem";
    return step;
  });
}
