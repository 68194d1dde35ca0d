(function main() {
  const model = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const symbols = model.unknown.map((size) => size.symbol);
  const evaluate = makeFormulas([...symbols, "batch"]);
  const commas = (number) => number.toLocaleString("en-US");
  const sizes = { batch: 1 };
  const states = new Set();  // layers that cannot take the sizes

  function element(tag, text, className) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  const number = (formula) => (formula === "None" ? sizes.batch : evaluate(formula, sizes));
  function shapeNow(shape) {
    const axes = axesOf(shape).map((axis) => {
      const value = axis === "None" ? null : number(axis);
      return value === null ? axis : String(value);
    });
    return axes.length === 1 && !shape.startsWith("(") ? axes[0] : `(${axes.join(", ")}${axes.length === 1 ? "," : ""})`;
  }
  const outputNow = (layer) => layer.outputs.map(shapeNow).join(", ");

  // Sizes ------------------------------------------------------------------------------------

  function addControl(symbol, initial) {
    const box = element("label", symbol);
    const field = Object.assign(element("input"), { type: "number", min: 1, max: 65536, value: initial });
    const slider = Object.assign(element("input"), { type: "range", min: 1, max: 512, value: initial });
    field.id = "size-" + symbol;
    slider.setAttribute("aria-label", symbol + " as a slider");
    const set = (from, to) => () => {
      const value = Number(from.value);
      if (!Number.isInteger(value) || value < 1) return;
      to.value = value;
      sizes[symbol] = value;
      update();
    };
    field.addEventListener("input", set(field, slider));
    slider.addEventListener("input", set(slider, field));
    box.append(field, slider);
    at("controls").append(box);
    sizes[symbol] = initial;
  }

  // The sizes of a fitting example, or of the shapes that were asked for, by symbol.
  function sizesFrom(shapes) {
    const found = {};
    (shapes || []).forEach((dims, i) => (model.inputs[i] ? model.inputs[i].shape : []).forEach((formula, axis) => {
      if (symbols.includes(formula)) found[formula] = dims[axis];
    }));
    return found;
  }

  function describe(demand) {
    const got = evaluate(demand.formula, sizes);
    if (got === null) return null;
    let fits = true;
    if (demand.wanted === "at least 1") {
      fits = got >= 1;
    } else {
      const either = demand.wanted.endsWith(" or 1");
      const wanted = evaluate(either ? demand.wanted.slice(0, -5) : demand.wanted, sizes);
      fits = wanted === null || got === wanted || (either && (got === 1 || wanted === 1));
    }
    return fits ? null : `${demand.layer}: wanted ${demand.wanted}, got ${got} = ${demand.formula}`;
  }

  function check() {
    const conflicts = model.demands.map((demand) => [demand, describe(demand)]).filter(([, text]) => text);
    states.clear();
    for (const [demand] of conflicts) states.add(demand.layer);
    const status = at("status");
    status.className = conflicts.length ? "conflict" : "";
    status.textContent = conflicts.length ? "Conflict in " + conflicts[0][1] + (conflicts.length > 1 ? `; and ${conflicts.length - 1} more` : "")
      : symbols.length ? "These sizes fit." : "";
  }
  const inConflict = (layer) => states.has(`layer '${layer.name}' (${layer.class})`);

  // Table and graph --------------------------------------------------------------------------

  const rows = model.layers.map((layer) => {
    const row = element("tr");
    const name = element("th", `${"\u2003".repeat(layer.depth)}${layer.name} (${layer.class})`);
    name.scope = "row";
    const now = element("td"), formula = element("td");
    formula.append(element("code", layer.outputs.join(", ")));
    row.append(name, now, formula, element("td", commas(layer.parameters), "number"), element("td", layer.sentence));
    at("rows").append(row);
    return { layer, row, now };
  });

  const shown = model.layers.filter((layer) => layer.depth === 0);
  const boxes = [], step = 62, boxWidth = 340;
  function drawGraph() {
    const places = new Map(shown.map((layer, i) => [layer.name, i]));
    const parts = [];
    let lane = 0;
    shown.forEach((layer, i) => {
      for (const source of new Set(layer.connected_to)) {
        const from = places.get(source);
        if (from === undefined) continue;
        const y1 = from * step + 44, y2 = i * step + 10;
        if (from === i - 1) {
          parts.push(draw("line", { x1: 180, y1, x2: 180, y2, class: "edge" }));
        } else {
          const x = boxWidth + 40 + (lane++ % 12) * 14;
          parts.push(draw("path", { d: `M ${boxWidth + 10} ${y1 - 17} H ${x} V ${y2 + 17} H ${boxWidth + 10}`, class: "edge" }));
        }
      }
      const box = draw("rect", { x: 10, y: i * step + 10, width: boxWidth, height: 34, rx: 5, class: "box" });
      const shape = label(190, i * step + 58, "", { class: "faint" });
      parts.push(box, label(20, i * step + 31, `${layer.name} (${layer.class})`.slice(0, 44)), shape);
      boxes.push({ layer, box, shape });
    });
    at("graph").append(picture(boxWidth + 230, shown.length * step + 20, "The layers in order", parts));
  }

  // Drawings ---------------------------------------------------------------------------------

  function figure(caption, svg) {
    const made = element("figure");
    made.append(svg, element("figcaption", caption));
    return made;
  }
  const numbers = (shape) => axesOf(shape).slice(1).map(number);
  const known = (list) => list.length > 0 && list.every((value) => value !== null && value >= 1);

  function flattenFigure(layer) {
    const sides = numbers(layer.inputs[0] || "");
    if (!known(sides) || sides.length < 2) return null;
    const channels = sides[sides.length - 1];
    const [rowCount, columnCount] = sides.length === 2 ? [1, sides[0]] : [sides.slice(0, -2).reduce((a, b) => a * b, 1), sides[sides.length - 2]];
    return figure(`${layer.name}: row by row, channels innermost`, drawFlatten(rowCount, columnCount, channels));
  }

  function denseFigures(layer, flattened) {
    const sides = numbers((flattened || layer).inputs[0] || "");
    const neurons = numbers(layer.outputs[0] || "").pop();
    if (!known(sides) || sides.length < 2 || !neurons) return [];
    const features = sides[sides.length - 1];
    const positions = sides.slice(0, -1).reduce((a, b) => a * b, 1);
    const caption = `${layer.name}, ${flattened ? "as it is, behind Flatten" : "as it is, without Flatten"}`;
    const other = `${layer.name}, if ${flattened ? "Flatten were left out" : "Flatten stood before it"}`;
    return [figure(caption, drawDense(positions, features, neurons, Boolean(flattened))),
            figure(other, drawDense(positions, features, neurons, !flattened))];
  }

  function windowFigures() {
    const seen = new Set(), figures = [];
    for (const layer of model.layers) {
      for (const window of layer.windows) {
        const cells = number(window.before), positions = number(window.after);
        const key = [cells, positions, window.size, window.stride, window.padding].join();
        if (!known([cells, positions]) || window.size === 1 || cells > 2000 || seen.has(key) || figures.length >= 6) continue;
        seen.add(key);
        figures.push(figure(`${layer.name}: one axis`, drawWindow(cells, window, positions)));
      }
    }
    return figures;
  }

  function maskFigure() {
    const first = model.layers.findIndex((layer) => layer.masked);
    if (first < 0) return null;
    const end = model.layers.findIndex((layer, i) => i > first && !layer.masked);
    const part = model.layers.slice(first, end < 0 ? undefined : end + 1).slice(0, 12);
    const steps = numbers(part[0].outputs[0])[0] || 6;
    return figure("padded steps, as long as the mask goes with the values", drawMask(part, steps));
  }

  function drawAll() {
    const figures = windowFigures();
    const flatten = model.layers.find((layer) => layer.kind === "flatten" && axesOf(layer.inputs[0] || "").length > 2);
    if (flatten) figures.push(flattenFigure(flatten));
    const behind = flatten && model.layers.find((layer) => layer.class === "Dense" && layer.connected_to.includes(flatten.name));
    const alone = model.layers.find((layer) => layer.kind === "dense on the last axis");
    if (alone || behind) figures.push(...(alone ? denseFigures(alone) : denseFigures(behind, flatten)));
    figures.push(maskFigure());
    at("drawings").replaceChildren(...figures.filter(Boolean));
  }

  // ------------------------------------------------------------------------------------------

  function update() {
    check();
    for (const { layer, row, now } of rows) {
      now.textContent = outputNow(layer);
      row.className = inConflict(layer) ? "conflict" : "";
    }
    for (const { layer, box, shape } of boxes) {
      shape.textContent = outputNow(layer);
      box.setAttribute("class", inConflict(layer) ? "box conflict" : "box");
    }
    drawAll();
  }

  function addFinding(finding) {
    const item = element("li", undefined, finding.severity);
    item.append(element("span", `${finding.severity}${finding.layer ? ` in ${finding.layer}` : ""}: `, "label"),
                element("span", finding.sentence), element("p", "Fix: " + finding.fix));
    at("findings").append(item);
  }

  document.title = model.model + ": shapes";
  at("title").textContent = model.model || "A model";
  at("totals").textContent = `${commas(model.total_parameters)} parameters, ${commas(model.trainable_parameters)} of them trainable; ${shown.length} layers`;
  at("controls").addEventListener("submit", (event) => event.preventDefault());
  const initial = { ...sizesFrom(model.fitting.examples[0]), ...sizesFrom(model.initial) };
  for (const symbol of symbols) addControl(symbol, initial[symbol] || 32);
  const examples = model.fitting.examples.slice(0, 4).map((shapes) => shapes.map((dims) => dims.join("×")).join(" with "));
  at("fitting").textContent = !symbols.length ? "Only the batch is open; it may have any size."
    : `What fits: ${model.fitting.rule}${examples.length ? `; such as ${examples.join(", ")}` : ""}.`;
  model.findings.forEach(addFinding);
  if (!model.findings.length) at("findings").append(element("li", "Nothing to say.", "hint"));
  drawGraph();
  update();
})();
