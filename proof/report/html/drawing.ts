import dagre from "@dagrejs/dagre";
import { html, type Markup } from "./markup";

/** A box with a name. */
export interface Drawn {
  /** What it is, in a word. */
  readonly kind: string;
  readonly name: string;
  /** Where a click leads to on the page. */
  readonly link?: string;
}

export interface DrawnNode extends Drawn {
  readonly id: string;
}

export interface DrawnEdge {
  readonly from: string;
  readonly to: string;
  readonly text?: string;
}

const HEIGHT = 44;
/** Of a letter, at most; nothing measures text where pages are only rendered. */
const LETTER = 7.2;

/** A graph from left to right, laid out when it is rendered, so that the page needs no script for it. */
export function drawing(title: string, nodes: readonly DrawnNode[], edges: readonly DrawnEdge[]): Markup {
  const graph = laidOut(nodes, edges);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return drawn(title, {
    width,
    height,
    nodes: nodes.map((node) => [graph.node(node.id) as Box, node]),
    edges: edges.map((edge) => [graph.edge(edge.from, edge.to) as Line, edge.text]),
  });
}

/** Where a way ends: a node, and what is written on the edge to it. */
export interface WayEnd {
  readonly node: Drawn;
  readonly text: string;
}

/**
 * One way from left to right, and its ends below each other. It is drawn for every service, and where everything
 * stands follows from the widths: a layout of any graph takes most of the time of a page of 1,000 services.
 */
export function drawnWay(title: string, way: readonly Drawn[], ends: readonly WayEnd[]): Markup {
  const height = Math.max(HEIGHT, ends.length * (HEIGHT + BETWEEN) - BETWEEN) + 2 * MARGIN;
  const nodes: [Box, Drawn][] = [];
  const edges: [Line, string?][] = [];
  let right = MARGIN;
  for (const node of way) {
    const left = nodes.length === 0 ? right : right + RANK;
    const box = boxOf(node, left, height / 2);
    if (nodes.length > 0) edges.push([line([right, box.y], [left, box.y]), undefined]);
    nodes.push([box, node]);
    right = left + box.width;
  }
  const label = Math.max(0, ...ends.map(({ text }) => widthOf(text)));
  const column = right + 2 * RANK + label;
  ends.forEach(({ node, text }, index) => {
    const y = MARGIN + HEIGHT / 2 + index * (HEIGHT + BETWEEN);
    edges.push([line([right, height / 2], [right + RANK, y], [column, y]), text]);
    nodes.push([boxOf(node, column, y), node]);
  });
  const width = Math.max(right, ...nodes.map(([box]) => box.x + box.width / 2)) + MARGIN;
  return drawn(title, { width, height, nodes, edges });
}

/** Between neighbours, and between ranks. */
const BETWEEN = 14;
const RANK = 28;
const MARGIN = 4;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Line {
  /** Of what is written on it. */
  readonly x: number;
  readonly y: number;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

interface Laid {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly (readonly [Box, Drawn])[];
  readonly edges: readonly (readonly [Line, string?])[];
}

function drawn(title: string, { width, height, nodes, edges }: Laid): Markup {
  return html`<div class="drawing" tabindex="0" role="region" aria-label="${title}">
    <svg role="group" aria-label="${title}"
      width="${Math.ceil(width) + 2}"
      height="${Math.ceil(height) + 2}"
      viewBox="-1 -1 ${Math.ceil(width) + 2} ${Math.ceil(height) + 2}"
    >
      ${edges.map(([edge, text]) => drawnEdge(edge, text))}${nodes.map(([box, node]) => drawnNode(box, node))}
    </svg>
  </div>`;
}

function boxOf(node: Drawn, left: number, y: number): Box {
  const width = sizeOf(node);
  return { x: left + width / 2, y, width, height: HEIGHT };
}

/** Its text stands in the middle of its last part. */
function line(...corners: readonly (readonly [number, number])[]): Line {
  const points = corners.map(([x, y]) => ({ x, y }));
  const [from, to] = points.slice(-2);
  return { points, x: ((from?.x ?? 0) + (to?.x ?? 0)) / 2, y: to?.y ?? 0 };
}

function sizeOf({ name, kind }: Drawn): number {
  return Math.max(name.length, kind.length) * LETTER + 16;
}

function widthOf(text: string): number {
  return text.length * 6.4;
}

function laidOut(nodes: readonly DrawnNode[], edges: readonly DrawnEdge[]) {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: BETWEEN, ranksep: RANK, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, { width: sizeOf(node), height: HEIGHT });
  for (const { from, to, text = "" } of edges) {
    graph.setEdge(from, to, { width: widthOf(text), height: text === "" ? 0 : 16, labelpos: "c" });
  }
  dagre.layout(graph);
  return graph;
}

function drawnNode({ x, y, width, height }: Box, { kind, name, link }: Drawn): Markup {
  const label = html`<text x="${round(x)}" y="${round(y + 13)}" text-anchor="middle">${name}</text>`;
  return html`<g
    ><rect
      class="node"
      x="${round(x - width / 2)}"
      y="${round(y - height / 2)}"
      width="${round(width)}"
      height="${height}"
      rx="7"
    /><text class="small" x="${round(x)}" y="${round(y - 5)}" text-anchor="middle">${kind}</text
    >${link === undefined ? label : html`<a href="#${link}">${label}</a>`}</g
  > `;
}

function drawnEdge({ points, x, y }: Line, text: string | undefined): Markup {
  const [first, ...others] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return html``;
  const path = `M${round(first.x)} ${round(first.y)}${others.map((point) => ` L${round(point.x)} ${round(point.y)}`).join("")}`;
  const label =
    text === undefined
      ? ""
      : html`<text class="small verbs" x="${round(x)}" y="${round(y + 4)}" text-anchor="middle">${text}</text>`;
  return html`<path class="edge" d="${path}" /><circle
      class="head"
      cx="${round(last.x)}"
      cy="${round(last.y)}"
      r="3"
    />${label}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
