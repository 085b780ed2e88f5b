// What a page in TypeScript looks like. Compiled against the published declarations, so that they can't go stale.
import type {} from "cernvm-webapi";

export async function run(say: (text: string) => void, stopped: AbortSignal): Promise<string> {
  const plugin: CernVM.Plugin = await CVM.connect();
  say(`${plugin.version}: ${plugin.capabilities.join()}`);
  try {
    const session = await plugin.requestSession("https://vmcp.example.org/vm", { signal: stopped });
    session.events.addEventListener("stateChanged", (event) => {
      const [state] = (event as CustomEvent<[number]>).detail;
      say(`state ${state}`);
    });
    const started = session.start({ visitor: "Ada" });
    for await (const { message, fraction } of session.progress()) say(`${message} ${Math.round(fraction * 100)} %`);
    await started;
    session.executionCap = 80;
    session.flags = { useFloppyIO: true };
    await session.setProperty("job", 42);
    await session.waitForAPI({ timeout: 60_000, signal: stopped });
    return session.apiURL;
  } catch (error) {
    const { code, name, message, fix } = error as CernVM.Failure;
    say(`${message} ${fix} (${name}, ${code})`);
    return "";
  }
}

/** As pages of the old style do. */
export function old(): void {
  CVM.startCVMWebAPI((plugin) => {
    plugin.requestSession("https://vmcp.example.org/vm", (session) => void session.start(), (message, code) => {
      console.warn(message, code.toFixed());
    });
  }, true);
  // @ts-expect-error: read only
  CVM.version = "4";
}
