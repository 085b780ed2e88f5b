// Words of the program inside its sentences and of its progress, with the names of their translations: what the program
// sends is English. What is not here, for it is newer than we are or of no fixed wording, stays as it came.
// A classic script, see request-shape.js.
(() => {
  "use strict";

  /** @type {Record<string, string>} */
  const NAMES = {
    "Opening the session": "phrase_openingSession",
    "Asking the website what it needs": "phrase_askingWebsite",
    "Waiting for your answer": "phrase_waitingForAnswer",
    "Looking at the machine": "phrase_lookingAtMachine",
    "Looking for the boot image": "phrase_lookingForImage",
    "Creating the machine": "phrase_creatingMachine",
    "Starting the machine": "phrase_startingMachine",
    "Saving the machine": "phrase_savingMachine",
    "Stopping the machine": "phrase_stoppingMachine",
    "Pausing the machine": "phrase_pausingMachine",
    "Removing the machine": "phrase_removingMachine",
    "Downloading the boot image": "phrase_downloadingImage",
    "VirtualBox is needed": "phrase_virtualboxNeeded",
    "Installing VirtualBox": "phrase_installingVirtualbox",
    "Installing VirtualBox: answer your system's question, if it asks one": "phrase_installingAnswer",
    "Downloading VirtualBox": "phrase_downloadingVirtualbox",
    "not there": "phrase_stateNotThere",
    "powered off": "phrase_stateOff",
    "saved": "phrase_stateSaved",
    "paused": "phrase_statePaused",
    "running": "phrase_stateRunning",
    "not running": "phrase_stateNotRunning",
    "virtual CPUs": "phrase_cpus",
    "memory": "phrase_memory",
    "disk space": "phrase_disk",
    "create the virtual machine": "phrase_createMachine",
    "create the disk": "phrase_createDisk",
    "attach its media": "phrase_attachMedia",
    "insert the Guest Additions": "phrase_insertAdditions",
    "start the virtual machine": "phrase_startMachine",
    "stop the virtual machine": "phrase_stopMachine",
    "pause the virtual machine": "phrase_pauseMachine",
    "resume the virtual machine": "phrase_resumeMachine",
    "save the virtual machine": "phrase_saveMachine",
    "reset the virtual machine": "phrase_resetMachine",
    "remove the virtual machine": "phrase_removeMachine",
    "change the virtual machine": "phrase_changeMachine",
    "change the CPU cap": "phrase_changeCap",
    "discard the saved state": "phrase_discardState",
    "forward a port to the virtual machine": "phrase_forwardPort",
    "look at the virtual machine": "phrase_lookAtMachine",
    "let go of the machine's files": "phrase_letGoOfFiles",
    "bring the machine to rest": "phrase_bringToRest",
    "release the media": "phrase_releaseMedia",
    "list the running machines": "phrase_listMachines",
    "tell of its machines": "phrase_tellMachines",
    "tell its version": "phrase_tellVersion",
    "list its networks": "phrase_listNetworks",
    "list its extension packs": "phrase_listPacks",
    "take the virtual machine back on its list": "phrase_takeBack",
    "take the virtual machine off its list": "phrase_takeOff",
    "take a picture of the machine's screen": "phrase_takePicture",
    "press keys in the machine": "phrase_pressKeys",
    "turn the remote display on": "phrase_remoteOn",
    "turn the remote display off": "phrase_remoteOff",
    "be reset": "phrase_beReset",
    "be talked to": "phrase_beTalkedTo",
    "be shown to an RDP client": "phrase_beShown",
    "take keys": "phrase_takeKeys",
    "a package or an installer": "phrase_packageOrInstaller",
    "an installer in the list": "phrase_installerInList",
  };
  const DOWNLOAD =
    /^(?<what>[^:]+): (?<done>[\d.]+) (?:MB )?of (?<total>[\d.]+) MB, (?<speed>[\d.]+) MB\/s(?:, (?<left>\d+) s left)?$/;

  /**
   * @param {string} words of the program
   * @returns {string} the same in the user's language, where that is known
   */
  function phrase(words) {
    return Object.hasOwn(NAMES, words) ? cvmTranslation(/** @type {string} */ (NAMES[words])) || words : words;
  }

  /**
   * @param {string} words of a task's progress
   * @returns {string}
   */
  function progressWords(words) {
    const download = downloadOf(words);
    return download ? `${download.what}: ${downloadNumbers(download).join(", ")}` : phrase(words);
  }

  /**
   * The numbers of a download, from the program's words.
   * @param {string} words
   * @returns {CvmDownload | null}
   */
  function downloadOf(words) {
    const found = DOWNLOAD.exec(words)?.groups;
    if (!found) return null;
    const { what, done, total, speed, left } = found;
    return { what: phrase(what), done: Number(done), total: Number(total), speed: Number(speed), left: left ? Number(left) : null };
  }

  /** @param {CvmDownload} download */
  function downloadNumbers({ done, total, speed, left }) {
    const size = (/** @type {number} */ value) => unit(value, "megabyte", 1);
    const numbers = [cvmTranslation("cornerOf", { done: size(done), total: size(total) }), unit(speed, "megabyte-per-second", 1)];
    if (left === null) return numbers;
    const time = left < 90 ? unit(left, "second", 0) : unit(left / 60, "minute", 0);
    return [...numbers, cvmTranslation("cornerLeft", { time })];
  }

  /**
   * @param {number} value
   * @param {string} name of Intl's unit
   * @param {number} digits at most, behind the point
   */
  function unit(value, name, digits) {
    const unitDisplay = digits ? "short" : "long";
    const style = { style: "unit", unit: name, unitDisplay, maximumFractionDigits: digits };
    return new Intl.NumberFormat(cvmLanguage(), /** @type {Intl.NumberFormatOptions} */ (style)).format(value);
  }

  globalThis.cvmPhrases = Object.freeze({ phrase, progressWords, downloadOf, downloadNumbers });
})();
