/** Each project, published right by the real `publish`: what every generated state starts from. */
import type { BuildTarget } from '../../../src/domain/build-target.ts';
import type { Digest } from '../../../src/domain/digest.ts';
import { plan, publish, type Plan } from './commands.ts';
import { emptyHeld, hold, type Content, type Held } from './held.ts';
import type { Entry } from './journals.ts';
import { repositories, type Project } from './projects.ts';
import { copyScene, type Scene } from './scene.ts';

/** A cell, as the plan's JSON and the build that made it say. */
export interface BaseCell {
  /** `1.0.0 3.9 standard` */
  readonly key: string;
  readonly version: string;
  readonly axes: Readonly<Record<string, string>>;
  /** In the order of the rules: the full tag first. */
  readonly pinned: readonly string[];
  readonly platforms: readonly string[];
  readonly target: BuildTarget;
  readonly digest: Digest;
}

export interface Base {
  readonly project: Project;
  readonly content: Content;
  /** Every cell that was ever built, those of excluded and yanked releases included. */
  readonly cells: readonly BaseCell[];
  /** What any repository holds where nothing is wrong. */
  readonly held: Held;
  /** What publishing each release in the first repository recorded. */
  readonly journals: ReadonlyMap<string, readonly Entry[]>;
}

/** One for all: bytes are the same whoever made them. */
const content: Content = { manifests: new Map(), blobs: new Map() };
const bases = new Map<Project, Promise<Base>>();

export function baseOf(project: Project): Promise<Base> {
  const known = bases.get(project) ?? makeBase(project);
  bases.set(project, known);
  return known;
}

const axisNames = ['python', 'flavor'];

export function cellKey(version: string, axes: Readonly<Record<string, unknown>>): string {
  return [version, ...axisNames.map((axis) => String(axes[axis]))].join(' ');
}

async function makeBase(project: Project): Promise<Base> {
  const [repository] = repositories;
  const held = emptyHeld();
  const scene: Scene = {
    config: { ...project.before, repository },
    facts: project.facts,
    partial: null,
    places: new Map([[repository, held]]),
    content,
    files: new Map(),
    journals: new Map(),
    built: [],
    nonce: 'first',
  };
  for (const { version } of project.facts) {
    const done = await publish(scene, version);
    if (done.exit !== 0) throw new Error(`publishing ${version} of ${project.name}: ${done.error ?? done.text}`);
  }
  const cells = cellsOf(await onlyPlan(scene), scene);
  const after = { ...copyScene(scene), config: { ...project.config, repository } };
  setConvenience(held, cells, await onlyPlan(after));
  const journals = [...scene.journals].map(([path, entries]) => [path.split('/').at(-2) ?? '', entries] as const);
  return { project, content, cells, held, journals: new Map(journals) };
}

async function onlyPlan(scene: Scene): Promise<Plan> {
  const { plans, error } = await plan(scene, { offline: true });
  if (plans[0] === undefined) throw new Error(error ?? 'no plan');
  return plans[0];
}

function cellsOf({ cells }: Plan, scene: Scene): BaseCell[] {
  return cells.map(({ version, tags, platforms, ...rest }) => {
    const built = scene.built.find(({ reference }) => tags.includes(reference.slice(reference.lastIndexOf(':') + 1)));
    if (built === undefined) throw new Error(`${version} has a cell that was not built: ${tags.join(', ')}`);
    const axes = Object.fromEntries(axisNames.map((axis) => [axis, String(rest[axis])]));
    const { target, digest } = built;
    return { key: cellKey(version, axes), version, axes, pinned: tags, platforms, target, digest };
  });
}

/** Where the plan wants them; before, releases that are excluded or yanked by now had some. */
function setConvenience(held: Held, cells: readonly BaseCell[], { tags }: Plan): void {
  for (const { tag, kind, owner } of tags) {
    if (kind !== 'convenience') continue;
    const cell = owner === null ? undefined : cells.find(({ key }) => key === cellKey(owner.version, owner));
    if (cell === undefined) held.tags.delete(tag);
    else hold(held, content, cell.digest, tag);
  }
  const known = new Set([...cells.flatMap(({ pinned }) => pinned), ...tags.map(({ tag }) => tag)]);
  for (const tag of held.tags.keys()) if (!known.has(tag)) held.tags.delete(tag);
}
