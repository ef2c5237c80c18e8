/** A state carried out: the scene that commands see, and what a test knows of it beyond that. */
import type { BuildTarget } from '../../../src/domain/build-target.ts';
import type { Digest, Manifest } from '../../../src/domain/digest.ts';
import { assertNever } from '../../../src/domain/errors.ts';
import { mediaTypes } from '../../../src/domain/media-types.ts';
import { manifestOf } from '../sample-images.ts';
import { baseOf, type Base, type BaseCell } from './base.ts';
import { audit, plan, type Plan } from './commands.ts';
import { childrenOf, copyHeld, hold, type Content, type Held } from './held.ts';
import { projects, repositories } from './projects.ts';
import { copyScene, makeImage, type Scene } from './scene.ts';
import type { Damage, Image, PlaceState, State } from './state.ts';

export interface Situation {
  readonly base: Base;
  readonly scene: Scene;
  readonly plan: Plan;
  /** Cells that the facts know, left-out releases included. */
  readonly cells: readonly BaseCell[];
  /** The state, small enough to read in a failure. */
  readonly told: readonly string[];
}

export async function situationOf(state: State): Promise<Situation> {
  const project = projects[state.project % projects.length];
  if (project === undefined) throw new Error('there is no project');
  const base = await baseOf(project);
  const { scene, plan } = await startOf(base, state);
  if (state.partial) scene.partial = { reason: 'the clone is shallow', fix: 'git fetch --tags --unshallow' };
  const told = [
    ...(state.partial ? ['the source says that it is partial'] : []),
    `project ${project.name}`,
    `lock ${state.lock}`,
    ...(state.behind ? [`the source lacks ${project.newest}`] : []),
  ];
  const moving = plan.tags.flatMap(({ tag, kind }) => (kind === 'convenience' ? [tag] : []));
  for (const [index, [name, held]] of [...scene.places].entries()) {
    const wanted = state.places[index];
    if (wanted === undefined) continue;
    const say = (line: string): void => void told.push(`${name}: ${line}`);
    for (const damage of wanted.damages) carryOut(damage, { held, base, moving, say });
    if (wanted.journal !== null) leaveJournal(wanted.journal, name, base, scene, say);
    if (wanted.collected) collect(held, base.content, say);
  }
  const cells = base.cells.filter(({ version }) => !state.behind || version !== project.newest);
  return { base, scene, plan, cells, told };
}

const starts = new Map<string, Promise<{ readonly scene: Scene; readonly plan: Plan }>>();

/** The scene without any damage; made once for each project, lock and number of repositories. */
async function startOf(base: Base, state: State): Promise<{ readonly scene: Scene; readonly plan: Plan }> {
  const count = Math.max(1, state.places.length);
  const key = [base.project.name, state.lock, state.behind, count].join('|');
  const known = starts.get(key) ?? makeStart(base, state, count);
  starts.set(key, known);
  const { scene, plan } = await known;
  return { scene: copyScene(scene), plan };
}

async function makeStart(base: Base, state: State, count: number): Promise<{ scene: Scene; plan: Plan }> {
  const { project, content, held } = base;
  const names = repositories.slice(0, count);
  const scene: Scene = {
    config: { ...project.config, repository: [...names] },
    facts: project.facts,
    partial: null,
    places: new Map(names.map((name) => [name, copyHeld(held)])),
    content,
    files: new Map(),
    journals: new Map(),
    built: [],
    nonce: 'again',
  };
  if (state.lock !== 'none') {
    const at = state.lock === 'older' ? (project.facts[1]?.version ?? null) : null;
    const locked = await audit(scene, { writeLock: true, at });
    if (locked.error !== null || !scene.files.has(lockFile)) throw new Error(`no lock was written: ${locked.error}`);
  }
  if (state.behind) scene.facts = project.facts.filter(({ version }) => version !== project.newest);
  const made = await plan(scene, { offline: true });
  if (made.plans[0] === undefined) throw new Error(made.error ?? 'no plan');
  return { scene, plan: made.plans[0] };
}

export const lockFile = 'tags.lock.json';

interface Site {
  readonly held: Held;
  readonly base: Base;
  readonly moving: readonly string[];
  readonly say: (line: string) => void;
}

function pick<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('there is nothing to pick from');
  return found;
}

function pinnedOf({ pinned }: BaseCell, what: 'full' | 'other pinned' | 'pinned'): readonly string[] {
  return what === 'pinned' ? pinned : what === 'full' ? pinned.slice(0, 1) : pinned.slice(1);
}

function carryOut(damage: Damage, { held, base, moving, say }: Site): void {
  const { content } = base;
  const cell = pick(base.cells, damage.of);
  const tag = pick(moving, damage.of);
  const names = 'what' in damage && damage.what !== 'moving' ? pinnedOf(cell, damage.what) : [tag];
  // A pre-release has no sha tag.
  if (names.length === 0) return;
  const list = names.join(', ');
  switch (damage.do) {
    case 'remove':
    case 'remove moving':
      for (const name of names) held.tags.delete(name);
      return say(`${list} removed`);
    case 'overwrite': {
      const other = pick(base.cells, damage.other);
      for (const name of names) hold(held, content, imageFor(damage.by, cell, other, content), name);
      return say(`${list} overwritten by: ${damage.by}${damage.by.includes('another') ? ` (${other.key})` : ''}`);
    }
    case 'relabel': {
      const digest = imageFor(damage.as, cell, cell, content);
      for (const [name, at] of held.tags) if (at === cell.digest) hold(held, content, digest, name);
      held.has.delete(cell.digest);
      return say(`the image of ${cell.key} is: ${damage.as}`);
    }
    case 'point': {
      const other = pick(base.cells, damage.other);
      hold(held, content, imageFor(damage.at, other, pick(base.cells, damage.other + 1), content), tag);
      const target = damage.at === 'another cell' ? pick(base.cells, damage.other + 1) : other;
      if (damage.stranded) for (const name of target.pinned) held.tags.delete(name);
      const ending = damage.stranded ? ', whose pinned tags are gone' : '';
      return say(`${tag} points to: ${damage.at === 'another cell' ? '' : `${damage.at}, of `}${target.key}${ending}`);
    }
    case 'silence':
      for (const name of names) held.silent.add(name);
      return say(`no answer about ${list}`);
    default:
      return assertNever(damage);
  }
}

/** The image that is there in place of the cell's own. */
export function imageFor(image: Image, cell: BaseCell, other: BaseCell, content: Content): Digest {
  const { target } = cell;
  const { PYTHON: _python, ...args } = target.args;
  const of = (labels: BuildTarget['labels'], more: Partial<BuildTarget> = {}): Digest =>
    makeImage(content, { ...target, labels, ...more }, `damage: ${image}`);
  switch (image) {
    case 'another cell':
      return other.digest;
    case 'rebuilt':
      return of(target.labels);
    case 'rebuilt without labels':
      return of({});
    case 'foreign':
      return of({}, { args, id: 'foreign' });
    case 'foreign with labels of its own':
      return of({ 'org.opencontainers.image.version': '0.9.0', 'org.opencontainers.image.title': 'theirs' }, { args });
    case 'labels of its base':
      return of({ 'org.opencontainers.image.version': '22.04', 'org.opencontainers.image.ref.name': 'ubuntu' });
    case 'one platform of it':
      return firstChild(cell.digest, content);
    case 'an attestation':
      return lastChild(of(target.labels, { part: 'digest' }), content);
    case 'short of a platform':
      return indexOf([firstChild(cell.digest, content)], content);
    case 'a platform of another cell in it':
      return indexOf([firstChild(cell.digest, content), lastChild(other.digest, content)], content);
    default:
      return assertNever(image);
  }
}

function firstChild(digest: Digest, content: Content): Digest {
  return namedIn(content, childrenOf(manifestIn(content, digest))[0] ?? digest).digest;
}

function lastChild(digest: Digest, content: Content): Digest {
  return namedIn(content, childrenOf(manifestIn(content, digest)).at(-1) ?? digest).digest;
}

const manifestIn = (content: Content, digest: Digest): Manifest => namedIn(content, digest);

function namedIn(content: Content, digest: string): Manifest {
  const found = content.manifests.get(digest);
  if (found === undefined) throw new Error(`nobody made ${digest}`);
  return found;
}

const architectures = ['amd64', 'arm64'];

function indexOf(children: readonly Digest[], content: Content): Digest {
  const manifests = [...new Set(children)].map((child, index) => {
    const { mediaType, digest, sizeBytes } = namedIn(content, child);
    return { mediaType, digest, size: sizeBytes, platform: { os: 'linux', architecture: architectures[index] } };
  });
  const made = manifestOf(mediaTypes.ociIndex, { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests });
  content.manifests.set(made.digest, made);
  return made.digest;
}

/** The journal of a publish that was killed. */
function leaveJournal(
  { of, cut }: NonNullable<PlaceState['journal']>,
  name: string,
  { journals }: Base,
  scene: Scene,
  say: Site['say'],
): void {
  const [version, entries] = pick([...journals], of);
  const isPush = ({ step }: Readonly<Record<string, unknown>>): boolean => step === 'push' || step === 'copy';
  const first = entries.findIndex((entry) => isPush(entry));
  const last = entries.findLastIndex((entry) => isPush(entry));
  const kept = entries.slice(0, (cut === 'begun' ? first : last) + 1);
  const text = JSON.stringify(kept).replaceAll(repositories[0], name);
  scene.journals.set(`${name}/${version}/0000.jsonl`, JSON.parse(text));
  say(`a publish of ${version} was killed, its pushes ${cut}`);
}

function collect(held: Held, content: Content, say: Site['say']): void {
  const kept = new Set<string>();
  for (const digest of held.tags.values()) {
    kept.add(digest);
    for (const child of childrenOf(namedIn(content, digest))) kept.add(child);
  }
  for (const digest of held.has) if (!kept.has(digest)) held.has.delete(digest);
  say('manifests without a tag are collected');
}
