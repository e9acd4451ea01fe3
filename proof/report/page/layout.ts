/** A box with what is written in it. */
export interface Drawn {
  readonly id: string;
  /** What it is, in a word. */
  readonly kind: string;
  readonly name: string;
  /** Where a click leads to on the page. */
  readonly link?: string;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Written where it arrives. */
  readonly text: string;
}

export interface Box {
  readonly node: Drawn;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Point = readonly [x: number, y: number];

/** From box to box, between the boxes of other layers. */
export interface Line {
  readonly edge: Edge;
  readonly from: Point;
  /** Where it crosses each gap between layers: from the first point to the second one. */
  readonly crossings: readonly (readonly [Point, Point])[];
  readonly to: Point;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
}

const HEIGHT = 44;
const BETWEEN = 16;
/** Between two edges at the same box, so that what is written on them stands apart. */
const PORT = 18;
/** In which an edge changes its height. */
const BEND = 44;
const MARGIN = 4;
/** Of a letter, at most; nothing measures text where pages are only rendered. */
const LETTER = 7.4;
const SMALL_LETTER = 6.6;

/** A box, or where an edge passes a layer that it does not end in. */
interface Slot {
  readonly node?: Drawn;
  readonly layer: number;
  readonly width: number;
  before: Slot[];
  after: Slot[];
  height: number;
  x: number;
  /** Of its middle. */
  y: number;
}

/**
 * A graph without circles from left to right: each box stands in a layer after all that lead to it, the layers in an
 * order that crosses few edges, and each edge runs in the gaps and in lanes of its own.
 */
export function laidOut(nodes: readonly Drawn[], edges: readonly Edge[]): Layout {
  const slots = slotsOf(nodes, edges);
  const ways = edges.map((edge) => wayOf(edge, slots));
  const layers = layersOf([...slots.values(), ...ways.flatMap((way) => way.slice(1, -1))]);
  for (const slot of layers.flat())
    slot.height = slot.node
      ? Math.max(HEIGHT, PORT * Math.max(slot.before.length, slot.after.length) + 8)
      : 0;
  ordered(layers);
  stacked(layers);
  const columns = columnsOf(layers, edges, slots);
  const all = layers.flat();
  const boxes = all.flatMap((slot) => (slot.node ? [boxOf(slot, slot.node, columns)] : []));
  const right = columns.at(-1);
  return {
    width: (right ? right.left + right.width : 0) + MARGIN,
    height: Math.max(0, ...all.map(({ y, height }) => y + height / 2)) + MARGIN,
    boxes,
    lines: ways.map((way, index) => lineOf(edges[index] as Edge, way, columns)),
  };
}

function slotsOf(nodes: readonly Drawn[], edges: readonly Edge[]): Map<string, Slot> {
  const layer = new Map<string, number>();
  const layerOf = (id: string): number => {
    const known = layer.get(id);
    if (known !== undefined) return known;
    layer.set(id, 0);
    const before = edges.filter(({ to }) => to === id).map(({ from }) => layerOf(from));
    layer.set(id, Math.max(-1, ...before) + 1);
    return layer.get(id) ?? 0;
  };
  return new Map(nodes.map((node) => [node.id, slot(layerOf(node.id), node)]));
}

function slot(layer: number, node?: Drawn): Slot {
  const width = node ? Math.max(node.name.length, node.kind.length) * LETTER + 20 : 0;
  return { ...(node && { node }), layer, width, before: [], after: [], height: 0, x: 0, y: 0 };
}

/** The slots of an edge, one in each layer; those in the middle are made for it. */
function wayOf({ from, to }: Edge, slots: ReadonlyMap<string, Slot>): Slot[] {
  const [first, last] = [slots.get(from), slots.get(to)];
  if (first === undefined || last === undefined)
    throw new Error(`an edge from ${from} to ${to} has an end that is no box`);
  const between = Array.from({ length: last.layer - first.layer - 1 }, (_, index) =>
    slot(first.layer + index + 1),
  );
  const way = [first, ...between, last];
  way.slice(1).forEach((each, index) => {
    (way[index] as Slot).after.push(each);
    each.before.push(way[index] as Slot);
  });
  return way;
}

function layersOf(slots: readonly Slot[]): Slot[][] {
  const layers: Slot[][] = [];
  for (const each of slots) (layers[each.layer] ??= []).push(each);
  return layers;
}

/** By the middle of the neighbours, forth and back: the usual way to few crossings. */
function ordered(layers: Slot[][]): void {
  for (let sweep = 0; sweep < 6; sweep++) {
    const isForth = sweep % 2 === 0;
    for (const layer of isForth ? layers : [...layers].reverse()) {
      const place = new Map(layers.flatMap((each) => each.map((one, index) => [one, index] as const)));
      const wish = new Map(
        layer.map((each, index) => [each, middle(isForth ? each.before : each.after, place) ?? index]),
      );
      layer.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
    }
  }
}

function middle(neighbours: readonly Slot[], at: ReadonlyMap<Slot, number>): number | undefined {
  if (neighbours.length === 0) return undefined;
  return neighbours.reduce((sum, each) => sum + (at.get(each) ?? 0), 0) / neighbours.length;
}

/** Below each other, each as near to the middle of its neighbours as there is room. */
function stacked(layers: readonly Slot[][]): void {
  layers.forEach((layer) =>
    push(
      layer,
      layer.map(() => 0),
    ),
  );
  for (let sweep = 0; sweep < 4; sweep++) {
    const isForth = sweep % 2 === 1;
    for (const layer of isForth ? layers : [...layers].reverse()) {
      const ys = new Map(layers.flat().map((each) => [each, each.y]));
      push(
        layer,
        layer.map((each) => middle(isForth ? each.before : each.after, ys) ?? each.y),
      );
    }
  }
  const top = Math.min(0, ...layers.flat().map(({ y, height }) => y - height / 2)) - MARGIN;
  const shift = -top;
  for (const each of layers.flat()) each.y += shift;
}

/** Puts a layer where it wishes to be, without one slot over another. */
function push(layer: readonly Slot[], wishes: readonly number[]): void {
  let floor = -Infinity;
  layer.forEach((each, index) => {
    const half = each.height / 2;
    each.y = Math.max(wishes[index] ?? 0, floor + half);
    floor = each.y + half + BETWEEN;
  });
  const off =
    layer.reduce((sum, each, index) => sum + each.y - (wishes[index] ?? 0), 0) / Math.max(1, layer.length);
  for (const each of layer) each.y -= off;
}

interface Column {
  readonly left: number;
  readonly width: number;
  /** For what is written on edges that end here. */
  readonly label: number;
}

function columnsOf(
  layers: readonly Slot[][],
  edges: readonly Edge[],
  slots: ReadonlyMap<string, Slot>,
): Column[] {
  let left = MARGIN;
  return layers.map((layer, index) => {
    const texts = edges.filter(({ to }) => slots.get(to)?.layer === index).map(({ text }) => text.length);
    const label = index === 0 ? 0 : Math.max(0, ...texts) * SMALL_LETTER + 18;
    const width = Math.max(...layer.map((each) => each.width));
    const column = { left: left + label, width, label };
    left = column.left + width + BEND;
    return column;
  });
}

function boxOf({ layer, y, width, height }: Slot, node: Drawn, columns: readonly Column[]): Box {
  return { node, x: columns[layer]?.left ?? 0, y: y - height / 2, width, height };
}

function lineOf(edge: Edge, way: readonly Slot[], columns: readonly Column[]): Line {
  const crossings = way.slice(1).map((to, index): [Point, Point] => {
    const from = way[index] as Slot;
    const [before, after] = [columns[from.layer], columns[to.layer]] as [Column, Column];
    return [
      [before.left + before.width, from.y + port(from, from.after, to)],
      [after.left - after.label, to.y + port(to, to.before, from)],
    ];
  });
  const [first, last] = [way[0] as Slot, way.at(-1) as Slot];
  const [start, end] = [crossings[0]?.[0] ?? [0, 0], crossings.at(-1)?.[1] ?? [0, 0]];
  return {
    edge,
    from: [(columns[first.layer]?.left ?? 0) + first.width, start[1]],
    crossings,
    to: [columns[last.layer]?.left ?? 0, end[1]],
  };
}

/** How far from the middle of a box an edge touches it: in the order of where the edges come from. */
function port(of: Slot, neighbours: readonly Slot[], neighbour: Slot): number {
  if (of.node === undefined) return 0;
  const sorted = [...neighbours].sort((a, b) => a.y - b.y);
  return (sorted.indexOf(neighbour) - (sorted.length - 1) / 2) * PORT;
}
