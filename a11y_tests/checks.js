// Own checks of a page as it stands, beyond what axe looks for. Each returns a list of faults, in words.
(() => {
  const name = (at) => {
    const words = (at.getAttribute("aria-label") || at.innerText || at.value || at.name || "").trim().slice(0, 40);
    return `${at.tagName.toLowerCase()}${at.id ? "#" + at.id : ""}${at.className && !at.id ? "." + String(at.className).split(" ")[0] : ""} "${words}"`;
  };
  const seen = (at) => at.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && at.getClientRects().length > 0;
  const hidden = (at) => Boolean(at.closest(".vh, .skip, [aria-hidden='true'], [inert]"));
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const controls = () => [...document.querySelectorAll(CONTROLS)].filter((at) => seen(at) && !hidden(at) && !at.disabled);

  // What a finger hits: the control and the label that belongs to it.
  const box = (at) => {
    const parts = [at, ...(at.type === "checkbox" || at.type === "radio" ? at.labels : [])];
    const all = parts.map((one) => one.getBoundingClientRect());
    const left = Math.min(...all.map((r) => r.left)), right = Math.max(...all.map((r) => r.right));
    const top = Math.min(...all.map((r) => r.top)), bottom = Math.max(...all.map((r) => r.bottom));
    return { left, right, top, bottom, width: right - left, height: bottom - top };
  };
  // A link in a sentence: it stands beside other words in its own block.
  const inText = (at) => at.tagName === "A" && getComputedStyle(at).display === "inline"
    && [...at.parentElement.childNodes].some((one) => one !== at && one.nodeType === 3 && one.textContent.trim());
  const targets = () => controls().flatMap((at) => {
    const { width, height } = box(at), least = inText(at) ? 0 : 44;
    return width + 0.5 < least || height + 0.5 < least ? [`${name(at)} is ${Math.round(width)} x ${Math.round(height)} px`] : [];
  });

  // Contrast where axe leaves it open (a gradient, a drawing behind, a bar above): the lowest over every colour that
  // the words stand on, from their own ground down to the first opaque one. A select's arrow is drawn by gradients.
  const rgba = (text) => { const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number); return { r, g, b, a }; };
  const over = (top, under) => ({ a: 1, ...Object.fromEntries(["r", "g", "b"].map((k) => [k, top[k] * top.a + under[k] * (1 - top.a)])) });
  const light = ({ r, g, b }) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (one, two) => { const [a, b] = [light(one), light(two)].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05); };
  const grounds = (at) => {
    if (!at) return [rgba(getComputedStyle(document.documentElement).colorScheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches ? "rgb(0, 0, 0)" : "rgb(255, 255, 255)")];
    const { backgroundColor, backgroundImage } = getComputedStyle(at), own = rgba(backgroundColor);
    const drawn = at.tagName === "SELECT" ? [] : (backgroundImage.match(/rgba?\([^)]*\)/g) || []).map(rgba);
    const layers = drawn.length ? drawn : [own];
    if (layers.every((one) => one.a === 1)) return layers;
    const under = drawn.length && own.a === 1 ? [own] : grounds(at.parentElement);
    return layers.flatMap((one) => under.map((two) => over(one, two)));
  };
  const contrast = (selector) => {
    const at = document.querySelector(selector), style = getComputedStyle(at), inDrawing = at.closest("svg");
    const size = parseFloat(style.fontSize), least = size >= 24 || size >= 18.66 && style.fontWeight >= 700 ? 4.5 : 7;
    const ink = rgba(inDrawing ? style.fill : style.color);
    const found = Math.min(...grounds(at).map((one) => ratio(over(ink, one), one)));
    return found < least ? `has a contrast of ${found.toFixed(2)}, ${least} is needed` : "";
  };

  // A parent that scrolls sideways on purpose (a wide table) may hold something wider than the page.
  const scrolls = (at) => {
    for (let up = at.parentElement; up && up !== document.body; up = up.parentElement)
      if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(up).overflowX)) return true;
    return false;
  };
  const reflow = () => {
    const wide = document.documentElement.scrollWidth, room = document.documentElement.clientWidth;
    if (wide <= room) return [];
    const widest = [...document.body.querySelectorAll("*")].filter((at) => seen(at) && !scrolls(at))
      .filter((at) => at.getBoundingClientRect().right > room + 0.5 || at.getBoundingClientRect().left < -0.5).slice(-3);
    return [`the page is ${wide} px wide in ${room}: ${widest.map(name).join("; ")}`];
  };
  // Words that leave a box which cuts off what leaves it. What is drawn for the eye alone has no words.
  const clipped = () => [...document.body.querySelectorAll("*")].filter((at) => seen(at) && !hidden(at) && !at.closest("svg")
    && !["TEXTAREA", "INPUT", "SELECT"].includes(at.tagName) && getComputedStyle(at).clipPath === "none"
    && ["hidden", "clip"].some((way) => [getComputedStyle(at).overflowX, getComputedStyle(at).overflowY].includes(way)))
    .filter((at) => {
      const box = at.getBoundingClientRect(), walker = document.createTreeWalker(at, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.textContent.trim() || hidden(node.parentElement) || !seen(node.parentElement)) continue;
        const range = document.createRange(); range.selectNodeContents(node);
        const words = range.getBoundingClientRect();
        if (words.bottom > box.bottom + 2 || words.right > box.right + 2 || words.left < box.left - 2) return true;
      }
      return false;
    }).map((at) => `${name(at)} cuts its words off`);

  // Words that stand outside the card, button or answer they belong to: its frame or its ground would cut through them.
  const opaque = (colour) => rgba(colour).a > 0;
  const framed = (at) => {
    const style = getComputedStyle(at);
    return opaque(style.backgroundColor) || ["Left", "Right"].every((side) => style[`border${side}Style`] !== "none"
      && parseFloat(style[`border${side}Width`]) > 0 && opaque(style[`border${side}Color`]));
  };
  // Words for the ear alone are clipped away; words in a box that scrolls are wherever it was scrolled to.
  const apart = (at) => {
    for (let up = at; up && up !== document.body; up = up.parentElement) {
      const { clipPath, overflowX, overflowY } = getComputedStyle(up);
      if (clipPath !== "none" || [overflowX, overflowY].some((way) => way === "auto" || way === "scroll")) return true;
    }
    return false;
  };
  const wordsIn = (at) => {
    const walker = document.createTreeWalker(at, NodeFilter.SHOW_TEXT), found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (!node.textContent.trim() || parent.closest("svg, option, textarea") || hidden(parent) || !seen(parent) || apart(parent)) continue;
      const range = document.createRange(); range.selectNodeContents(node);
      found.push({ parent, lines: [...range.getClientRects()].filter((line) => line.width > 1) });
    }
    return found;
  };
  const spilt = () => [...document.querySelectorAll("body *")]
    .filter((at) => seen(at) && !hidden(at) && !at.closest("svg") && getComputedStyle(at).display !== "inline" && framed(at))
    .filter((at) => {
      const box = at.getBoundingClientRect();
      return wordsIn(at).some(({ lines }) => lines.some((line) =>
        line.left < box.left - 1 || line.right > box.right + 1 || line.bottom > box.bottom + 3 || line.top < box.top - 3));
    }).map((at) => `${name(at)} does not hold its words`);
  // Lines of different blocks that run into each other. What floats above the page (bars, toasts) is meant to.
  const overlaid = () => {
    const floats = (at) => at.closest(".tabs, .dock, .toasts, header.top, .talk-foot, .skip");
    const all = wordsIn(document.body).filter(({ parent }) => !floats(parent)).flatMap(({ parent, lines }) =>
      lines.map(({ left, right, top, bottom }) => ({ parent, left, right, top: top + (bottom - top) / 4, bottom: bottom - (bottom - top) / 4 })));
    return all.flatMap((one, at) => all.slice(at + 1)
      .filter((two) => two.parent !== one.parent && !one.parent.contains(two.parent) && !two.parent.contains(one.parent))
      .filter((two) => one.left < two.right - 1 && two.left < one.right - 1 && one.top < two.bottom && two.top < one.bottom)
      .map((two) => `${name(one.parent)} lies on ${name(two.parent)}`));
  };

  // In forced colours the browser lays the reader's own ground right behind words, whatever ground the sheet gives them.
  const canvas = () => {
    const probe = document.createElement("span"); probe.style.backgroundColor = "Canvas"; document.body.append(probe);
    const found = rgba(getComputedStyle(probe).backgroundColor); probe.remove();
    return found;
  };
  const plated = () => {
    const ground = canvas();
    return [...new Set(wordsIn(document.body).map(({ parent }) => parent))]
      .filter((at) => getComputedStyle(at).forcedColorAdjust === "auto" && ratio(rgba(getComputedStyle(at).color), ground) < 4.5)
      .map((at) => `${name(at)} has the colour of the ground behind it`);
  };
  // In forced colours shades and shadows are gone: what is chosen must still differ from what stands beside it.
  const SHOWN_BY = ["color", "fontWeight", "textDecorationLine", "borderTopWidth", "borderTopStyle", "borderTopColor",
    "borderInlineStartWidth", "borderInlineStartColor", "outlineStyle", "outlineWidth"];
  const look = (at, ground) => ["", "::before"].map((part) => {
    const style = getComputedStyle(at, part || null);
    return [JSON.stringify(over(rgba(style.backgroundColor), ground)), ...SHOWN_BY.map((what) => style[what])];
  }).join();
  const told = (ground = canvas()) => [...document.querySelectorAll("[aria-current], label:has(input:checked)")].filter(seen).flatMap((at) => {
    const own = at.querySelector("input"), list = at.closest("ul, ol, nav, fieldset");
    if (!list || own && getComputedStyle(own).opacity === "1") return [];     // a box or a dial of its own shows its dot
    const beside = [...list.querySelectorAll(at.tagName)].filter((one) => seen(one) && one.className.replace(/now|done/, "")
      === at.className.replace(/now|done/, "") && !one.hasAttribute("aria-current") && !one.querySelector("input:checked"));
    return beside.length && beside.some((one) => look(one, ground) === look(at, ground)) ? [`${name(at)} is chosen, and looks like the others`] : [];
  });

  const structure = () => {
    const faults = [], count = (what) => document.querySelectorAll(what).length;
    if (count("h1") !== 1) faults.push(`${count("h1")} h1`);
    if (!/^\S.* - Ithaca$/.test(document.title) || document.title.startsWith("- ")) faults.push(`title "${document.title}"`);
    if (count("main") !== 1 || count("body > header") !== 1) faults.push("main or header is missing");
    if (count("[role=status], [aria-live]") !== 1) faults.push("there is not exactly one live region");
    if (count("[tabindex]:not([tabindex='0']):not([tabindex='-1'])")) faults.push("a positive tabindex");
    if (!document.documentElement.lang || !document.documentElement.dir) faults.push("no language or direction");
    return faults;
  };
  const swapped = () => {
    if (!window.__swaps?.some((one) => one.swap !== "none")) return [];
    const at = document.activeElement;
    return !at || at === document.body ? ["after a swap the focus is on nothing"] : [];
  };

  // The keyboard's walk: what Tab may reach, what has the focus, and whether it can be seen.
  const group = (at) => at.type === "radio" && at.name ? `${at.form?.id}/${at.name}` : at;
  const stops = () => {
    const found = [...document.querySelectorAll(`${CONTROLS}, [tabindex='0']`)]
      .filter((at) => at.checkVisibility({ visibilityProperty: true }) && !at.disabled && at.tabIndex >= 0);
    return [...new Set(found.map(group))];
  };
  const ringed = (at) => {
    const near = [at, at.parentElement, at.parentElement?.parentElement, at.nextElementSibling, ...(at.labels || [])];
    return near.some((one) => {
      if (!one) return false;
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    });
  };
  const covered = (at) => {
    const r = at.classList.contains("skip") ? at.getBoundingClientRect() : box(at);
    const tall = innerHeight, wide = innerWidth;
    if (r.height > tall * 0.6) return "";     // it cannot be shown whole
    if (at.tagName === "TEXTAREA" && r.bottom > 0 && r.top < tall) return "";     // its caret is brought into sight
    if (r.bottom > tall + 1 || r.top < -1) return "is outside the window";
    const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]];
    for (const [x, y] of points) {
      const px = Math.min(wide - 1, Math.max(0, r.left + r.width * x)), py = Math.min(tall - 1, Math.max(0, r.top + r.height * y));
      const hit = document.elementFromPoint(px, py);
      if (hit && hit.closest(".tabs, .dock, .toasts, header.top, .talk-foot") && !hit.closest(".tabs, .dock, .toasts, header.top, .talk-foot").contains(at))
        return `is covered by ${name(hit)}`;
    }
    return "";
  };
  // What has the focus shows it, and nothing hides it.
  const inSight = () => {
    const at = document.activeElement, faults = [];
    if (!at || at === document.body) return faults;
    const within = !at.matches(":focus");     // the calendar button inside a date field has the browser's own ring
    if (!within && !ringed(at)) faults.push(`${name(at)} has no ring`);
    const hiding = covered(at);
    return hiding ? [...faults, `${name(at)} ${hiding}`] : faults;
  };
  const walked = new Set();
  let before = null;
  // One stop after a Tab: null when the walk has left the page or come round, else its faults.
  const stop = () => {
    const at = document.activeElement;
    if (at && at === before?.at && ["date", "time", "datetime-local"].includes(at.type)) return [];   // its inner fields
    if (!at || at === document.body || walked.has(at)) return null;
    walked.add(at); walked.add(group(at));
    const faults = inSight(), place = box(at), y = place.top + scrollY;
    const inMain = (one) => one.closest("main") && !one.closest(".dock, aside");
    if (before && inMain(at) && inMain(before.at) && innerWidth < 500 && y + place.height < before.y)
      faults.push(`${name(at)} comes after ${name(before.at)}, but stands above it`);
    before = { at, y };
    return faults;
  };
  const missed = () => stops().filter((one) => !walked.has(one))
    .map((one) => `${typeof one === "string" ? one : name(one)} is never reached`);
  // The page itself looks at each stop, when Tab is let go: to ask it from outside each time took as long as the walk.
  let keys = 0, faults = [], done = false;
  const lookAfter = ({ key }) => {
    if (key !== "Tab" || done) return;
    const seen = stop();
    keys += 1; done = seen === null; faults.push(...seen ?? []);
  };
  // How many stops there are to come.
  const begin = () => {
    walked.clear(); before = null; keys = 0; faults = []; done = false; loosen();
    addEventListener("keyup", lookAfter, true);
    return stops().length;
  };
  // After so many keys: null while it goes on, else its faults. A key that the page never saw was pressed on nothing.
  const ended = (pressed) => {
    if (!done && keys === pressed) return null;
    removeEventListener("keyup", lookAfter, true);
    return [...faults, ...missed()];
  };
  // The focus on nothing, and the page at its top, as when it was opened.
  const loosen = () => {
    document.activeElement?.blur(); scrollTo(0, 0);
    getSelection().removeAllRanges();
    const top = document.createElement("span");
    top.tabIndex = -1; document.body.prepend(top); top.focus(); top.remove();
  };
  const all = (names) => names.flatMap((check) => __checks[check]().map((words) => [check, words]));
  const contrasts = (selectors) => selectors.map(contrast);
  window.__checks = { all, contrasts, targets, reflow, clipped, spilt, overlaid, plated, told, structure, swapped, inSight, begin, ended, loosen };
})();
