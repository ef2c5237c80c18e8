/** What a build would make, from what, and what of it is made once for several cells. */
import { jsonText } from './plan-json.ts';
import { count } from './words.ts';

export interface BuildGraph {
  readonly release: string;
  readonly targets: readonly GraphTarget[];
  /** Builds that nothing pushes, each for the targets that read it. */
  readonly shared: readonly (GraphTarget & { readonly for: readonly string[] })[];
  readonly steps: readonly GraphStep[];
  readonly cache: GraphCache;
}

export interface GraphTarget {
  readonly id: string;
  readonly dockerfile: string;
  readonly stage: string | null;
  readonly base: string | null;
  readonly contexts: Readonly<Record<string, string>>;
  readonly platforms: readonly string[];
}

/** A step that is the same for the same platform of these targets. */
export interface GraphStep {
  readonly dockerfile: string;
  readonly line: number;
  readonly text: string;
  readonly for: readonly string[];
  /** `no`: the builder has no layer of this command. `maybe`: it has one, on this base or another. */
  readonly cached: 'no' | 'maybe' | 'unknown';
}

export interface GraphCache {
  /** Layers that the builder keeps; `null`: not known. */
  readonly layers: number | null;
  /** Why it is not known. */
  readonly because: string | null;
  /** Caches that are read besides, as the config names them. */
  readonly from: readonly string[];
}

export function graphJson(graph: BuildGraph): string {
  return jsonText({ schema: 1, ...graph });
}

export function graphText({ release, targets, shared, steps, cache }: BuildGraph): string {
  const once = steps.filter(({ for: ids }) => ids.length > 1);
  const lines = [
    `${release}: ${count(targets.length, 'target')} in one bake`,
    '',
    ...targets.flatMap(targetLines),
    ...shared.flatMap((one) => [...targetLines(one), `  built once for ${one.for.join(', ')}; not pushed`]),
    '',
    once.length === 0 ? 'No two targets share a step.' : 'Built once for several targets:',
    ...groups(once),
    '',
    ...cacheLines(cache),
  ];
  return `${lines.join('\n')}\n`;
}

function targetLines({ id, dockerfile, stage, base, contexts, platforms }: GraphTarget): string[] {
  return [
    id,
    `  from ${dockerfile}${stage === null ? '' : `, stage ${stage}`}${base === null ? '' : `, on ${base}`}, for ${platforms.join(', ')}`,
    ...Object.entries(contexts).map(([name, from]) => `  reads ${name} = ${from}`),
  ];
}

function groups(steps: readonly GraphStep[]): string[] {
  const byTargets = new Map<string, GraphStep[]>();
  for (const step of steps) {
    const key = step.for.join(', ');
    byTargets.set(key, [...(byTargets.get(key) ?? []), step]);
  }
  return [...byTargets].flatMap(([ids, all]) => [
    `  ${ids}`,
    ...all.map(({ dockerfile, line, text, cached }) => `    ${dockerfile}:${line} ${text}  ${cachedText[cached]}`),
  ]);
}

const cachedText = { no: '(not in the cache)', maybe: '(may be in the cache)', unknown: '' } as const;

function cacheLines({ layers, because, from }: GraphCache): string[] {
  const kept =
    layers === null
      ? `What the builder keeps is not known: ${because ?? ''}`
      : `The builder keeps ${count(layers, 'layer')}.`;
  return [
    `${kept} Whether a step is taken from there is known only when it is built: it depends on the files that it reads.`,
    ...(from.length === 0 ? [] : [`Read besides: ${from.join(', ')}`]),
  ];
}
