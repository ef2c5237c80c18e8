/** What repairs the pinned tags of a release: one command, or a choice where a person has to say which image is right. */
import type { Digest } from '../domain/digest.ts';
import { formatRepository, type Repository } from '../domain/reference.ts';
import { builtVersion, type Release } from '../domain/release.ts';
import { describeCell, type Cell } from '../plan/cell.ts';
import type { CellImage, Struck } from '../sight/cell-image.ts';
import { imageOf, isShort, ownerByLabels } from '../sight/says.ts';
import type { LockEntry } from '../sight/lock.ts';
import { createSight, type Sight } from '../sight/sight.ts';
import { takesBack } from './backward.ts';
import { deletion, publishCommand, restoreCommand } from './fix.ts';

/** One way out of several; a person takes it. */
export interface Choice {
  /** A command to run, or a line of the config or the lock file to change. */
  readonly do: 'run' | 'edit';
  readonly command: string;
  readonly because: string;
  /** The command to run after it; none if that is all. */
  readonly after?: string;
}

/** How something is repaired; both are empty where nothing needs doing, or nothing can be said. */
export interface Repair {
  readonly fix: string | null;
  readonly choices: readonly Choice[];
}

/** One way out on one line: what to do, and if what. */
export function choiceText({ command, because, after }: Choice): string {
  return `${command}${after === undefined ? '' : `, then ${after}`} (${because})`;
}

/** All of it on one line; empty where there is nothing to do. */
export function repairText({ fix, choices }: Repair): string {
  return fix ?? choices.map(choiceText).join('; or ');
}

export const noRepair: Repair = { fix: null, choices: [] };

/** One repository, and what is known about it. */
export interface Place {
  readonly sight: Sight;
  readonly repository: Repository;
}

/** Lets a command take a tag back to a lower release. */
export const allowBackward = '--allow-backward';

/** What commands need to speak of the same config and repository. */
export interface RepairContext extends Place {
  /** The other repositories of the image: one publish goes to all of them. */
  readonly others: readonly Place[];
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

/**
 * `publish VERSION` with what it needs to go through in every repository, after the tags that are proven wrong are deleted.
 * Whichever repository asks, the command is the same.
 */
export function releaseCommand(release: Release, context: RepairContext): string {
  const needs = [context, ...context.others].map((place) => publishNeeds(release, place));
  const deletions = needs.flatMap((need) => need.deletions).toSorted(byCodeUnit);
  const options = new Set(needs.flatMap((need) => need.options).toSorted(byCodeUnit));
  return [...deletions, publishCommand(builtVersion(release), context.flags, ...options)].join(' && ');
}

interface PublishNeeds {
  readonly deletions: readonly string[];
  readonly options: readonly string[];
}

function publishNeeds(release: Release, { sight, repository }: Place): PublishNeeds {
  const cells = sight.input.expected.cells.filter((cell) => cell.release === release);
  const deletions: string[] = [];
  const options = new Set(release.rebuild === undefined ? [] : ['--rebuild']);
  for (const cell of cells) {
    const image = imageToPublish(cell, sight);
    if (takesBack(cell, sight)) options.add(allowBackward);
    for (const option of imageNeeds(cell, image, sight)) options.add(option);
    if (image.state !== 'absent') continue;
    for (const struck of image.struck) {
      if (struck.why === 'part' || struck.why === 'short') options.add('--replace-partial');
      else if (isProven(cell, struck, sight))
        deletions.push(...struck.tags.flatMap((tag) => deletion(repository, tag).command ?? []));
    }
  }
  return { deletions, options: [...options] };
}

/** Where the image will be when the release is published: a record whose image is gone is taken away first. */
function imageToPublish(cell: Cell, sight: Sight): CellImage {
  const image = sight.image(cell);
  return image.state === 'doubt' && image.why === 'gone' ? withoutRecord(cell, sight) : image;
}

/** Whichever image a person chooses: a flag that turns out not to be needed changes nothing. */
function imageNeeds(cell: Cell, image: CellImage, sight: Sight): string[] {
  const claimants = image.state === 'doubt' && image.why === 'differ' ? image.claimants : [];
  const digests =
    image.state === 'sound' && image.by !== 'lock' ? [image.digest] : claimants.map(({ digest }) => digest);
  const isBare = digests.some((digest) => sight.says(cell, digest) === 'nothing');
  const isPartial = digests.some((digest) => isShort(cell, digest, sight.input));
  return [...(isBare ? ['--adopt'] : []), ...(isPartial ? ['--replace-partial'] : [])];
}

/** Our own labels and the lock are proof; a base's Python version, or another cell's tags, are not. */
function isProven(cell: Cell, { why, digest }: Struck, sight: Sight): boolean {
  if (why !== 'another') return true;
  const { contents, expected } = sight.input;
  const image = imageOf(contents.get(digest));
  const labelled = image === null ? null : ownerByLabels(image, expected.image);
  const isOthers = labelled !== null && expected.cell(labelled.version, labelled.axes) !== cell;
  return isOthers || sight.identities(digest).some(({ by }) => by === 'lock');
}

type Doubt = Extract<CellImage, { readonly state: 'doubt' }>;

function doubtChoices(cell: Cell, image: Doubt, context: RepairContext): Choice[] {
  if (image.why === 'gone') return goneChoices(cell, image, context);
  if (image.why === 'shared') return sharedChoices(cell, image, context);
  const { sight } = context;
  const isLacking = cell.pinned.some(({ tag }) => sight.digestAt(tag) === null);
  return image.claimants.map(({ digest }): Choice => {
    const choice: Choice = {
      do: 'run',
      command: tagCommands(cell, digest, image.claimants, context).join(' && '),
      because: `if ${digest} is ${describeCell(cell)}`,
    };
    return isLacking ? { ...choice, after: releaseCommand(cell.release, context) } : choice;
  });
}

/** Points every tag of the cell at one image, and every convenience tag that is on another claimant. */
function tagCommands(
  cell: Cell,
  digest: Digest,
  claimants: Doubt['claimants'],
  { sight, repository }: RepairContext,
): string[] {
  const others = new Set(claimants.map((claimant) => claimant.digest));
  const moving = [...sight.input.expected.tags.values()].flatMap(({ kind, tag }) => {
    const now = kind === 'convenience' ? sight.digestAt(tag) : null;
    return now !== null && others.has(now) ? [tag] : [];
  });
  const tags = [...new Set([...cell.pinned.map(({ tag }) => tag), ...moving])];
  const there = tags.filter((tag) => {
    const now = sight.digestAt(tag);
    return now !== null && now !== digest;
  });
  return there.map((tag) => restoreCommand(repository, tag, digest));
}

function goneChoices(cell: Cell, { claimants }: Doubt, context: RepairContext): Choice[] {
  const isLocked = claimants.some(({ by }) => by === 'lock');
  const away = `move the journal of the unfinished run of ${builtVersion(cell.release)} away`;
  const under = context.others.length === 0 ? '' : ` under ${formatRepository(context.repository)}`;
  const line = isLocked ? `delete the line of ${describeCell(cell)}${under} from tags.lock.json` : away;
  const command = isLocked && isJournalGone(cell, context) ? `${line}, and ${away}` : line;
  const publish = releaseCommand(cell.release, context);
  const left = imageToPublish(cell, context.sight);
  if (left.state !== 'doubt' || left.why !== 'differ') {
    const because = 'the recorded image is gone; publish takes what is there, or builds it again';
    const restored = left.state === 'sound' ? tagCommands(cell, left.digest, [], context) : [];
    const after = [...restored, ...unprovenDeletions(cell, left, context), publish].join(' && ');
    return [{ do: 'edit', command, because, after }];
  }
  return left.claimants.map(({ digest }) => ({
    do: 'edit',
    command,
    because: `the recorded image is gone; if ${digest} is ${describeCell(cell)}`,
    after: [...tagCommands(cell, digest, left.claimants, context), publish].join(' && '),
  }));
}

/** A person says that they are wrong by taking the record away. */
function unprovenDeletions(cell: Cell, image: CellImage, { sight, repository }: Place): string[] {
  const struck = image.state === 'absent' ? image.struck.filter((one) => !isProven(cell, one, sight)) : [];
  return struck.flatMap(({ tags }) => tags.flatMap((tag) => deletion(repository, tag).command ?? []));
}

/** Where the cell's image is once nothing is recorded of it. */
function withoutRecord(cell: Cell, { input }: Sight): CellImage {
  const isOther = ({ version, axes }: LockEntry): boolean => input.expected.cell(version, axes) !== cell;
  const lock = input.lock === null ? null : { ...input.lock, entries: input.lock.entries.filter(isOther) };
  const own = new Set(cell.pinned.map(({ tag }) => tag));
  const digests = new Map([...input.past.digests].filter(([tag]) => !own.has(tag)));
  return createSight({ ...input, lock, past: { ...input.past, digests } }).image(cell);
}

/** Without the line of the lock a journal counts, and what it recorded may be gone too. */
function isJournalGone(cell: Cell, { sight }: Place): boolean {
  const { past, contents } = sight.input;
  return cell.pinned.some(({ tag }) => {
    const digest = past.digests.get(tag);
    return digest !== undefined && contents.get(digest)?.kind === 'gone';
  });
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
    const choice: Choice = { do: 'run', command: commands.join(' && '), because };
    const lacking = others.filter((other) => otherImage(other, digest, context.sight) === null);
    const releases = [...new Set(lacking.map(({ release }) => release))];
    if (releases.length === 0) return [choice];
    return [{ ...choice, after: releases.map((release) => releaseCommand(release, context)).join(' && ') }];
  });
}

/** What its other pinned tags point to. */
function otherImage(cell: Cell, digest: Digest, sight: Sight): Digest | null {
  const others = cell.pinned.map(({ tag }) => sight.digestAt(tag));
  return others.find((other) => other !== null && other !== digest) ?? null;
}

/** Takes a cell's tags off an image: onto its other image where it has one, else they are deleted. */
function freeCommands(cell: Cell, digest: Digest, { sight, repository }: RepairContext): (string | null)[] {
  const tags = cell.pinned.map(({ tag }) => tag).filter((tag) => sight.digestAt(tag) === digest);
  const own = otherImage(cell, digest, sight);
  return tags.map((tag) => (own === null ? deletion(repository, tag).command : restoreCommand(repository, tag, own)));
}

/** Pinned tags that look like another cell's, without proof of ours. */
function wrongChoices(cell: Cell, struck: readonly Struck[], context: RepairContext): Choice[] {
  const tags = struck.flatMap(({ tags: on }) => on);
  const commands = tags.map((tag) => deletion(context.repository, tag).command);
  if (commands.some((command) => command === null)) return [];
  const command = [...commands, releaseCommand(cell.release, context)].join(' && ');
  return [{ do: 'run', command, because: `if ${tags.join(', ')} should be built again: ${struck[0]?.because ?? ''}` }];
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
