/**
 * The base images of cells and of the builds that they share, looked at before anything is built: one that does not
 * exist, or not for a platform of its cells. BuildKit takes a base of another platform without a word and labels the result as it was asked.
 */
import pMap from 'p-map';
import { contextName, contextsOf } from '../../build/contexts.ts';
import { renderTemplate } from '../../config/tag-template.ts';
import type { BuildSpec, ImageConfig } from '../../config/types.ts';
import { InputError, OutsideError, type Problem } from '../../domain/errors.ts';
import { formatRepository, parseRepository, type Repository } from '../../domain/reference.ts';
import { baseOfBuild } from '../../plan/base-of.ts';
import { buildOf } from '../../plan/build-of.ts';
import type { Cell } from '../../plan/cell.ts';
import { cellValues } from '../../plan/expected-image.ts';
import { sharedBuilds } from '../../plan/shared-builds.ts';
import type { Registries } from '../../ports.ts';
import { onOwnPlatform } from '../../render/own-platform.ts';
import { inspectImage } from '../inspect-image.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';

/** A cell, the platforms of it that are built, and the Dockerfiles at hand, by path: its own and those it shares. */
export interface BuiltCell {
  readonly cell: Cell;
  readonly platforms: readonly string[];
  readonly texts: ReadonlyMap<string, string | null>;
}

interface Pulled {
  /** As the config has it. */
  readonly name: string;
  readonly repository: Repository;
  /** Tag or digest. */
  readonly reference: string;
  readonly platforms: Set<string>;
}

/** One that no registry answers for is said, and left to the build. @throws {InputError} BASE_MISSING */
export async function refuseUnfitBases(cells: readonly BuiltCell[], project: Project, world: World): Promise<void> {
  const pulled = pulledBases(cells, project);
  if (pulled.length === 0) return;
  const registries = await world.registries(project.config.insecureRegistries);
  try {
    const problems = await pMap(pulled, (base) => problemOf(base, registries, world), { concurrency: 8 });
    const found = problems.filter((problem) => problem !== null);
    if (found.length > 0) throw new InputError(found);
  } finally {
    await registries.close();
  }
}

function pulledBases(cells: readonly BuiltCell[], { image }: Project): readonly Pulled[] {
  const found = new Map<string, Pulled>();
  for (const { cell, platforms, texts } of cells) {
    const values = cellValues(cell);
    const own = buildOf(cell.shape, image);
    for (const build of [own, ...sharedBuilds(own, image).map(([, spec]) => spec)]) {
      const pulled = pulledBase(build, image, values);
      if (pulled === null) continue;
      const key = `${formatRepository(pulled.repository)} ${pulled.reference}`;
      const known = found.get(key) ?? { ...pulled, platforms: new Set<string>() };
      const text =
        texts.get(build.dockerfile === null ? 'Dockerfile' : renderTemplate(build.dockerfile, values)) ?? null;
      // What is only used on the builder's own platform need not be there for another one.
      if (text === null || onOwnPlatform(text, pulled.name)) for (const one of platforms) known.platforms.add(one);
      found.set(key, known);
    }
  }
  return [...found.values()];
}

/** @returns `null` where nothing is pulled */
function pulledBase(
  build: BuildSpec,
  image: ImageConfig,
  values: Readonly<Record<string, string>>,
): Omit<Pulled, 'platforms'> | null {
  const base = baseOfBuild(build, image, values);
  if (base === null || base.name === 'scratch') return null;
  const given = Object.entries(contextsOf(build, image, values)).find(
    ([key]) => contextName(key) === contextName(base.name),
  );
  const pinned = base.digest === null || base.name.includes('@') ? base.name : `${base.name}@${base.digest}`;
  // A folder or another build in the base's place is nothing to pull.
  const place = placeOf(given === undefined ? `docker-image://${pinned}` : given[1], base.name);
  return place === null ? null : { name: base.name, ...place };
}

function placeOf(context: string, name: string): Pick<Pulled, 'repository' | 'reference'> | null {
  const image = /^docker-image:\/\/(?<image>.+)$/.exec(context)?.groups?.['image'];
  if (image === undefined) return null;
  const [named = '', digest] = image.split('@', 2);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const repository = parseRepository(hasTag ? named.slice(0, colon) : named, `the base ${name}`);
  if (!repository.ok) throw new InputError(repository.problems);
  return { repository: repository.value, reference: digest ?? (hasTag ? named.slice(colon + 1) : 'latest') };
}

async function problemOf(base: Pulled, registries: Registries, world: World): Promise<Problem | null> {
  const { name, repository, reference } = base;
  const where = `the base ${name}`;
  const place = `${formatRepository(repository)}${reference.includes(':') ? '@' : ':'}${reference}`;
  try {
    const image = await inspectImage(registries.open(repository), reference, world.signal);
    if (image === null) {
      const message = `${place} does not exist`;
      return { code: 'BASE_MISSING', where, message, fix: 'correct base in the config' };
    }
    if (image.platforms.length === 0) return null;
    const has = new Set(image.platforms.map(machineOf));
    const lacking = [...base.platforms].filter((platform) => !has.has(machineOf(platform)));
    if (lacking.length === 0) return null;
    const message = `${place} is for ${image.platforms.join(', ')}, and not for ${lacking.join(', ')}`;
    return { code: 'BASE_MISSING', where, message, fix: 'take another base, or correct platforms in the config' };
  } catch (error) {
    if (!(error instanceof OutsideError) || world.signal.aborted) throw error;
    world.say(`whether ${where} fits is not known: ${error.message}`);
    return null;
  }
}

/** A variant may serve for another one: which, BuildKit knows. */
function machineOf(platform: string): string {
  return platform.split('/').slice(0, 2).join('/');
}
