import dagre from "@dagrejs/dagre";
import { html, type Markup } from "./markup";

export interface DrawnNode {
  readonly id: string;
  /** What it is, in a word. */
  readonly kind: string;
  readonly name: string;
  /** Where a click leads to on the page. */
  readonly link?: string;
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
  return html`<div class="drawing" tabindex="0" role="region" aria-label="${title}">
    <svg role="group" aria-label="${title}"
      width="${Math.ceil(width) + 2}"
      height="${Math.ceil(height) + 2}"
      viewBox="-1 -1 ${Math.ceil(width) + 2} ${Math.ceil(height) + 2}"
    >
      ${edges.map((edge) => drawnEdge(graph.edge(edge.from, edge.to) as Edge, edge))}${nodes.map((node) => drawnNode(graph.node(node.id) as Box, node))}
    </svg>
  </div>`;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Edge extends Box {
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

function laidOut(nodes: readonly DrawnNode[], edges: readonly DrawnEdge[]) {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 28, marginx: 4, marginy: 4 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, name, kind } of nodes) {
    graph.setNode(id, { width: Math.max(name.length, kind.length) * LETTER + 16, height: HEIGHT });
  }
  for (const { from, to, text = "" } of edges) {
    graph.setEdge(from, to, { width: text.length * 6.4, height: text === "" ? 0 : 16, labelpos: "c" });
  }
  dagre.layout(graph);
  return graph;
}

function drawnNode({ x, y, width, height }: Box, { kind, name, link }: DrawnNode): Markup {
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

function drawnEdge({ points, x, y }: Edge, { text }: DrawnEdge): Markup {
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
