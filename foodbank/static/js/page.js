"use strict";
// Small behaviours that make pages nicer. Everything works without them.

document.addEventListener("DOMContentLoaded", () => {
  // The menu is open on wide screens and folded on phones.
  const wide = window.matchMedia("(min-width: 48rem)");
  for (const menu of document.querySelectorAll("details[data-open-wide]")) {
    const fit = () => { menu.open = wide.matches; };
    fit();
    wide.addEventListener("change", fit);
  }
  const first = document.querySelector("[data-autofocus]");
  if (first) first.focus();
});

// "Really?" with the name of the thing, for a form or button that carries data-confirm.
document.addEventListener("submit", (event) => {
  const asked = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (asked && !window.confirm(asked)) event.preventDefault();
});

// Sent once: a second press while the answer is under way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});

// "34.3401, 134.0437" pasted into the latitude fills both fields.
document.addEventListener("paste", (event) => {
  const target = event.target;
  if (!(target instanceof HTMLInputElement) || !target.matches("[data-coordinates]")) return;
  const match = event.clipboardData.getData("text").match(/(-?\d+(?:\.\d+)?)\s*[,、\s]\s*(-?\d+(?:\.\d+)?)/);
  if (!match) return;
  event.preventDefault();
  const form = target.form;
  form.elements.latitude.value = match[1];
  form.elements.longitude.value = match[2];
});
