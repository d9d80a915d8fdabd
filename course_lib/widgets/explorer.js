// The explorer: title, controls, panels, legend and read-out as page elements.
// A source answers it: source.change(indices) and, if live, source.event(event)
// each lead to explorer.show(book, {panels, readout}).

// An element with attributes and children.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// Focusable elements keep their keys: notebooks must not take them as shortcuts.
function ownKeys(element) {
  element.setAttribute("data-lm-suppress-shortcuts", "true");
  element.addEventListener("keydown", (event) => event.stopPropagation());
  return element;
}

// Is the page behind an element dark? The nearest painted ancestor decides.
function isDark(element) {
  for (let node = element; node; node = node.parentElement) {
    const parts = getComputedStyle(node).backgroundColor.match(/[\d.]+/g).map(Number);
    if (parts.length < 4 || parts[3] > 0.5) {
      return 0.3 * parts[0] + 0.59 * parts[1] + 0.11 * parts[2] < 128;
    }
  }
  const scheme = getComputedStyle(element).colorScheme;
  return scheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches;
}

class Explorer {
  constructor(root, meta, source) {
    Object.assign(this, { root, meta, source });
    this.indices = meta.controls.map((control) => control.start);
    this.panels = meta.panels.map((panel) => this.buildPanel(panel));
    this.readout = make("div", { class: "px-readout", "aria-live": "polite" });
    this.hint = "Point at a panel to read its values; or focus it and use the arrow keys.";
    if (meta.drag === "yes") this.hint += " Drag the dots, or pick one up with the space bar.";
    if (meta.drag === "asleep") this.hint += " Run this cell to move the dots.";
    this.probeLine = make("div", { class: "px-probe", "aria-live": "polite" }, this.hint);
    const row = make("div", { class: "px-panels" }, ...this.panels.map((p) => p.figure));
    this.legend = make("div", { class: "px-legend", role: "list" });
    root.replaceChildren(
      make("div", { class: "px-title", role: "heading", "aria-level": 3 }, meta.title),
      make("div", { class: "px-question" }, meta.question),
      make("div", { class: "px-controls" }, ...meta.controls.map((c, i) => this.buildControl(c, i))),
      row, this.legend, this.readout, this.probeLine,
    );
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", meta.title);
    this.watch();
  }

  // Redraw when a panel changes size or the page changes between light and dark.
  watch() {
    const sizes = new ResizeObserver(() => this.redraw());
    this.panels.forEach((panel) => sizes.observe(panel.canvas));
    const themes = new MutationObserver(() => this.redraw());
    const filter = { attributeFilter: ["class", "style", "data-theme", "data-jp-theme-light"] };
    themes.observe(document.documentElement, filter);
    themes.observe(document.body, filter);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
  }

  buildControl(control, place) {
    const { kind, label, texts } = control;
    const isRange = kind === "slider" || kind === "player";
    const output = make("output", {});
    let input;
    if (kind === "select") {
      input = make("select", {}, ...texts.map((t, i) => make("option", { value: i }, t)));
    } else if (kind === "toggle") {
      input = make("input", { type: "checkbox" });
    } else {
      input = make("input", { type: "range", min: 0, max: texts.length - 1, step: 1 });
    }
    const tell = () => {
      output.textContent = isRange ? texts[this.indices[place]] : "";
      if (isRange) input.setAttribute("aria-valuetext", texts[this.indices[place]]);
    };
    if (kind === "toggle") input.checked = control.start === 1;
    else input.value = control.start;
    input.addEventListener("input", () => {
      this.indices[place] = kind === "toggle" ? Number(input.checked) : Number(input.value);
      tell();
      this.source.change(this.indices, place);
    });
    tell();
    ownKeys(input).dataset.control = control.name;
    const parts = [make("span", { class: "px-label" }, label), input];
    if (isRange) {
      output.style.minWidth = Math.max(...texts.map((t) => t.length)) + "ch";
      parts.push(output);
    }
    const made = make("label", { class: "px-control px-" + kind }, ...parts);
    if (kind !== "player") return made;
    return make("span", { class: "px-control" }, made, playButton(this, input, label));
  }

  buildPanel(spec) {
    const canvas = make("canvas", {
      tabindex: 0, role: "application", "aria-roledescription": "picture with a cursor",
      "aria-label": spec.title || spec.name, class: "px-" + spec.kind, "data-panel": spec.name,
    });
    canvas.style.aspectRatio = `${spec.width} / ${spec.height}`;
    const caption = make("span", { class: "px-caption" });
    const title = make("span", { class: "px-panel-title", title: spec.title }, spec.title);
    const figure = make("figure", { class: "px-panel" }, title, canvas, caption);
    figure.style.setProperty("--shape", spec.width / spec.height);
    const panel = { spec, canvas, caption, figure, marks: [], cursor: null };
    this.listen(panel, ownKeys(canvas));
    return panel;
  }

  listen(panel, canvas) {
    canvas.addEventListener("pointermove", (event) => this.onMove(panel, event));
    canvas.addEventListener("pointerdown", (event) => this.onDown(panel, event));
    canvas.addEventListener("pointerup", (event) => this.onUp(panel, event));
    canvas.addEventListener("pointerleave", () => this.tellPlace(panel, null));
    canvas.addEventListener("keydown", (event) => this.onKey(panel, event));
    canvas.addEventListener("blur", () => {
      panel.cursor = this.held = null;
      this.tellPlace(panel, null);
      this.drawPanel(panel);
    });
  }

  // Screen pixels per panel unit, and the maps from units to pixels.
  view(panel) {
    const scale = panel.canvas.clientWidth / panel.spec.width;
    return { scale, x: (u) => (u + 0.5) * scale, y: (v) => (v + 0.5) * scale };
  }

  placeOf(panel, event) {
    const { scale } = this.view(panel);
    return { x: event.offsetX / scale - 0.5, y: event.offsetY / scale - 0.5 };
  }

  tellPlace(panel, place) {
    if (!place || !this.book) this.probeLine.textContent = this.hint;
    else {
      const near = 10 / this.view(panel).scale;
      this.probeLine.textContent = probe(panel.marks, this.book, place.x, place.y, near);
    }
  }

  // The handle nearest to a place, if within `reach` screen pixels.
  nearestHandle(panel, place, reach) {
    const { scale } = this.view(panel);
    let best = null;
    for (const [code, , name, x, y] of panel.marks) {
      const far = code === "d" ? Math.hypot(x - place.x, y - place.y) * scale : Infinity;
      if (far <= reach) [best, reach] = [{ handle: name, x, y }, far];
    }
    return best;
  }

  send(panel, kind, place, handle = "") {
    if (!this.source.event) return;
    const { x, y } = place;
    if (kind === "drag") this.dragged = { handle, x, y };
    this.source.event({ kind, panel: panel.spec.name, x, y, handle });
    this.drawPanel(panel);
  }

  onMove(panel, event) {
    const place = this.placeOf(panel, event);
    this.tellPlace(panel, place);
    if (this.grip) this.send(panel, "drag", place, this.grip);
    else if (this.meta.drag === "yes") {
      panel.canvas.style.cursor = this.nearestHandle(panel, place, 14) ? "grab" : "";
    }
  }

  onDown(panel, event) {
    const found = this.meta.drag === "yes" && this.nearestHandle(panel, this.placeOf(panel, event), 14);
    if (!found) return;
    this.grip = found.handle;
    panel.canvas.setPointerCapture(event.pointerId);
    event.preventDefault();
  }

  onUp(panel, event) {
    if (this.grip) this.grip = null;
    else this.send(panel, "click", this.placeOf(panel, event));
  }

  onKey(panel, event) {
    const step = event.shiftKey ? 10 : 1;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const { width, height } = panel.spec;
    const cursor = panel.cursor || { x: Math.floor(width / 2), y: Math.floor(height / 2) };
    if (moves[event.key]) {
      cursor.x = Math.min(width - 1, Math.max(0, cursor.x + moves[event.key][0]));
      cursor.y = Math.min(height - 1, Math.max(0, cursor.y + moves[event.key][1]));
      if (this.held) this.send(panel, "drag", cursor, this.held);
    } else if (event.key === " " && this.meta.drag === "yes") {
      const found = this.held ? null : this.nearestHandle(panel, cursor, Infinity);
      this.held = found && found.handle;
      if (found) Object.assign(cursor, { x: found.x, y: found.y });
    } else if (event.key === "Enter") this.send(panel, "click", cursor);
    else return;
    event.preventDefault();
    panel.cursor = cursor;
    this.tellPlace(panel, cursor);
    this.drawPanel(panel);
  }

  // Show a frame: marks for each panel by name, and the sentence of the read-out.
  show(book, frame) {
    this.book = book;
    if (!this.grip && !this.held) this.dragged = null;
    for (const panel of this.panels) {
      panel.marks = frame.panels[panel.spec.name] || [];
      const captions = panel.marks.filter((mark) => mark[0] === "n");
      panel.caption.textContent = captions.length ? captions.at(-1)[2] : "";
      const handles = panel.marks.some((mark) => mark[0] === "d");
      panel.canvas.style.touchAction = handles && this.meta.drag === "yes" ? "none" : "";
    }
    this.readout.textContent = frame.readout;
    this.redraw();
  }

  fail(message) {
    this.readout.textContent = "This could not be computed: " + message;
  }

  redraw() {
    if (!this.book || !this.root.isConnected) return;
    const dark = isDark(this.root);
    this.root.classList.toggle("px-dark", dark);
    const font = getComputedStyle(this.root).fontFamily;
    this.theme = { ...this.meta.themes[dark ? "dark" : "light"], font };
    if (!this.legend.childElementCount) this.buildLegend();
    this.panels.forEach((panel) => this.drawPanel(panel));
    this.swatches.forEach(({ canvas, marks }) => {
      const view = { scale: 1, x: (u) => u + 0.5, y: (v) => v + 0.5 };
      const context = this.fresh(canvas, 26, 14);
      drawMarks(context, marks, this.keyBook, view, this.theme);
    });
  }

  buildLegend() {
    this.keyBook = new Book(this.meta.legend, {});
    this.swatches = this.meta.legend.keys.map(([text, marks]) => {
      const canvas = make("canvas", { "aria-hidden": "true" });
      this.legend.append(make("span", { class: "px-key", role: "listitem" }, canvas, text));
      return { canvas, marks };
    });
  }

  // A cleared context whose unit is a screen pixel, sharp on dense screens.
  fresh(canvas, width, height) {
    const dense = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * dense);
    canvas.height = Math.round(height * dense);
    const context = canvas.getContext("2d");
    context.scale(dense, dense);
    return context;
  }

  drawPanel(panel) {
    const { clientWidth, clientHeight } = panel.canvas;
    if (!clientWidth || !this.theme) return;
    const context = this.fresh(panel.canvas, clientWidth, clientHeight);
    const view = this.view(panel);
    if (panel.spec.kind === "picture") {
      context.fillStyle = this.theme.surface;
      context.fillRect(0, 0, clientWidth, clientHeight);
    }
    drawMarks(context, panel.marks, this.book, view, this.theme, this.dragged);
    if (panel.cursor) this.drawCursor(context, view, panel);
  }

  drawCursor(context, view, { cursor, canvas }) {
    const [x, y] = [view.x(cursor.x), view.y(cursor.y)];
    for (const [colour, width] of [["rgba(0,0,0,0.7)", 3], ["#ffffff", 1]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, canvas.clientHeight);
      context.moveTo(0, y);
      context.lineTo(canvas.clientWidth, y);
      context.stroke();
    }
  }
}

// Colour maps arrive as hex digits, 256 colours of six each.
function unpackMaps(maps) {
  const bytes = (hex) => hex.match(/../g).map((pair) => parseInt(pair, 16));
  return Object.fromEntries(Object.entries(maps).map(([name, hex]) => [name, bytes(hex)]));
}
