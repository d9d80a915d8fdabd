// Drawing: turns the primitives of primitives.py into pixels of a 2-D context.
// A mark is [code, style number, ...places]; a Book holds what marks refer to.

const HALO = "rgba(0, 0, 0, 0.55)";
const sheetCache = new Map(); // data address -> promise of a decoded picture

function loadSheet(address) {
  if (!sheetCache.has(address)) {
    if (sheetCache.size > 64) sheetCache.delete(sheetCache.keys().next().value);
    const picture = new Image();
    picture.src = address;
    sheetCache.set(address, picture.decode().then(() => picture));
  }
  return sheetCache.get(address);
}

function blank(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

// The pictures, styles and colour maps that a frame's marks refer to by number.
class Book {
  constructor(packed, maps) {
    this.packed = packed;
    this.maps = maps;
    this.made = new Map();
  }

  async ready() {
    this.sheets = await Promise.all(this.packed.sheets.map(loadSheet));
    return this;
  }

  // Sprite number `index` as a canvas of its own, cut from its sheet once.
  sprite(index) {
    if (!this.made.has(index)) {
      const [sheet, x, y, w, h] = this.packed.sprites[index];
      const canvas = blank(w, h);
      const context = canvas.getContext("2d", { willReadFrequently: true });
      context.drawImage(this.sheets[sheet], x, y, w, h, 0, 0, w, h);
      this.made.set(index, canvas);
    }
    return this.made.get(index);
  }

  // Four bytes (red, green, blue, alpha) of one pixel of a sprite.
  pixel(index, x, y) {
    return this.sprite(index).getContext("2d").getImageData(x, y, 1, 1).data;
  }

  // A map's sprite with its colours put in; low values clear where it fades.
  coloured(index, style) {
    const key = index + style.colours + style.fade;
    if (!this.made.has(key)) {
      const source = this.sprite(index);
      const { width, height } = source;
      const grey = source.getContext("2d").getImageData(0, 0, width, height);
      const table = this.maps[style.colours];
      for (let at = 0; at < grey.data.length; at += 4) {
        const value = grey.data[at];
        for (let c = 0; c < 3; c++) grey.data[at + c] = table[3 * value + c];
        grey.data[at + 3] = style.fade ? value : 255;
      }
      const canvas = blank(width, height);
      canvas.getContext("2d").putImageData(grey, 0, 0);
      this.made.set(key, canvas);
    }
    return this.made.get(key);
  }
}

// One colour of "#rrggbb" or a theme's name, the i-th where there are several.
const paint = (pen, i) => {
  const colour = Array.isArray(pen.style.colour) ? pen.style.colour[i] : pen.style.colour;
  return pen.theme[colour] || colour;
};

// Stroke the current path, first with a dark rim where the style has a halo.
function stroke(pen, colour) {
  const { context, style } = pen;
  if (style.halo) {
    context.setLineDash([]);
    context.strokeStyle = HALO;
    context.lineWidth = style.width + 2.4;
    context.stroke();
  }
  context.setLineDash(style.dash || []);
  context.strokeStyle = colour;
  context.lineWidth = style.width;
  context.stroke();
  context.setLineDash([]);
}

function fillAndStroke(pen) {
  const { context, style, theme } = pen;
  if (style.fill) {
    context.save();
    context.globalAlpha = 0.18 * style.alpha;
    context.fillStyle = theme[style.fill] || style.fill;
    context.fill();
    context.restore();
  }
  stroke(pen, paint(pen, 0));
}

function drawPicture(pen, canvas) {
  const { context, style, view } = pen;
  context.imageSmoothingEnabled = style.smooth;
  context.imageSmoothingQuality = "high";
  const left = view.x(style.x - 0.5);
  const top = view.y(style.y - 0.5);
  context.drawImage(canvas, left, top, style.w * view.scale, style.h * view.scale);
}

// A triangle at (x1, y1) that points away from (x0, y0), in screen pixels.
function arrowHead(pen, x0, y0, x1, y1, colour) {
  const { context, style } = pen;
  const size = Math.min(style.head, Math.hypot(x1 - x0, y1 - y0));
  context.save();
  context.translate(x1, y1);
  context.rotate(Math.atan2(y1 - y0, x1 - x0));
  context.beginPath();
  context.moveTo(size * 0.25, 0);
  context.lineTo(-size, size * 0.5);
  context.lineTo(-size, -size * 0.5);
  context.closePath();
  if (style.halo) {
    context.strokeStyle = HALO;
    context.lineWidth = 2.4;
    context.stroke();
  }
  context.fillStyle = colour;
  context.fill();
  context.restore();
}

function drawLines(pen, start, end) {
  const { context, view, style } = pen;
  for (let i = 0; i < start.length; i += 2) {
    const [x0, y0] = [view.x(start[i]), view.y(start[i + 1])];
    const [x1, y1] = [view.x(end[i]), view.y(end[i + 1])];
    const colour = paint(pen, i / 2);
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    stroke(pen, colour);
    if (style.head) arrowHead(pen, x0, y0, x1, y1, colour);
  }
}

function drawPolyline(pen, points) {
  const { context, view, style } = pen;
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    context.lineTo(view.x(points[i]), view.y(points[i + 1]));
  }
  if (style.closed) context.closePath();
  fillAndStroke(pen);
}

function drawPoints(pen, points) {
  const { context, view, style } = pen;
  for (let i = 0; i < points.length; i += 2) {
    context.beginPath();
    context.arc(view.x(points[i]), view.y(points[i + 1]), style.radius, 0, 2 * Math.PI);
    const colour = paint(pen, i / 2);
    if (!style.filled) {
      stroke(pen, colour);
      continue;
    }
    if (style.halo) {
      context.strokeStyle = HALO;
      context.lineWidth = 2.4;
      context.stroke();
    }
    context.fillStyle = colour;
    context.fill();
  }
}

function drawCircle(pen, x, y, r) {
  pen.context.beginPath();
  pen.context.arc(pen.view.x(x), pen.view.y(y), r * pen.view.scale, 0, 2 * Math.PI);
  fillAndStroke(pen);
}

function drawRect(pen, x, y, w, h) {
  const { context, view } = pen;
  context.beginPath();
  const size = [w * view.scale, h * view.scale];
  context.rect(view.x(x - 0.5), view.y(y - 0.5), ...size);
  fillAndStroke(pen);
}

function drawText(pen, x, y, text) {
  const { context, view, style } = pen;
  context.translate(view.x(x), view.y(y));
  if (style.turned) context.rotate(-Math.PI / 2);
  context.font = `${style.bold ? 600 : 400} ${style.size}px ${pen.theme.font}`;
  context.textAlign = style.align === "centre" ? "center" : style.align;
  context.textBaseline = style.base;
  if (style.halo) {
    context.strokeStyle = HALO;
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.strokeText(text, 0, 0);
  }
  context.fillStyle = paint(pen, 0);
  context.fillText(text, 0, 0);
}

function drawHandle(pen, name, x, y) {
  const { context, view, style } = pen;
  const moved = pen.dragged && pen.dragged.handle === name ? pen.dragged : { x, y };
  context.beginPath();
  context.arc(view.x(moved.x), view.y(moved.y), style.radius, 0, 2 * Math.PI);
  context.fillStyle = paint(pen, 0);
  context.fill();
  for (const [colour, width] of [[HALO, 4], ["#ffffff", 2]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}

const DRAW = {
  i: (pen, sprite) => drawPicture(pen, pen.book.sprite(sprite)),
  h: (pen, sprite) => drawPicture(pen, pen.book.coloured(sprite, pen.style)),
  l: drawLines,
  a: drawLines,
  p: drawPolyline,
  o: drawPoints,
  c: drawCircle,
  r: drawRect,
  t: drawText,
  d: drawHandle,
};

// Draw all marks. view: {scale, x(u), y(v)} from panel units to screen pixels.
function drawMarks(context, marks, book, view, theme, dragged) {
  for (const [code, number, ...places] of marks) {
    if (!DRAW[code]) continue;
    const style = book.packed.styles[number];
    context.save();
    context.globalAlpha = style.alpha ?? 1;
    context.lineCap = style.dash && style.dash.length ? "butt" : "round";
    context.lineJoin = "round";
    DRAW[code]({ context, book, view, theme, style, dragged }, ...places);
    context.restore();
  }
}

const short = (value) => String(Number(Number(value).toPrecision(3)));

// What the read-out says of a picture or map at panel place (x, y), or "".
function probePicture(code, style, sprite, low, high, book, x, y) {
  const [, , , w, h] = book.packed.sprites[sprite];
  const column = Math.floor(((x - style.x + 0.5) / style.w) * w);
  const row = Math.floor(((y - style.y + 0.5) / style.h) * h);
  if (column < 0 || row < 0 || column >= w || row >= h) return "";
  const [red, green, blue] = book.pixel(sprite, column, row);
  if (code === "h" && style.fade && !red) return ""; // clear here
  if (code === "h") return `value ${short(low + ((high - low) * red) / 255)}`;
  const own = style.w === w ? "" : `pixel ${column}, ${row} of ${w} × ${h} · `;
  return `${own}colour ${red} ${green} ${blue}`;
}

// A sentence for the place (x, y) of a panel; `near`: reach of labels, in units.
function probe(marks, book, x, y, near) {
  let place = `x ${x.toFixed(0)}, y ${y.toFixed(0)}`;
  let value = "";
  let label = "";
  let reach = near;
  for (const [code, number, ...places] of marks) {
    const style = book.packed.styles[number];
    if (code === "x") {
      const across = (x - style.left) / (style.right - style.left);
      const up = (style.bottom - y) / (style.bottom - style.top);
      const at = ([low, high], share) => short(low + share * (high - low));
      place = `${style.x_name} ${at(places[0], across)} · ${style.y_name} ${at(places[1], up)}`;
    } else if (code === "i" || code === "h") {
      value = probePicture(code, style, ...places.slice(0, 1), places[1], places[2], book, x, y) || value;
    } else if (code === "o" && places[1].length) {
      places[1].forEach((text, i) => {
        const far = Math.hypot(places[0][2 * i] - x, places[0][2 * i + 1] - y);
        if (far < reach) [label, reach] = [text, far];
      });
    }
  }
  return [place, value, label].filter(Boolean).join(" · ");
}
