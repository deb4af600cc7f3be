/* Live parts: <div data-poll="url" data-poll-every="15"> asks for its own HTML again and again.
   304 or 204 means nothing new: only the time of the last answer moves on. The reader may hide the tab
   (we rest), lose the connection (we say so and ask less often), or be in the middle of something
   (we do not pull it from under her). */
(function () {
  "use strict";

  var parts = Array.prototype.slice.call(document.querySelectorAll("[data-poll]"));
  var banner = document.querySelector("[data-live]");
  var last = "";
  if (!parts.length || !window.fetch) return;

  function say(state) {
    if (!banner) return;
    banner.classList.toggle("lost", state !== "updated");
    var text = banner.getAttribute("data-text-" + state).replace("{time}", last || "—");
    if (banner.textContent !== text) banner.textContent = text;
    // Read aloud when the connection is lost, not every fifteen seconds.
    banner.setAttribute("aria-live", state === "updated" ? "off" : "polite");
  }

  function timeOf(response) { // the server's clock: the one of this computer may be wrong
    var date = response.headers.get("Date");
    return (date ? new Date(date) : new Date()).toLocaleTimeString("en-GB", { timeZone: "Asia/Shanghai" });
  }

  function inUse(part) {
    var focus = document.activeElement;
    var typing = part.contains(focus) && /^(INPUT|TEXTAREA|SELECT)$/.test(focus.tagName);
    return typing || part.querySelector("details[open], input[type=checkbox]:checked") !== null;
  }

  function swap(part, html) {
    var focus = document.activeElement;
    var link = part.contains(focus) && focus.getAttribute("href");
    part.innerHTML = html;
    if (!link) return;
    part.querySelectorAll("a[href]").forEach(function (anchor) { // the reader stays on the row she was on
      if (anchor.getAttribute("href") === link) anchor.focus({ preventScroll: true });
    });
  }

  function watch(part) {
    var every = Number(part.dataset.pollEvery || 15) * 1000;
    var failures = 0;
    var etag = part.dataset.pollEtag || "";
    var timer = 0;
    var stopped = false;

    function later() {
      if (stopped) return;
      clearTimeout(timer);
      var wait = Math.min(every * Math.pow(2, failures), Math.max(every, 120000));
      timer = setTimeout(ask, wait * (0.9 + Math.random() * 0.2)); // jitter: not all desks at the same second
    }

    function take(response) {
      if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
        stopped = true;
        return say("out");
      }
      if (response.status >= 400) throw new Error(String(response.status));
      failures = 0;
      last = timeOf(response);
      say("updated");
      if (response.status === 304 || response.status === 204) return null;
      return response.text().then(function (html) {
        if (inUse(part)) return; // and the old etag brings it again next time
        etag = response.headers.get("ETag") || "";
        swap(part, html);
      });
    }

    function ask() {
      if (document.hidden) return later();
      var headers = { "X-Requested-With": "fetch" };
      if (etag) headers["If-None-Match"] = etag;
      fetch(part.dataset.poll, { headers: headers, cache: "no-store", redirect: "manual", credentials: "same-origin" })
        .then(take)
        .catch(function () { failures += 1; say("lost"); })
        .then(later);
    }

    document.addEventListener("visibilitychange", function () {
      if (!document.hidden && !stopped) { clearTimeout(timer); ask(); }
    });
    // A page made just now is fresh; an empty place (the badge) wants its first content.
    if (part.childNodes.length) later(); else ask();
  }

  window.addEventListener("offline", function () { say("lost"); });
  parts.forEach(watch);
})();
