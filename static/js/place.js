/* The position, when the person asks for it and only then. Browsers give none over plain http:
   we say so and the case is filed by words. */
(function () {
  "use strict";

  document.querySelectorAll("[data-place]").forEach(function (box) {
    var button = box.querySelector("[data-locate]");
    var output = box.querySelector("output");

    function say(name, metres) {
      output.textContent = box.getAttribute("data-text-" + name).replace("{n}", metres);
    }

    function fill(name, value) {
      var field = box.querySelector('[name="' + box.getAttribute("data-" + name) + '"]');
      if (field) field.value = value;
    }

    function found(position) {
      var at = position.coords;
      fill("lat", at.latitude.toFixed(6)); // a tenth of a metre: more digits would be noise
      fill("lng", at.longitude.toFixed(6));
      fill("accuracy", Math.round(at.accuracy));
      button.disabled = false;
      say("found", Math.round(at.accuracy));
    }

    function failed(error) {
      button.disabled = false;
      say(error.code === error.PERMISSION_DENIED ? "refused" : "failed");
    }

    if (!window.isSecureContext || !navigator.geolocation) return say("insecure");
    button.hidden = false;
    button.addEventListener("click", function () {
      button.disabled = true;
      say("working");
      navigator.geolocation.getCurrentPosition(found, failed, { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 });
    });
  });
})();
