"use strict";
// Draws the tree of a map. All data is in the page; text goes in as text only, never as markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const WORDS = (each, files) => ["blocked", files === 1 ? "needs approval" : "need approval", "allowed"][each];
  const CLASSES = ["block", "wait", "allow"];
  const MARKS = ["\u25a0", "\u25b2", "\u25cf"];
  const WAYS = ["same", "looser", "stricter", "changed"];
  const HEIGHT = 26;
  const PAGE = 20;
  const INDENTED = 24;
  const $ = (id) => document.getElementById(id);

  // The tree in preorder: of each node its name, depth, parent, the node after its last descendant, and its files as a range.
  const names = [], depth = [], parent = [], after = [], first = [], last = [], folder = [], place = [], size = [];
  const fileClass = [];
  for (let at = 0; at < data.classes.length; at += 2) {
    for (let run = data.classes[at + 1]; run > 0; run--) fileClass.push(data.classes[at]);
  }
  const N = fileClass.length;
  {
    const open = [];
    let file = 0;
    const enter = (name, isFolder) => {
      const above = open.length ? open[open.length - 1] : -1;
      names.push(name); depth.push(open.length); parent.push(above); folder.push(isFolder);
      first.push(file); last.push(file); after.push(0); size.push(0);
      place.push(above < 0 ? 1 : ++size[above]);
      return names.length - 1;
    };
    const leave = () => { const node = open.pop(); last[node] = file; after[node] = names.length; };
    open.push(enter(data.title, true));
    for (const token of data.tree === "" ? [] : data.tree.split("\n")) {
      if (token === "/") leave();
      else if (token.endsWith("/")) open.push(enter(token.slice(0, -1), true));
      else { const node = enter(token, false); file++; last[node] = file; after[node] = node + 1; }
    }
    while (open.length) leave();
  }
  const pathOf = (node) => {
    const parts = [];
    for (let each = node; each > 0; each = parent[each]) parts.push(names[each]);
    return parts.reverse().join("/") + (folder[node] && node ? "/" : "");
  };
  let paths = null;  // lower-cased path of each file, made when somebody searches
  const searchable = () => {
    if (paths) return paths;
    paths = [];
    const folders = [];
    for (let node = 1; node < names.length; node++) {
      folders.length = depth[node] - 1;
      if (folder[node]) folders.push(names[node]);
      else paths.push((folders.join("/") + (folders.length ? "/" : "") + names[node]).toLowerCase());
    }
    return paths;
  };

  // What is shown: a standpoint, and for its files sums from the first on, by decision, by direction, and of those that match.
  let standpoint = 0, shadeFilter = -1, changedOnly = false, query = "";
  const sums = [0, 1, 2].map(() => new Int32Array(N + 1));
  const moved = [0, 1, 2, 3].map(() => new Int32Array(N + 1));
  const matching = new Int32Array(N + 1);
  let shadesNow = [], shadesBefore = null, ways = null;
  const count = (sum, node) => sum[last[node]] - sum[first[node]];

  const look = () => {
    const found = data.standpoints.findIndex((each) => each.who === Number($("who").value) && each.ref === Number($("ref").value));
    standpoint = found < 0 ? 0 : found;
    const table = data.tables[data.standpoints[standpoint].table];
    shadesNow = table.now; shadesBefore = table.before; ways = table.ways;
    for (let file = 0; file < N; file++) {
      const of = fileClass[file], decision = data.shades[shadesNow[of]].d, way = ways ? ways[of] : 0;
      for (let each = 0; each < 3; each++) sums[each][file + 1] = sums[each][file] + (each === decision ? 1 : 0);
      for (let each = 0; each < 4; each++) moved[each][file + 1] = moved[each][file] + (each === way ? 1 : 0);
    }
    match();
  };

  const match = () => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const all = words.length ? searchable() : null;
    for (let file = 0; file < N; file++) {
      const of = fileClass[file];
      const yes = (shadeFilter < 0 || shadesNow[of] === shadeFilter) && (!changedOnly || (ways && ways[of] > 0)) &&
        (!all || words.every((word) => all[file].includes(word)));
      matching[file + 1] = matching[file] + (yes ? 1 : 0);
    }
    flatten();
    const found = matching[N];
    $("found").textContent = found === N ? `${N.toLocaleString("en")} files` :
      `${found.toLocaleString("en")} of ${N.toLocaleString("en")} files`;
    $("none").hidden = found > 0;
    rules();
    details();
  };

  // The rows: nodes that are open to view, as numbers; the browser gets those in sight alone.
  const opened = new Set([0]), closed = new Set();
  let rows = [], selected = 0;
  const narrowed = () => shadeFilter >= 0 || changedOnly || query.trim() !== "";
  const isOpen = (node) => (narrowed() ? !closed.has(node) : opened.has(node));
  const flatten = () => {
    rows = [];
    for (let node = 0; node < names.length;) {
      if (count(matching, node) === 0) { node = after[node]; continue; }
      rows.push(node);
      node = folder[node] && !isOpen(node) ? after[node] : node + 1;
    }
    $("rows").style.height = `${rows.length * HEIGHT}px`;
    if (rows.length && !rows.includes(selected)) selected = rows[0];
    render();
  };
  const toggle = (node, open) => {
    if (!folder[node]) return;
    const wanted = open === undefined ? !isOpen(node) : open;
    if (narrowed()) { if (wanted) closed.delete(node); else closed.add(node); } else if (wanted) opened.add(node); else opened.delete(node);
    flatten();
  };

  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const number = (value) => value.toLocaleString("en");
  const summary = (node) => [0, 1, 2].map((each) => [each, count(sums[each], node)]).filter(([, files]) => files > 0)
    .map(([each, files]) => `${number(files)} ${WORDS(each, files)}`).join(", ");
  const differences = (node) => [1, 2, 3].map((each) => [each, count(moved[each], node)]).filter(([, files]) => files > 0)
    .map(([each, files]) => `${number(files)} ${WAYS[each]}`).join(", ");
  const change = (of) => (ways && ways[of] ? `${WAYS[ways[of]]}: ${data.shades[shadesBefore[of]].w} before` : "");
  const dominant = (node) => [0, 1, 2].find((each) => count(sums[each], node) > 0);

  const row = (node, index) => {
    const made = element("div", "row");
    made.id = `n${node}`;
    made.setAttribute("role", "treeitem");
    made.setAttribute("aria-level", depth[node] + 1);
    made.setAttribute("aria-setsize", parent[node] < 0 ? 1 : size[parent[node]]);
    made.setAttribute("aria-posinset", place[node]);
    made.setAttribute("aria-selected", String(node === selected));
    if (folder[node]) made.setAttribute("aria-expanded", String(isOpen(node)));
    made.style.top = `${index * HEIGHT}px`;
    made.style.paddingLeft = `${12 + Math.min(depth[node], INDENTED) * 16}px`;
    const shown = [];
    shown.push(element("span", "twisty", folder[node] ? (isOpen(node) ? "\u25be" : "\u25b8") : ""));
    const worst = dominant(node);
    shown.push(element("span", `mark is-${CLASSES[worst]}`, MARKS[worst]));
    const name = element("span", "name");
    name.append(folder[node] ? element("b", "", node ? `${names[node]}/` : names[node]) : document.createTextNode(names[node]));
    shown.push(name);
    const rest = element("span", "rest");
    let said;
    if (folder[node]) {
      const differing = differences(node);
      said = summary(node) + (differing ? `; ${differing}` : "");
      if (differing) rest.append(element("span", "badge differ", differing));
      rest.append(element("span", "counts", summary(node)));
      const bar = element("span", "bar");
      const files = last[node] - first[node];
      for (const each of [0, 1, 2]) {
        const share = count(sums[each], node);
        if (!share) continue;
        const part = element("span", `is-${CLASSES[each]}`);
        part.style.width = `${Math.max(3, (100 * share) / files)}%`;
        bar.append(part);
      }
      rest.append(bar);
    } else {
      const of = fileClass[first[node]], shade = data.shades[shadesNow[of]];
      said = shade.w + (change(of) ? `; ${change(of)}` : "");
      if (change(of)) rest.append(element("span", "badge differ", change(of)));
      rest.append(element("span", `badge ${CLASSES[shade.d]}`, shade.w));
    }
    shown.push(rest);
    for (const each of shown) each.setAttribute("aria-hidden", "true");
    made.setAttribute("aria-label", `${names[node]}${folder[node] ? ", folder" : ""}: ${said}`);
    made.append(...shown);
    return made;
  };
  const render = () => {
    const view = $("view");
    const from = Math.max(0, Math.floor(view.scrollTop / HEIGHT) - 10);
    const to = Math.min(rows.length, Math.ceil((view.scrollTop + view.clientHeight) / HEIGHT) + 10);
    const made = document.createDocumentFragment();
    for (let index = from; index < to; index++) made.append(row(rows[index], index));
    $("rows").replaceChildren(made);
    if (rows.length) view.setAttribute("aria-activedescendant", `n${selected}`);
    else view.removeAttribute("aria-activedescendant");
  };
  const select = (node, follow) => {
    selected = node;
    if (follow) {
      const view = $("view"), top = rows.indexOf(node) * HEIGHT;
      if (top < view.scrollTop) view.scrollTop = top;
      else if (top + HEIGHT > view.scrollTop + view.clientHeight) view.scrollTop = top + HEIGHT - view.clientHeight;
    }
    render();
    details();
  };

  // Beside the tree: the rules that are behind the colours, and all about what is selected.
  const tally = (from, to) => {
    const files = new Map();
    for (let file = from; file < to; file++) {
      const shade = shadesNow[fileClass[file]];
      files.set(shade, (files.get(shade) || 0) + 1);
    }
    return [...files].sort((one, other) => data.shades[one[0]].d - data.shades[other[0]].d || other[1] - one[1]);
  };
  const rules = () => {
    const list = $("rules");
    list.replaceChildren(...tally(0, N).map(([shade, files]) => {
      const item = element("li"), made = element("button", "rule");
      made.type = "button";
      made.setAttribute("aria-pressed", String(shade === shadeFilter));
      made.append(element("span", "number", number(files)));
      described(made, shade);
      made.addEventListener("click", () => { shadeFilter = shade === shadeFilter ? -1 : shade; closed.clear(); match(); });
      item.append(made);
      return item;
    }));
  };
  const described = (into, of) => {
    const shade = data.shades[of];
    into.append(element("span", `badge ${CLASSES[shade.d]}`, `${MARKS[shade.d]} ${shade.w}`));
    for (const rule of shade.r.map((each) => data.rules[each])) into.append(element("code", "", `${rule.id}\n${rule.text}`));
    for (const rule of shade.r.map((each) => data.rules[each])) if (rule.reason) into.append(element("p", "faint", rule.reason));
    if (!shade.r.length) into.append(element("p", "faint", "no rule restricts or allows it"));
  };
  const details = () => {
    const into = $("details");
    into.replaceChildren();
    if (!rows.length) return;
    into.append(element("p", "path", pathOf(selected) || names[0]));
    if (folder[selected]) {
      into.append(element("p", "", summary(selected)));
      if (differences(selected)) into.append(element("p", "", `differ: ${differences(selected)}`));
      for (const [shade, files] of tally(first[selected], last[selected])) {
        const part = element("p", "faint", `${number(files)} `);
        part.append(element("span", `badge ${CLASSES[data.shades[shade].d]}`, data.shades[shade].w), ` ${data.shades[shade].r.map((each) => data.rules[each].id).join(", ")}`);
        into.append(part);
      }
      return;
    }
    const of = fileClass[first[selected]];
    described(into, shadesNow[of]);
    if (shadesBefore && ways[of]) {
      into.append(element("p", "", `${WAYS[ways[of]]} than ${data.other}, which says:`));
      described(into, shadesBefore[of]);
    }
  };

  const options = (select, values) => values.forEach((value, index) => {
    const made = element("option", "", value);
    made.value = index;
    select.append(made);
  });
  options($("who"), data.principals);
  options($("ref"), data.refs);
  if (data.other === null) $("differing").hidden = true;
  $("who").addEventListener("change", () => { shadeFilter = -1; look(); });
  $("ref").addEventListener("change", () => { shadeFilter = -1; look(); });
  $("changed").addEventListener("change", (event) => { changedOnly = event.target.checked; closed.clear(); match(); });
  let waiting = 0;
  $("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { query = $("search").value; closed.clear(); $("view").scrollTop = 0; match(); }, 120);
  });
  let framed = false;
  $("view").addEventListener("scroll", () => {
    if (framed) return;
    framed = true;
    requestAnimationFrame(() => { framed = false; render(); });
  });
  new ResizeObserver(render).observe($("view"));
  $("rows").addEventListener("click", (event) => {
    const target = event.target.closest(".row");
    if (!target) return;
    const node = Number(target.id.slice(1));
    select(node, false);
    if (event.target.closest(".twisty") || event.detail === 2) toggle(node);
  });
  let typed = "", typedAt = 0;
  $("view").addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !rows.length) return;
    const index = rows.indexOf(selected);
    if (event.key.length > 1) typed = "";
    const go = (to) => select(rows[Math.max(0, Math.min(rows.length - 1, to))], true);
    switch (event.key) {
      case "ArrowDown": go(index + 1); break;
      case "ArrowUp": go(index - 1); break;
      case "PageDown": go(index + PAGE); break;
      case "PageUp": go(index - PAGE); break;
      case "Home": go(0); break;
      case "End": go(rows.length - 1); break;
      case "ArrowRight":
        if (folder[selected] && !isOpen(selected)) toggle(selected, true);
        else if (folder[selected]) go(index + 1);
        break;
      case "ArrowLeft":
        if (folder[selected] && isOpen(selected)) toggle(selected, false);
        else if (parent[selected] >= 0) select(parent[selected], true);
        break;
      case "Enter": case " ": toggle(selected); break;
      case "*":
        for (let node = parent[selected] < 0 ? 0 : parent[selected] + 1; node < after[Math.max(0, parent[selected])]; node = after[node]) {
          if (!folder[node]) continue;
          if (narrowed()) closed.delete(node); else opened.add(node);
          if (node === 0) break;
        }
        flatten();
        break;
      default: {
        if (event.key.length !== 1) return;
        typed = event.timeStamp - typedAt > 700 ? event.key : typed + event.key;
        typedAt = event.timeStamp;
        const wanted = typed.toLowerCase();
        for (let step = typed.length > 1 ? 0 : 1; step <= rows.length; step++) {
          const to = (index + step) % rows.length;
          if (names[rows[to]].toLowerCase().startsWith(wanted)) { go(to); break; }
        }
      }
    }
    event.preventDefault();
  });
  look();
  document.documentElement.dataset.ready = "yes";
})();
