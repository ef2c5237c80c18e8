/** What repairs the pinned tags of a release: one command, or a choice where a person has to say which image is right. */
import type { Digest } from '../domain/digest.ts';
import type { Repository } from '../domain/reference.ts';
import { builtVersion, type Release } from '../domain/release.ts';
import { describeCell, type Cell } from '../plan/cell.ts';
import type { CellImage, Struck } from '../sight/cell-image.ts';
import type { Sight } from '../sight/sight.ts';
import { deletion, publishCommand, restoreCommand } from './fix.ts';

/** One way out of several; a person takes it. */
export interface Choice {
  /** A command to run, or a line of the config or the lock file to change. */
  readonly do: 'run' | 'edit';
  readonly command: string;
  readonly because: string;
}

/** How something is repaired; both are empty where nothing needs doing, or nothing can be said. */
export interface Repair {
  readonly fix: string | null;
  readonly choices: readonly Choice[];
}

export const noRepair: Repair = { fix: null, choices: [] };

/** What commands need to speak of the same config and repository. */
export interface RepairContext {
  readonly sight: Sight;
  readonly repository: Repository;
  /** Each with a space before it. */
  readonly flags: string;
}

/** Brings a cell's missing pinned tags, and takes wrong ones away first where evidence of ours proves them wrong. */
export function cellRepair(cell: Cell, context: RepairContext): Repair {
  const image = context.sight.image(cell);
  if (image.state === 'doubt') return { fix: null, choices: doubtChoices(cell, image, context) };
  if (image.state === 'unknown') return noRepair;
  if (image.state === 'absent') {
    const unproven = image.struck.filter((struck) => !isProven(cell, struck, context.sight));
    if (unproven.length > 0) return { fix: null, choices: wrongChoices(cell, unproven, context) };
  }
  return { fix: releaseCommand(cell.release, context), choices: [] };
}

/** `publish VERSION` with what it needs to go through, after the tags that are proven wrong are deleted. */
export function releaseCommand(release: Release, { sight, repository, flags }: RepairContext): string {
  const cells = sight.input.expected.cells.filter((cell) => cell.release === release);
  const deletions: string[] = [];
  const options = new Set<string>();
  for (const cell of cells) {
    const image = sight.image(cell);
    if (image.state === 'sound' && image.by !== 'lock' && sight.says(cell, image.digest) === 'nothing')
      options.add('--adopt');
    if (image.state !== 'absent') continue;
    for (const struck of image.struck) {
      if (struck.why === 'part' || struck.why === 'short') options.add('--replace-partial');
      else if (isProven(cell, struck, sight))
        deletions.push(...struck.tags.flatMap((tag) => deletion(repository, tag).command ?? []));
    }
  }
  return [...deletions, publishCommand(builtVersion(release), flags, ...[...options].toSorted())].join(' && ');
}

/** Our own labels and the lock are proof; a base's Python version, or another cell's tags, are not. */
function isProven(cell: Cell, struck: Struck, sight: Sight): boolean {
  if (struck.why !== 'another') return true;
  return sight
    .identities(struck.digest)
    .some(({ by, cell: other, tag }) => by !== 'tag' || (other !== cell && tag === null));
}

type Doubt = Extract<CellImage, { readonly state: 'doubt' }>;

function doubtChoices(cell: Cell, image: Doubt, context: RepairContext): Choice[] {
  if (image.why === 'gone') return goneChoices(cell, image, context);
  if (image.why === 'shared') return sharedChoices(cell, image, context);
  return image.claimants.map(({ digest }) => ({
    do: 'run',
    command: tagCommands(cell, digest, context).join(' && '),
    because: `if ${digest} is ${describeCell(cell)}`,
  }));
}

/** Points every tag of the cell at one image. */
function tagCommands(cell: Cell, digest: Digest, { sight, repository }: RepairContext): string[] {
  const image = sight.image(cell);
  const claimed = image.state === 'doubt' ? image.claimants.flatMap(({ tags }) => tags) : [];
  const tags = [...new Set([...cell.pinned.map(({ tag }) => tag), ...claimed])];
  const there = tags.filter((tag) => {
    const now = sight.digestAt(tag);
    return now !== null && now !== digest;
  });
  return there.map((tag) => restoreCommand(repository, tag, digest));
}

function goneChoices(cell: Cell, { claimants }: Doubt, { flags }: RepairContext): Choice[] {
  const isLocked = claimants.some(({ by }) => by === 'lock');
  const line = isLocked
    ? `delete the line of ${describeCell(cell)} from tags.lock.json`
    : `move the journal of the unfinished run of ${builtVersion(cell.release)} away`;
  const publish = publishCommand(builtVersion(cell.release), flags);
  return [
    {
      do: 'edit',
      command: line,
      because: `the recorded image is gone; ${publish} then takes what is there, or builds it again`,
    },
  ];
}

/** The image belongs to one of the cells; the tags of the others go, and their images are built again. */
function sharedChoices(cell: Cell, { claimants, rivals }: Doubt, context: RepairContext): Choice[] {
  const digest = claimants[0]?.digest;
  if (digest === undefined) return [];
  const cells = [cell, ...rivals].toSorted((a, b) => byCodeUnit(describeCell(a), describeCell(b)));
  return cells.flatMap((right): Choice[] => {
    const others = cells.filter((other) => other !== right);
    const commands = others.flatMap((other) => freeCommands(other, digest, context));
    if (commands.some((command) => command === null)) return [];
    const because = `if ${digest} is ${describeCell(right)}`;
    return [{ do: 'run', command: commands.join(' && '), because }];
  });
}

/** Takes a cell's tags off an image: onto its other image where it has one, else they are deleted. */
function freeCommands(cell: Cell, digest: Digest, { sight, repository }: RepairContext): (string | null)[] {
  const tags = cell.pinned.map(({ tag }) => tag).filter((tag) => sight.digestAt(tag) === digest);
  const own = cell.pinned.map(({ tag }) => sight.digestAt(tag)).find((other) => other !== null && other !== digest);
  return tags.map((tag) =>
    own === undefined || own === null ? deletion(repository, tag).command : restoreCommand(repository, tag, own),
  );
}

/** Pinned tags that look like another cell's, without proof of ours. */
function wrongChoices(cell: Cell, struck: readonly Struck[], { repository, flags }: RepairContext): Choice[] {
  const tags = struck.flatMap(({ tags: on }) => on);
  const commands = tags.map((tag) => deletion(repository, tag).command);
  if (commands.some((command) => command === null)) return [];
  const command = [...commands, publishCommand(builtVersion(cell.release), flags)].join(' && ');
  return [{ do: 'run', command, because: `if ${tags.join(', ')} should be built again: ${struck[0]?.because ?? ''}` }];
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
