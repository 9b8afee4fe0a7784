// Moves the figures of today while evidence arrives. Without it the page shows them as they were.
(() => {
  "use strict";
  const box = document.querySelector("[data-live-from]");
  if (!box || !window.EventSource) return;
  const locale = { vi: "vi-VN", en: "en-GB" }[document.documentElement.lang];
  const whole = new Intl.NumberFormat(locale);
  const clock = new Intl.DateTimeFormat(locale, {
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: "Asia/Ho_Chi_Minh",
  });
  const pip = box.querySelector(".pip");
  const button = box.querySelector("button");
  let source = null;

  const show = (name, text) => {
    for (const place of document.querySelectorAll(`[data-live="${CSS.escape(name)}"]`)) {
      if (place.textContent !== text) place.textContent = text;
    }
  };
  const take = (event) => {
    const said = JSON.parse(event.data);
    for (const [market, figures] of Object.entries(said.markets)) {
      show(`${market}:payments`, whole.format(figures.payment_count));
      show(`${market}:money`, box.dataset.before + whole.format(figures.payment_vnd) + box.dataset.after);
      show(`${market}:vendors`, whole.format(figures.vendor_count));
    }
    show("at", clock.format(new Date(said.at)));
    pip.classList.add("on");
  };
  const start = () => {
    source = new EventSource(box.dataset.liveFrom);
    source.addEventListener("figures", take);
    source.onerror = () => pip.classList.remove("on");
    button.textContent = button.dataset.stop;
    button.setAttribute("aria-pressed", "false");
  };
  const stop = () => {
    source.close();
    source = null;
    pip.classList.remove("on");
    button.textContent = button.dataset.go;
    button.setAttribute("aria-pressed", "true");
  };
  button.hidden = false;
  button.addEventListener("click", () => (source ? stop() : start()));
  start();
})();
