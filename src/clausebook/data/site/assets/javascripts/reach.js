/* What a mouse finds by itself, for those who use none: boxes that scroll can be reached and say what they hold, the
   navigation of a narrow screen opens and closes by key, and the focus goes back where it came from. Pages are whole without it. */
(function () {
  "use strict";

  // A browser that writes the foot of every sheet needs no last line, which might stand on a sheet of its own.
  if (window.CSSMarginRule) document.documentElement.classList.add("footed");

  // A box that scrolls sideways, as long as it does: a stop for the keyboard, named by the heading it stands under.
  const names = new Map();
  const taken = new Map();

  function nameOf(box) {
    if (!names.has(box)) {
      const heads = [...document.querySelectorAll("article :is(h1, h2, h3, h4)")];
      const above = heads.filter(head => head.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING).pop();
      const said = above ? above.textContent.replace("¶", "").trim() : document.title;
      taken.set(said, (taken.get(said) || 0) + 1);
      names.set(box, taken.get(said) > 1 ? said + " (" + taken.get(said) + ")" : said);
    }
    return names.get(box);
  }

  const watch = new ResizeObserver(changes => {
    for (const { target: box } of changes) {
      const scrolls = box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "hidden";
      const said = scrolls ? { tabindex: "0", role: "region", "aria-label": nameOf(box) } : {};
      for (const name of ["tabindex", "role", "aria-label"]) {
        if (name in said) box.setAttribute(name, said[name]);
        else box.removeAttribute(name);
      }
    }
  });

  window.addEventListener("load", () => {
    for (const box of document.querySelectorAll("article :is(.md-typeset__scrollwrap, figure, figure > div, pre > code)")) {
      watch.observe(box);
    }
  });

  // The navigation of a narrow screen: opened by its switch, it takes the focus; left, it closes.
  const drawer = document.getElementById("__drawer");
  const side = document.querySelector(".md-sidebar--primary");
  if (drawer && side) {
    const close = () => { if (drawer.checked) drawer.click(); };
    drawer.addEventListener("change", () => {
      const inside = [...side.querySelectorAll("a.md-nav__link[href]")];
      const first = inside.find(one => one.checkVisibility({ visibilityProperty: true }));
      if (drawer.checked && first && drawer.matches(":focus-visible")) first.focus();
    });
    side.addEventListener("keydown", event => {
      if (event.key !== "Escape") return;
      close();
      drawer.focus();
    });
    side.addEventListener("focusout", event => {
      if (event.relatedTarget && !side.contains(event.relatedTarget)) close();
    });
    for (const toggle of [drawer, ...side.querySelectorAll(".md-nav__toggle")]) {
      toggle.addEventListener("keydown", event => { if (event.key === "Enter") toggle.click(); });
    }
  }

  // The search opens as soon as its field has the focus; Escape leaves it for where the reader was.
  const field = document.querySelector(".md-search__input");
  if (field) {
    let before = null;
    field.addEventListener("focus", event => {
      if (event.relatedTarget && !event.relatedTarget.closest(".md-search")) before = event.relatedTarget;
    });
    field.closest(".md-search").addEventListener("keydown", event => {
      if (event.key === "Escape" && before) setTimeout(() => before.focus());
    });
  }
})();
