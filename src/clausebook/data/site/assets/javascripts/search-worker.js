// The search: finds any part of a word, in Chinese and Latin, and says what kind of thing it found.
// It stands in for the worker of the renderer and speaks its language, so that the box and the list stay the renderer's:
// Material for MkDocs (`docs`) takes pages with their sections, Zensical (`items`) single entries and where to mark them.
"use strict";
(() => {
  const [SETUP, READY, QUERY, RESULT] = [0, 1, 2, 3];
  const DETAILED = 60; // pages whose places are shown; beyond them the list has titles only
  const SECTIONS = 15;
  const OPEN = 2; // sections of a page that are seen at once
  const BEFORE = 36;
  const AROUND = 150;
  const here = self.document ? document.currentScript.src : location.href;
  const shared = importScripts(new URL("../folding.js", here).href);

  // Pages. Each: location, kind, weight, title, text, and sections of [anchor, title, text].

  const BETWEEN = "\u0001"; // stands in no text, so that nothing is found across the end of one
  const escape = (said) => said.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const stem = (location) => decodeURI(location.split("/").pop().replace(/\.html$/, ""));
  const number = (title) => /^\S*[0-9]\S*/.exec(title)?.[0] ?? "";
  const named = (...names) => new Set(names.filter((name) => name && !/^_[0-9]+$/.test(name)).map(self.folding.fold));

  const read = ([location, kind, weight, title, text, sections]) => {
    const { fold } = self.folding;
    return {
      location, kind, weight, title, text, sections,
      names: named(stem(location), number(title)),
      marks: named(...sections.flatMap(([anchor, heading]) => [anchor, number(heading)])),
      head: fold(title),
      headings: fold(sections.map(([, heading]) => heading).join(BETWEEN)),
      body: fold([text, ...sections.map(([, , said]) => said)].join(BETWEEN)),
      sort: fold(kind),
    };
  };

  // From a folder this runs beside the page itself: it gives way now and then, so that typing goes on.
  const pause = () => new Promise((resolve) => setTimeout(resolve));
  const readAll = async (raw) => {
    const pages = [];
    for (const one of raw) {
      pages.push(read(one));
      if (pages.length % 200 === 0) await pause();
    }
    return pages;
  };

  // What is asked. A lettered item is written in many ways: 8.6 c), 8.6c, 8.6.c.

  const LETTERED = /^([0-9]+(?:\.[0-9]+)+)[.(\s]*([a-z](?:\.[0-9]+)?)\)?$/;

  const question = (typed) => {
    const { terms, fold } = self.folding;
    const whole = fold(typed.normalize("NFKC").replace(/["“”]/g, "").trim());
    const name = whole.replace(LETTERED, "$1.$2");
    return { wanted: LETTERED.test(whole) ? [name] : terms(typed), whole, name };
  };

  // A number is wanted whole: 8.6 is not 18.6. Words are found in part, too.
  const bounded = (term) => {
    const exact = term.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
    const [before, after] = [/^[a-z0-9]/.test(term) ? "(?<![a-z0-9.])" : "", /[a-z0-9]$/.test(term) ? "(?![a-z0-9])" : ""];
    return new RegExp(before + exact + after);
  };

  // The order of what is found: its number, the number of a part, its title, a heading, its text. What weighs nothing
  // repeats others and comes last, unless it is meant.
  const level = (page, { wanted, whole, name }, all) => {
    if (page.names.has(name)) return 7;
    if (page.weight === 0) return 1;
    if (page.marks.has(name)) return 6;
    if (page.head === whole || wanted.some((term) => page.names.has(term))) return 5;
    if (all(page.head)) return 4;
    if (wanted.some((term) => page.marks.has(term))) return 3;
    return page.headings.split(BETWEEN).some(all) ? 2 : 1;
  };

  const score = (page, asked, exact) => {
    const all = (said) => asked.wanted.every((term) => said.includes(term));
    const said = [page.head, page.headings, page.body, page.sort];
    const there = asked.wanted.every((term) => said.some((part) => part.includes(term)));
    if (!there && !page.marks.has(asked.name) && !page.names.has(asked.name)) return 0;
    const starts = page.head.startsWith(asked.whole) ? 10 : 0;
    const entire = exact.every((one) => said.some((part) => one.test(part))) ? 30 : 0;
    return level(page, asked, all) * 100 + page.weight * 5 + starts + entire;
  };

  const ranked = (pages, asked) => {
    const exact = asked.wanted.map(bounded);
    const found = [];
    for (const page of pages) {
      const worth = score(page, asked, exact);
      if (worth) found.push({ page, worth });
    }
    return found.sort((a, b) => b.worth - a.worth);
  };

  // Chinese is written without spaces: what stands nowhere as a whole is looked for in its longest parts that do.
  const parts = (pages, term) => {
    const found = [];
    for (let rest = term; rest.length > 1; ) {
      let some = pages;
      let length = 1;
      for (let next = 2; next <= rest.length; next++) {
        const part = rest.slice(0, next);
        const left = some.filter((page) => [page.head, page.headings, page.body].some((said) => said.includes(part)));
        if (!left.length) break;
        [some, length] = [left, next];
      }
      if (length > 1) found.push(rest.slice(0, length));
      rest = rest.slice(length);
    }
    return found.length ? found : [term];
  };

  const HAN = /^[\u3400-\u9fff]{3,40}$/;

  const search = (pages, typed) => {
    const asked = question(typed);
    if (!asked.wanted.length) return { asked, found: [] };
    const found = ranked(pages, asked);
    if (found.length || !asked.wanted.some((term) => HAN.test(term))) return { asked, found };
    asked.wanted = asked.wanted.flatMap((term) => (HAN.test(term) ? parts(pages, term) : [term]));
    return { asked, found: ranked(pages, asked) };
  };

  // The sections of a page in which something was found, the best first, and whether the page itself says it all.
  const details = (page, { wanted, name }) => {
    const { fold } = self.folding;
    const hits = (said) => wanted.filter((term) => said.includes(term)).length;
    const sections = [];
    page.sections.forEach(([anchor, title, text], order) => {
      const [head, body] = [fold(title), fold(text)];
      const exact = fold(anchor) === name || fold(number(title)) === name;
      const count = hits(`${head}\n${body}`);
      if (count || exact) sections.push({ order, anchor, title, text, worth: exact * 1000 + count * 10 + hits(head) });
    });
    sections.sort((a, b) => b.worth - a.worth || a.order - b.order);
    return {
      sections: sections.slice(0, SECTIONS),
      exact: sections.length > 0 && sections[0].worth >= 1000 && !page.names.has(name),
      own: hits(fold(page.text)) === wanted.length,
    };
  };

  // For Material: pages with sections, as HTML in which every word is literal.

  const marked = (said, wanted, start = 0, end = said.length) => {
    let html = "";
    let done = start;
    for (const [from, to] of self.folding.places(said, wanted)) {
      if (from < start || to > end) continue;
      html += `${escape(said.slice(done, from))}<mark>${escape(said.slice(from, to))}</mark>`;
      done = to;
    }
    return html + escape(said.slice(done, end));
  };

  const excerpt = (said, wanted, top) => {
    const [first] = top ? [] : self.folding.places(said, wanted);
    const start = Math.max(0, first ? first[0] - BEFORE : 0);
    const end = Math.min(said.length, Math.max(start + AROUND, first ? first[1] : 0));
    return `<p>${start ? "…" : ""}${marked(said, wanted, start, end)}${end < said.length ? "…" : ""}</p>`;
  };

  const group = ({ page, worth }, asked) => {
    const looked = encodeURIComponent(asked.wanted.map((term) => (term.includes(" ") ? `"${term}"` : term)).join(" "));
    const address = (anchor) => `${page.location}?found=${looked}${anchor ? `#${anchor}` : ""}`;
    const item = (anchor, title, text, value, top = false) => ({
      location: address(anchor), title: marked(title, asked.wanted), text: text && excerpt(text, asked.wanted, top),
      score: value, terms: {},
    });
    const { sections, exact, own } = details(page, asked);
    const meant = page.names.has(asked.name) && page.text !== "";
    const main = { ...item("", page.title, page.text, worth, meant), ...(page.kind && { tags: [escape(page.kind)] }) };
    const open = own || meant ? 0 : OPEN;
    const parts = sections.map(({ anchor, title, text }, place) => {
      const first = exact && place === 0;
      return item(anchor, title, text, first ? worth + 0.5 : place < open ? worth : worth - 1);
    });
    return exact ? [parts[0], main, ...parts.slice(1)] : [main, ...parts];
  };

  const bare = ({ page, worth }) => [{
    location: page.location, title: escape(page.title), text: "", score: worth, terms: {},
    ...(page.kind && { tags: [escape(page.kind)] }),
  }];

  const material = {
    pages: async () => {
      await importScripts(new URL("../../../search/pages.js", here).href);
      return readAll(self.found);
    },
    typed: (data) => data,
    answer: (pages, typed) => {
      const { asked, found } = search(pages, typed);
      return { items: found.map((one, place) => (place < DETAILED ? group(one, asked) : bare(one))) };
    },
  };

  // For Zensical: entries by their number in its own list, ten at a time, and where in their source to mark them.

  const SIGNS = { amp: "&", lt: "<", gt: ">" };
  const SIGN = /&(amp|lt|gt);/g;
  const bared = (said) => said.replace(SIGN, (_, name) => SIGNS[name]);
  const length = (said) => said.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").length;

  const ranges = (said, wanted) => {
    const text = bared(said);
    return self.folding.places(text, wanted).map(([start, end]) => (
      { start: length(text.slice(0, start)), end: length(text.slice(0, end)), value: end - start }));
  };

  const zensical = {
    pages: async ({ items }) => {
      const found = new Map();
      items.forEach(({ location, title, text, kind, weight }, id) => {
        const [page, anchor = ""] = location.split("#");
        const [name, said] = [title, text].map(bared);
        if (!found.has(page)) found.set(page, { raw: [page, kind, weight, name, said, []], ids: new Map([["", id]]) });
        else {
          found.get(page).raw[5].push([anchor, name, said]);
          found.get(page).ids.set(anchor, id);
        }
      });
      const kept = [...found.values()];
      const pages = await readAll(kept.map(({ raw }) => raw));
      return pages.map((page, place) => ({ ...page, ids: kept[place].ids, items }));
    },
    typed: ({ input }) => (typeof input === "string" ? bared(input) : ""),
    answer: (pages, typed, { page: { from = 0, size = 10 } = {} }) => {
      const { asked, found } = search(pages, typed);
      const ids = found.flatMap(({ page }) => {
        const { sections, exact, own } = details(page, asked);
        const parts = sections.map(({ anchor }) => page.ids.get(anchor));
        const main = page.ids.get("");
        return exact ? [parts[0], main] : [main, ...parts.slice(0, own ? 0 : OPEN)];
      });
      const all = found.length ? found[0].page.items : [];
      const items = ids.slice(from, from + size).map((id) => ({
        id,
        matches: ["title", "text"].map((field) => (
          { field, score: 0, value: { highlight: { ranges: ranges(all[id][field], asked.wanted) } } })),
      }));
      const [prev, next] = [from - size, from + size];
      return {
        items, aggregations: [], query: { values: [] },
        pagination: { total: ids.length, ...(prev >= 0 && { prev: { from: prev, size } }), ...(next < ids.length && { next: { from: next, size } }) },
      };
    },
  };

  // Messages. Pages are read at the first letter; while somebody goes on typing, only the latest question is answered.

  const NOTHING = { items: [], aggregations: [], query: { values: [] }, pagination: { total: 0 } };
  let given, renderer, pages;
  let latest = 0;

  const loaded = async () => {
    await shared;
    pages ??= renderer.pages(given);
    return pages;
  };

  const answer = async (data) => {
    const typed = renderer.typed(data);
    return typed.trim() ? renderer.answer(await loaded(), typed, data) : NOTHING;
  };

  addEventListener("message", async ({ data: { type, data } }) => {
    if (type === SETUP) {
      given = data;
      renderer = data.items ? zensical : material;
      postMessage({ type: READY });
      // From a folder the search is set up when its box opens; a server's page may never be searched.
      if (self.document) await loaded().catch(() => {});
    } else if (type === QUERY) {
      const mine = ++latest;
      await pause();
      if (mine !== latest) return;
      const found = await answer(data).catch((error) => {
        console.error(error);
        pages = undefined;
        return NOTHING;
      });
      if (mine === latest) postMessage({ type: RESULT, data: found });
    }
  });
})();
