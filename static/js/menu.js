/* Menus that are <details>: they open and close without us. We close them when the person turns elsewhere.
   Also: print buttons, and the message of a refused form gets the focus, so that it is read aloud. */
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

  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false; // without script there is the browser's own menu
    button.addEventListener("click", function () { window.print(); });
  });

  var notice = document.querySelector("[data-focus]");
  if (notice) notice.focus();
})();
