/* The keyboard of the desk: / searches, j and k walk the rows of the table with data-rows, x selects, ? helps.
   Enter needs nothing from us: walking puts the focus on the link of the row.
   Also "select all" (data-check-all) and the number of selected rows (data-check-count). */
(function () {
  "use strict";

  function typing(event) {
    var field = event.target;
    // 229: the input method has the key; composing Chinese must never move the page.
    return event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey ||
      /^(INPUT|TEXTAREA|SELECT)$/.test(field.tagName) && !/^(checkbox|radio|button|submit)$/.test(field.type) ||
      field.isContentEditable || document.querySelector("dialog[open]") !== null;
  }

  function rows() {
    return Array.prototype.slice.call(document.querySelectorAll("[data-rows] > tbody > tr, [data-rows] > li"));
  }

  function current(list) {
    return list.findIndex(function (row) { return row.contains(document.activeElement); });
  }

  function mark() {
    var list = rows();
    var at = current(list);
    list.forEach(function (row, index) { row.classList.toggle("row-current", index === at); });
  }

  function walk(step) {
    var list = rows();
    var at = current(list);
    var row = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + step, 0), list.length - 1)];
    var link = row && row.querySelector("a[data-open], a[href]");
    if (!link) return;
    link.focus({ preventScroll: true });
    row.scrollIntoView({ block: "center" }); // the sticky header would cover "nearest"
  }

  function select() {
    var list = rows();
    var row = list[current(list)];
    var box = row && row.querySelector("input[type=checkbox]");
    if (box) box.click();
  }

  var help = document.querySelector("[data-keys]");
  var search = document.querySelector("[data-key-search]");
  var actions = {
    "/": function () { if (search) { search.focus(); search.select(); } },
    "j": function () { walk(1); },
    "k": function () { walk(-1); },
    "x": select,
    "?": function () { if (help && help.showModal) help.showModal(); }
  };

  document.addEventListener("keydown", function (event) {
    // A keyboard in Chinese punctuation mode sends these in place of / and ?.
    var key = { "、": "/", "／": "/", "？": "?" }[event.key] || event.key;
    if (!actions[key] || typing(event)) return;
    event.preventDefault();
    actions[key]();
  });
  document.addEventListener("focusin", mark);

  function boxes() {
    return rows().map(function (row) { return row.querySelector("input[type=checkbox]"); }).filter(Boolean);
  }

  function count() {
    var checked = boxes().filter(function (box) { return box.checked; }).length;
    document.querySelectorAll("[data-check-count]").forEach(function (place) { place.textContent = checked; });
    var all = document.querySelector("[data-check-all]");
    if (!all) return;
    all.checked = checked > 0 && checked === boxes().length;
    all.indeterminate = checked > 0 && !all.checked;
  }

  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-check-all]")) {
      boxes().forEach(function (box) { box.checked = event.target.checked; });
    }
    if (event.target.type === "checkbox") count();
  });
})();
