/** Looks at the images that the moving tags of an event point to: tags of another branch, or of a later build, do not move. */
import pMap from 'p-map';
import type { EventRule } from '../../config/types.ts';
import type { BuildEvent } from '../../domain/build-event.ts';
import { InputError, OutsideError, type Problem } from '../../domain/errors.ts';
import { formatReference } from '../../domain/reference.ts';
import type { EventLane } from '../../plan/event-lanes.ts';
import { laterBuild, twinProblem } from '../../plan/event-twins.ts';
import type { Registries, RegistryReader } from '../../ports.ts';
import { createInspector, type Inspector } from '../inspector.ts';
import type { RepositoryRun } from '../publish/index.ts';
import type { World } from '../world.ts';

/** A tag that belongs to another build. */
interface Held {
  readonly tag: string;
  readonly twin: Problem | null;
  /** For messages: `commit …, begun …`. */
  readonly later: string | null;
}

/**
 * The lane without the tags that a later build of the same branch has.
 *
 * @throws {InputError} EVENT_COLLISION for tags of another branch
 */
export async function withoutHeld(
  lane: EventLane,
  event: BuildEvent,
  registries: Registries,
  world: World,
): Promise<EventLane> {
  const later = new Set<string>();
  const twins: Problem[] = [];
  for (const repository of lane.image.repositories) {
    const registry = registries.open(repository);
    const held = await heldTags(lane, event, { registry, inspect: createInspector(registry, world.signal) }, world);
    for (const { tag, twin, later: build } of held) {
      if (twin !== null) twins.push(twin);
      else later.add(tag);
      if (build !== null) world.say(`${formatReference(repository, tag)} stays: it has a later build (${build})`);
    }
  }
  if (twins.length > 0) throw new InputError([...new Map(twins.map((one) => [one.message, one])).values()]);
  const convenience = lane.tags.convenience.filter(({ tag }) => !later.has(tag));
  return { ...lane, tags: { ...lane.tags, convenience } };
}

/** While this run was building, another one may have moved a tag. @throws {OutsideError} TAG_RACED */
export async function refuseOvertakenBy(lane: EventLane, event: BuildEvent, run: RepositoryRun): Promise<void> {
  const [held] = await heldTags(lane, event, run, run.world);
  if (held === undefined) return;
  const why = held.twin?.message ?? `it has a later build (${held.later ?? ''})`;
  const message = `${run.name}:${held.tag} was moved while this run was building: ${why}. No tag was moved`;
  throw new OutsideError('TAG_RACED', message, { tag: held.tag });
}

async function heldTags(
  { tags, rules }: EventLane,
  event: BuildEvent,
  { registry, inspect }: { readonly registry: RegistryReader; readonly inspect: Inspector },
  { signal }: Pick<World, 'signal'>,
): Promise<readonly Held[]> {
  const moving = tags.convenience.flatMap(({ tag, rule }) => {
    const own = rules.get(rule.name);
    return own === undefined ? [] : [{ tag, rule: own }];
  });
  const found = await pMap(
    moving,
    async ({ tag, rule }: { readonly tag: string; readonly rule: EventRule }): Promise<Held> => {
      const at = await registry.head(tag, signal);
      const image = at === null ? null : await inspect(at.digest);
      const labels = image?.configs[0]?.labels ?? {};
      return { tag, twin: twinProblem(tag, rule, event, labels), later: laterBuild(event, labels) };
    },
    { concurrency: 8 },
  );
  return found.filter(({ twin, later }) => twin !== null || later !== null);
}
