const port = chrome.runtime.connect();
port.onMessage.addListener((message) => window.postMessage({ answer: message }, "*"));
window.addEventListener("message", ({ data }) => data.ask && port.postMessage(data.ask));
