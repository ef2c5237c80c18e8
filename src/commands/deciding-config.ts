/**
 * Which config decides who owns a tag. A release checks out its git tag, so a release of an old branch brings that
 * branch's config, which lacks what the default branch knows by now: yanks, exclusions, ranges.
 */
import { readConfig } from '../config/normalize.ts';
import type { ImageConfig } from '../config/types.ts';
import { InputError, type Problem } from '../domain/errors.ts';
import { parseJsonObject } from '../domain/json.ts';
import { describeCell, type Cell } from '../plan/cell.ts';
import type { CommonOptions } from './options.ts';
import { chooseImage, factsOf, projectOf, readImage, readProject, required, type Project } from './read-project.ts';
import type { OtherConfig, World } from './world.ts';

/** A project, and what another config says of its tags. */
export interface Decided {
  readonly project: Project;
  /**
   * Of tags that one of the two configs alone gives an owner, those that would move: what refuses it, `null` if there are
   * none.
   */
  readonly refusal: (wouldMove: (disputed: Disputed) => boolean) => Problem | null;
}

/** A tag to which two configs give different owners. */
export interface Disputed {
  readonly tag: string;
  /** The owner by one config, where the other has none. */
  readonly owner: Cell | null;
  readonly text: string;
}

/**
 * The project by the config that decides: the one at hand, unless `--config-from default` says the default branch's. It
 * says how to build either way, for its Dockerfiles are what is checked out.
 *
 * @param version the one whose tags would move
 * @throws {InputError} CONFIG_DIFFERS if the two give a tag that would move to different owners
 */
export async function readDecided(options: CommonOptions, version: string, world: World): Promise<Project> {
  const { project, refusal } = await decide(options, version, world);
  const problem = refusal(() => true);
  if (problem !== null) throw new InputError([problem]);
  return project;
}

/**
 * The same for every tag.
 *
 * @throws {InputError} CONFIG_DIFFERS if both give a tag an owner, and not the same one
 */
export async function readDecidedForAll(options: CommonOptions, world: World): Promise<Decided> {
  return decide(options, null, world);
}

async function decide(options: CommonOptions, about: string | null, world: World): Promise<Decided> {
  const own = await readProject(options, world);
  const from = options.configFrom;
  if (from === undefined || from === 'tag') return undisputed(own);
  const found = (await world.defaultConfig?.(options.config)) ?? null;
  if (found === null) return undisputed(own);
  if (found.kind === 'unread') {
    const message = `the config of the default branch was not read: ${found.reason}`;
    if (from === 'default') {
      throw new InputError([{ code: 'CONFIG_NOT_FOUND', where: '--config-from', message, fix: found.fix }]);
    }
    const known = `${message}; the one of the git tag decides, which may lack its yanks and exclusions`;
    const warning = { code: 'CONFIG_DIFFERS', message: known, versions: [], fix: found.fix } as const;
    world.say(`warning ${warning.code}: ${known}. ${found.fix}`);
    return undisputed({ ...own, warnings: [...own.warnings, warning] });
  }
  const other = await projectBy(found, own, options, world);
  if (from === 'default') return undisputed(other);
  const disputed = disputedTags(own, other, about);
  if (disputed.some(({ owner }) => owner === null)) throw new InputError([refusalOf(disputed, own, found)]);
  return {
    project: own,
    refusal: (wouldMove) => {
      const moving = disputed.filter(wouldMove);
      return moving.length === 0 ? null : refusalOf(moving, own, found);
    },
  };
}

function undisputed(project: Project): Decided {
  return { project, refusal: () => null };
}

async function projectBy(found: OtherConfig, own: Project, options: CommonOptions, world: World): Promise<Project> {
  const { image: ownImage, above } = await readImage(options, world);
  const config = required(readConfig(found.raw, found.file, above));
  const image = chooseImage(config, options.image);
  const merged = { ...image, repositories: ownImage.repositories, ...builtAsHere(image, ownImage) };
  const described = { config: { ...config, source: own.config.source }, image: merged, root: own.root };
  return projectOf(await factsOf(described, options, world));
}

function builtAsHere(image: ImageConfig, own: ImageConfig): Pick<ImageConfig, 'axes' | 'build' | 'basesLock'> {
  const axes = image.axes.map((axis) => {
    const here = own.axes.find(({ name }) => name === axis.name)?.values ?? [];
    const values = axis.values.map((value) => ({
      ...value,
      build: here.find(({ name }) => name === value.name)?.build ?? value.build,
    }));
    return { ...axis, values };
  });
  return { axes, build: own.build, basesLock: own.basesLock };
}

/** Tags with two owners first: what nobody owns is not moved by that config. */
function disputedTags(own: Project, other: Project, about: string | null): readonly Disputed[] {
  const [ours, theirs] = [own, other].map(({ tags }) => new Map(tags.convenience.map((tag) => [tag.tag, tag.owner])));
  const texts = new Set([...(ours?.keys() ?? []), ...(theirs?.keys() ?? [])]);
  const disputed = [...texts].flatMap((tag): Disputed[] => {
    const [mine = null, yours = null] = [ours?.get(tag), theirs?.get(tag)];
    const [a, b] = [nameOf(mine), nameOf(yours)];
    const isMoved = about === null || [mine, yours].some((owner) => owner?.release.version.text === about);
    if (a === b || !isMoved) return [];
    const owner = mine === null ? yours : yours === null ? mine : null;
    return [{ tag, owner, text: `${tag} (${a} by the git tag's, ${b} by the default branch's)` }];
  });
  return disputed.toSorted((one, two) => Number(two.owner === null) - Number(one.owner === null));
}

function refusalOf(disputed: readonly Disputed[], own: Project, found: OtherConfig): Problem {
  const named = disputed.map(({ text }) => text);
  const more = disputed.length > 5 ? ` and ${disputed.length - 5} more` : '';
  const lines = difference(found)
    .map((line) => `\n  ${line}`)
    .join('');
  return {
    code: 'CONFIG_DIFFERS',
    where: `${own.config.file} and ${found.file}`,
    message: `the two give tags to different owners: ${named.slice(0, 5).join(', ')}${more}. Lines that differ:${lines}`,
    fix: '--config-from default decides by the default branch, --config-from tag by the git tag; nothing was moved',
  };
}

function nameOf(owner: Cell | null): string {
  return owner === null ? 'nobody' : describeCell(owner);
}

/** JSON on one line says nothing of where it differs. */
function inLines(text: string): string {
  const parsed = parseJsonObject(text);
  return parsed === null ? text : JSON.stringify(parsed, null, 2);
}

const maxLines = 20;

/** Lines that one of the two has, `-` for the git tag's and `+` for the default branch's. */
function difference({ text, ownText }: OtherConfig): readonly string[] {
  const [ours, theirs] = [ownText, text].map((whole) =>
    inLines(whole)
      .split('\n')
      .map((line) => line.trim()),
  );
  const only = (having: readonly string[] = [], lacking: readonly string[] = [], mark: string): string[] =>
    having.filter((line) => line !== '' && !lacking.includes(line)).map((line) => `${mark} ${line.slice(0, 200)}`);
  const lines = [...only(ours, theirs, '-'), ...only(theirs, ours, '+')];
  return lines.length <= maxLines ? lines : [...lines.slice(0, maxLines), `and ${lines.length - maxLines} more`];
}
