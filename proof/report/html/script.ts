/**
 * Finds and hides. Everything that can be found carries `data-find`, in lower case, and `data-environment`;
 * the texts are read once, so that a key press only compares strings.
 */
export const SCRIPT = `
(() => {
  const items = [...document.querySelectorAll("[data-find]")].map((element) => ({ element, text: element.dataset.find, environment: element.dataset.environment }));
  const groups = [...document.querySelectorAll("[data-group]")];
  const words = document.getElementById("words"), chosen = document.getElementById("environment"), verb = document.getElementById("verb"), count = document.getElementById("count");
  const show = () => {
    const wanted = words.value.toLowerCase().split(/\\s+/).filter(Boolean);
    if (verb.value) wanted.push(verb.value);
    let shown = 0;
    for (const { element, text, environment } of items) {
      const fits = (!chosen.value || environment === chosen.value) && wanted.every((word) => text.includes(word));
      element.hidden = !fits;
      if (fits) shown += 1;
    }
    for (const group of groups) group.hidden = Boolean(chosen.value) && group.dataset.group !== chosen.value;
    count.textContent = wanted.length || chosen.value ? shown + " of " + items.length + " services and tables" : items.length + " services and tables";
  };
  for (const control of [words, chosen, verb]) control.addEventListener("input", show);
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let element = target; element; element = element.parentElement) if (element instanceof HTMLDetailsElement) element.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  addEventListener("beforeprint", () => { for (const each of document.querySelectorAll("details")) each.open = true; });
  show();
  open();
})();
`;
