import { laidOut, type Box, type Drawn, type Edge, type Line } from "./layout";
import { html, type Markup } from "./markup";

export type { Drawn, Edge };

/** A graph from left to right: what each edge lets through stands where it arrives. */
export function drawing(title: string, nodes: readonly Drawn[], edges: readonly Edge[]): Markup {
  const { width, height, boxes, lines } = laidOut(nodes, edges);
  const [wide, high] = [Math.ceil(width), Math.ceil(height)];
  return html`<div class="drawing" tabindex="0" role="region" aria-label="${title}">
<svg role="group" aria-label="${title}" width="${wide}" height="${high}" viewBox="0 0 ${wide} ${high}">
${lines.map(drawnLine)}${boxes.map(drawnBox)}</svg></div>`;
}

function drawnBox({ node: { kind, name, link }, x, y, width, height }: Box): Markup {
  const [center, middle] = [round(x + width / 2), y + height / 2];
  const label = html`<text x="${center}" y="${round(middle + 13)}" text-anchor="middle">${name}</text>`;
  return html`<g><rect class="node" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="7"/><text class="small" x="${center}" y="${round(middle - 5)}" text-anchor="middle">${kind}</text>${link === undefined ? label : html`<a href="${link}">${label}</a>`}</g>
`;
}

function drawnLine({ edge: { text }, from, crossings, to }: Line): Markup {
  const bends = crossings.map(([[x, y], [toX, toY]]) => {
    const half = round((x + toX) / 2);
    return `L${round(x)} ${round(y)}C${half} ${round(y)} ${half} ${round(toY)} ${round(toX)} ${round(toY)}`;
  });
  const [x, y] = [round(to[0]), round(to[1])];
  const path = `M${round(from[0])} ${round(from[1])}${bends.join("")}L${x - 6} ${y}`;
  return html`<path class="edge" d="${path}"/><path class="head" d="M${x} ${y}l-8 -4v8z"/>${text === "" ? "" : html`<text class="small" x="${x - 11}" y="${round(y - 4)}" text-anchor="end">${text}</text>`}
`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
