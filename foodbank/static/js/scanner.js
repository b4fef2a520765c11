"use strict";
// Reading codes on a phone: camera (continuous), photo, keyboard scanner or typing, all into one field; and telling what came of it by
// shape, word, colour, sound and vibration. Without this script the field is a plain field.
//   scanner.tell("ok" | "warn" | "refused" | "sending" | "waiting", text, other)   shows and sounds
//   "scanner:read" (bubbles, detail.text) on the scanner's element; a form with data-auto is sent unless the event was prevented

window.scanner ??= (() => {
  const AGAIN_AFTER_MS = 2000; // the same code is not read again before this …
  const GONE_AFTER_MS = 700; // … and not before it has been out of the picture for so long
  const LOOK_EVERY_MS = 120;
  const WIDEST = 1280; // pixels that are looked at: more takes longer and reads no better
  const FORMATS = ["QRCode", "DataMatrix", "EAN13", "EAN8", "UPCA", "UPCE", "ITF", "Code128", "DataBarExp"];
  const WAS_ON = "scanner-on";
  // [frequency in Hz, start in s, length in s] of each tone, and the vibration in ms
  const SIGNALS = {
    ok: { tones: [[1320, 0, 0.12]], shape: "sine", shake: [60] },
    warn: { tones: [[880, 0, 0.12], [880, 0.2, 0.12]], shape: "triangle", shake: [80, 80, 80] },
    refused: { tones: [[220, 0, 0.28], [165, 0.32, 0.4]], shape: "square", shake: [300, 100, 300] },
  };
  const CARRIED_MS = 15000; // from one page to the next
  const LAST_READ = "scanner-last";
  const KEPT_VERDICT = "scanner-tell";
  let audio = null;

  // ---- telling -------------------------------------------------------------------------------------------------------------------

  function sound(kind) {
    const signal = SIGNALS[kind];
    if (!signal) return;
    if (navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.(signal.shake); // before the first tap browsers complain
    const Context = window.AudioContext ?? window.webkitAudioContext;
    if (!Context) return;
    audio ??= new Context();
    audio.resume?.().catch(() => {});
    for (const [pitch, start, length] of signal.tones) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.type = signal.shape;
      tone.frequency.value = pitch;
      volume.gain.value = 0.2;
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + start);
      tone.stop(audio.currentTime + start + length);
    }
  }

  function tell(kind, text = "", other = "") {
    sound(kind);
    const region = document.querySelector("[data-tell-region]");
    const box = region?.querySelector("[data-tell-box]");
    if (!box) return;
    box.className = `tell ${kind}`;
    for (const shape of box.querySelectorAll("[data-tell-shape]")) shape.hidden = shape.dataset.tellShape !== kind;
    box.querySelector("[data-tell-word]").textContent = region.getAttribute(`data-word-${kind}`) ?? "";
    box.querySelector("[data-tell-text]").textContent = text;
    box.querySelector("[data-tell-other]").textContent = other;
    box.hidden = false;
    if (kind !== "sending") box.scrollIntoView({ block: "nearest" });
  }

  // What is told although another page comes next.
  function tellThere(verdict, address) {
    try { sessionStorage.setItem(KEPT_VERDICT, JSON.stringify(verdict)); } catch { /* the next page shows it without sound */ }
    window.location.assign(address);
  }

  function tellWhatWasKept() {
    let kept = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(KEPT_VERDICT) ?? "null");
      sessionStorage.removeItem(KEPT_VERDICT);
    } catch { /* no storage: nothing was kept */ }
    if (kept) { tell(kept.tell, kept.text, kept.other); return; }
    const now = document.querySelector("[data-tell-now]");
    if (now) sound(now.dataset.tellNow);
    else if (document.querySelector(".notice.error")) sound("refused");
    else if (document.querySelector(".notice.warning")) sound("warn");
    else if (document.querySelector(".notice.success")) sound("ok");
  }

  // ---- reading -------------------------------------------------------------------------------------------------------------------

  let library = null;

  function reader(root) {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = root.dataset.reader;
      script.onerror = reject;
      script.onload = () => {
        // Without this the library would fetch its wasm from elsewhere.
        window.ZXingWASM.prepareZXingModule({ overrides: { locateFile: (path, prefix) => (path.endsWith(".wasm") ? root.dataset.wasm : prefix + path) } });
        resolve(window.ZXingWASM);
      };
      document.head.append(script);
    });
    return library;
  }

  // Of several codes in one picture our own label comes before the maker's.
  function chosen(results) {
    const read = results.filter((one) => one.isValid !== false && one.text);
    return (read.find((one) => one.text.includes("/q/")) ?? read[0])?.text ?? "";
  }

  function attach(root) {
    const field = root.querySelector("[data-scanner-field]");
    const video = root.querySelector("[data-scanner-video]");
    const picture = root.querySelector("[data-scanner-picture]");
    const start = root.querySelector("[data-scanner-start]");
    const torch = root.querySelector("[data-scanner-torch]");
    const photo = root.querySelector("[data-scanner-photo]");
    const word = start.querySelector("span");
    const startWord = word.textContent;
    const canvas = document.createElement("canvas");
    const brush = canvas.getContext("2d", { willReadFrequently: true });
    let stream = null;
    let timer = 0;
    let last = before();
    let looked = false;

    function found(text) {
      const form = root.closest("form");
      if (form?.dataset.busy) return false;
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      const free = root.dispatchEvent(new CustomEvent("scanner:read", { bubbles: true, cancelable: true, detail: { text } }));
      if (free && form && "auto" in form.dataset) form.requestSubmit();
      return true;
    }

    // What the page before this one read is still held before the camera, and must not be read again as an answer to this page.
    function before() {
      try {
        const { text, at } = JSON.parse(sessionStorage.getItem(LAST_READ) ?? "{}");
        return { text: Date.now() - at < CARRIED_MS ? text : "", read: performance.now(), seen: performance.now() };
      } catch { return { text: "", read: 0, seen: 0 }; }
    }

    function carry(text) {
      try { sessionStorage.setItem(LAST_READ, JSON.stringify({ text, at: Date.now() })); } catch { /* private mode: it may be read again */ }
    }

    function seen(text) {
      const now = performance.now();
      const same = text === last.text;
      const still = same && now - last.seen < GONE_AFTER_MS;
      if (still || (same && now - last.read < AGAIN_AFTER_MS)) { last.seen = now; carry(text); return; }
      carry(text); // before the form takes us to the next page
      if (found(text)) last = { text, read: now, seen: now };
    }

    async function look(zxing) {
      if (!stream) return;
      if (video.videoWidth) {
        if (!looked) { looked = true; last.seen = performance.now(); }
        const scale = Math.min(1, WIDEST / video.videoWidth);
        canvas.width = Math.round(video.videoWidth * scale);
        canvas.height = Math.round(video.videoHeight * scale);
        brush.drawImage(video, 0, 0, canvas.width, canvas.height);
        const results = await zxing.readBarcodes(brush.getImageData(0, 0, canvas.width, canvas.height), { formats: FORMATS, maxNumberOfSymbols: 4 });
        const text = chosen(results);
        if (text && stream) seen(text);
      }
      timer = window.setTimeout(look, LOOK_EVERY_MS, zxing);
    }

    function shown(on) {
      picture.hidden = !on;
      start.setAttribute("aria-pressed", String(on));
      word.textContent = on ? start.dataset.wordStop : startWord;
      if (!on) torch.hidden = true;
    }

    function off() {
      window.clearTimeout(timer);
      stream?.getTracks().forEach((track) => track.stop());
      stream = null;
      video.srcObject = null;
      shown(false);
    }

    async function on() {
      if (!navigator.mediaDevices?.getUserMedia) { tell("warn", root.dataset.textInsecure); return; }
      try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } } });
      } catch {
        remember(false);
        tell("warn", root.dataset.textDenied);
        return;
      }
      video.srcObject = stream;
      shown(true);
      await video.play().catch(() => {});
      const track = stream?.getVideoTracks()[0];
      torch.hidden = !track?.getCapabilities?.().torch;
      look(await reader(root));
    }

    // On the next page of the same work the camera is on again.
    function remember(is) {
      try { if (is) sessionStorage.setItem(WAS_ON, "yes"); else sessionStorage.removeItem(WAS_ON); } catch { /* private mode: start it by hand */ }
    }
    const remembered = () => { try { return sessionStorage.getItem(WAS_ON) === "yes"; } catch { return false; } };

    start.addEventListener("click", () => {
      const turnOn = !stream;
      remember(turnOn);
      if (turnOn) on(); else off();
    });
    torch.addEventListener("click", async () => {
      const bright = torch.getAttribute("aria-pressed") !== "true";
      await stream?.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: bright }] }).catch(() => {});
      torch.setAttribute("aria-pressed", String(bright));
    });
    photo.querySelector("input").addEventListener("change", async (event) => {
      const file = event.target.files[0];
      if (!file) return;
      const zxing = await reader(root);
      const text = chosen(await zxing.readBarcodes(file, { formats: FORMATS, maxNumberOfSymbols: 4, tryHarder: true }).catch(() => []));
      event.target.value = "";
      if (text) found(text); else tell("warn", root.dataset.textNothing);
    });
    // A keyboard scanner types and ends with Enter.
    field.addEventListener("keydown", (event) => {
      const form = field.form;
      if (event.key !== "Enter" || event.isComposing || !field.value.trim()) return;
      if (form && "auto" in form.dataset) { event.preventDefault(); found(field.value.trim()); return; }
      const free = root.dispatchEvent(new CustomEvent("scanner:read", { bubbles: true, cancelable: true, detail: { text: field.value.trim() } }));
      if (!free) event.preventDefault();
    });
    // Phones take the camera away from pages in the background, and some give back a black picture.
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) { if (stream) off(); } else if (wanted() && !stream) on();
    });
    window.addEventListener("pagehide", off);

    // Not while it stands in a closed part of the page: nobody would see that it looks.
    function wanted() { return remembered() && (root.checkVisibility?.() ?? true); }

    start.hidden = false;
    photo.hidden = false;
    if (wanted()) on();
    else if (window.matchMedia("(pointer: fine)").matches && !document.querySelector("[data-autofocus]")) field.focus({ preventScroll: true });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const root = document.querySelector("[data-scanner]");
    if (root) attach(root);
    tellWhatWasKept();
  });
  return { tell, tellThere };
})();
