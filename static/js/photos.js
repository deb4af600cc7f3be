/* Photos from camera and album: reduced on the phone (a weak signal outdoors), shown, removable, counted.
   The form's own file input stays the carrier; where a browser cannot fill it, that plain input is all there is. */
(function () {
  "use strict";

  var EDGE = 1600; // px, as the server keeps them
  var QUALITY = 0.82;

  function bag(files) {
    var transfer = new DataTransfer();
    files.forEach(function (file) { transfer.items.add(file); });
    return transfer.files;
  }

  function able() {
    try { return bag([new File(["x"], "x.jpg")]).length === 1 && !!HTMLCanvasElement.prototype.toBlob; } catch (error) { return false; }
  }

  function kilobytes(file) { return Math.max(1, Math.round(file.size / 1024)) + " KB"; }

  function reduce(file) { // a promise of the smaller file, or of the same one where that is not to be had
    return new Promise(function (resolve) {
      var image = new Image();
      var url = URL.createObjectURL(file);
      function done(result) { URL.revokeObjectURL(url); resolve(result); }
      image.onerror = function () { done(file); }; // not a picture we can read: the server says so in words
      image.onload = function () {
        var scale = Math.min(1, EDGE / Math.max(image.naturalWidth, image.naturalHeight));
        if (scale === 1 && file.size < 600 * 1024) return done(file);
        var canvas = document.createElement("canvas");
        canvas.width = Math.round(image.naturalWidth * scale);
        canvas.height = Math.round(image.naturalHeight * scale);
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        canvas.toBlob(function (blob) {
          if (!blob || blob.size >= file.size) return done(file);
          done(new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }));
        }, "image/jpeg", QUALITY);
      };
      image.src = url;
    });
  }

  function enhance(box) {
    var input = box.querySelector("[data-photos-plain] input[type=file]");
    var list = box.querySelector("[data-photos-list]");
    var counter = box.querySelector("[data-photos-count]");
    var adders = list.querySelectorAll("[data-photos-add]");
    var most = Number(box.dataset.max);
    var photos = [];
    var working = 0;

    function text(name) { return box.getAttribute("data-text-" + name); }

    function show(note) {
      input.files = bag(photos.map(function (photo) { return photo.file; }));
      list.querySelectorAll("[data-photo]").forEach(function (tile) { tile.remove(); });
      photos.forEach(function (photo, index) { list.insertBefore(tile(photo, index), adders[0]); });
      adders.forEach(function (adder) { adder.hidden = photos.length >= most; });
      counter.textContent = photos.length + " / " + most + (working ? " " + text("working") : note ? " " + note : "");
    }

    function tile(photo, index) {
      var item = document.createElement("li");
      item.dataset.photo = "1";
      var frame = item.appendChild(document.createElement("figure")).appendChild(document.createElement("div"));
      frame.className = "box";
      var picture = frame.appendChild(document.createElement("img"));
      picture.src = photo.url;
      picture.alt = text("photo") + " " + (index + 1);
      var note = frame.appendChild(document.createElement("span"));
      note.className = "note";
      note.textContent = (photo.reduced ? text("size") + " " : "") + kilobytes(photo.file);
      var remove = frame.appendChild(document.createElement("button"));
      remove.type = "button";
      remove.className = "drop-it";
      remove.textContent = "×";
      remove.setAttribute("aria-label", text("remove") + " " + (index + 1));
      remove.addEventListener("click", function () {
        URL.revokeObjectURL(photo.url);
        photos.splice(index, 1);
        show();
        adders[0].querySelector("input").focus();
      });
      return item;
    }

    function add(files) {
      var room = most - photos.length - working;
      var note = files.length > room ? text("full") : "";
      files.slice(0, Math.max(room, 0)).reduce(function (before, file) { // one after the other: phones have little memory
        working += 1;
        return before.then(function () { return reduce(file); }).then(function (small) {
          working -= 1;
          photos.push({ file: small, url: URL.createObjectURL(small), reduced: small !== file });
          show(note);
        });
      }, Promise.resolve());
      show(note);
    }

    list.addEventListener("change", function (event) {
      add(Array.prototype.slice.call(event.target.files));
      event.target.value = ""; // the same photo may be chosen again after it was removed
    });
    input.form.addEventListener("submit", function (event) {
      if (working) { event.preventDefault(); show(); }
    }, true); // before forms.js counts this as sent

    if (input.files.length) add(Array.prototype.slice.call(input.files)); // the browser kept them over a reload
    input.removeAttribute("required"); // hidden fields cannot be complained about; the server does
    box.querySelector("[data-photos-plain]").hidden = true;
    list.hidden = false;
    show();
  }

  if (able()) document.querySelectorAll("[data-photos]").forEach(enhance);
})();
