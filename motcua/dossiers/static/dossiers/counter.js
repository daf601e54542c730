/* The counter: Enter in a field presses its own button, so that a scanner needs no mouse; arrows walk the offers. */
(function () {
  "use strict";
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest && event.target.closest("[data-counter-enter]");
    if (field && event.key === "Enter") {
      const button = document.querySelector(field.dataset.counterEnter);
      if (button) { event.preventDefault(); button.click(); }
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (field || event.target.closest(".counter-pick"))) {
      const offers = Array.from(document.querySelectorAll(".counter-pick"));
      const next = offers[offers.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); }
    }
  });
})();
