/* The controls of a long table: a search, a choice for each facet, and which columns are shown. */
window.Choices = (function () {
  "use strict";

  const LONGEST = 200;
  const MONTH = /^\d{4}-\d\d$/;
  const collator = new Intl.Collator(document.documentElement.lang || "zh", { numeric: true });

  function make(name, attributes, ...inside) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, value);
    element.append(...inside);
    return element;
  }

  function values(facet, rows) {
    const found = new Map();
    for (const { picks } of rows) {
      for (const [value, span] of picks.get(facet) || []) {
        if (!found.has(value)) {
          const said = (span && span.textContent.trim()) || value || "—";
          found.set(value, { value, said, rank: (span && span.dataset.rank) || said, count: 0 });
        }
        found.get(value).count += 1;
      }
    }
    return [...found.values()].sort((a, b) => collator.compare(a.rank, b.rank));
  }

  function offer(select, facet, rows, words) {
    const all = values(facet, rows);
    const option = one => make("option", { value: one.value }, (facet === "period" ? one.value : one.said) + " (" + one.count + ")");
    select.append(make("option", { value: "" }, words.all));
    if (facet !== "period") return select.append(...all.map(option));
    for (const [name, pattern] of Object.entries({ years: /^\d{4}$/, quarters: /-Q\d$/, months: MONTH })) {
      const group = make("optgroup", { label: words[name] });
      group.append(...all.filter(one => pattern.test(one.value)).reverse().map(option));
      if (group.children.length) select.append(group);
    }
  }

  /* A search and a choice for each facet: facet → what people call it, and its field. */
  function filters(rows, words) {
    const form = make("form", { class: "filters", role: "search" });
    const fields = new Map();
    const field = (name, said, input) => {
      input.name = name;
      form.append(make("label", {}, make("span", {}, said), input));
      fields.set(name, { said, input });
    };
    const search = { type: "search", placeholder: " ", autocomplete: "off", spellcheck: "false", maxlength: LONGEST };
    field("q", words.search, make("input", search));
    for (const part of (words.facets || "").split("|").filter(Boolean)) {
      const at = part.indexOf("=");
      const select = make("select");
      offer(select, part.slice(0, at), rows, words);
      field(part.slice(0, at), part.slice(at + 1), select);
      // A facet without values asks nothing; a link may still ask for it.
      select.parentNode.hidden = select.options.length < 2;
    }
    return { form, fields };
  }

  /* The choice of columns: `lacking` holds those that are not shown. The first names the row and stays. */
  function columns(heads, words, lacking) {
    const panel = make("details", { class: "columns" }, make("summary", {}, words.columns));
    panel.addEventListener("toggle", () => {
      if (!panel.open) return;
      const boxes = heads.map((head, at) => {
        const box = make("input", { type: "checkbox", name: "column", value: at });
        box.checked = !lacking.has(at);
        box.disabled = at === 0;
        return make("label", {}, box, make("span", {}, head));
      });
      panel.replaceChildren(panel.firstChild, make("fieldset", {}, make("legend", {}, words.columnsLegend), ...boxes));
    });
    panel.addEventListener("keydown", event => {
      if (event.key !== "Escape" || !panel.open) return;
      panel.open = false;
      panel.firstChild.focus();
    });
    document.addEventListener("click", event => { if (!panel.contains(event.target)) panel.open = false; });
    return panel;
  }

  return { LONGEST, MONTH, collator, columns, filters, make };
})();
