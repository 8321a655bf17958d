/* What a table shows as a file for a spreadsheet, made in the browser: no request is made, nothing leaves the page.
   The same form as `clausebook export`: UTF-8 with a mark that Excel knows, every cell in quotes, no cell that runs. */
window.Sheets = (function () {
  "use strict";

  const LINE = "\r\n";
  const UNFIT = /[\\/:*?"<>|\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\s]+/g;
  const LONGEST_NAME = 70;
  const NUMBER = /^-?[0-9]+(\.[0-9]+)?$/;

  /* The words of a cell or heading as they are read: what is hidden, or only said on a phone, is not in it. */
  function words(cell) {
    const copy = cell.cloneNode(true);
    copy.querySelectorAll("[hidden], .named, .headerlink").forEach(part => part.remove());
    copy.querySelectorAll("br").forEach(end => end.replaceWith("\n"));
    return copy.textContent.replace(/[^\S\n]+/g, " ").replace(/ ?\n ?/g, "\n").trim();
  }

  /* `formula`: what a spreadsheet would run, as publish/spreadsheets.py knows it; an apostrophe makes it a text. */
  function quoted(said, formula) {
    const runs = !NUMBER.test(said) && formula.test(said);
    return '"' + ((runs ? "'" : "") + said).replace(/"/g, '""') + '"';
  }

  function csv(rows, pattern) {
    const formula = new RegExp("^(?:" + pattern + ")", "u");
    return "\ufeff" + rows.map(cells => cells.map(cell => quoted(words(cell), formula)).join(",") + LINE).join("");
  }

  /* A name that every file system takes: which list, as of when, and what it was narrowed to. */
  function fileName(parts) {
    const said = parts.filter(Boolean).map(part => part.normalize("NFC").replace(UNFIT, " ").trim().replace(/ /g, "-"));
    return [...said.filter(Boolean).join("_")].slice(0, LONGEST_NAME).join("").replace(/^[.\-_]+|[.\-_]+$/g, "") + ".csv";
  }

  function save(name, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  return { csv, fileName, save, words };
})();
