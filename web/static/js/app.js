// The only listener to htmx events. Event names of htmx 2 and 4 are both listened to.
(() => {
  document.documentElement.dataset.scripts = "on";
  const live = () => document.getElementById("live");
  const on = (names, act) => names.forEach((name) => document.addEventListener(name, act));

  // Words for the live region; the pause lets a screen reader hear a repeated sentence again.
  function say(words) {
    const region = live();
    if (!region || !words) return;
    region.textContent = "";
    setTimeout(() => { region.textContent = words; }, 100);
  }

  // A whole screen changed: the focus goes to its title, which is read out once.
  function arrive() {
    const title = document.getElementById("title") || document.getElementById("main");
    if (title) title.focus();
    say(document.title);
  }

  // A toast leaves after ten seconds, never while somebody is on it.
  function keep(toast) {
    let left;
    const go = () => { left = setTimeout(() => toast.remove(), 10000); };
    const stay = () => clearTimeout(left);
    toast.addEventListener("mouseenter", stay);
    toast.addEventListener("focusin", stay);
    toast.addEventListener("mouseleave", go);
    toast.addEventListener("focusout", go);
    toast.dataset.toast = "kept";
    say(toast.querySelector("span").textContent);
    go();
  }
  const keepAll = () => document.querySelectorAll('[data-toast=""]').forEach(keep);

  function step(button) {
    const field = document.getElementById(button.dataset.for);
    const by = Number(button.dataset.step);
    if (by > 0) field.stepUp(); else field.stepDown();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    say(field.value);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-step]");
    if (button) step(button);
  });

  // The words of a failure stand in the page's own language on the body.
  const words = (name) => document.body.dataset[name] || "";
  on(["htmx:sendError", "htmx:timeout"], () => say(words("lost")));
  on(["htmx:responseError", "htmx:response:error"], (event) => {
    const { xhr, ctx } = event.detail;
    const told = xhr ? xhr.getResponseHeader("X-Message") : ctx?.response?.headers?.get("X-Message");
    say(told ? decodeURIComponent(told) : words("failed"));
  });

  // What had the focus is gone with the swap: its region takes it, so that the keyboard goes on from there.
  let held = false;
  on(["htmx:beforeSwap", "htmx:before:swap"], () => { held = document.activeElement !== document.body; });
  const hold = (region) => { region.tabIndex = -1; region.focus({ preventScroll: true }); };

  const boosted = ({ detail }) => detail?.boosted || detail?.requestConfig?.boosted || detail?.ctx?.boosted;
  on(["htmx:afterSettle", "htmx:after:settle"], (event) => {
    keepAll();
    if (boosted(event)) arrive();
    const errors = document.getElementById("error-summary");
    if (errors && event.target.contains(errors)) errors.focus();
    if (held && document.activeElement === document.body) hold(event.target);
  });
  on(["htmx:oobAfterSwap", "htmx:after:swap"], keepAll);

  // While a region waits it says so; its button keeps its words and its focus.
  const busy = (event, state) => {
    const target = event.detail.target || event.detail.ctx?.target;
    if (target?.setAttribute) target.setAttribute("aria-busy", state);
  };
  on(["htmx:beforeRequest", "htmx:before:request"], (event) => busy(event, "true"));
  on(["htmx:afterRequest", "htmx:after:request"], (event) => busy(event, "false"));

  const errors = document.getElementById("error-summary");
  if (errors) errors.focus();
  keepAll();

  // Once the page is drawn: the styles of the next page, which a first visit does not load, the worker, and what is
  // written without a network.
  const afterwards = () => {
    if (words("next")) fetch(words("next"), { priority: "low" }).catch(() => {});
    navigator.serviceWorker?.register("/sw.js").catch(() => {});
    const push = document.querySelector("[data-push]");
    if (push) import(push.dataset.push);
    import("/static/later.js").catch(() => {});
  };
  addEventListener("load", afterwards);
})();
