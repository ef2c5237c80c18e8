/**
 * What the aliases of a YAML document stand for, and its merge keys (`<<`) written out. Each node is looked at once, so
 * aliases of aliases cost nothing, and what merges may add has a bound.
 */
import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Alias,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';

export type Targets = ReadonlyMap<Alias, Node>;

/** Keys that merges may add to the maps of one document. */
const maxMerged = 10_000;

/**
 * @param merge whether `<<` is followed: the maps are changed then. One of what is no map stays as it is.
 * @returns `null` where merges add too much
 * @see https://yaml.org/type/merge.html
 */
export function readAliases(root: Node | null, merge: boolean): Targets | null {
  const walk = new Walk(merge);
  if (root !== null) walk.node(root);
  return walk.merged > maxMerged ? null : walk.targets;
}

class Walk {
  readonly targets = new Map<Alias, Node>();
  merged = 0;
  readonly #anchors = new Map<string, Node>();
  /** Maps around the node, which are not complete yet. */
  readonly #open = new Set<Node>();
  readonly #merge: boolean;

  constructor(merge: boolean) {
    this.#merge = merge;
  }

  node(node: Node): void {
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target !== undefined) this.targets.set(node, target);
      return;
    }
    if ((isScalar(node) || isCollection(node)) && node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (!isCollection(node)) return;
    this.#open.add(node);
    for (const item of node.items) {
      for (const part of isPair(item) ? [item.key, item.value] : [item]) if (isNodeLike(part)) this.node(part);
    }
    if (this.#merge && isMap(node)) this.#mergeInto(node);
    this.#open.delete(node);
  }

  /** Keys of the map itself win, then those of the map that is named first. */
  #mergeInto(map: YAMLMap): void {
    const known = new Set(map.items.filter((pair) => !isMergeKey(pair)).map(keyOf));
    map.items = map.items.flatMap((pair) => {
      const sources = isMergeKey(pair) ? this.#sourcesOf(pair.value) : null;
      if (sources === null) return [pair];
      const added: Pair[] = [];
      for (const one of sources.flatMap(({ items }) => (this.merged > maxMerged ? [] : items))) {
        if (known.has(keyOf(one))) continue;
        known.add(keyOf(one));
        added.push(one);
        this.merged += 1;
      }
      return added;
    });
  }

  /** @returns `null` where one of them is no map, or holds this one */
  #sourcesOf(value: unknown): readonly YAMLMap[] | null {
    const whole = this.#resolved(value);
    const sources = isSeq(whole) ? whole.items.map((item) => this.#resolved(item)) : [whole];
    const maps: YAMLMap[] = [];
    for (const source of sources) {
      if (!isMap(source) || this.#open.has(source)) return null;
      maps.push(source);
    }
    return maps;
  }

  #resolved(value: unknown): unknown {
    return isAlias(value) ? this.targets.get(value) : value;
  }
}

function isNodeLike(part: unknown): part is Node {
  return isAlias(part) || isScalar(part) || isCollection(part);
}

function isMergeKey({ key }: Pair): boolean {
  return isScalar(key) && key.value === '<<' && (key.type === 'PLAIN' || key.type === undefined);
}

function keyOf({ key }: Pair): unknown {
  return isScalar(key) ? String(key.value) : key;
}
