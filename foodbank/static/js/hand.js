"use strict";
// Editing a plan by hand: dragging stops in the time chart and on the map, Ctrl+Z. Everything it does can also be done with the forms.

(() => {
  const FAR = 6; // pixels: less is a press, not a drag
  let drag = null;
  let dragged = false;

  const state = () => document.getElementById("hand-state");
  const send = (values) => htmx.ajax("POST", state().dataset.edit, { target: "#hand-state", swap: "outerHTML", values });

  // Where a stop let go at this point would stand: the vehicle and the task that it comes behind.
  const placeAt = (x, y) => {
    const under = document.elementsFromPoint(x, y);
    const other = under.map((element) => element.closest("[data-anchor]")).find((stop) => stop && stop !== drag.stop);
    const lane = under.map((element) => element.closest("[data-lane]")).find(Boolean);
    if (other && !lane) return { vehicle: other.dataset.vehicle, after: other.dataset.anchor, mark: other };
    if (!lane) return null;
    const svg = lane.ownerSVGElement;
    const at = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse()).x;
    let after = "";
    for (const stop of lane.querySelectorAll("[data-anchor]")) {
      if (stop.dataset.stop !== drag.stop.dataset.stop && Number(stop.dataset.middle) < at) after = stop.dataset.anchor;
    }
    return { vehicle: lane.dataset.lane, after, mark: lane };
  };

  const unmark = () => {
    for (const element of document.querySelectorAll("#hand .target, #hand .over")) element.classList.remove("target", "over");
  };
  const end = () => {
    unmark();
    drag?.ghost?.remove();
    drag?.stop.classList.remove("moving");
    drag = null;
  };

  document.addEventListener("pointerdown", (event) => {
    const stop = event.target.closest?.("#hand [data-tasks]");
    dragged = false;
    if (!stop || event.button !== 0 || "locked" in stop.dataset) return;
    drag = { stop, x: event.clientX, y: event.clientY, ghost: null };
  });

  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.ghost) {
      if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
      dragged = true;
      drag.ghost = document.createElement("div");
      drag.ghost.className = "hand-ghost";
      drag.ghost.textContent = drag.stop.getAttribute("aria-label");
      document.body.append(drag.ghost);
      drag.stop.classList.add("moving");
    }
    event.preventDefault();
    drag.ghost.style.left = `${event.clientX + 12}px`;
    drag.ghost.style.top = `${event.clientY + 12}px`;
    unmark();
    const place = placeAt(event.clientX, event.clientY);
    place?.mark.classList.add(place.mark.hasAttribute("data-lane") ? "target" : "over");
  });

  document.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const place = dragged ? placeAt(event.clientX, event.clientY) : null;
    const tasks = drag.stop.dataset.tasks.split("\n");
    end();
    if (place) send({ do: "move", place: `${place.vehicle}|${place.after}`, task: tasks, stop: tasks[0] });
  });
  document.addEventListener("pointercancel", end);
  document.addEventListener("dragstart", (event) => { if (event.target.closest?.("#hand [data-tasks]")) event.preventDefault(); });

  // A press on a stop opens it beside the chart, without leaving the page.
  document.addEventListener("click", (event) => {
    const stop = event.target.closest?.("#hand svg a[data-stop]");
    if (!stop || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (dragged) { dragged = false; return; }
    htmx.ajax("GET", stop.getAttribute("href").split("#")[0], { target: "#chosen", swap: "outerHTML" })
      .then(() => document.getElementById("chosen-title")?.focus());
  });

  // Forms of parts that an edit did not draw anew say the version that the page is at by now.
  document.addEventListener("htmx:configRequest", (event) => {
    if (state() && event.detail.verb === "post") event.detail.parameters.version = state().dataset.version;
  });

  // What is chosen stands out everywhere; the map follows after an edit.
  document.addEventListener("htmx:afterSettle", (event) => {
    const chosen = document.getElementById("chosen")?.dataset.chosen;
    for (const stop of document.querySelectorAll("#hand svg [data-stop]")) stop.classList.toggle("chosen", stop.dataset.stop === chosen);
    for (const item of document.querySelectorAll("#hand li[data-item]")) item.toggleAttribute("aria-current", item.dataset.item === chosen);
    if (event.detail.requestConfig?.verb === "post" && state()) {
      htmx.ajax("GET", "?part=map", { target: "#hand-map", swap: "outerHTML" });
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") end();
    if (!(event.ctrlKey || event.metaKey) || !state() || event.target.closest?.("input, select, textarea")) return;
    const key = event.key.toLowerCase();
    const wanted = key === "y" || (key === "z" && event.shiftKey) ? "[data-redo]" : key === "z" ? "[data-undo]" : null;
    const button = wanted && state().querySelector(wanted);
    if (!button) return;
    event.preventDefault();
    if (!button.disabled) button.click();
  });

  // A refusal comes with the page as it is now.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id.startsWith("hand") && event.detail.xhr.status >= 400 && event.detail.xhr.status < 500) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
})();
