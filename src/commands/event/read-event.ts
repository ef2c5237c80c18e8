/** What every command of a build that is not a release starts with: the config, the event, and the tags it has. */
import type { Config, ImageConfig } from '../../config/types.ts';
import type { BuildEvent } from '../../domain/build-event.ts';
import { InputError, InternalError, type Problem } from '../../domain/errors.ts';
import { checkEvents, needsReleases, takenTags } from '../../plan/check-events.ts';
import { eventLanes, type EventLane } from '../../plan/event-lanes.ts';
import type { TagMap } from '../../plan/tag-map.ts';
import type { CommonOptions } from '../options.ts';
import { factsOf, projectOf, readImage, required, type Project } from '../read-project.ts';
import type { World } from '../world.ts';

export interface EventBuild {
  readonly config: Config;
  readonly root: string;
  /** With the rules of releases too. */
  readonly image: ImageConfig;
  readonly event: BuildEvent;
  readonly lanes: readonly [EventLane, ...EventLane[]];
}

/**
 * @param file with the event, `-` for standard input; `null`: the one of the environment
 * @throws {InputError} with everything that is wrong with the config, the event and the tags they give
 */
export async function readEventBuild(options: CommonOptions, file: string | null, world: World): Promise<EventBuild> {
  if (world.event === undefined) throw new InternalError('a command of an event, in a world without events');
  const event = await world.event.read(file);
  const { config, image, root } = await readImage(options, world);
  const wrong = checkEvents(image, config);
  if (wrong.length > 0) throw new InputError(wrong);
  const lanes = required(eventLanes(image, event, config));
  const releases = await releaseTags({ config, image, root }, options, world);
  const taken = lanes.flatMap((lane) => takenTags(lane, image, event, releases));
  if (taken.length > 0) throw new InputError(taken);
  return { config, root, image, event, lanes };
}

/** What releases have is read only if their rules alone do not show which texts are theirs. */
async function releaseTags(
  read: Pick<EventBuild, 'config' | 'image' | 'root'>,
  options: CommonOptions,
  world: World,
): Promise<TagMap | null> {
  return needsReleases(read.image) ? projectOf(await factsOf(read, options, world)).tags : null;
}

/**
 * The event that the run was started by, for a command that was not told what it is about.
 *
 * @returns `null` if it is about all releases: the config has no tags for such builds, and nobody asked for any
 * @throws {InputError} EVENT_INVALID if somebody did
 */
export async function eventByDefault(options: CommonOptions, world: World): Promise<EventBuild | null> {
  const { config, image } = await readImage(options, world);
  if (image.events !== null) return readEventBuild(options, null, world);
  const asked = world.event?.asked ?? [];
  if (asked.length > 0) throw new InputError([noRelease(asked, config.file)]);
  return null;
}

/** A step that asks for tags or a bake file is not green without them. */
function noRelease(asked: readonly string[], file: string): Problem {
  return {
    code: 'EVENT_INVALID',
    where: `input ${asked.join(', ')}`,
    message: `the event names no release, and ${file} has no events, so there are no tags and no bake file to hand over`,
    fix: "run the step on a release or a git tag, give the input version, write events: { branch: '{{branch}}' }, or leave that input out for a plan of every tag",
  };
}

/**
 * The event that the run was started by, for a command that has to be about a release or a build.
 *
 * @param command for messages
 * @throws {InputError} EVENT_INVALID
 */
export async function eventInstead(command: string, options: CommonOptions, world: World): Promise<EventBuild> {
  const { image } = await readImage(options, world);
  if (image.events !== null) return readEventBuild(options, null, world);
  const fix =
    'run it on a release, on its git tag (a push, or by hand with that tag as the ref), or give the input version';
  const message = `${command} needs a version, and the event names none`;
  throw new InputError([{ code: 'EVENT_INVALID', where: 'input version', message, fix }]);
}

/** One lane as a project whose only release is the build: what releases are built and pushed by then works for it. */
export function laneProject({ config, root }: EventBuild, { image, release, tags }: EventLane): Project {
  const known = {
    releases: [release],
    excluded: [],
    ignored: [],
    moment: release.committedAt,
    problems: [],
    warnings: [],
  };
  return { config, root, image, known, factsFrom: 'the event', partial: [], tags, warnings: [] };
}
