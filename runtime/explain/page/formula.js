// Formulas of sizes as Keraunos prints them: integers, symbols, + - * //, min(a, b), max(a, b).
// Symbols may hold any character, so they are found by their names, the longest first.
function makeFormulas(symbols) {
  const names = [...symbols].sort((a, b) => b.length - a.length);
  const cache = new Map();

  function tokens(text) {
    const found = [];
    for (let at = 0; at < text.length;) {
      const rest = text.slice(at);
      const space = /^\s+/.exec(rest);
      const symbol = names.find((name) => rest.startsWith(name));
      const other = /^(\d+|\/\/|min\(|max\(|[-+*(),])/.exec(rest);
      if (space) { at += space[0].length; continue; }
      if (!symbol && !other) throw new Error("not a formula: " + text);
      const token = symbol ? { symbol } : { text: other[0] };
      found.push(token);
      at += (symbol || other[0]).length;
    }
    return found;
  }

  // Recursive descent: sum of products of atoms, as functions of the sizes.
  function parse(text) {
    const list = tokens(text);
    let next = 0;
    const is = (what) => next < list.length && list[next].text === what;
    const take = (what) => { if (!is(what)) throw new Error("expected " + what); next += 1; };
    function atom() {
      const token = list[next++];
      if (!token) throw new Error("formula ends early");
      if (token.symbol) return (sizes) => sizes[token.symbol];
      if (/^\d/.test(token.text)) { const n = Number(token.text); return () => n; }
      if (token.text === "-") { const a = atom(); return (sizes) => -a(sizes); }
      if (token.text === "(") { const a = sum(); take(")"); return a; }
      if (token.text === "min(" || token.text === "max(") {
        const choose = token.text === "min(" ? Math.min : Math.max;
        const a = sum(); take(","); const b = sum(); take(")");
        return (sizes) => choose(a(sizes), b(sizes));
      }
      throw new Error("unexpected " + token.text);
    }
    function product() {
      let a = atom();
      while (is("*") || is("//")) {
        const times = list[next++].text === "*";
        const left = a, right = atom();
        a = times ? (sizes) => left(sizes) * right(sizes)
                  : (sizes) => Math.floor(left(sizes) / right(sizes));
      }
      return a;
    }
    function sum() {
      let a = product();
      while (is("+") || is("-")) {
        const sign = list[next++].text === "+" ? 1 : -1;
        const left = a, right = product();
        a = (sizes) => left(sizes) + sign * right(sizes);
      }
      return a;
    }
    const value = sum();
    if (next < list.length) throw new Error("not a formula: " + text);
    return value;
  }

  // The number, or null where a size is not known.
  return function evaluate(text, sizes) {
    if (!cache.has(text)) {
      let value = null;
      try { value = parse(text); } catch { value = null; }
      cache.set(text, value);
    }
    const value = cache.get(text);
    const number = value ? value(sizes) : NaN;
    return Number.isFinite(number) ? number : null;
  };
}

// "(None, height-2, 26)" -> ["None", "height-2", "26"]
function axesOf(shape) {
  if (!shape.startsWith("(")) return [shape];
  const axes = [];
  let depth = 0, axis = "";
  for (const c of shape.slice(1, -1)) {
    if (c === "(") depth += 1;
    if (c === ")") depth -= 1;
    if (c === "," && depth === 0) { axes.push(axis.trim()); axis = ""; } else axis += c;
  }
  if (axis.trim()) axes.push(axis.trim());
  return axes;
}
