"use strict";
// Zoom and move the route map. Without this script the whole map is simply shown.

document.addEventListener("DOMContentLoaded", () => {
  for (const frame of document.querySelectorAll("[data-zoom]")) {
    const svg = frame.querySelector("svg");
    const whole = svg.viewBox.baseVal;
    const full = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
    const view = { ...full };

    const show = () => {
      view.width = Math.min(full.width, Math.max(full.width / 12, view.width));
      view.height = (view.width * full.height) / full.width;
      view.x = Math.min(full.width - view.width, Math.max(0, view.x));
      view.y = Math.min(full.height - view.height, Math.max(0, view.y));
      svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
      // Marks keep their size on the screen, so that what overlaps comes apart.
      const scale = view.width / full.width;
      for (const mark of svg.querySelectorAll("[data-mark]")) {
        const place = mark.dataset.mark.split(" ");
        mark.setAttribute("transform", `translate(${place[0]} ${place[1]}) scale(${scale})`);
      }
      for (const line of svg.querySelectorAll(".line")) line.style.strokeWidth = `${2.6 * scale}px`;
    };
    const zoom = (factor, x = view.x + view.width / 2, y = view.y + view.height / 2) => {
      const width = Math.min(full.width, Math.max(full.width / 12, view.width * factor));
      view.x = x - ((x - view.x) * width) / view.width;
      view.y = y - ((y - view.y) * width) / view.width;
      view.width = width;
      show();
    };
    const tools = document.createElement("div");
    tools.className = "map-tools no-print";
    const words = document.documentElement.lang === "en" ? ["Larger", "Smaller", "Whole map"] : ["大きく", "小さく", "全体"];
    [() => zoom(0.6), () => zoom(1 / 0.6), () => { Object.assign(view, full); show(); }].forEach((action, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button small";
      button.textContent = words[index];
      button.addEventListener("click", action);
      tools.append(button);
    });
    frame.before(tools);

    let from = null;
    svg.addEventListener("pointerdown", (event) => { from = { x: event.clientX, y: event.clientY, left: view.x, top: view.y }; });
    svg.addEventListener("pointermove", (event) => {
      if (!from || event.buttons === 0 || view.width >= full.width) return;
      const perPixel = view.width / svg.clientWidth;
      view.x = from.left - (event.clientX - from.x) * perPixel;
      view.y = from.top - (event.clientY - from.y) * perPixel;
      show();
    });
    svg.addEventListener("pointerup", () => { from = null; });
    svg.addEventListener("dblclick", (event) => {
      const box = svg.getBoundingClientRect();
      zoom(0.5, view.x + ((event.clientX - box.left) / box.width) * view.width, view.y + ((event.clientY - box.top) / box.height) * view.height);
    });
  }
});
