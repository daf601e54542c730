/* The counter: Enter in a field presses its own button, so that a scanner needs no mouse; in any other it goes on to the
   next question, for a form of this length must never be sent by a stray Enter. Arrows walk the offers. */
(function () {
  "use strict";
  const sends = /^(submit|button|file|image|reset)$/;
  function goOn(field) {
    const next = Array.from(field.form.elements).filter(
      (other) => other.type !== "hidden" && !other.disabled && other.offsetParent && (other === field || other.name !== field.name)
    );
    const follower = next[next.indexOf(field) + 1];
    if (follower) follower.focus();
  }
  document.addEventListener("keydown", (event) => {
    const plain = event.target.closest && event.target.closest(".counter-desk input:not([data-mc-scan], [data-counter-enter])");
    if (plain && event.key === "Enter" && !event.ctrlKey && !event.metaKey && !sends.test(plain.type)) {
      event.preventDefault();
      goOn(plain);
      return;
    }
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
