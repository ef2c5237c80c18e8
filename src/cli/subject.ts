/** What a command is about that needs a release or an event: one of the two is named, or the run was started by an event. */
import type { Command } from 'commander';
import type { EventBuild } from '../commands/event/read-event.ts';
import type { CommonOptions } from '../commands/options.ts';
import type { World } from '../commands/world.ts';
import { InputError } from '../domain/errors.ts';
import { refuseUnused, type Mode } from './unused.ts';

export type Subject =
  | { readonly kind: 'release'; readonly version: string }
  | { readonly kind: 'event'; readonly build: EventBuild };

interface Named {
  readonly version: string | undefined;
  /** A file, or `true` for the event of the run. */
  readonly event: string | true | undefined;
}

/**
 * @param options that choose a config and an image
 * @throws {InputError} USAGE where neither is named; EVENT_INVALID where the run's event is no build of this config
 */
export async function subjectOf(
  { version, event }: Named,
  command: Command,
  options: CommonOptions,
  world: World,
): Promise<Subject> {
  const name = command.name();
  if (event !== undefined) refuseUnused(command, [eventMode(name)]);
  if (version !== undefined) return { kind: 'release', version };
  if (event === undefined && world.event?.byDefault !== true) {
    const fix = `write tagwright ${name} VERSION, or ${name} --event FILE`;
    throw new InputError([{ code: 'USAGE', where: 'VERSION', message: 'this argument is missing', fix }]);
  }
  const { eventInstead, readEventBuild } = await import('../commands/event/read-event.ts');
  const file = typeof event === 'string' ? event : null;
  const build =
    event === undefined ? await eventInstead(name, options, world) : await readEventBuild(options, file, world);
  return { kind: 'event', build };
}

const noRelease = 'leave it out: the build of an event is not a release';

/** What the mode of an event does not use, of `plan`, `build`, `publish` and `matrix`. */
export function eventMode(command: string): Mode {
  const ofReleases = [
    '--revision',
    '--with',
    '--yank',
    '--at',
    '--rebuild',
    '--wait-for-package',
    '--config-from',
    '--stop-before-moves',
    '--plan-out',
    '--write-lock',
    '--allow-backward',
    '--passes',
    '--diff',
  ];
  return {
    name: `${command} --event`,
    unused: {
      VERSION: 'write the version or --event, not both',
      '--all-images': 'name the image that is built with --image',
      ...Object.fromEntries(ofReleases.map((flag) => [flag, noRelease])),
    },
  };
}
