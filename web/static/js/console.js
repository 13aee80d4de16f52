// Keys of the review queue, as long as their owner has not turned them off: the region says so.
(() => {
  const region = document.querySelector("[data-keys=on]");
  if (!region) return;
  const typing = (where) => where.closest("textarea, select, input:not([type=radio], [type=checkbox])");

  // J and K follow the links of the queue, those behind "Show more" too.
  function go(by) {
    const pairs = [...region.querySelectorAll(".queue-list a[href*='pair=']")];
    const at = pairs.findIndex((one) => one.getAttribute("aria-current") === "true");
    pairs[at + by]?.click();
  }

  // What a key presses must stand on the page: where there is nothing to approve, A does nothing.
  const press = (id) => document.getElementById(id)?.click();

  function help() {
    const list = document.getElementById("keys");
    list.open = true;
    list.querySelector("summary").focus();
  }

  const keys = {
    j: () => go(1), k: () => go(-1), a: () => press("approve"), l: () => press("lock"), h: () => press("hold"), "?": help,
  };
  document.addEventListener("keydown", (event) => {
    const act = keys[event.key.toLowerCase()];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    event.preventDefault();
    act();
  });
})();
