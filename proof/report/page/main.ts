/**
 * Where the page runs in a browser: reads back what the report holds, and draws what somebody asks for. All that
 * draws is in the modules beside, which know no browser; a test runs them without one.
 */
import { navigation, page } from "./page";
import { readBack, type Stored } from "./read-back";
import { routeOf } from "./routes";
import { firstView, wordsOf, type View } from "./view";

const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const [content, places, count] = [byId("content"), byId("places"), byId("count")];
const [words, verb] = [byId<HTMLInputElement>("words"), byId<HTMLSelectElement>("verb")];

const reports = readBack(JSON.parse(byId("report").textContent ?? "") as Stored);
const first = reports.environments[0]?.name ?? "";
let view: View = firstView(first);

function draw(): void {
  const { route } = view;
  content.innerHTML = page(reports, view).text;
  places.innerHTML = navigation(reports, route).text;
  count.textContent = content.querySelector("[data-found]")?.textContent ?? "";
}

/** Where the address leads to; a search goes on where somebody went by a link of it. */
function go(): void {
  const route = routeOf(location.hash) ?? firstView(first).route;
  view = { ...view, route };
  draw();
  document.title = `${byId("title").textContent ?? ""} – who may reach which table`;
  const part = route.kind === "part" ? document.getElementById(route.id) : null;
  if (part instanceof HTMLDetailsElement) part.open = true;
  if (part === null) scrollTo(0, 0);
  else part.scrollIntoView();
}

/** What is typed leaves what has it, of the environment that somebody is in. */
function search(): void {
  const { environment } = view.route;
  view = {
    ...view,
    route: { environment, kind: "home", id: "" },
    words: wordsOf(words.value),
    verb: verb.value,
    toggled: new Set(),
  };
  draw();
}

/** Folds or unfolds, and leaves the keyboard where it was. */
function toggle(key: string): void {
  const toggled = new Set(view.toggled);
  if (!toggled.delete(key)) toggled.add(key);
  view = { ...view, toggled };
  const [x, y] = [scrollX, scrollY];
  const scrolled = [...content.querySelectorAll(".scroll")].map(({ scrollLeft, scrollTop }) => [
    scrollLeft,
    scrollTop,
  ]);
  const opened = [...content.querySelectorAll("details")].map(({ open }) => open);
  draw();
  content.querySelectorAll("details").forEach((each, index) => (each.open = opened[index] ?? false));
  content
    .querySelectorAll(".scroll")
    .forEach((each, index) => each.scrollTo(...((scrolled[index] ?? [0, 0]) as [number, number])));
  scrollTo(x, y);
  [...content.querySelectorAll<HTMLElement>("[data-toggle]")]
    .find((each) => each.dataset.toggle === key)
    ?.focus({ preventScroll: true });
}

document.documentElement.classList.add("js");
addEventListener("hashchange", () => {
  go();
  byId("title").focus({ preventScroll: true });
});
words.addEventListener("input", search);
verb.addEventListener("input", search);
words.form?.addEventListener("submit", (event) => event.preventDefault());
// The address says what is shown, and not where on it.
document.querySelector(".skip")?.addEventListener("click", (event) => {
  event.preventDefault();
  content.focus();
});
content.addEventListener("click", (event) => {
  const key = (event.target as Element).closest<HTMLElement>("[data-toggle]")?.dataset.toggle;
  if (key !== undefined) toggle(key);
});
addEventListener("beforeprint", () =>
  content.querySelectorAll("details.part").forEach((each) => ((each as HTMLDetailsElement).open = true)),
);
go();
