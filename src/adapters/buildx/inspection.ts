/** What `docker buildx inspect` prints, and what that means for targets. */
import type { BuildTarget } from '../../domain/build-target.ts';
import type { Problem } from '../../domain/errors.ts';
import { isJsonObject, type JsonObject } from '../../domain/json.ts';

export interface Inspection {
  readonly name: string;
  /** `docker`, `docker-container`, `kubernetes`, `remote`. */
  readonly driver: string;
  readonly nodes: readonly BuilderNode[];
  /** Docker without it keeps images in a form of its own, whose exporter takes fewer options. */
  readonly hasImageStore: boolean;
}

export interface BuilderNode {
  readonly name: string;
  readonly status: string;
  /** Why it cannot be reached; `null`: it can. */
  readonly error: string | null;
  readonly platforms: readonly string[];
}

/** The text is for people, and has been the same since buildx 0.8: `Name: value`, the builder first, then each node. */
export function parseInspection(text: string): Inspection {
  const [head = '', ...rest] = text.split(/^Nodes:\s*$/m);
  const blocks = rest
    .join('\n')
    .split(/^(?=Name:)/m)
    .filter((block) => block.startsWith('Name:'));
  return {
    name: valueOf(head, 'Name'),
    driver: valueOf(head, 'Driver'),
    hasImageStore: /^ *org\.mobyproject\.buildkit\.worker\.containerd\./m.test(text),
    nodes: blocks.map((block) => ({
      name: valueOf(block, 'Name'),
      status: valueOf(block, 'Status'),
      error: valueOf(block, 'Error') || null,
      platforms: valueOf(block, 'Platforms')
        .split(',')
        .map((platform) => platform.trim().replace(/\*$/, ''))
        .filter((platform) => platform !== ''),
    })),
  };
}

function valueOf(block: string, name: string): string {
  return new RegExp(`^${name}:[ \\t]*(?<value>.*)$`, 'm').exec(block)?.groups?.['value']?.trim() ?? '';
}

/** @param targets those that run commands on their own platform */
export function platformProblems(targets: readonly BuildTarget[], { name, nodes }: Inspection): readonly Problem[] {
  const has = new Set(nodes.flatMap(({ platforms }) => platforms));
  const wanted = [...new Set(targets.flatMap(({ platforms }) => platforms))].filter((platform) => !has.has(platform));
  if (wanted.length === 0) return [];
  const down = nodes.filter(({ error }) => error !== null).map((node) => `${node.name}: ${node.error ?? ''}`);
  const held = has.size === 0 ? 'no platform' : [...has].join(', ');
  const message = `the builder ${name} cannot run ${wanted.join(', ')}: it has ${held}`;
  const more = down.length === 0 ? '' : `; not reached: ${down.join('; ')}`;
  const fix =
    'append a node that has it (docker buildx create --append), install emulation, or build that platform elsewhere with --platform';
  return [{ code: 'BUILDER_UNFIT', where: 'docker buildx inspect', message: `${message}${more}`, fix }];
}

/** Keys of targets that are in the file and not in what buildx made of it, each once. */
export function lostKeys(asked: JsonObject, printed: JsonObject): readonly string[] {
  const lost = new Set<string>();
  const made = objectOf(printed['target']);
  for (const [id, target] of Object.entries(objectOf(asked['target']))) {
    const found = objectOf(made[id]);
    for (const key of Object.keys(objectOf(target))) if (found[key] === undefined) lost.add(key);
  }
  return [...lost];
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
