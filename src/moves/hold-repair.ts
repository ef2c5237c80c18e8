/** What has to be done before a tag can move. */
import { assertNever, type Problem } from '../domain/errors.ts';
import type { PartialSource } from '../domain/release.ts';
import { describeCell } from '../plan/cell.ts';
import { acceptLine, excludeLine, yankLine } from '../releases/settle.ts';
import { isKnownBackward } from './backward.ts';
import { applyCommand, deletion, withFlag } from './fix.ts';
import type { HeldMove, Hold } from './hold.ts';
import { backwardWords } from './hold-text.ts';
import { acceptSizeLine } from './size-hold.ts';
import {
  allowBackward,
  cellRepair,
  noRepair,
  releaseCommand,
  type Choice,
  type Repair,
  type RepairContext,
} from './repair.ts';

/** Moving is all it takes. */
export function moveRepair({ flags }: RepairContext): Repair {
  return { fix: applyCommand(flags), choices: [] };
}

export function holdRepair({ move, holds }: HeldMove, context: RepairContext): Repair {
  const [hold] = holds;
  const backward = holds.find((other) => other.kind === 'backward');
  switch (hold.kind) {
    case 'unpublished':
    case 'taken':
    case 'incomplete': {
      const owner = ownerCell(move.to.owner, context);
      const repair = owner === null ? noRepair : cellRepair(owner, context);
      const isAsked = backward !== undefined && !isKnownBackward(backward);
      return isAsked ? alsoBackward(repair, backward) : withReplacePartial(repair, hold);
    }
    case 'doubt': {
      // The tags that the doubt is about have its choices; here is what the move needs once they are settled.
      if (backward !== undefined && !isKnownBackward(backward)) return backwardRepair(backward, holds, context);
      const isOwner = hold.cell.release === ownerCell(move.to.owner, context)?.release;
      return thenApply(cellRepair(hold.cell, context), context, { isOwner, backward });
    }
    case 'unchecked':
      return uncheckedRepair(hold.checks, move.to.owner, context);
    case 'oversized': {
      const because = 'if the image may be that large';
      return {
        fix: null,
        choices: [{ do: 'edit', command: acceptSizeLine(hold.cell), because, after: applyCommand(context.flags) }],
      };
    }
    case 'unseen':
      return noRepair;
    case 'ownerless':
      return ownerlessRepair(move.tag, context);
    case 'last-tag':
      return thenApply({ fix: releaseCommand(hold.cell.release, context), choices: [] }, context, { isOwner: false });
    case 'backward':
      return backwardRepair(hold, holds, context);
    case 'partial':
      return { fix: hold.sources.map((source) => source.fix).join(' && '), choices: [] };
    default:
      return assertNever(hold);
  }
}

/** What brings the owner's image, and what lets the tag go back to it. */
function alsoBackward({ fix, choices }: Repair, backward: Backward): Repair {
  const both = (command: string): Choice[] => backwardChoices(backward, command, withFlag(command, allowBackward));
  if (fix !== null) return { fix: null, choices: both(fix) };
  const after = choices.flatMap((choice) =>
    both(choice.command).map((one) => ({ ...one, because: `${choice.because}; ${one.because}` })),
  );
  return { fix: null, choices: after };
}

type Backward = Extract<Hold, { readonly kind: 'backward' }>;

function backwardRepair(backward: Backward, holds: HeldMove['holds'], context: RepairContext): Repair {
  return { fix: null, choices: backwardChoices(backward, applyCommand(context.flags), backwardApply(holds, context)) };
}

/** The image that it is the last tag of gets its full tag back first. */
function backwardApply(holds: HeldMove['holds'], context: RepairContext): string {
  const apply = withFlag(applyCommand(context.flags), allowBackward);
  const lost = holds.flatMap((hold) => (hold.kind === 'last-tag' ? [releaseCommand(hold.cell.release, context)] : []));
  return [...lost, apply].join(' && ');
}

/** Whoever runs the check has to answer; the publish takes the answers. */
function uncheckedRepair(
  checks: readonly string[],
  owner: HeldMove['move']['to']['owner'],
  context: RepairContext,
): Repair {
  const cell = ownerCell(owner, context);
  if (cell === null) return noRepair;
  const command = `${releaseCommand(cell.release, context)} --passes DIR`;
  return { fix: null, choices: [{ do: 'run', command, because: `with the passes of ${checks.join(', ')} in DIR` }] };
}

interface Waiting {
  /** What is published first owns the tag, so that publish moves it too. */
  readonly isOwner: boolean;
  readonly backward?: Hold | undefined;
}

/** What has to be done first, and the move after it. */
function thenApply({ fix, choices }: Repair, { flags }: RepairContext, { isOwner, backward }: Waiting): Repair {
  const isBackward = backward !== undefined && isKnownBackward(backward);
  const apply = isBackward ? withFlag(applyCommand(flags), allowBackward) : applyCommand(flags);
  const afterIt = (after: string | undefined): string => {
    if (after === undefined) return apply;
    return isOwner ? after : `${after} && ${apply}`;
  };
  return {
    fix: fix === null ? null : `${fix} && ${apply}`,
    choices: choices.map((choice) => ({ ...choice, after: afterIt(choice.after) })),
  };
}

function ownerCell(
  owner: HeldMove['move']['to']['owner'],
  { sight }: RepairContext,
): Parameters<typeof cellRepair>[0] | null {
  return owner === null ? null : sight.input.expected.cell(owner.version, owner.axes);
}

function withReplacePartial(repair: Repair, { kind }: Hold): Repair {
  if (kind !== 'incomplete' || repair.fix === null) return repair;
  return { ...repair, fix: withFlag(repair.fix, '--replace-partial') };
}

/** A tag that no release may own goes, where the registry deletes a tag alone. */
export function ownerlessRepair(tag: string, { repository }: RepairContext): Repair {
  return { fix: deletion(repository, tag).command, choices: [] };
}

/** Before anything else: get the facts in full. */
export function knowFirst(partial: readonly PartialSource[]): Choice[] {
  return partial.map(({ fix, reason }) => ({ do: 'edit', command: fix, because: reason }));
}

/** A release that no source knows: facts that lag behind are likelier than an image that nobody released. */
export function unknownLines(version: string): Choice[] {
  return [addLine(version), excludeChoice(version)];
}

function excludeChoice(version: string): Choice {
  return { do: 'edit', command: excludeLine(version), because: `if ${version} is not a release: no source knows it` };
}

export function addLine(release: string): Choice {
  return { do: 'edit', command: `add the release ${release} to the source`, because: 'if it is a release' };
}

/**
 * The config line comes first: with it every later run knows.
 *
 * @param after what moves the tag once it may
 * @param command what moves it all the same
 */
function backwardChoices(
  { stands, isUnknown, isForeign, isDropped, sources }: Backward,
  after: string,
  command: string,
): Choice[] {
  if (isDropped) return droppedChoices(stands, after, command);
  // A release that is known and does not own the tag could not: no line of the config is about that.
  if (!isUnknown) return [{ do: 'run', command, because: `takes the tag back from ${stands}, which cannot own it` }];
  const facts = sources.length > 0 || isForeign ? knowFirst(sources) : [addLine(stands)];
  return [
    ...facts.map((choice) => ({ ...choice, after })),
    { ...excludeChoice(stands), after },
    { do: 'run', command, because: `if the tag should go back from ${stands} all the same` },
  ];
}

/** The config excludes the newest release of all: that alone takes no tag back to a lower one. */
function droppedChoices(stands: string, after: string, command: string): Choice[] {
  return [
    { do: 'edit', command: yankLine(stands), because: `if ${stands} was withdrawn, in place of its exclusion`, after },
    { do: 'edit', command: acceptLine('EXCLUDES_NEWEST', stands), because: `if ${stands} was never a release`, after },
    { do: 'run', command, because: `if the tag should go back from ${stands} this once` },
  ];
}

/** Why a whole command is refused: a move that takes a tag away from what no source explains. */
export function holdProblem(repository: string, { move, holds }: HeldMove, factsFrom: string): Problem {
  const partial = holds.find((hold) => hold.kind === 'partial');
  const to = move.to.owner?.version ?? '';
  if (partial !== undefined) {
    const { source, reason } = partial.sources[0] ?? { source: factsFrom, reason: '' };
    const message = `${repository}:${move.tag} points to ${partial.stands}, which no known release explains, and would move to ${to}; ${source} may not know every release: ${reason}`;
    return { code: 'FACTS_PARTIAL', where: source, message, fix: partial.sources.map(({ fix }) => fix).join('; ') };
  }
  const doubt = holds.find((hold) => hold.kind === 'doubt');
  if (doubt !== undefined) {
    const message = `${repository}:${move.tag} is the last tag of an image that may be ${describeCell(doubt.cell)}: ${doubt.image.because}`;
    return { code: 'PINNED_CONFLICT', where: repository, message, fix: 'see the choices of tagwright audit' };
  }
  const backward = holds.find((hold) => hold.kind === 'backward');
  const stands = backward?.stands ?? '';
  const why = backward === undefined ? '' : backwardWords(backward);
  const [source] = backward?.sources ?? [];
  const may = source === undefined ? '' : `; ${source.source} may not know every release: ${source.reason}`;
  if (backward?.isDropped === true) {
    const message = `${repository}:${move.tag} points to ${stands}${why}, and would go back to ${to}`;
    const fix = `if it was withdrawn, write ${yankLine(stands)} in place of the exclusion; if that is meant, ${acceptLine('EXCLUDES_NEWEST', stands)}, or use --allow-backward`;
    return { code: 'MOVE_BACKWARD', where: factsFrom, message, fix };
  }
  const message = `${repository}:${move.tag} points to ${stands}${why}, and would go back to ${to}${may}`;
  const isReleasePerhaps = backward?.isUnknown === true && !backward.isForeign;
  const unasked = `yank or exclude ${stands} in the config, or use --allow-backward`;
  const unknown = `${addLine(stands).command} if it is one, else exclude it in the config, or use --allow-backward`;
  const fix = source === undefined ? (isReleasePerhaps ? unknown : unasked) : `${source.fix}; ${unasked}`;
  return { code: 'MOVE_BACKWARD', where: factsFrom, message, fix };
}
