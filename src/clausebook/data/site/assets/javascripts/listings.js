/* Long tables: search, filters, sorting and a choice of columns over what is already in the page.
   The table is complete without this script. What is chosen stands in the address, so that it can be passed on:
   records/complaint/index.html#reaction=rejected&period=2026-Q3&sort=1-&hide=3.4. A second table of a page writes
   reaction.2=…. Only text is written, never markup; no request is made. */
(function () {
  "use strict";

  // So many rows are set at once and the others frame by frame: nobody waits for what is below the screen.
  const AT_ONCE = 200;
  const { LONGEST, MONTH, collator, columns, filters, make } = window.Choices;
  const [comma, space] = document.documentElement.lang.startsWith("zh") ? ["、", ""] : [", ", " "];
  const lists = [];
  let typing = false;

  const quarter = month => month.slice(0, 4) + "-Q" + Math.ceil(Number(month.slice(5)) / 3);

  function read(row) {
    const picks = new Map();
    for (const span of row.querySelectorAll("[data-pick]")) {
      const said = span.getAttribute("data-pick");
      const at = said.indexOf(":");
      const facet = said.slice(0, at);
      if (!picks.has(facet)) picks.set(facet, new Map());
      picks.get(facet).set(said.slice(at + 1), span);
    }
    const periods = picks.get("period") || new Map();
    for (const month of [...periods.keys()].filter(period => MONTH.test(period))) {
      periods.set(month.slice(0, 4), null).set(quarter(month), null);
    }
    return { row, picks, words: null };
  }

  function address() {
    // Shared as #…; ?… is read too. Other anchors of the page are nobody's filter.
    const hash = location.hash.includes("=") ? location.hash.slice(1) : "";
    return new URLSearchParams(hash || location.search.slice(1));
  }

  /* One step back for each choice; a word that is being typed is one choice. */
  function share(typed) {
    const kept = new URLSearchParams(lists.flatMap(list => list.kept()));
    const to = location.href.split(/[?#]/)[0] + (String(kept) ? "#" + kept : "");
    if (to !== location.href) history[typed && typing ? "replaceState" : "pushState"](null, "", to);
    typing = Boolean(typed);
  }

  /* The title of the page, and of the part that this table stands in. */
  function names(box) {
    const heads = [...document.querySelectorAll("article :is(h1, h2, h3)")];
    const above = heads.filter(head => head.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING);
    return [...new Set([above[0], above[above.length - 1]])].filter(Boolean).map(window.Sheets.words);
  }

  /* What a cell is sorted by: its rank, else its first line. */
  function key(cell) {
    const ranked = cell && cell.querySelector("[data-rank]");
    if (ranked) return ranked.dataset.rank;
    let said = "";
    for (const node of cell ? cell.childNodes : []) {
      if (node.nodeName === "BR" && said.trim()) break;
      said += node.textContent;
    }
    return said.trim();
  }

  /* The place of every row in a column: Chinese by its sound, numbers by their size, dates as they are. */
  function placed(rows, column, number) {
    const keys = new Map(rows.map(one => [one, key(one.row.cells[column])]));
    const size = said => parseFloat(said) || 0;
    const compare = number ? (a, b) => size(a) - size(b) || collator.compare(a, b) : collator.compare;
    const places = new Map([...new Set(keys.values())].sort(compare).map((said, at) => [said, at]));
    return one => places.get(keys.get(one));
  }

  class List {
    constructor(box, table, index) {
      this.box = box;
      this.index = index;
      this.words = box.dataset;
      this.body = table.tBodies[0];
      this.head = table.tHead.rows[0];
      this.heads = [...this.head.cells].map(cell => cell.textContent.trim());
      this.rows = [...this.body.rows].map(read);
      // `order`: all rows as they are sorted; `laid`: those that fit; `left`: those of them that are still to be set.
      this.order = this.laid = this.rows;
      this.left = [];
      this.sort = null;
      this.places = new Map();
      this.lacking = new Set();
      Object.assign(this, filters(this.rows, this.words));
      this.panel = columns(this.heads, this.words, this.lacking);
      this.rule = document.head.appendChild(make("style"));
      box.dataset.nth = index;
      this.build();
      this.listen();
    }

    build() {
      const { box, words } = this;
      this.clear = this.form.appendChild(make("button", { type: "button", hidden: "" }, words.clear));
      this.summary = make("summary");
      this.drawer = make("details", { class: "drawer" }, this.summary, this.form);
      this.partial = make("strong", { class: "partial", hidden: "" }, words.partial);
      this.count = make("span");
      this.status = make("p", { class: "status", role: "status" }, this.partial, this.count);
      this.nothing = make("p", { class: "nothing", hidden: "" }, words.nothing);
      this.download = make("button", { type: "button", class: "download", title: words.downloadTitle }, words.download);
      for (const cell of this.head.cells) {
        // No real button: Chromium leaves those out where it repeats a heading on the next sheet of a print.
        cell.append(make("span", { role: "button", tabindex: "0", class: "sort", title: words.sort }, ...cell.childNodes));
        cell.tabIndex = -1;
      }
      this.drawer.open = window.matchMedia("(min-width: 45em)").matches;
      this.recall();
      box.classList.add("sortable");
      box.append(this.nothing);
      // A short list needs no form, unless the address asks for something.
      if (!box.classList.contains("short") || this.kept().length) {
        box.prepend(this.drawer, make("div", { class: "bar" }, this.status, this.panel, this.download));
      }
    }

    listen() {
      for (const [column, cell] of [...this.head.cells].entries()) {
        cell.addEventListener("click", () => {
          this.arrange(column, Boolean(this.sort && this.sort.column === column && !this.sort.down));
          this.show();
          share();
        });
        // The whole heading is the target, as of a pointer so of a key.
        cell.addEventListener("keydown", event => {
          if (!["Enter", " "].includes(event.key)) return;
          event.preventDefault();
          cell.click();
        });
      }
      this.form.addEventListener("input", event => { this.show(); share(event.target.name === "q"); });
      this.form.addEventListener("submit", event => event.preventDefault());
      this.panel.addEventListener("change", ({ target }) => {
        this.lacking[target.checked ? "delete" : "add"](Number(target.value));
        this.dress();
        share();
      });
      this.download.addEventListener("click", () => this.save());
      this.clear.addEventListener("click", () => {
        for (const { input } of this.fields.values()) input.value = "";
        this.show();
        share();
        this.fields.get("q").input.focus();
      });
      window.addEventListener("hashchange", () => { if (!location.hash || location.hash.includes("=")) this.recall(); });
      window.addEventListener("beforeprint", () => this.follow(this.left.length));
    }

    chosen() {
      return [...this.fields].filter(([, { input }]) => input.value.trim() !== "");
    }

    /* What the list was narrowed to, in words: pairs of facet and value. */
    told() {
      return this.chosen().map(([, { said, input }]) => {
        const option = input.selectedOptions && input.selectedOptions[0];
        return [said, option ? option.textContent.replace(/ \(\d+\)$/, "") : input.value.trim()];
      });
    }

    own(name) {
      return name + (this.index ? "." + (this.index + 1) : "");
    }

    /* What the address has to say of this list. */
    kept() {
      const said = this.chosen().map(([name, { input }]) => [name, input.value.trim()]);
      if (this.sort) said.push(["sort", this.sort.column + (this.sort.down ? "-" : "")]);
      if (this.lacking.size) said.push(["hide", [...this.lacking].join(".")]);
      return said.map(([name, value]) => [this.own(name), value]);
    }

    recall() {
      const asked = address();
      const said = name => (asked.get(this.own(name)) || "").slice(0, LONGEST);
      for (const [name, { input }] of this.fields) {
        input.value = said(name);
        if (input.selectedIndex !== -1) continue;
        // What no row has is still what was asked for: the answer is none, not all.
        input.append(make("option", { value: said(name) }, said(name) + " (0)"));
        input.value = said(name);
        input.parentNode.hidden = false;
      }
      const lacking = said("hide").split(".");
      this.lacking.clear();
      this.heads.forEach((head, at) => { if (at && lacking.includes(String(at))) this.lacking.add(at); });
      const [, column, down] = said("sort").match(/^(\d{1,2})(-?)$/) || [];
      this.arrange(column === undefined ? -1 : Number(column), Boolean(down));
      this.show();
      this.dress();
    }

    arrange(column, down) {
      const cell = this.head.cells[column];
      this.sort = cell ? { column, down } : null;
      this.order = this.rows;
      for (const other of this.head.cells) other.removeAttribute("aria-sort");
      if (!cell) return;
      cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      if (!this.places.has(column)) this.places.set(column, placed(this.rows, column, cell.style.textAlign === "right"));
      const place = this.places.get(column);
      this.order = [...this.rows].sort((a, b) => (down ? place(b) - place(a) : place(a) - place(b)));
    }

    show() {
      const asked = this.fields.get("q").input.value.toLowerCase().split(/\s+/).filter(Boolean);
      const picked = this.chosen().filter(([name]) => name !== "q").map(([name, { input }]) => [name, input.value]);
      this.lay(this.order.filter(one => {
        if (asked.length && one.words === null) one.words = one.row.textContent.toLowerCase();
        return picked.every(([facet, value]) => one.picks.has(facet) && one.picks.get(facet).has(value))
          && asked.every(word => one.words.includes(word));
      }));
      this.say();
    }

    lay(fitting) {
      if (fitting.length === this.laid.length && fitting.every((one, at) => one === this.laid[at])) return;
      cancelAnimationFrame(this.pending);
      this.laid = fitting;
      this.left = [...fitting];
      this.body.replaceChildren();
      this.follow(AT_ONCE);
    }

    /* The rest of the rows, some in each frame; all of them at once for a printer. */
    follow(count) {
      this.body.append(...this.left.splice(0, count).map(one => one.row));
      if (this.left.length) this.pending = requestAnimationFrame(() => this.follow(AT_ONCE));
    }

    say() {
      const said = this.told().map(pair => pair.join(" "));
      const lacking = this.heads.filter((head, at) => this.lacking.has(at));
      if (lacking.length) said.push(this.words.hidden + space + lacking.join(comma));
      const count = this.words.shown.replace("#", this.laid.length).replace("#", this.rows.length);
      this.count.textContent = [count, ...said].join(" · ");
      this.partial.hidden = !said.length;
      this.nothing.hidden = this.laid.length > 0;
      const narrowed = this.chosen().length;
      this.clear.hidden = !narrowed;
      this.summary.textContent = this.words.filters + (narrowed ? " (" + narrowed + ")" : "");
    }

    /* Columns are hidden by a rule, not cell by cell: the same for five rows and five thousand. */
    dress() {
      const where = '.listing[data-nth="' + this.index + '"] :is(th, td):nth-child(';
      this.rule.textContent = [...this.lacking].map(at => where + (at + 1) + ") { display: none !important; }").join("\n");
      const widths = (this.words.widths || "").split(" ").filter((width, at) => !this.lacking.has(at));
      if (this.words.widths) this.box.style.setProperty("--columns", widths.join(" "));
      this.say();
    }

    save() {
      const rows = [this.head, ...this.laid.map(one => one.row)];
      const shown = rows.map(row => [...row.cells].filter((cell, at) => !this.lacking.has(at)));
      const name = window.Sheets.fileName([...names(this.box), this.words.asOf, ...this.told().map(([, value]) => value)]);
      window.Sheets.save(name, window.Sheets.csv(shown, this.words.formula));
    }
  }

  document.querySelectorAll(".listing").forEach((box, index) => {
    const table = box.querySelector("table");
    if (table && table.tHead && table.tBodies.length && table.tBodies[0].rows.length) lists.push(new List(box, table, index));
  });
})();
