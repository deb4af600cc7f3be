/* The dispatch desk: a click on Assign opens the case beside the queue instead of on a page of its own.
   Without room, without script or without an answer the link does what links do. */
(function () {
  "use strict";

  var place = document.querySelector("[data-panel-place]");
  if (!place || !window.fetch) return;
  var wide = window.matchMedia("(min-width: 992px)");
  var asked = 0;

  function show(html) {
    place.innerHTML = html;
    var title = place.querySelector("[data-focus]");
    if (title) title.focus({ preventScroll: true });
    place.scrollTop = 0;
  }

  function changed() { // something typed or chosen that differs from what the page brought
    return Array.prototype.some.call(place.querySelectorAll("textarea, input:not([type=hidden]), select"), function (field) {
      if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
      return !Array.prototype.some.call(field.options, function (option) { return option.selected && option.defaultSelected; });
    });
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[data-panel]");
    if (!link || !wide.matches || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (changed() && !window.confirm(place.dataset.textUnsaved)) return;
    var mine = ++asked; // of two quick clicks the later one counts
    fetch(link.href, { headers: { "X-Requested-With": "fetch" }, cache: "no-store", redirect: "manual", credentials: "same-origin" })
      .then(function (response) {
        if (!response.ok) throw new Error(String(response.status));
        return response.text();
      })
      .then(function (html) { if (mine === asked) show(html); })
      .catch(function () { window.location.href = link.href; });
  });
})();
