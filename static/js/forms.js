/* What every form gets: one submit per click, a counter under long texts, a warning before unsaved text is
   left behind (data-guard), and a draft that survives a reload (data-draft="name").
   Drafts may hold personal data: they live in this tab only, belong to one person, and go at sign-out. */
(function () {
  "use strict";

  var PREFIX = "draft:";
  var person = document.body.dataset.person || "";
  var dirty = false;

  function keep(action) {
    try { return action(window.sessionStorage); } catch (error) { return null; } // storage may be forbidden
  }

  function forgetAll(test) {
    keep(function (store) {
      // All are asked about before the first one goes: a draft's fate hangs on another key, in whatever order.
      Object.keys(store).filter(function (key) {
        return key.indexOf(PREFIX) === 0 && test(key);
      }).forEach(function (key) { store.removeItem(key); });
    });
  }

  // --- one submit per click ---

  function onSubmit(event) {
    var form = event.target;
    if (event.defaultPrevented || (form.method !== "post" && form.getAttribute("method") !== "post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    dirty = false;
    // After this turn of the loop, or the name and value of the pressed button would be lost.
    setTimeout(function () { lock(form, true); }, 0);
    // An answer that is a download leaves the page standing: let it be used again.
    setTimeout(function () { lock(form, false); }, 8000);
  }

  function lock(form, locked) {
    if (!locked) delete form.dataset.sent;
    form.querySelectorAll("button:not([type=button])").forEach(function (button) {
      if (locked) button.setAttribute("aria-disabled", "true"); else button.removeAttribute("aria-disabled");
      button.classList.toggle("disabled", locked);
    });
  }

  document.addEventListener("submit", onSubmit);
  window.addEventListener("pageshow", function () { // also when the person comes back to a frozen page
    document.querySelectorAll("form[data-sent]").forEach(function (form) { lock(form, false); });
  });

  // --- counters ---

  document.querySelectorAll("textarea[maxlength]").forEach(function (area) {
    var most = Number(area.getAttribute("maxlength"));
    var counter = document.createElement("div");
    counter.className = "counter";
    counter.setAttribute("aria-hidden", "true"); // a screen reader hears maxlength from the field itself
    function show() {
      counter.textContent = area.value.length + " / " + most;
      counter.classList.toggle("near", area.value.length > most * 0.95);
    }
    area.insertAdjacentElement("afterend", counter);
    area.addEventListener("input", show);
    show();
  });

  // --- unsaved text ---

  document.querySelectorAll("form[data-guard]").forEach(function (form) {
    form.addEventListener("input", function () { dirty = true; });
  });
  window.addEventListener("beforeunload", function (event) {
    if (!dirty) return;
    event.preventDefault();
    event.returnValue = "";
  });

  // --- drafts ---

  function texts(form) {
    return Array.prototype.filter.call(form.elements, function (field) {
      return field.name && (field.tagName === "TEXTAREA" || (field.tagName === "INPUT" && field.type === "text"));
    });
  }

  function draft(form) {
    var key = PREFIX + person + ":" + form.dataset.draft;
    var saved = keep(function (store) { return JSON.parse(store.getItem(key) || "null"); });
    keep(function (store) { store.removeItem(key + ":sent"); }); // here again: it was not accepted, or never arrived
    texts(form).forEach(function (field) {
      if (saved && !field.value && saved[field.name]) field.value = saved[field.name];
    });
    form.addEventListener("input", function () {
      var now = {};
      texts(form).forEach(function (field) { now[field.name] = field.value; });
      keep(function (store) { store.setItem(key, JSON.stringify(now)); });
    });
    // Sent is not yet saved: the draft goes when the next page turns out to be another one.
    form.addEventListener("submit", function () { keep(function (store) { store.setItem(key + ":sent", "1"); }); });
    return key;
  }

  var here = Array.prototype.map.call(document.querySelectorAll("form[data-draft]"), draft);
  forgetAll(function (key) {
    var base = key.replace(/:sent$/, "");
    var someoneElse = key.indexOf(PREFIX + person + ":") !== 0;
    return someoneElse || (here.indexOf(base) < 0 && keep(function (store) { return store.getItem(base + ":sent"); }));
  });
  if (document.body.classList.contains("signed-out")) forgetAll(function () { return true; });
})();
