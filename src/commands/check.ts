/** `tagwright check`: the config and the Dockerfiles it names where they are at hand, or against another config. Asks no registry; releases are read for the latter only. */
import { basesLockProblems } from '../build/bases-lock.ts';
import { readConfig } from '../config/normalize.ts';
import type { Config, ImageConfig } from '../config/types.ts';
import { InputError } from '../domain/errors.ts';
import { checkEvents } from '../plan/check-events.ts';
import { diffPlans, movedPinned } from '../plan/plan-diff.ts';
import { wholePlan } from '../plan/plan.ts';
import { checkJson, checkText, type ComparedImage, type Comparison } from '../report/check.ts';
import { readBasesLockFile } from './bases-lock.ts';
import { factsOf, projectOf, refuseReaching, required, type Project } from './read-project.ts';
import { contractOfImage } from './release/contract.ts';
import type { Outcome, World } from './world.ts';

export interface CheckOptions {
  readonly config: string;
  readonly json: boolean;
  /** Another config, such as the one of the default branch, whose pinned tags must stay on their cells. */
  readonly against: string | null;
  readonly releases: string | null;
}

/** @throws {InputError} with every mistake in the config; against another one, with what is wrong with either's tags */
export async function checkCommand(options: CheckOptions, world: World): Promise<Outcome> {
  const { raw, file, above, root } = await world.loadConfig(options.config);
  const config = required(readConfig(raw, file, above));
  const broken = await Promise.all(config.images.map((image) => contractOfImage(image, world.files(root))));
  const events = config.images.flatMap((image) => checkEvents(image, config));
  const behind = basesLockProblems(await readBasesLockFile(world.files(root)), config.images);
  const problems = [...events, ...behind, ...broken.flat()];
  if (problems.length > 0) throw new InputError(problems);
  const comparison = options.against === null ? null : await compare(config, root, options.against, options, world);
  const moved = comparison?.images.some((image) => image.moved.length > 0) ?? false;
  return {
    stdout: options.json ? checkJson(config, comparison) : checkText(config, comparison),
    result: moved ? 'findings' : 'as-planned',
  };
}

/** Both configs by the releases of the first one's source: the other may lie anywhere. */
async function compare(
  config: Config,
  root: string,
  path: string,
  options: CheckOptions,
  world: World,
): Promise<Comparison> {
  const loaded = await world.loadConfig(path);
  const other = required(readConfig(loaded.raw, loaded.file, loaded.above));
  if (world.dataOnly === true) for (const one of [config, other]) refuseReaching(one);
  const images: ComparedImage[] = [];
  for (const image of config.images) {
    const before = counterpart(config, image, other);
    if (before === undefined) continue;
    const project = await projectWith(config, image, root, options, world);
    const former = await projectWith({ ...other, source: config.source }, before, root, options, world);
    const diff = diffPlans(wholePlan(before, former.tags, []), wholePlan(image, project.tags, []));
    images.push({
      image: image.name,
      releases: project.known.releases.length,
      pinned: former.tags.pinned.size,
      moved: movedPinned(diff),
    });
  }
  return { file: other.file, images };
}

/** The image of the same name; of configs with one image each, that one, for its name is its repository's. */
function counterpart(config: Config, image: ImageConfig, other: Config): ImageConfig | undefined {
  const [only] = other.images;
  if (config.images.length === 1 && other.images.length === 1) return only;
  return other.images.find(({ name }) => name === image.name);
}

async function projectWith(
  config: Config,
  image: ImageConfig,
  root: string,
  { config: path, releases }: CheckOptions,
  world: World,
): Promise<Project> {
  const options = { config: path, releases, repository: [], image: null, at: null };
  return projectOf(await factsOf({ config, image, root }, options, world));
}
