// Words of the program inside its sentences, with the names of their translations: what the program
// sends is English. What is not here, for it is newer than we are or of no fixed wording, stays as it came.
// A classic script, see request-shape.js.
(() => {
  "use strict";

  /** @type {Record<string, string>} */
  const NAMES = {
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
  /**
   * @param {string} words of the program
   * @returns {string} the same in the user's language, where that is known
   */
  function phrase(words) {
    return Object.hasOwn(NAMES, words) ? cvmTranslation(/** @type {string} */ (NAMES[words])) || words : words;
  }

  globalThis.cvmPhrases = Object.freeze({ phrase });
})();
