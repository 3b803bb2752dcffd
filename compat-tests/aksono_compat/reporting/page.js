"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const classes = data.classes;
  const STEP = 100; // classes that are put on the page at a time
  const OPEN_AT_MOST = 200;
  const PRINTED_OPEN = 40;
  const byId = (id) => document.getElementById(id);
  const list = byId("list"), search = byId("search"), where = byId("where"), filters = byId("filters");

  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  }
  const number = (n) => n.toLocaleString("en");

  // ---- what is told of a class ----

  function cell(pieces) {
    if (!pieces) return make("td", { class: "none" }, make("span", { class: "unseen" }, "nothing"));
    return make("td", {}, ...pieces.map((text, n) => (n % 2 ? make("mark", {}, text) : text)));
  }
  function row(line) {
    if (typeof line === "number") {
      return make("tr", {}, make("td", { class: "gap", colspan: 2 }, `${number(line)} equal ${line === 1 ? "line" : "lines"}`));
    }
    if (typeof line === "string") return make("tr", {}, cell([line]), cell([line]));
    return make("tr", { class: "changed" }, cell(line[0]), cell(line[1]));
  }
  function side(name, absent) {
    return make("th", { scope: "col" }, `${name} · ${data.labels[name]}${absent ? " — nothing here" : ""}`);
  }
  function example(one) {
    const caption = make("figcaption", {});
    if (one.number) caption.append(`Exchange ${number(one.number)}: `);
    if (one.request) caption.append(make("code", {}, one.request), " ");
    if (one.path) caption.append(one.request ? "at " : "", make("code", {}, one.path));
    const head = make("thead", {}, make("tr", {}, side("A", one.absent === "a"), side("B", one.absent === "b")));
    const body = make("tbody", {}, ...one.lines.map(row));
    return make("figure", {}, caption, make("table", { class: "pair" }, head, body));
  }
  function fill(element, one) {
    if (element.querySelector(".inside")) return;
    const inside = make("div", { class: "inside" });
    if (one.ignored) inside.append(make("p", { class: "reason" }, `${one.until ? `Ignored until ${one.until}` : "Intended"}: ${one.ignored}`));
    if (one.kind === "unbuilt" && !one.examples.length) inside.append(make("p", { class: "reason" }, "B answers 404 M_UNRECOGNIZED; A knows the route."));
    if (one.left_out) inside.append(make("p", { class: "reason" }, "The examples are left out here: the page would be too large. The JSON has them."));
    inside.append(...one.examples.map(example));
    const facts = make("p", { class: "facts" }, `${one.severity} · `, "class ", make("code", {}, one.id));
    if (one.repro) facts.append(" · reproduced by ", make("code", {}, one.repro));
    if (one.count > one.examples.length && one.examples.length) facts.append(` · the first ${one.examples.length} of ${number(one.count)} are shown`);
    inside.append(facts);
    element.append(inside);
  }
  function show(one) {
    const state = one.ignored ? " ignored" : one.kind === "unbuilt" ? " unbuilt" : one.severity === "warning" ? " warning" : "";
    const times = make("span", { class: "count" }, `×${number(one.count)}`);
    if (one.exchanges && one.exchanges !== one.count) times.append(make("small", {}, `${number(one.exchanges)} ${one.exchanges === 1 ? "exchange" : "exchanges"}`));
    const place = make("span", { class: "place" }, make("span", { class: "where" }, one.where));
    if (one.path) place.append(make("span", { class: "path" }, one.path));
    if (one.brief) place.append(make("span", { class: "brief" }, make("span", { class: "a" }, one.brief[0]), make("span", { class: "b" }, one.brief[1])));
    const label = one.ignored ? make("span", { class: "kind" }, one.kind, make("span", { class: "unseen" }, ", not counted")) : make("span", { class: "kind" }, one.kind);
    const element = make("details", { class: `class${state}`, id: `c-${one.id}` }, make("summary", {}, label, place, times));
    element.addEventListener("toggle", () => { if (element.open) fill(element, one); });
    return element;
  }

  // ---- filters ----

  const stateOf = (one) => (one.ignored ? (one.until ? "ignored" : "intended") : one.kind === "unbuilt" ? "unbuilt" : one.severity);
  const chosen = { kinds: new Set(), states: new Set() };
  const STATES = { error: "errors", warning: "warnings", unbuilt: "unbuilt", ignored: "ignored", intended: "intended" };
  const COUNTED = ["error", "warning", "unbuilt"];
  // What is ignored is hidden as long as there is something else.
  const usual = classes.some((one) => COUNTED.includes(stateOf(one))) ? COUNTED : Object.keys(STATES);

  const text = classes.map((one) => [one.id, one.kind, one.where, one.path, one.ignored, one.repro,
    ...one.examples.flatMap((each) => [each.request, each.path, ...each.lines.flat(2)])].join("\n").toLowerCase());

  function tally(of) {
    const counts = new Map();
    for (const one of classes) counts.set(of(one), (counts.get(of(one)) || 0) + 1);
    return counts;
  }
  function chips(box, group, names, label) {
    for (const [name, count] of names) {
      const input = make("input", { type: "checkbox", value: name });
      input.checked = chosen[group].has(name);
      input.addEventListener("change", () => {
        if (input.checked) chosen[group].add(name); else chosen[group].delete(name);
        changed();
      });
      box.append(make("label", {}, input, label(name), make("b", {}, number(count))));
    }
  }
  function reset() {
    search.value = ""; where.value = "";
    chosen.kinds = new Set(); chosen.states = new Set(usual);
    check();
  }
  function check() {
    for (const [id, group] of Object.entries(chosen)) {
      for (const input of byId(id).querySelectorAll("input")) input.checked = group.has(input.value);
    }
  }
  function matching() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    return classes.filter((one, n) =>
      (!chosen.kinds.size || chosen.kinds.has(one.kind)) && chosen.states.has(stateOf(one)) &&
      (!where.value || one.where === where.value) && words.every((word) => text[n].includes(word)));
  }

  let current = [], done = 0;
  const more = make("div", { id: "more" });
  function append(upTo) {
    const part = current.slice(done, upTo);
    done += part.length;
    list.append(...part.map(show));
    if (done < current.length) list.append(more); else more.remove();
  }
  function update() {
    current = matching(); done = 0;
    list.replaceChildren();
    append(STEP);
    byId("shown").textContent = !classes.length ? "None."
      : current.length === classes.length ? classes.length === 1 ? "1 class" : `All ${number(classes.length)} classes, the worst first`
      : `${number(current.length)} of ${number(classes.length)} classes, the worst first`;
  }
  new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) append(done + STEP); }, { rootMargin: "800px" }).observe(more);

  function reveal(id) {
    const at = classes.findIndex((one) => one.id === id);
    if (at < 0) return false;
    if (!current.includes(classes[at])) { reset(); chosen.states.add(stateOf(classes[at])); check(); update(); }
    append(current.indexOf(classes[at]) + STEP);
    const element = byId(`c-${id}`);
    element.open = true; fill(element, classes[at]);
    element.scrollIntoView();
    return true;
  }

  // The address says what is looked at: #c-ID a class, #q=…&where=…&kind=…&show=… a selection.
  function fromAddress() {
    if (location.hash.startsWith("#c-")) return reveal(location.hash.slice(3));
    const wanted = new URLSearchParams(location.hash.slice(1));
    if (!["q", "where", "kind", "show"].some((name) => wanted.has(name))) return false;
    reset();
    search.value = wanted.get("q") || "";
    where.value = wanted.get("where") || "";
    for (const kind of wanted.getAll("kind")) chosen.kinds.add(kind);
    if (wanted.has("show")) chosen.states = new Set(wanted.getAll("show"));
    check(); update();
    return true;
  }
  function remember() {
    const wanted = new URLSearchParams();
    if (search.value) wanted.set("q", search.value);
    if (where.value) wanted.set("where", where.value);
    for (const kind of chosen.kinds) wanted.append("kind", kind);
    if (String([...chosen.states].sort()) !== String([...usual].sort())) for (const state of chosen.states) wanted.append("show", state);
    history.replaceState(null, "", `#${wanted}`);
  }
  const changed = () => { update(); remember(); };

  // ---- start ----

  reset();
  const states = tally(stateOf);
  chips(byId("kinds"), "kinds", data.kinds.map((kind) => [kind, tally((one) => one.kind).get(kind)]), (name) => name);
  chips(byId("states"), "states", Object.keys(STATES).filter((name) => states.has(name)).map((name) => [name, states.get(name)]), (name) => STATES[name]);
  for (const [name, count] of [...tally((one) => one.where)].sort()) where.append(make("option", { value: name }, `${name} (${number(count)})`));
  filters.hidden = !classes.length;
  update();
  if (!fromAddress() && current.length && !current[0].ignored) { list.firstElementChild.open = true; fill(list.firstElementChild, current[0]); }

  let waiting = 0;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(changed, 80); });
  where.addEventListener("change", changed);
  filters.addEventListener("submit", (event) => event.preventDefault());
  byId("reset").addEventListener("click", () => { reset(); changed(); });
  byId("open-all").addEventListener("click", () => {
    append(OPEN_AT_MOST);
    const shown = [...list.querySelectorAll("details")].slice(0, OPEN_AT_MOST);
    const open = !shown.every((element) => element.open);
    shown.forEach((element, n) => { if (open) fill(element, current[n]); element.open = open; });
  });
  for (const button of document.querySelectorAll("button[data-where]")) {
    button.addEventListener("click", () => {
      reset(); where.value = button.dataset.where;
      for (const one of classes) if (one.where === where.value) chosen.states.add(stateOf(one));
      check(); changed(); byId("classes").scrollIntoView();
    });
  }
  addEventListener("hashchange", fromAddress);
  addEventListener("keydown", (event) => {
    const writing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); search.focus(); }
    if (event.key === "Escape" && document.activeElement === search) { search.value = ""; changed(); }
  });

  let opened = [];
  addEventListener("beforeprint", () => {
    append(OPEN_AT_MOST);
    opened = [...list.querySelectorAll("details")].slice(0, PRINTED_OPEN).filter((element) => !element.open);
    opened.forEach((element) => { fill(element, classes.find((one) => `c-${one.id}` === element.id)); element.open = true; });
  });
  addEventListener("afterprint", () => { opened.forEach((element) => { element.open = false; }); opened = []; });
})();
