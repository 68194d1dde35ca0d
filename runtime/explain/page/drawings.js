// Drawings of what people fail to picture, from numbers. Each gives an SVG element or null.
const svgNames = "http://www.w3.org/2000/svg";

function draw(tag, attributes, ...children) {
  const element = document.createElementNS(svgNames, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const child of children) element.append(child);
  return element;
}

function picture(width, height, label, children) {
  const svg = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
                            "aria-label": label });
  svg.append(...children);
  return svg;
}

const label = (x, y, text, extra = {}) => draw("text", { x, y, ...extra }, text);
const square = (x, y, side, kind, text) => draw("g", {},
  draw("rect", { x, y, width: side, height: side, class: kind }),
  label(x + side / 2, y + side / 2 + 4, text, { "text-anchor": "middle" }));

// How the cells of a map line up in the vector: row by row, channels innermost.
function drawFlatten(rows, columns, channels) {
  const shownRows = Math.min(rows, 3), shownColumns = Math.min(columns, 4);
  const shownChannels = Math.min(channels, 2);
  const side = 46, parts = [];
  for (let channel = shownChannels - 1; channel >= 0; channel -= 1) {
    const shift = channel * 22;
    for (let row = 0; row < shownRows; row += 1) {
      for (let column = 0; column < shownColumns; column += 1) {
        const index = (row * columns + column) * channels + channel;
        parts.push(square(10 + column * side + shift, 40 + row * side - shift + 20, side,
                          row === 0 && column === 0 ? "lit" : "cell", String(index)));
      }
    }
  }
  const right = 10 + shownColumns * side + 44 + 40;
  const total = rows * columns * channels;
  const first = Math.min(total, 8);
  parts.push(label(right, 36, `vector of ${rows}·${columns}·${channels} = ${total}`));
  for (let i = 0; i < first; i += 1) {
    parts.push(square(right + i * 40, 46, 40, i < channels ? "lit" : "cell", String(i)));
  }
  if (total > first) {
    parts.push(label(right + first * 40 + 8, 70, "…"));
    parts.push(square(right + first * 40 + 28, 46, 52, "cell", String(total - 1)));
  }
  parts.push(label(right, 116, `cell (row, column, channel) → (row·${columns} + column)·${channels} + channel`));
  if (channels > shownChannels || rows > shownRows || columns > shownColumns) {
    parts.push(label(right, 136, `the map is ${rows}×${columns}×${channels}; a corner is drawn`, { class: "faint" }));
  }
  const height = 60 + shownRows * side + 30;
  return picture(right + 560, Math.max(height, 150),
                 `Flatten: a map of ${rows} by ${columns} by ${channels} as a vector of ${total}`, parts);
}

// Which input cells each neuron sees: those of its own position, or all after Flatten.
function drawDense(positions, features, neurons, flat) {
  const shownPositions = Math.min(positions, 3), shownFeatures = Math.min(features, 4);
  const shownNeurons = Math.min(neurons, 4), side = 26, parts = [];
  const inputX = 30, neuronX = 260;
  const groups = flat ? 1 : shownPositions;
  const rowY = (position, feature) => 34 + (position * (shownFeatures + 1) + feature) * side;
  const total = shownPositions * (shownFeatures + 1) * side;
  const neuronY = (group, i) => flat
    ? 34 + (total - shownNeurons * 34) / 2 + i * 34
    : rowY(group, 0) + (i + .5) * shownFeatures * side / shownNeurons - side / 2;
  for (let group = 0; group < groups; group += 1) {
    for (let i = 0; i < shownNeurons; i += 1) {
      for (let position = 0; position < shownPositions; position += 1) {
        if (!flat && position !== group) continue;
        for (let feature = 0; feature < shownFeatures; feature += 1) {
          parts.push(draw("line", { x1: inputX + side, y1: rowY(position, feature) + side / 2,
                                    x2: neuronX, y2: neuronY(group, i) + 11, class: "ray" }));
        }
      }
    }
  }
  for (let position = 0; position < shownPositions; position += 1) {
    for (let feature = 0; feature < shownFeatures; feature += 1) {
      parts.push(square(inputX, rowY(position, feature), side, "cell", ""));
    }
  }
  for (let group = 0; group < groups; group += 1) {
    for (let i = 0; i < shownNeurons; i += 1) {
      parts.push(draw("circle", { cx: neuronX + 11, cy: neuronY(group, i) + 11, r: 10, class: "lit" }));
    }
  }
  parts.unshift(label(inputX, 20, flat
    ? `with Flatten: each of ${neurons} neurons sees all ${positions * features} numbers`
    : `Dense alone: the same ${neurons} neurons at each of ${positions} positions, each sees ${features}`));
  return picture(620, 50 + total, flat ? "Dense behind Flatten" : "Dense on the last axis", parts);
}

// What a window with its stride and padding covers along one axis, and what it never reaches.
function drawWindow(cells, step, positions) {
  const extent = (step.size - 1) * step.dilation + 1;
  const same = step.padding === "same";
  const total = same ? Math.max((positions - 1) * step.stride + extent - cells, 0) : 0;
  const before = step.padding === "causal" ? extent - 1 : same ? Math.floor(total / 2) : step.pad_before || 0;
  const after = same ? total - before : step.padding === "explicit" ? step.pad_after || 0 : 0;
  const reached = (positions - 1) * step.stride + extent - before;
  const side = 20, most = 34, all = before + cells + after, parts = [];
  const shown = Math.min(all, most);
  const skip = all - shown;  // left out in the middle
  const place = (i) => (i < shown / 2 ? i : i - skip);
  const visible = (i) => i < shown / 2 || i >= all - shown / 2;
  for (let i = 0; i < all; i += 1) {
    if (!visible(i)) continue;
    const cell = i - before;
    const kind = cell < 0 || cell >= cells ? "pad" : cell >= reached ? "drop" : "cell";
    parts.push(draw("rect", { x: 10 + place(i) * side, y: 26, width: side, height: side, class: kind }));
  }
  if (skip > 0) parts.push(label(10 + (shown / 2) * side - 8, 20, "…"));
  let line = 0;
  for (let position = 0; position < positions; position += 1) {
    const first = position * step.stride, last = first + extent - 1;
    const edge = position < 3 || position >= positions - 2;
    if (!edge || !visible(first) || !visible(last)) continue;
    if (first < shown / 2 !== last < shown / 2 && skip > 0) continue;
    parts.push(draw("rect", { x: 12 + place(first) * side, y: 52 + line * 12,
                              width: (place(last) - place(first) + 1) * side - 4, height: 8, class: "lit" }));
    line += 1;
  }
  const dropped = Math.max(cells - reached, 0);
  const words = `${cells} cells, window ${step.size}${step.dilation > 1 ? ` (every ${step.dilation}.)` : ""}, stride ${step.stride}, ` +
    `padding ${step.padding}${before + after ? ` (${before} before, ${after} after)` : ""} → ${positions} positions` +
    (dropped ? `; the last ${dropped} dropped` : "");
  parts.push(label(10, 14, words));
  return picture(Math.max(40 + shown * side, 620), 62 + line * 12, words, parts);
}

// Where a mask ends: a line of steps for each layer, padded steps shaded while the mask lives.
function drawMask(layers, steps) {
  const side = 22, shown = Math.min(steps, 12), parts = [];
  layers.forEach((layer, row) => {
    const y = 10 + row * 34;
    parts.push(label(10, y + 15, layer.name.slice(0, 26)));
    for (let i = 0; i < shown; i += 1) {
      const padded = layer.masked && i >= shown - Math.max(1, Math.floor(shown / 3));
      parts.push(draw("rect", { x: 220 + i * side, y, width: side, height: side, class: padded ? "pad" : "cell" }));
    }
    parts.push(label(230 + shown * side, y + 15, layer.masked ? "mask: the last steps are padding" : "no mask: every step counts"));
  });
  return picture(230 + shown * side + 280, 20 + layers.length * 34, "Where the mask ends", parts);
}
