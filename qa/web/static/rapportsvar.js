// What the page does by itself: remembers the conversation, opens sources, copies, prints and sends feedback.
// Nothing is kept but in this tab, and nothing is fetched but from this server.
(() => {
  "use strict";
  const TURNS = "rapportsvar.turns", SCOPE = "rapportsvar.scope", DRAFT = "rapportsvar.draft", OWNER = "rapportsvar.owner";
  const kept = (key, otherwise) => sessionStorage.getItem(key) ?? otherwise;
  let answers = 0;

  // --- what one login leaves is not for the next ---

  const forget = () => [TURNS, SCOPE, DRAFT, OWNER].forEach((key) => sessionStorage.removeItem(key));
  const others = new BroadcastChannel("rapportsvar");
  const owner = window.rapportsvarOwner;
  if (owner !== undefined) {
    if (kept(OWNER, owner) !== owner) forget();
    sessionStorage.setItem(OWNER, owner);
    // Somebody has come to the login in another tab, with the same cookie.
    others.onmessage = () => location.reload();
    // Going back brings a page as it was left, whoever it was that left it.
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  const near = (event, selector) => event.target.closest && event.target.closest(selector);

  // --- what survives a reload ---

  const selects = () => [...document.querySelectorAll("select[data-scope]")];
  const chosen = () => Object.fromEntries(selects().filter((each) => each.value).map((each) => [each.dataset.scope, each.value]));
  const applyScope = () => {
    const wanted = JSON.parse(kept(SCOPE, "{}"));
    for (const select of selects()) {
      const value = wanted[select.dataset.scope] ?? "";
      if (select.value !== value && [...select.options].some((option) => option.value === value)) select.value = value;
    }
  };

  window.rapportsvar = {
    scope: () => JSON.stringify(chosen()),
    remember: (turns) => {
      sessionStorage.setItem(TURNS, turns);
      answers = JSON.parse(turns).length;
    },
    focus: (selector) => setTimeout(() => document.querySelector(selector)?.focus(), 100),
    remembered: () => {
      const given = Object.fromEntries(new URLSearchParams(location.search));
      if (given.fraga) {
        const { kommun, namnd, ar } = given;
        sessionStorage.setItem(SCOPE, JSON.stringify({ kommun, namnd, ar }));
        history.replaceState(null, "", location.pathname);
      }
      const turns = JSON.parse(kept(TURNS, "[]"));
      // What comes back was told when it was new.
      answers = turns.length;
      return JSON.stringify({ owner: owner ?? "", turns, given });
    },
  };

  const box = () => document.querySelector("#question textarea");
  const restoreDraft = () => {
    const field = box();
    if (!field || field.dataset.restored) return;
    field.dataset.restored = "yes";
    const draft = kept(DRAFT, "");
    if (draft && !field.value) {
      field.value = draft;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    field.addEventListener("input", () => sessionStorage.setItem(DRAFT, field.value));
  };

  // --- new answers are told, and brought into view ---

  let told = null;
  const announce = (text) => {
    if (!told) {
      told = document.createElement("div");
      told.className = "hidden";
      told.setAttribute("role", "status");
      told.setAttribute("aria-live", "polite");
      document.body.append(told);
    }
    // A region is read when its text changes, also when the same thing is said twice.
    told.textContent = "";
    setTimeout(() => (told.textContent = text), 50);
  };
  // Gradio says this in English alone, whatever the page's language.
  const translate = () => {
    for (const toast of document.querySelectorAll(".toast-body")) {
      if (!toast.textContent.includes("Connection to the server was lost")) continue;
      const texts = document.createTreeWalker(toast, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const said = texts.currentNode.nodeValue.trim();
        if (said.startsWith("Connection to the server")) texts.currentNode.nodeValue = window.rapportsvarWords.lost;
        else if (said === "Error") texts.currentNode.nodeValue = window.rapportsvarWords.title;
      }
    }
  };
  // Names that Gradio leaves out, or has in English alone.
  const name = () => {
    for (const group of document.querySelectorAll("fieldset.block:not([aria-label])")) {
      const label = group.querySelector("[data-testid='block-info']")?.textContent.trim();
      if (label) group.setAttribute("aria-label", label);
    }
    for (const part of document.querySelectorAll("#files button[aria-label^='Click'], #files input[type=file]")) {
      if (part.getAttribute("aria-label") !== window.rapportsvarWords.upload) {
        part.setAttribute("aria-label", window.rapportsvarWords.upload);
      }
    }
  };
  const look = () => {
    applyScope();
    translate();
    name();
    restoreDraft();
    const turns = document.querySelectorAll("#conversation article.turn");
    if (turns.length <= answers) return;
    answers = turns.length;
    const last = turns[turns.length - 1];
    sessionStorage.setItem(DRAFT, box()?.value ?? "");
    announce(last.dataset.announce ?? last.textContent);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    // After the question's box has been emptied, which brings that into view.
    setTimeout(() => last.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" }), 100);
  };

  // --- sources, in a dialog over the page ---

  let dialog = null;
  const openSource = async (address) => {
    const url = new URL(address, location.href);
    url.searchParams.set("del", "1");
    let answer;
    try {
      answer = await fetch(url);
    } catch {
      location.href = address;
      return;
    }
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.className = "rapportsvar";
      dialog.setAttribute("aria-labelledby", "kalla-rubrik");
      dialog.innerHTML = '<button type="button" class="close"></button><div></div>';
      dialog.querySelector(".close").textContent = window.rapportsvarWords.close;
      document.querySelector(".gradio-container")?.append(dialog) ?? document.body.append(dialog);
    }
    dialog.lastElementChild.innerHTML = await answer.text();
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    dialog.querySelector("h1")?.focus();
    toMark(dialog);
  };
  const toMark = (root) => {
    const frame = root.querySelector(".page-frame");
    const picture = frame?.querySelector("img[data-x]");
    const go = () => {
      frame.scrollTop = picture.dataset.y * picture.clientHeight - frame.clientHeight / 3;
      frame.scrollLeft = picture.dataset.x * picture.clientWidth - 16;
    };
    if (!picture) return;
    if (picture.complete) go();
    else picture.addEventListener("load", go);
  };

  // --- what is clicked ---

  const copy = async (button) => {
    let done = true;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      // Without https a browser has no clipboard for scripts but this one.
      const area = document.createElement("textarea");
      area.value = button.dataset.copy;
      button.after(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    announce(done ? button.dataset.done : button.dataset.failed);
    const label = button.textContent;
    button.textContent = done ? button.dataset.done : button.dataset.failed;
    setTimeout(() => (button.textContent = label), 2500);
  };
  const print = (turn) => {
    document.body.classList.add("print-one");
    turn.classList.add("print-this");
    window.print();
    turn.classList.remove("print-this");
    document.body.classList.remove("print-one");
  };
  const only = (button) => {
    const list = button.closest(".per-report");
    for (const each of list.querySelectorAll("button")) each.setAttribute("aria-pressed", String(each === button));
    for (const hit of list.parentElement.parentElement.querySelectorAll("[data-report]")) {
      hit.hidden = Boolean(button.dataset.only) && hit.dataset.report !== button.dataset.only;
    }
  };
  document.addEventListener("click", (event) => {
    const source = near(event, "a.to-source") || near(event, "dialog .source nav a");
    if (source && !(event.ctrlKey || event.metaKey || event.shiftKey || event.button)) {
      event.preventDefault();
      openSource(source.getAttribute("href"));
      return;
    }
    if (near(event, "a.skip")) {
      event.preventDefault();
      document.querySelector("[role=tab]")?.click();
      window.rapportsvar.focus("#question textarea");
      return;
    }
    const button = near(event, "button");
    if (!button) return;
    if (button.dataset.link) button.dataset.copy = location.origin + button.dataset.link;
    if (button.dataset.copy) copy(button);
    else if ("print" in button.dataset) print(button.closest(".turn"));
    else if ("only" in button.dataset) only(button);
    else if (button.matches("dialog.rapportsvar > .close")) dialog.close();
  });
  document.addEventListener("change", (event) => {
    if (!near(event, "select[data-scope]")) return;
    sessionStorage.setItem(SCOPE, JSON.stringify(chosen()));
    // What was searched for is searched for again, where it is in view.
    const query = document.querySelector("#query input, #query textarea");
    if (query?.value && query.offsetParent) document.querySelector("#find")?.click();
  });
  document.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const tab = near(event, "[role=tab]");
    if (!step || !tab) return;
    const tabs = [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]")].filter((each) => each.offsetParent);
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    next.click();
    next.focus();
  });
  document.addEventListener("submit", async (event) => {
    const form = near(event, "form[data-feedback]");
    if (!form) return;
    event.preventDefault();
    const status = form.querySelector("[role=status]");
    const verdict = form.querySelector("input:checked")?.value;
    if (!verdict) {
      status.textContent = form.dataset.choose;
      form.querySelector("input").focus();
      return;
    }
    const said = { ...Object.fromEntries(new URLSearchParams(form.dataset.feedback)), verdict, note: form.elements.note.value };
    let saved = false;
    try {
      const answer = await fetch("/synpunkt", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(said),
      });
      saved = answer.ok;
    } catch { /* said below */ }
    status.textContent = saved ? form.dataset.done : form.dataset.failed;
    if (saved) for (const each of form.querySelectorAll("fieldset, label, button")) each.hidden = true;
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (document.querySelector("form[data-leave]")) {
      forget();
      others.postMessage("left");
    }
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
    toMark(document);
    look();
  });
})();
