"use strict";
// Leaving quickly: the page is blank at once, and the way back does not lead here. Without this script it is a plain link.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-leave]");
  if (!link) return;
  event.preventDefault();
  document.documentElement.hidden = true;
  document.title = "";
  window.location.replace(link.href);
});

// A page that the browser kept while somebody left it is asked for again, never shown from memory.
window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
