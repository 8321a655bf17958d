/* Long tables: search, filters and sorting over what is already in the page.
   The table is complete without this script. What is chosen stands in the address, so that it can be passed on:
   records/complaint/index.html#channel=12315&state=closed. Only text is written, never markup; no request is made. */
(function () {
  "use strict";

  // A shorter list needs no form.
  const FEW = 20;
  const collator = new Intl.Collator(document.documentElement.lang || "zh", { numeric: true });
  if (window.Tablesort) {
    // Chinese by its sound, numbers by their size, dates as they are.
    Tablesort.extend("words", () => true, (a, b) => collator.compare(b, a));
  }

  function make(name, attributes, said) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, value);
    if (said !== undefined) element.textContent = said;
    return element;
  }

  const quarter = month => month.slice(0, 4) + "-Q" + Math.ceil(Number(month.slice(5, 7)) / 3);

  function read(row) {
    const picks = {};
    for (const span of row.querySelectorAll("[data-pick]")) {
      const [, facet, value] = span.dataset.pick.match(/^([^:]*):([^]*)$/) || [];
      if (facet === undefined) continue;
      (picks[facet] = picks[facet] || new Map()).set(value, span);
    }
    for (const month of [...(picks.period || new Map()).keys()]) {
      picks.period.set(month.slice(0, 4), null).set(quarter(month), null);
    }
    for (const cell of row.cells) {
      const ranked = cell.querySelector("[data-rank]");
      cell.dataset.sort = (ranked ? ranked.dataset.rank : cell.textContent).trim();
    }
    return { row, picks, words: row.textContent.toLowerCase() };
  }

  function label(span, value) {
    return (span && span.textContent.trim()) || value || "—";
  }

  function options(select, facet, rows, words) {
    const counts = new Map();
    for (const { picks } of rows) {
      for (const [value, span] of picks[facet] || []) {
        const known = counts.get(value) || { value, said: label(span, value), rank: "", count: 0 };
        known.rank = (span && span.dataset.rank) || known.said;
        known.count += 1;
        counts.set(value, known);
      }
    }
    const all = [...counts.values()].sort((a, b) => collator.compare(a.rank, b.rank));
    const option = one => make("option", { value: one.value }, (facet === "period" ? one.value : one.said) + " (" + one.count + ")");
    select.append(make("option", { value: "" }, words.all));
    if (facet !== "period") return select.append(...all.map(option));
    const spans = { years: /^\d{4}$/, quarters: /Q/, months: /^\d{4}-\d\d$/ };
    for (const [name, pattern] of Object.entries(spans)) {
      const group = make("optgroup", { label: words[name] });
      group.append(...all.filter(one => pattern.test(one.value)).reverse().map(option));
      if (group.children.length) select.append(group);
    }
  }

  function address() {
    // Shared as #…; ?… is read too. Other anchors of the page are nobody's filter.
    return new URLSearchParams(location.search.slice(1) + "&" + location.hash.slice(1));
  }

  function start(box, index) {
    const table = box.querySelector("table");
    if (!table || !table.tBodies.length || !table.tHead || !table.tBodies[0].rows.length) return;
    const words = box.dataset;
    const rows = [...table.tBodies[0].rows].map(read);
    const fields = {};

    const form = make("form", { class: "filters", role: "search" });
    const field = (name, said, input) => {
      const shell = make("label", {}, said);
      input.name = name;
      shell.append(input);
      fields[name] = input;
      form.append(shell);
    };
    field("q", words.search, make("input", { type: "search", placeholder: " ", autocomplete: "off", spellcheck: "false" }));
    for (const part of (words.facets || "").split("|").filter(Boolean)) {
      const at = part.indexOf("=");
      const facet = part.slice(0, at);
      const select = make("select");
      options(select, facet, rows, words);
      if (select.options.length > 1) field(facet, part.slice(at + 1), select);
    }
    const clear = make("button", { type: "button", hidden: "" }, words.clear);
    form.append(clear);

    const wide = window.matchMedia("(min-width: 45em)").matches;
    const drawer = make("details", { class: "drawer" });
    drawer.append(make("summary", {}, words.filters), form);
    const status = make("p", { class: "status", role: "status" });
    if (rows.length >= FEW || words.facets) box.prepend(drawer, status);
    const nothing = make("p", { class: "nothing", hidden: "" }, words.nothing);
    box.append(nothing);

    function chosen() {
      return Object.entries(fields).filter(([, input]) => input.value.trim() !== "");
    }

    function show() {
      const picked = chosen();
      const asked = fields.q.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      for (const { row, picks, words: said } of rows) {
        const fits = picked.every(([name, input]) => name === "q" || (picks[name] && picks[name].has(input.value)));
        row.hidden = !(fits && asked.every(word => said.includes(word)));
        count += row.hidden ? 0 : 1;
      }
      const told = picked.map(([name, input]) => {
        const shell = input.parentNode.firstChild.textContent;
        const said = input.tagName === "SELECT" ? input.selectedOptions[0].textContent.replace(/ \(\d+\)$/, "") : input.value;
        return shell + " " + said;
      });
      status.textContent = [words.shown.replace("#", count).replace("#", rows.length), ...told].join(" · ");
      nothing.hidden = count > 0;
      clear.hidden = picked.length === 0;
    }

    function share() {
      if (index > 0) return;
      const kept = new URLSearchParams();
      for (const [name, input] of chosen()) kept.set(name, input.value.trim());
      const sorted = table.tHead.querySelector("[aria-sort]");
      if (sorted) kept.set("sort", sorted.cellIndex + (sorted.getAttribute("aria-sort") === "descending" ? "-" : ""));
      const hash = String(kept);
      history.replaceState(null, "", hash ? "#" + hash : location.pathname.split("/").pop());
    }

    function recall() {
      const said = address();
      for (const [name, input] of Object.entries(fields)) {
        input.value = said.get(name) || "";
        if (input.selectedIndex === -1) input.value = "";
      }
      show();
      if (wide || chosen().length) drawer.open = true;
      const [, column, down] = (said.get("sort") || "").match(/^(\d+)(-?)$/) || [];
      const head = column && table.tHead.rows[0].cells[Number(column)];
      if (!head || !window.Tablesort) return;
      const wanted = down ? "descending" : "ascending";
      for (let turn = 0; turn < 2 && head.getAttribute("aria-sort") !== wanted; turn++) head.click();
    }

    if (window.Tablesort) {
      new Tablesort(table);
      for (const head of table.tHead.rows[0].cells) {
        head.title = words.sort;
        head.addEventListener("keydown", event => {
          if (event.key === " ") { event.preventDefault(); head.click(); }
        });
      }
      box.classList.add("sortable");
    }
    recall();
    form.addEventListener("input", () => { show(); share(); });
    form.addEventListener("submit", event => event.preventDefault());
    table.addEventListener("afterSort", share);
    clear.addEventListener("click", () => {
      for (const input of Object.values(fields)) input.value = "";
      show();
      share();
      fields.q.focus();
    });
    if (index === 0) window.addEventListener("hashchange", recall);
  }

  document.querySelectorAll(".listing").forEach(start);
})();
