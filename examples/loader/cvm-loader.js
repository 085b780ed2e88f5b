// Guides visitors who lack CernVM WebAPI, or a part of it, and resolves once all is there:
//   cvmLoader().then((plugin) => plugin.requestSession("https://…"));
// Options: see cvm-loader.d.ts.
/* global CVM */
globalThis.cvmLoader = (() => {
  "use strict";
  const CHROMIUM_ID = "fkinnlooacjhbcmhphjdbnmnjealbgif";
  const LINKS = {
    extension: /Firefox\//.test(navigator.userAgent)
      ? "https://addons.mozilla.org/firefox/addon/cernvm-webapi/"
      : `https://chromewebstore.google.com/detail/${CHROMIUM_ID}`,
    host: "https://cernvm.cern.ch/",
    browsers: "https://www.mozilla.org/firefox/new/",
  };
  const STEPS = { hostMissing: "host", hostForbidden: "host", hostTooOld: "hostOld", extensionTooOld: "extensionOld" };
  const LOOK_EVERY = 2000;

  // Title and what to do; then the words of the panel: step, dismiss, wait, and the links.
  const TEXTS = {
    en: {
      browser: ["This browser can't run virtual machines", "Open this page in Firefox, Chrome, Edge or Chromium on a computer."],
      extension: ["One add-on is missing", "This page needs the add-on CernVM WebAPI. Install it; this page goes on by itself."],
      host: ["One program is missing", "The add-on is there. Now install the program CernVM WebAPI on this computer; this page goes on by itself."],
      hostOld: ["The program is too old", "Install the newest CernVM WebAPI program; this page goes on by itself."],
      extensionOld: ["The add-on is too old", "Update the add-on CernVM WebAPI; this page goes on by itself."],
      trouble: ["Something is in the way"],
      words: ["Step {0} of 2", "Not now", "Waiting…", "Get the add-on", "Get the program", "Get Firefox", "Help"],
    },
    fr: {
      browser: ["Ce navigateur ne peut pas lancer de machines virtuelles", "Ouvrez cette page avec Firefox, Chrome, Edge ou Chromium sur un ordinateur."],
      extension: ["Il manque un module", "Cette page a besoin du module CernVM WebAPI. Installez-le ; la page continue d’elle-même."],
      host: ["Il manque un programme", "Le module est là. Installez maintenant le programme CernVM WebAPI sur cet ordinateur ; la page continue d’elle-même."],
      hostOld: ["Le programme est trop ancien", "Installez la dernière version du programme CernVM WebAPI ; la page continue d’elle-même."],
      extensionOld: ["Le module est trop ancien", "Mettez à jour le module CernVM WebAPI ; la page continue d’elle-même."],
      trouble: ["Quelque chose bloque"],
      words: ["Étape {0} sur 2", "Pas maintenant", "En attente…", "Obtenir le module", "Obtenir le programme", "Obtenir Firefox", "Aide"],
    },
    de: {
      browser: ["Dieser Browser kann keine virtuellen Maschinen starten", "Öffnen Sie diese Seite mit Firefox, Chrome, Edge oder Chromium auf einem Computer."],
      extension: ["Ein Add-on fehlt", "Diese Seite braucht das Add-on CernVM WebAPI. Installieren Sie es; die Seite macht dann von selbst weiter."],
      host: ["Ein Programm fehlt", "Das Add-on ist da. Installieren Sie nun das Programm CernVM WebAPI auf diesem Computer; die Seite macht dann von selbst weiter."],
      hostOld: ["Das Programm ist zu alt", "Installieren Sie das neueste Programm CernVM WebAPI; die Seite macht dann von selbst weiter."],
      extensionOld: ["Das Add-on ist zu alt", "Aktualisieren Sie das Add-on CernVM WebAPI; die Seite macht dann von selbst weiter."],
      trouble: ["Etwas steht im Weg"],
      words: ["Schritt {0} von 2", "Jetzt nicht", "Warten …", "Add-on holen", "Programm holen", "Firefox holen", "Hilfe"],
    },
    es: {
      browser: ["Este navegador no puede iniciar máquinas virtuales", "Abra esta página con Firefox, Chrome, Edge o Chromium en un ordenador."],
      extension: ["Falta un complemento", "Esta página necesita el complemento CernVM WebAPI. Instálelo y la página continuará sola."],
      host: ["Falta un programa", "El complemento está listo. Instale ahora el programa CernVM WebAPI en este ordenador y la página continuará sola."],
      hostOld: ["El programa es demasiado antiguo", "Instale la última versión del programa CernVM WebAPI y la página continuará sola."],
      extensionOld: ["El complemento es demasiado antiguo", "Actualice el complemento CernVM WebAPI y la página continuará sola."],
      trouble: ["Algo lo impide"],
      words: ["Paso {0} de 2", "Ahora no", "Esperando…", "Obtener el complemento", "Obtener el programa", "Obtener Firefox", "Ayuda"],
    },
    it: {
      browser: ["Questo browser non può avviare macchine virtuali", "Apri questa pagina con Firefox, Chrome, Edge o Chromium su un computer."],
      extension: ["Manca un componente aggiuntivo", "Questa pagina ha bisogno del componente CernVM WebAPI. Installalo: la pagina prosegue da sola."],
      host: ["Manca un programma", "Il componente c’è. Ora installa il programma CernVM WebAPI su questo computer: la pagina prosegue da sola."],
      hostOld: ["Il programma è troppo vecchio", "Installa l’ultima versione del programma CernVM WebAPI: la pagina prosegue da sola."],
      extensionOld: ["Il componente è troppo vecchio", "Aggiorna il componente CernVM WebAPI: la pagina prosegue da sola."],
      trouble: ["Qualcosa lo impedisce"],
      words: ["Passo {0} di 2", "Non ora", "In attesa…", "Scarica il componente", "Scarica il programma", "Scarica Firefox", "Aiuto"],
    },
  };

  const STYLE = `:host { all: initial; position: fixed; inset: auto 1rem 1rem auto; z-index: 2147483647; }
section { box-sizing: border-box; width: min(24rem, calc(100vw - 2rem)); padding: 1rem 1.25rem; border: 1px solid #c9ced6; border-radius: 12px;
  font: 16px/1.45 system-ui, sans-serif; color: #1a202c; background: #fff; box-shadow: 0 8px 30px rgb(0 0 0 / 0.18); }
h2 { margin: 0 0 0.5rem; font-size: 1.1rem; } p { margin: 0 0 0.75rem; } .step { margin: 0; font-size: 0.85rem; color: #4a5568; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; margin: 0; }
a, button { font: inherit; padding: 0.45rem 0.9rem; border-radius: 8px; border: 1px solid #1a56b0; cursor: pointer; }
a { color: #fff; background: #1a56b0; text-decoration: none; } button { color: inherit; background: transparent; border-color: #8792a2; }
a:focus-visible, button:focus-visible { outline: 3px solid #4c8dff; outline-offset: 2px; }
@media (prefers-color-scheme: dark) {
  section { color: #edf0f4; background: #1f242c; border-color: #465060; } .step { color: #b6bfcc; }
  a { color: #0d1420; background: #8ab8ff; border-color: #8ab8ff; } }`;

  let hadFocus = false;

  function ourPanel(step, { title, text, link, url, count, later, waiting }, dismiss) {
    const host = document.createElement("cvm-loader");
    const root = host.attachShadow({ mode: "closed" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const make = (tag, content, more) => Object.assign(document.createElement(tag), { textContent: content, ...more });
    const section = make("section", "", { tabIndex: -1 });
    section.setAttribute("aria-labelledby", "title");
    const actions = make("p", "", { className: "actions" });
    actions.append(make("a", link, { href: url, target: "_blank", rel: "noopener" }), make("button", later, { type: "button", onclick: dismiss }));
    section.append(make("p", count || waiting, { className: "step" }), make("h2", title, { id: "title" }), make("p", text), actions);
    section.addEventListener("keydown", ({ key }) => key === "Escape" && dismiss());
    // Screen readers tell what comes into a region that is there already.
    const live = make("div", "", { role: "status" });
    root.append(live);
    document.body.append(host);
    setTimeout(() => {
      live.append(section);
      if (hadFocus) section.focus();
    }, 100);
    return () => {
      hadFocus = document.activeElement === host;
      host.remove();
    };
  }

  function textsOf(step, error, { lang, links }) {
    const wanted = (lang ? [lang] : navigator.languages).map((tag) => tag.slice(0, 2)).find((tag) => tag in TEXTS);
    const [title, text] = TEXTS[wanted ?? "en"][step];
    const [count, later, waiting, ...gets] = TEXTS[wanted ?? "en"].words;
    const number = { extension: 1, host: 2 }[step];
    const kind = step.startsWith("extension") ? 0 : step.startsWith("host") ? 1 : step === "browser" ? 2 : 3;
    const url = { ...LINKS, ...links }[["extension", "host", "browsers", "host"][kind]];
    // The add-on's own words, in the browser's language.
    const own = step === "trouble" ? `${error.message} ${error.fix}` : text;
    return { title, text: own, link: gets[kind], url, later, waiting, count: number ? count.replace("{0}", number) : "" };
  }

  const supported = () => !/Mobi|Android|iPad/.test(navigator.userAgent) && /Firefox\/|Chrom(e|ium)\//.test(navigator.userAgent);

  // Chromium puts scripts of a new add-on only into pages that are loaded after it.
  const installedMeanwhile = () =>
    fetch(`chrome-extension://${CHROMIUM_ID}/icons/icon-16.png`).then((answer) => answer.ok, () => false);

  async function look(reload) {
    if (globalThis.CVM) {
      try {
        return { plugin: await CVM.connect() };
      } catch (error) {
        return { step: STEPS[error.name] ?? "trouble", error };
      }
    }
    if (!supported()) return { step: "browser" };
    if (reload && /Chrom/.test(navigator.userAgent) && (await installedMeanwhile())) location.reload();
    return { step: "extension" };
  }

  return async function cvmLoader(options = {}) {
    const { panel = ourPanel, signal, reload = true } = options;
    let shown = "";
    let hide = () => {};
    let dismissed = false;
    try {
      for (;;) {
        const { plugin, step, error } = await look(reload && shown !== "");
        if (plugin) return plugin;
        const texts = textsOf(step, error, options);
        if (step + texts.text !== shown && !dismissed) {
          hide();
          hide = panel(step, texts, () => ((dismissed = true), hide())) ?? (() => {});
          shown = step + texts.text;
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
        signal?.throwIfAborted();
      }
    } finally {
      hide();
    }
  };
})();
