"use strict";
// Forms that carry data-send are posted without leaving the page, each press with a number of its own (R4): when the answer is lost the
// same number goes out again until one comes. What is being sent, is done or was refused is always visible.
//   send(address, FormData | object, {onstate})   → the answer: {status, tell, text, other, go, html, …}
//   "send:done" (bubbles, detail = answer) on the form

window.send ??= (() => {
  const WAITS_MS = [500, 1000, 2000, 4000, 8000, 15000];
  const PATIENCE_MS = 20000; // for one answer
  const FAULTS = 4; // answers of 500 before giving up
  let underWay = 0;

  // Sorts by time: 48 bits of milliseconds, version 7, random bits.
  function uuid7() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let time = Date.now();
    for (let place = 5; place >= 0; place -= 1) { bytes[place] = time % 256; time = Math.floor(time / 256); }
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  function token() {
    try { return JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? ""; } catch { return ""; }
  }

  const words = () => document.querySelector("[data-tell-region]")?.dataset ?? {};
  const english = () => document.documentElement.lang.startsWith("en");

  // After a pause, or at once when the network is back.
  function pause(milliseconds) {
    return new Promise((resolve) => {
      const go = () => { window.clearTimeout(timer); window.removeEventListener("online", go); resolve(); };
      const timer = window.setTimeout(go, milliseconds);
      window.addEventListener("online", go);
    });
  }

  async function ask(address, headers, body) {
    const patience = new AbortController();
    const timer = window.setTimeout(() => patience.abort(), PATIENCE_MS);
    try {
      return await fetch(address, { method: "POST", headers, body, credentials: "same-origin", redirect: "manual", signal: patience.signal });
    } catch {
      return null; // no answer, or too late: nobody knows whether it was done
    } finally {
      window.clearTimeout(timer);
    }
  }

  async function understood(response) {
    const type = response.headers.get("Content-Type") ?? "";
    const said = type.includes("json") ? await response.json().catch(() => ({})) : {};
    if (response.ok) return { tell: "ok", text: "", other: "", ...said, status: response.status };
    const [own, other] = english() ? [said.title_en, said.title_ja] : [said.title_ja, said.title_en];
    return { ...said, status: response.status, tell: "refused", text: own ?? said.title ?? words().textFault ?? "", other: other ?? "" };
  }

  async function send(address, data, { onstate = () => {} } = {}) {
    const headers = { "Idempotency-Key": uuid7(), "X-CSRFToken": token(), Accept: "application/json" };
    let body = data;
    if (data instanceof FormData) {
      data.append("device_time", new Date().toISOString());
      const files = [...data.values()].some((value) => value instanceof File);
      body = files ? data : new URLSearchParams(data);
    } else {
      headers["Content-Type"] = "application/json";
      body = JSON.stringify({ device_time: new Date().toISOString(), ...data });
    }
    underWay += 1;
    onstate("sending");
    try {
      for (let attempt = 0, faults = 0; ; attempt += 1) {
        const response = await ask(address, headers, body);
        if (response?.type === "opaqueredirect") return { status: 401, tell: "refused", text: words().textSignedOut ?? "", other: "" };
        const inFlight = response?.status === 409 && (await response.clone().json().catch(() => ({}))).code === "idempotency.in_flight";
        if (response && response.status >= 500) faults += 1;
        const again = !response || inFlight || [502, 503, 504].includes(response.status) || (response.status >= 500 && faults < FAULTS);
        if (!again) return await understood(response);
        onstate(response ? "sending" : "waiting");
        await pause(WAITS_MS[Math.min(attempt, WAITS_MS.length - 1)]);
      }
    } finally {
      underWay -= 1;
    }
  }

  function show(state) {
    const { textSending, textWaiting } = words();
    window.scanner?.tell(state === "waiting" ? "waiting" : "sending", state === "waiting" ? textWaiting : textSending);
  }

  async function sendForm(form, submitter) {
    form.dataset.busy = "yes";
    form.setAttribute("aria-busy", "true");
    const data = new FormData(form, submitter);
    const slow = window.setTimeout(show, 400, "sending"); // what is answered at once needs no word in between
    const answer = await send(submitter?.hasAttribute("formaction") ? submitter.formAction : form.action, data, { onstate: (state) => { if (state === "waiting") show(state); } });
    window.clearTimeout(slow);
    delete form.dataset.busy;
    form.removeAttribute("aria-busy");
    form.dispatchEvent(new CustomEvent("send:done", { bubbles: true, detail: answer }));
    if (answer.go) { window.scanner.tellThere(answer, answer.go); return; }
    const into = form.dataset.into && document.querySelector(form.dataset.into);
    if (into && answer.html !== undefined) into.innerHTML = answer.html;
    window.scanner?.tell(answer.tell, answer.text, answer.other);
    const code = form.querySelector("[data-scanner-field]");
    // What was refused stays to be mended; whatever is read next takes its place.
    if (code) { if (answer.tell !== "refused") code.value = ""; code.select(); if (window.matchMedia("(pointer: fine)").matches) code.focus({ preventScroll: true }); }
  }

  // Before the page's own listeners, which would let the browser send it.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !("send" in form.dataset)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!form.dataset.busy) sendForm(form, event.submitter);
  }, true);

  window.addEventListener("beforeunload", (event) => { if (underWay) event.preventDefault(); });

  // A page that comes back from the history is a new page: its number has been used.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const field of document.querySelectorAll("input[name=client_id]")) field.value = uuid7();
  });
  return send;
})();
