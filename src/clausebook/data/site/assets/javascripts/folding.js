// How the search reads: what is typed and what is written meet in one plain form. Pages and the search share it.
"use strict";
(() => {
  const HIDDEN = /^[\u00ad\u200b-\u200f\u2060\ufeff]$/;
  const DASH = /^[\u2010-\u2015\u2212]$/;
  const known = new Map();

  const plain = (sign) => {
    if (HIDDEN.test(sign)) return "";
    return DASH.test(sign) ? "-" : sign.normalize("NFKC").toLowerCase();
  };
  const folded = (sign) => {
    if (!known.has(sign)) known.set(sign, plain(sign));
    return known.get(sign);
  };

  const han = (code) => code >= 0x3400 && code <= 0x9fff;
  const blank = (code) => code === 0x20 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0x3000;

  // Tells `change` what of `said` reads otherwise: start, end, what it reads as; not the Latin capitals.
  // Between Chinese and Latin some write a space and some do not. One pass by hand: it runs over every word of a site.
  const changes = (said, change) => {
    for (let at = 0; at < said.length; at++) {
      const code = said.charCodeAt(at);
      if (han(code) || (code > 0x20 && code < 0x7f)) continue;
      let end = at + 1;
      if (blank(code)) {
        while (blank(said.charCodeAt(end))) end++;
        change(at, end, han(said.charCodeAt(at - 1)) || han(said.charCodeAt(end)) ? "" : " ");
      } else {
        const sign = String.fromCodePoint(said.codePointAt(at));
        end = at + sign.length;
        change(at, end, folded(sign));
      }
      at = end - 1;
    }
  };

  const decoder = new TextDecoder("utf-16le");
  let room = new Uint16Array(1 << 16);

  // Small letters, half width, no invisible marks, one dash; `said` must be composed (NFC), as our index is.
  const fold = (said) => {
    const longest = 18; // one sign becomes so many at most (NFKC)
    if (room.length < said.length * longest) room = new Uint16Array(said.length * longest);
    let used = 0;
    let done = 0;
    const keep = (until) => {
      for (; done < until; done++) {
        const code = said.charCodeAt(done);
        room[used++] = code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
      }
    };
    changes(said, (start, end, read) => {
      keep(start);
      for (let unit = 0; unit < read.length; unit++) room[used++] = read.charCodeAt(unit);
      done = end;
    });
    keep(said.length);
    return decoder.decode(room.subarray(0, used));
  };

  // The same text, and for each of its units the place in `said` where it begins and ends.
  const traced = (said) => {
    const from = [];
    const to = [];
    let done = 0;
    const keep = (until) => {
      for (; done < until; done++) {
        from.push(done);
        to.push(done + 1);
      }
    };
    changes(said, (start, end, read) => {
      keep(start);
      for (let unit = 0; unit < read.length; unit++) {
        from.push(start);
        to.push(end);
      }
      done = end;
    });
    keep(said.length);
    return { text: fold(said), from, to };
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
    const { text, from, to } = traced(said);
    const found = [];
    for (const term of wanted) {
      for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + term.length)) {
        found.push([from[at], to[at + term.length - 1]]);
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
