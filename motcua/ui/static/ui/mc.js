/* Behaviour on top of pages that work without it. Found by data-mc-*; words come from the page. */
(function () {
  "use strict";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const on = (type, selector, act) =>
    document.addEventListener(type, (event) => {
      const target = event.target.closest && event.target.closest(selector);
      if (target) act(event, target);
    });
  const typing = (node) => node && /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName) && !/^(checkbox|radio|button|submit)$/.test(node.type);

  /* A form is sent once; coming back from the next page opens it again. */
  on("submit", "form[data-mc-once]", (event, form) => {
    if (form.dataset.mcSent) event.preventDefault();
    else form.dataset.mcSent = "1";
  });
  window.addEventListener("pageshow", () => all("form[data-mc-sent]").forEach((form) => delete form.dataset.mcSent));
  on("click", "[data-mc-inert]", (event) => event.preventDefault());

  on("click", "[data-mc-print]", () => window.print());
  on("change", "[data-mc-submit]", (event, field) => field.form.requestSubmit());
  on("change", "[data-mc-check-all]", (event, box) =>
    all(`input[name="${box.dataset.mcCheckAll}"]`).forEach((other) => { other.checked = box.checked; }));

  on("click", "[data-mc-copy]", async (event, button) => {
    await navigator.clipboard.writeText(button.dataset.mcCopy);
    button.querySelector(".mc-sr").textContent = button.dataset.mcCopied;
    button.classList.add("mc-copied");
  });

  /* Characters left, told politely, under a text with a limit. */
  on("input", "[data-mc-count]", (event, field) => {
    const said = document.getElementById(field.dataset.mcCount);
    if (said) said.textContent = said.dataset.mcText.replace("0", String(field.maxLength - field.value.length));
  });

  /* A scanner ends with Enter: it must fill the next field, not send the form. */
  on("keydown", "[data-mc-scan]", (event, field) => {
    if (event.key !== "Enter" || !field.form) return;
    event.preventDefault();
    field.dispatchEvent(new Event("change", { bubbles: true }));
    const fields = Array.from(field.form.elements).filter((item) => item.type !== "hidden" && !item.disabled && item.offsetParent);
    const next = fields[fields.indexOf(field) + 1];
    if (next) next.focus();
  });

  /* Links of an error summary lead into the field itself. */
  on("click", ".mc-error-summary a", (event, link) => {
    const field = document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const frame = field.closest(".mc-field") || field;
    frame.scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  });

  /* Read a part of the page aloud; the same button stops. */
  on("click", "[data-mc-read]", (event, button) => {
    const voice = window.speechSynthesis;
    if (voice.speaking) { voice.cancel(); return; }
    const part = document.querySelector(button.dataset.mcRead);
    if (!part) return;
    const words = new SpeechSynthesisUtterance(part.innerText);
    words.lang = (part.closest("[lang]") || document.documentElement).lang;
    voice.speak(words);
  });

  /* Keys of the office: / search, j k rows, Enter open, ? help. */
  let rows = [];
  let place = -1;
  function go(step) {
    rows = all("[data-mc-row]").filter((row) => row.offsetParent);
    if (!rows.length) return;
    const now = rows.findIndex((row) => row.classList.contains("mc-row-now"));
    place = Math.min(Math.max((now < 0 ? (step > 0 ? -1 : 0) : now) + step, 0), rows.length - 1);
    rows.forEach((row) => row.classList.remove("mc-row-now"));
    rows[place].classList.add("mc-row-now");
    const link = rows[place].querySelector("a[href]");
    if (link) link.focus({ preventScroll: true });
    rows[place].scrollIntoView({ block: "nearest" });
  }
  const help = () => document.querySelector("dialog[data-mc-keys]");
  on("click", "[data-mc-keys-open]", () => help() && help().showModal());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const search = document.querySelector("[data-mc-search]");
    if (event.key === "/" && search) { event.preventDefault(); search.focus(); search.select(); }
    else if (event.key === "?" && help() && !help().open) help().showModal();
    else if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
  });
  /* A key that presses a button, also while typing: data-mc-key="ctrl+enter" or "f2". */
  document.addEventListener("keydown", (event) => {
    const name = `${event.ctrlKey || event.metaKey ? "ctrl+" : ""}${event.key.toLowerCase()}`;
    const button = all("[data-mc-key]").find((node) => node.dataset.mcKey === name && node.offsetParent);
    if (button) { event.preventDefault(); button.click(); }
  });
  on("keydown", "[data-mc-search]", (event, field) => { if (event.key === "Escape") field.blur(); });
  document.addEventListener("click", (event) =>
    all("details.mc-menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
  on("keydown", "details.mc-menu", (event, menu) => {
    if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); }
  });

  /* A picture is looked at before it is sent: too dark, blurred, too small. It is never refused here. */
  const SIDE = 320, DARK = 60, SHARP = 60, SMALL = 900;
  function judge(bitmap) {
    const scale = SIDE / Math.max(bitmap.width, bitmap.height);
    const width = Math.max(3, Math.round(bitmap.width * scale)), height = Math.max(3, Math.round(bitmap.height * scale));
    const canvas = document.createElement("canvas");
    canvas.width = width; canvas.height = height;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0, width, height);
    const data = context.getImageData(0, 0, width, height).data;
    const grey = new Float32Array(width * height);
    let sum = 0;
    for (let i = 0; i < grey.length; i += 1) {
      grey[i] = 0.3 * data[4 * i] + 0.59 * data[4 * i + 1] + 0.11 * data[4 * i + 2];
      sum += grey[i];
    }
    let edges = 0, squares = 0, count = 0;
    for (let y = 1; y < height - 1; y += 1) {
      for (let x = 1; x < width - 1; x += 1) {
        const i = y * width + x;
        const edge = 4 * grey[i] - grey[i - 1] - grey[i + 1] - grey[i - width] - grey[i + width];
        edges += edge; squares += edge * edge; count += 1;
      }
    }
    if (Math.max(bitmap.width, bitmap.height) < SMALL) return "mcSmall";
    if (sum / grey.length < DARK) return "mcTooDark";
    return squares / count - (edges / count) ** 2 < SHARP ? "mcBlurred" : "mcGood";
  }
  on("change", "[data-mc-file] input[type=file]", async (event, input) => {
    const frame = input.closest("[data-mc-file]");
    const said = frame.querySelector("[data-mc-file-said]");
    const file = input.files[0];
    if (!file) { said.textContent = ""; return; }
    all("input[type=file]", frame).forEach((other) => { if (other !== input) other.value = ""; });
    const isSmall = file.size < 1e6;
    const size = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: isSmall ? 0 : 1 })
      .format(isSmall ? Math.ceil(file.size / 1e3) : file.size / 1e6);
    said.textContent = `${file.name} · ${size} ${isSmall ? "kB" : "MB"}`;
    if (!file.type.startsWith("image/") || !window.createImageBitmap) return;
    try {
      const bitmap = await createImageBitmap(file);
      said.textContent += ` · ${frame.dataset[judge(bitmap)]}`;
      bitmap.close();
    } catch (error) { /* a format this browser cannot draw: the server looks at it */ }
  });

  /* Who leaves with a file chosen but not added is told once. */
  on("click", "[data-mc-pending]", (event) => {
    const chosen = all("main input[type=file]").find((input) => input.files.length && !input.form.dataset.mcSent);
    const said = document.querySelector("[data-mc-pending-said]");
    if (!chosen || !said || said.textContent) return;
    event.preventDefault();
    said.textContent = said.dataset.mcPendingSaid;
    chosen.form.querySelector("button:not([hidden])").focus();
  });

  /* Lost connections and failures of the server are told, and taken back when the next try works. */
  const net = document.querySelector("[data-mc-net]");
  const tell = (words) => { if (net) net.textContent = words; };
  document.addEventListener("htmx:sendError", () => tell(net && net.dataset.mcLost));
  document.addEventListener("htmx:responseError", (event) =>
    tell(net && (event.detail.xhr.status === 401 ? net.dataset.mcSignedOut : net.dataset.mcFailed)));
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) { tell(""); renewed = false; } });

  /* Who comes back to a page that was saved elsewhere meanwhile sees what stands there, unless something typed here waits. */
  let waits = false;
  document.addEventListener("input", () => { waits = true; });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) waits = false; });
  const version = (root) => (root.querySelector("[data-mc-version]") || { dataset: {} }).dataset.mcVersion;
  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState !== "visible" || waits || !version(document)) return;
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    const there = version(new DOMParser().parseFromString(await answer.text(), "text/html"));
    if (there && there !== version(document) && !waits) location.replace(location.pathname);
  });

  /* Who signed in again in another tab has a new token: this page fetches it once and tries again. */
  let renewed = false;
  document.addEventListener("htmx:responseError", async (event) => {
    if (event.detail.xhr.status !== 403 || renewed) return;
    renewed = true;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main [name=csrfmiddlewaretoken]");
    if (!answer.ok || answer.redirected || !fresh) return;
    all("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = fresh.value; });
    const form = event.detail.elt.closest("form");
    if (form) form.dispatchEvent(new Event("change", { bubbles: true }));
  });

  /* What only scripts can do appears with them; also in parts that htmx brings. */
  function wake(root) {
    all("[data-mc-copy], [data-mc-print]", root).forEach((node) => { node.hidden = false; });
    if (window.speechSynthesis) all("[data-mc-read]", root).forEach((node) => { node.hidden = false; });
    const first = root.querySelector("[data-mc-focus]");
    if (first) first.focus();
  }
  wake(document);
  document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) wake(event.target); });
})();
