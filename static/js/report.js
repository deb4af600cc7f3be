/* Outdoors: a banner while there is no network, and no form sent into nothing (data-offline, data-online-only).
   Tiles and the long list of categories (data-quick) stay of one mind. */
(function () {
  "use strict";

  var banner = document.querySelector("[data-offline]");

  function show() {
    if (banner) banner.hidden = navigator.onLine !== false;
  }

  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  show();

  document.querySelectorAll("form[data-online-only]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      if (navigator.onLine !== false || !banner) return;
      event.preventDefault(); // the browser's error page would lose the photos
      event.stopPropagation();
      show();
      banner.scrollIntoView({ block: "center" });
      banner.focus({ preventScroll: true });
    });
  });

  document.querySelectorAll("[data-quick]").forEach(function (box) {
    var tiles = box.querySelectorAll("input[type=radio]");
    var list = box.querySelector("select");
    var other = box.querySelector('input[type=radio][value="other"]');
    if (!list) return;
    box.addEventListener("change", function (event) {
      if (event.target === list) {
        tiles.forEach(function (tile) { tile.checked = tile.value === list.value; });
        if (list.value && other && !box.querySelector("input[type=radio]:checked")) other.checked = true;
      } else if (event.target.value === "other") {
        list.value = "";
        list.focus();
      } else if (event.target.type === "radio") {
        list.value = event.target.value;
      }
    });
  });
})();
