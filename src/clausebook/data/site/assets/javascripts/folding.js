// How the search reads: what is typed and what is written meet in one plain form. Pages and the search share it.
"use strict";
(() => {
  const HIDDEN = /^[\u00ad\u200b-\u200f\u2060\ufeff]$/;
  const DASH = /^[\u2010-\u2015\u2212]$/;
  const SPECIAL = /[A-Z]|[^\u0000-\u007f\u3400-\u9fff]/gu;
  // Between Chinese and Latin some write a space and some do not.
  const LOOSE = /(?<=[\u3400-\u9fff])\s+|\s+(?=[\u3400-\u9fff])/g;
  const known = new Map();

  const plain = (sign) => {
    if (HIDDEN.test(sign)) return "";
    return DASH.test(sign) ? "-" : sign.normalize("NFKC").toLowerCase();
  };
  const folded = (sign) => {
    if (!known.has(sign)) known.set(sign, plain(sign));
    return known.get(sign);
  };

  // Small letters, half width, no invisible marks, one dash; `said` must be composed (NFC), as our index is.
  const fold = (said) => said.replace(LOOSE, "").replace(SPECIAL, folded);

  // The same text, and for each of its units the place in `said` where it comes from.
  const traced = (said) => {
    const loose = new Set();
    for (const { 0: gap, index } of said.matchAll(LOOSE)) for (let i = 0; i < gap.length; i++) loose.add(index + i);
    let text = "";
    const from = [];
    for (let at = 0; at < said.length; ) {
      const sign = String.fromCodePoint(said.codePointAt(at));
      const left = loose.has(at) ? "" : sign.replace(SPECIAL, folded);
      for (let i = 0; i < left.length; i++) from.push(at);
      text += left;
      at += sign.length;
    }
    from.push(said.length);
    return { text, from };
  };

  const MOST = 12;

  // What is looked for: words apart, quoted ones together. Nothing that is typed is a command.
  const terms = (typed) => {
    const line = typed.normalize("NFKC").replace(/[“”]/g, '"');
    const found = new Set();
    for (const [, phrase, word] of line.matchAll(/"([^"]*)(?:"|$)|([^\s"]+)/g)) {
      const term = fold((phrase ?? word).trim().replace(/\s+/g, " "));
      if (term) found.add(term);
    }
    return [...found].slice(0, MOST);
  };

  // Where any of the terms stands in `said`: [start, end] in order; what overlaps or touches is one place.
  const places = (said, wanted) => {
    const { text, from } = traced(said);
    const found = [];
    for (const term of wanted) {
      for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + term.length)) {
        const last = said.codePointAt(from[at + term.length - 1]) > 0xffff ? 2 : 1;
        found.push([from[at], from[at + term.length - 1] + last]);
      }
    }
    const joined = [];
    for (const [start, end] of found.sort((a, b) => a[0] - b[0])) {
      const before = joined[joined.length - 1];
      if (before && start <= before[1]) before[1] = Math.max(before[1], end);
      else joined.push([start, end]);
    }
    return joined;
  };

  self.folding = { fold, terms, places };
})();
