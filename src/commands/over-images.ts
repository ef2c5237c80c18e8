/** `--all-images`: what reads asks about every image of a config, over one pool of connections and one read of the facts. */
import { readConfig } from '../config/normalize.ts';
import { InputError, InternalError } from '../domain/errors.ts';
import type { Several } from '../domain/several.ts';
import type { Registries } from '../ports.ts';
import { jsonText } from '../report/plan-json.ts';
import { once, sourcesOnce } from './ask-once.ts';
import type { CommonOptions } from './options.ts';
import { required } from './read-project.ts';
import type { Outcome, World } from './world.ts';

/**
 * Runs `use` with the options of each image that was asked for: those given, or with `--all-images` one for each image
 * of the config, in its order. The world reads once what the images share: the config, the releases of a source, and
 * the connections to a registry with what its host allows, which `use` need not close for this.
 *
 * @throws {InputError} USAGE for `--all-images` beside a flag that is about one image
 */
export async function overImages<T extends CommonOptions, R>(
  options: T,
  world: World,
  use: (each: Several<T>, shared: World) => Promise<R>,
): Promise<R> {
  if (options.allImages !== true) return use([options], world);
  refuseOneImage(options);
  const { shared, close } = sharing(world);
  try {
    const { raw, file, above } = await shared.loadConfig(options.config);
    const { images } = required(readConfig(raw, file, above));
    const [first, ...others] = images.map(({ name }) => ({ ...options, allImages: false, image: name }));
    if (first === undefined) throw new InternalError(`${file} was read and has no image`);
    return await use([first, ...others], shared);
  } finally {
    await close();
  }
}

function refuseOneImage({ image, repository }: CommonOptions): void {
  const given = [...(image === null ? [] : ['--image']), ...(repository.length === 0 ? [] : ['--repository'])];
  if (given.length === 0) return;
  throw new InputError(
    given.map((where) => ({
      code: 'USAGE',
      where,
      message: 'it is about one image, and --all-images about all of them',
      fix: 'leave one of the two out',
    })),
  );
}

/**
 * Does something for one image; what is wrong with it is said with the image's name if all images were asked for.
 *
 * @param asked what `overImages` was given
 */
export async function ofImage<T extends CommonOptions, U>(
  asked: CommonOptions,
  one: T,
  of: (one: T) => Promise<U>,
): Promise<U> {
  try {
    return await of(one);
  } catch (error) {
    const { image } = one;
    if (!(error instanceof InputError) || image === null || asked.allImages !== true) throw error;
    const problems = error.problems.map((problem) => {
      const isNamed = problem.where.includes(`images.${image}`);
      return isNamed ? problem : { ...problem, where: `${problem.where} (image ${image})` };
    });
    throw new InputError(problems, { cause: error.cause });
  }
}

/**
 * One outcome of each image's: texts under the names of the images, JSON documents by their names.
 *
 * @param resultOf of the results of all
 */
export async function joinImages<T extends CommonOptions>(
  options: T,
  world: World,
  how: { readonly isJson: boolean; readonly resultOf: (results: readonly Outcome['result'][]) => Outcome['result'] },
  command: (options: T, world: World) => Promise<Outcome>,
): Promise<Outcome> {
  if (options.allImages !== true) return command(options, world);
  return overImages(options, world, async (each, shared) => {
    const joined: { name: string; outcome: Outcome }[] = [];
    for (const one of each)
      joined.push({ name: one.image ?? '', outcome: await ofImage(options, one, (own) => command(own, shared)) });
    const stdout = how.isJson
      ? jsonText({ schema: 1, images: Object.fromEntries(joined.map(({ name, outcome }) => [name, dataOf(outcome)])) })
      : joined.map(({ name, outcome }) => `image ${name}\n\n${outcome.stdout}`).join('\n');
    return { stdout, result: how.resultOf(joined.map(({ outcome }) => outcome.result)) };
  });
}

function dataOf({ stdout }: Outcome): unknown {
  const document: unknown = JSON.parse(stdout);
  return document;
}

/** What could not be seen comes before what was: a tag nobody saw may be the one that is wrong. */
export function worstOf(results: readonly Outcome['result'][]): Outcome['result'] {
  return (['outside-failed', 'findings'] as const).find((result) => results.includes(result)) ?? 'as-planned';
}

/** Of a tag that is asked for: one image that has it is enough, unless another could not be seen. */
export function bestOf(results: readonly Outcome['result'][]): Outcome['result'] {
  if (results.includes('outside-failed')) return 'outside-failed';
  return results.includes('as-planned') ? 'as-planned' : 'findings';
}

/** The same world, in which images that ask for the same thing get what the first of them got. */
function sharing(world: World): { readonly shared: World; readonly close: () => Promise<void> } {
  let opened: Promise<Registries> | null = null;
  const openOnce = async (insecure: readonly string[]): Promise<Registries> => {
    opened ??= Promise.resolve(world.registries(insecure));
    const registries = await opened;
    return { open: (repository) => registries.open(repository), close: () => Promise.resolve() };
  };
  const shared: World = {
    ...world,
    loadConfig: once((path) => world.loadConfig(path)),
    sources: sourcesOnce(world),
    registries: openOnce,
  };
  return { shared, close: async () => (await opened)?.close() };
}
