// Weights always add up to 100: as one grows, the others give way, each by its share. A slider moves with its number.
(() => {
  const form = document.getElementById("weights-form");
  if (!form) return;
  const numbers = [...form.querySelectorAll("input[name^='weight-']")];
  const slider = (number) => form.querySelector(`[data-slides='${number.name}']`);
  const amount = (number) => Math.min(100, Math.max(0, Math.round(Number(number.value)) || 0));
  let before = new Map(numbers.map((one) => [one, amount(one)]));
  let sliding = null;

  // Whole numbers near to each share that come to `total`: what rounding down leaves goes to the largest rests.
  function shared(total, shares) {
    const sum = shares.reduce((all, one) => all + one, 0);
    const exact = shares.map((one) => (sum ? (total * one) / sum : total / shares.length));
    const whole = exact.map(Math.floor);
    const order = exact.map((one, at) => at).sort((one, other) => whole[one] - exact[one] - whole[other] + exact[other]);
    const left = total - whole.reduce((all, one) => all + one, 0);
    order.slice(0, left).forEach((at) => { whole[at] += 1; });
    return whole;
  }

  function giveWay(changed) {
    const others = numbers.filter((one) => one !== changed);
    const value = amount(changed);
    const fits = shared(100 - value, others.map((one) => before.get(one)));
    others.forEach((one, at) => { one.value = fits[at]; });
    changed.value = value;
    numbers.forEach((one) => { slider(one).value = one.value; });
    document.getElementById("weights-total").textContent = numbers.reduce((all, one) => all + amount(one), 0);
  }
  const settle = () => { before = new Map(numbers.map((one) => [one, amount(one)])); };

  form.addEventListener("input", (event) => {
    const number = form.elements[event.target.dataset.slides];
    if (!number) return;
    if (sliding !== number) { settle(); sliding = number; }
    number.value = event.target.value;
    giveWay(number);
  });
  form.addEventListener("change", (event) => {
    if (numbers.includes(event.target) && event.target.value.trim() && Number(event.target.value) >= 0) giveWay(event.target);
    sliding = null;
    settle();
  });
})();
