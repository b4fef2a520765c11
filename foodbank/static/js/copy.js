"use strict";
// A button with data-copy="#field" copies that field's text and says so; without this script the text can be selected by hand.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.querySelector(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    document.querySelector("#copied").textContent = button.dataset.copied;
  } catch {
    // Selected is as far as it goes without the browser's leave.
  }
});
