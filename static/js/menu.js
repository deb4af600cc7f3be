/* Menus that are <details>: they open and close without us. We close them when the person turns elsewhere.
   Also: on a phone the filters of a list fold to the first one; print buttons; the message of a refused
   form gets the focus, so that it is read aloud. */
(function () {
  "use strict";

  function openMenus() {
    return Array.prototype.slice.call(document.querySelectorAll("details[data-drop][open]"));
  }

  document.addEventListener("click", function (event) {
    openMenus().forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    openMenus().forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  document.querySelectorAll("[data-filters]").forEach(function (form) {
    var fields = form.querySelectorAll(".field");
    var button = form.querySelector("[data-unfold]");
    var used = Array.prototype.some.call(fields, function (field, index) {
      var control = field.querySelector("input, select");
      return index > 0 && control && control.value; // a filter at work is never hidden
    });
    if (fields.length < 3 || used || !button) return;
    fields[0].classList.add("first");
    form.classList.add("folded");
    button.hidden = false;
    button.addEventListener("click", function () {
      form.classList.remove("folded");
      button.hidden = true;
      (fields[1].querySelector("input, select") || button).focus();
    });
  });

  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false; // without script there is the browser's own menu
    button.addEventListener("click", function () { window.print(); });
  });

  var notice = document.querySelector("[data-focus]");
  if (notice) notice.focus();
})();
