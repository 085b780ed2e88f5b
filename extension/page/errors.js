// The errors that a page gets: real Error objects with a number, a stable name, and what to do about it.
(() => {
  "use strict";
  const { Error } = cvmParts;

  class CVMError extends Error {
    /** @param {ErrorData} data what the background or the host reports */
    constructor(data) {
      super(data.message);
      this.name = data.name;
      this.code = data.code;
      this.fix = data.fix;
      this.params = data.params ?? {};
      // What is wrong on this computer, for people.
      if (data.cause) this.cause = data.cause;
    }
  }

  cvmParts.CVMError = CVMError;

  // The few that arise here. Only English: no translations can be read in the page's world.
  cvmParts.pageErrors = {
    extensionGone: () =>
      new CVMError({
        code: -7,
        name: "extensionGone",
        message: "The CernVM WebAPI add-on was updated or switched off after this page was loaded.",
        fix: "Reload the page.",
      }),
    connectionLost: () =>
      new CVMError({
        code: -7,
        name: "connectionLost",
        message: "The connection to the CernVM WebAPI add-on was lost.",
        fix: "It comes back by itself. If it does not, reload the page.",
      }),
    cancelled: () =>
      new CVMError({
        code: -10,
        name: "cancelled",
        message: "The request was cancelled.",
        fix: "Start it again when you are ready.",
      }),
    apiTimeout: (seconds) =>
      new CVMError({
        code: -14,
        name: "apiTimeout",
        message: `The application in the virtual machine did not answer within ${seconds} seconds.`,
        fix: "It may still be starting: wait a little longer. If it never answers, stop the machine and start it again.",
        params: { seconds },
      }),
    badMessage: (detail) =>
      new CVMError({
        code: -99,
        name: "badMessage",
        message: `The request could not be understood: ${detail}.`,
        fix: "This is a fault of the web page: please tell its authors.",
        params: { detail },
      }),
    badValue: (name, detail) =>
      new CVMError({
        code: -99,
        name: "badValue",
        message: `The value of ${name} can't be used: ${detail}.`,
        fix: "This is a fault of the web page: please tell its authors.",
        params: { name, detail },
      }),
    vmcpAddress: (detail) =>
      new CVMError({
        code: -99,
        name: "vmcpAddress",
        message: `The website named an address for its machine that can't be used: ${detail}.`,
        fix: "This is a fault of the web page: please tell its authors.",
        params: { detail },
      }),
  };
})();
