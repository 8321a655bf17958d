// The page's side of the search. The box hears what comes without a key (pasted, dictated, chosen from an input method),
// and a page that was found marks the words that led to it, which its address carries.
"use strict";
(() => {
  const box = document.querySelector(".md-search__input");
  for (const event of ["input", "compositionend"]) {
    box?.addEventListener(event, ({ isComposing }) => isComposing || box.dispatchEvent(new Event("keyup")));
  }

  const { terms, places } = self.folding;
  const article = document.querySelector("article");
  const address = new URLSearchParams(location.search);
  const asked = address.get("found") ?? address.get("h"); // Zensical says h
  const wanted = asked ? terms(asked) : [];
  if (!article || !wanted.length) return;

  const mark = (node) => {
    const said = node.data;
    const parts = [];
    let done = 0;
    for (const [start, end] of places(said, wanted)) {
      const hit = document.createElement("mark");
      hit.textContent = said.slice(start, end);
      parts.push(said.slice(done, start), hit);
      done = end;
    }
    if (parts.length) node.replaceWith(...parts, said.slice(done));
  };

  const texts = [];
  const walk = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    if (!walk.currentNode.parentElement.closest("script, style, svg, form, .headerlink")) texts.push(walk.currentNode);
  }
  texts.forEach(mark);
  const first = article.querySelector("mark");
  first?.closest("details")?.setAttribute("open", "");
  if (first && !location.hash) first.scrollIntoView({ block: "center" });
})();
