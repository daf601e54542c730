/* Shows a question as soon as the answers before it ask for it. Without this script all are shown, with "only if …". */
(() => {
  "use strict";

  const values = (form, name) => {
    const found = [];
    for (const input of form.elements) {
      const belongs = input.name === name || input.name.startsWith(`${name}-`);
      if (!belongs || input.closest(".ef-entry[hidden]")) continue;
      if (input.type === "checkbox") {
        if (input.checked) found.push(input.value === "on" ? "true" : input.value);
      } else if (input.type === "radio") {
        if (input.checked) found.push(input.value);
      } else if (input.value.trim()) found.push(input.value.trim());
    }
    return found;
  };

  const holds = (form, rule) => {
    if (rule.all) return rule.all.every((part) => holds(form, part));
    if (rule.any) return rule.any.some((part) => holds(form, part));
    const found = values(form, rule.name);
    if (rule.kind === "ticked") return found.includes("true") !== rule.negate;
    if (rule.kind === "answered") return found.length > 0 !== rule.negate;
    const hit = found.some((one) => rule.values.includes(one));
    return rule.negate ? found.length > 0 && !hit : hit;
  };

  const refresh = (section) => {
    const form = section.closest("form");
    if (!form) return;
    for (const entry of section.querySelectorAll("[data-mc-when]")) {
      entry.hidden = !holds(form, JSON.parse(entry.dataset.mcWhen));
    }
  };

  const start = (root) => {
    for (const section of root.querySelectorAll("[data-mc-eform]")) {
      for (const words of section.querySelectorAll("[data-mc-when-words]")) words.hidden = true;
      refresh(section);
    }
  };

  document.addEventListener("change", (event) => {
    const section = event.target.closest("[data-mc-eform]");
    if (section) refresh(section);
  });
  document.addEventListener("input", (event) => {
    const section = event.target.closest("[data-mc-eform]");
    if (section && event.target.type !== "radio" && event.target.type !== "checkbox") refresh(section);
  });
  document.addEventListener("htmx:load", (event) => start(event.target.parentElement || document));
  start(document);
})();
