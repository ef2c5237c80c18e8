/** What repairs the pinned tags of a release: one command, or a choice where a person has to say which image is right. */
import type { Digest } from '../domain/digest.ts';
import type { Repository } from '../domain/reference.ts';
import { builtVersion, type Release } from '../domain/release.ts';
import { describeCell, type Cell } from '../plan/cell.ts';
import type { CellImage, Struck } from '../sight/cell-image.ts';
import { isShort } from '../sight/says.ts';
import type { Sight } from '../sight/sight.ts';
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

/** One repository, and what is known of it. */
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
    const image = sight.image(cell);
    if (takesBack(cell, sight)) options.add(allowBackward);
    if (image.state === 'sound' && image.by !== 'lock' && sight.says(cell, image.digest) === 'nothing')
      options.add('--adopt');
    if (image.state === 'sound' && image.by === 'labels' && isShort(cell, image.digest, sight.input))
      options.add('--replace-partial');
    // Whichever a person chooses: a flag that turns out not to be needed changes nothing.
    const claimants = image.state === 'doubt' && image.why === 'differ' ? image.claimants : [];
    if (claimants.some(({ digest }) => sight.says(cell, digest) === 'nothing')) options.add('--adopt');
    if (claimants.some(({ digest }) => isShort(cell, digest, sight.input))) options.add('--replace-partial');
    for (const { why, tags, isWrong } of inTheWay(cell, image, sight)) {
      if (why === 'unlabelled') options.add('--adopt');
      else if (why === 'part') options.add('--replace-partial');
      else if (isWrong) deletions.push(...tags.flatMap((tag) => deletion(repository, tag).command ?? []));
    }
  }
  return { deletions, options: [...options] };
}

interface InTheWay {
  readonly why: 'part' | 'unlabelled' | 'other';
  readonly tags: readonly string[];
  /** Proven by evidence of ours. */
  readonly isWrong: boolean;
}

/** What the pinned tags of a cell point to that has no image, or whose recorded image is gone. */
function inTheWay(cell: Cell, image: CellImage, sight: Sight): readonly InTheWay[] {
  if (image.state === 'absent')
    return image.struck.map((struck) => {
      const isPart = struck.why === 'part' || struck.why === 'short';
      return { why: isPart ? 'part' : 'other', tags: struck.tags, isWrong: isProven(cell, struck, sight) };
    });
  if (image.state !== 'doubt' || image.why !== 'gone') return [];
  // Without the record its tags count, for what their images say of themselves.
  return cell.pinned.flatMap(({ tag }): InTheWay[] => {
    const digest = sight.digestAt(tag);
    const says = digest === null ? 'this' : sight.says(cell, digest);
    if (says === 'part' || (digest !== null && isShort(cell, digest, sight.input)))
      return [{ why: 'part', tags: [tag], isWrong: false }];
    if (says === 'nothing') return [{ why: 'unlabelled', tags: [tag], isWrong: false }];
    return says === 'another' || says === 'no-image' ? [{ why: 'other', tags: [tag], isWrong: true }] : [];
  });
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
  const line = isLocked ? `delete the line of ${describeCell(cell)} from tags.lock.json` : away;
  return [
    {
      do: 'edit',
      command: isLocked && isJournalGone(cell, context) ? `${line}, and ${away}` : line,
      because: 'the recorded image is gone; publish takes what is there, or builds it again',
      after: releaseCommand(cell.release, context),
    },
  ];
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
