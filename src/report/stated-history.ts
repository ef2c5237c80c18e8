/** What statements say of tags, as text and as JSON. Every text in them may be anybody's. */
import { formatInstant, type Instant } from '../domain/instant.ts';
import { printable } from '../domain/text.ts';
import type { TagEvidence, TagMove } from '../evidence/answer.ts';
import type { EvidenceFault, SignatureState, SoundStatement } from '../evidence/check.ts';
import type { MoveGap } from '../evidence/leaps.ts';
import { moverOf, type MovesPredicate, type StatedEnd, type StatedMove } from '../evidence/statement.ts';
import { jsonText, ownerJson } from './plan-json.ts';
import { signatureCounts, signatureNotes } from './signature-words.ts';
import { table } from './table.ts';
import { count, ownerText, shortDigest } from './words.ts';

export interface StatedHistory {
  readonly file: string;
  /** `null` for a file that says nothing. */
  readonly repository: string | null;
  readonly faults: readonly EvidenceFault[];
  /** Moves that nobody stated, of the tags that are asked about. */
  readonly gaps: readonly MoveGap[];
  /** All that count. */
  readonly statements: readonly SoundStatement[];
  /** The first move of the tag, if it is later than the moment asked about; `null` otherwise. */
  readonly before: TagMove | null;
  readonly tags: readonly TagEvidence[];
}

export interface StatedQuestion {
  /** `null`: all. */
  readonly tag: string | null;
  /** `null`: now. */
  readonly until: Instant | null;
}

/** Nobody checked it: a signature without a key proves nothing. */
const signatureWords: Readonly<Record<SignatureState, string>> = {
  unsigned: 'unsigned',
  signed: 'signed, not checked',
  verified: 'signature verified',
};

export function statedHistoryText(histories: readonly StatedHistory[], asked: StatedQuestion): string {
  return histories.map((history) => `${historyParts(history, asked).join('\n\n')}\n`).join('\n');
}

function historyParts(history: StatedHistory, asked: StatedQuestion): string[] {
  const { file, repository, faults, gaps, statements, tags } = history;
  const when = asked.until === null ? '' : ` until ${formatInstant(asked.until)}`;
  const of = printable(repository ?? 'nothing');
  const body =
    tags.length === 0 ? [nothing(history, asked, when)] : asked.tag === null ? [overview(tags)] : tags.map(oneTag);
  return [
    `${of}, by the statements in ${file}${when}`,
    ...body,
    ...gapParts(gaps),
    ...faultParts(faults),
    ...warning(statements),
  ];
}

function nothing({ before }: StatedHistory, { tag }: StatedQuestion, when: string): string {
  if (tag === null) return `no tag was moved${when}`;
  const none = `no statement says that ${tag} was moved${when}`;
  if (before === null) return none;
  const { move, by } = before;
  const found = move.from === null ? 'that it was not there' : `it at ${move.from.digest}${releaseOf(move.from)}`;
  return `${none}; statement ${by.statement.predicate.sequence}, of ${printable(move.at)}, found ${found}`;
}

function releaseOf({ release }: StatedEnd): string {
  return release === null ? '' : ` (${printable(release)})`;
}

/** Where each tag points, with the last move of each. */
function overview(tags: readonly TagEvidence[]): string {
  const titles = ['tag', 'points to', 'since', 'by', 'statement'].map((title) => ({ title }));
  const rows = tags.flatMap(({ tag, moves }) => {
    const last = moves.at(-1);
    if (last === undefined) return [];
    const { move, by } = last;
    const { predicate } = by.statement;
    return [
      [printable(tag), endWords(move.to, 'version'), printable(move.at), moverText(last), String(predicate.sequence)],
    ];
  });
  return table(titles, rows);
}

function oneTag({ tag, moves }: TagEvidence): string {
  const last = moves.at(-1);
  const before = moves.slice(0, -1);
  const head = last === undefined ? [] : [printable(tag), lastMove(last)];
  if (before.length === 0) return head.join('\n');
  const titles = ['before', 'pointed to', 'by', 'statement'].map((title) => ({ title }));
  const rows = before
    .toReversed()
    .map((one) => [
      printable(one.move.at),
      endWords(one.move.to, 'version'),
      moverText(one),
      String(one.by.statement.predicate.sequence),
    ]);
  return [...head, '', table(titles, rows)].join('\n');
}

/** A run that finds a tag in place has not moved it. */
const doneBy: Readonly<Record<StatedMove['how'], string>> = {
  moved: 'moved by',
  deleted: 'deleted by',
  already: 'found there by',
};

function lastMove(last: TagMove): string {
  const { move, by } = last;
  const { predicate } = by.statement;
  const { command, release, commit, reason, undoes } = predicate;
  const { run } = moverOf(move, predicate);
  const isLate = move.by !== undefined;
  const lines: (readonly [string, string | null])[] = [
    ['points to', move.to === null ? 'nothing: it was deleted' : move.to.digest],
    ['image', move.to === null ? null : endWords(move.to, 'with-axes')],
    [move.how === 'already' ? 'found at' : 'since', move.at],
    [doneBy[move.how], actorOf(last)],
    ['approved by', (isLate ? null : predicate.approver) ?? 'nobody that the run names'],
    ['run', runText(run)],
    ['written down by', isLate ? `${predicate.actor ?? 'unknown'}, ${runText(predicate.run)}` : null],
    [
      'command',
      [command, release, commit === null ? null : `(commit ${commit})`].filter((part) => part !== null).join(' '),
    ],
    ['reason', reason ?? null],
    ['takes back', undoes === undefined ? null : `${undoes.command} of ${undoes.at}, ${undoes.journal}`],
    ['rule', move.rule ?? 'none of the config'],
    ['statement', `${predicate.sequence}, ${signatureWords[by.signature]}`],
  ];
  const shown = lines.flatMap(([name, text]) => (text === null ? [] : [{ name, text }]));
  const width = Math.max(...shown.map(({ name }) => name.length));
  return shown.map(({ name, text }) => `  ${name.padEnd(width)}  ${printable(text, 500)}`).join('\n');
}

function runText(run: MovesPredicate['run']): string {
  return run === null ? 'not in a CI' : [run.ci, run.url ?? run.id].filter((part) => part !== null).join(' ');
}

/** Of a move that a later run wrote down, whoever made it. */
function actorOf({ move, by }: TagMove): string {
  return printable(moverOf(move, by.statement.predicate).actor ?? 'unknown');
}

/** In a column of who moved tags. */
function moverText(one: TagMove): string {
  return one.move.how === 'already' ? `unknown; found by ${actorOf(one)}` : actorOf(one);
}

function endWords(end: StatedEnd | null, how: 'version' | 'with-axes'): string {
  if (end === null) return 'nothing';
  if (end.release === null) return shortDigest(end.digest);
  return printable(ownerText({ version: end.release, axes: end.axes }, how));
}

function faultParts(faults: readonly EvidenceFault[]): string[] {
  if (faults.length === 0) return [];
  const rows = (found: readonly EvidenceFault[]): readonly string[] =>
    found.map(({ place, because }) => `  ${place}: ${printable(because, 500)}`);
  const leaps = faults.filter(({ kind }) => kind === 'unexplained');
  const wrong = faults.filter(({ kind }) => kind !== 'unexplained');
  const moved = `${count(leaps.length, 'statement')} found tags elsewhere: moved by hand, or a statement was taken out:`;
  return [
    ...(leaps.length === 0 ? [] : [[moved, ...rows(leaps)].join('\n')]),
    ...(wrong.length === 0
      ? []
      : [[`${count(wrong.length, 'fault')} in this file; do not rely on it:`, ...rows(wrong)].join('\n')]),
  ];
}

/** True of a file that is right, and nothing to repair. */
function gapParts(gaps: readonly MoveGap[]): string[] {
  if (gaps.length === 0) return [];
  const rows = gaps.map(({ because }) => `  ${printable(because, 500)}`);
  return [[`${count(gaps.length, 'move')} without a statement:`, ...rows].join('\n')];
}

function warning(statements: readonly SoundStatement[]): string[] {
  const notes = signatureNotes(statements);
  return notes.length === 0 ? [] : [notes.join('\n')];
}

export function statedHistoryJson(histories: readonly StatedHistory[], { until }: StatedQuestion): string {
  return jsonText({
    schema: 1,
    at: until === null ? null : formatInstant(until),
    files: histories.map(({ file, repository, faults, gaps, statements, before, tags }) => ({
      file,
      repository,
      unsigned: statements.some(({ signature }) => signature === 'unsigned'),
      signatures: signatureCounts(statements),
      faults,
      gaps,
      before: before === null ? null : moveJson(before),
      tags: tags.map(({ tag, moves }) => ({ tag, moves: moves.map(moveJson) })),
    })),
  });
}

function moveJson({ move, by }: TagMove): object {
  const { predicate } = by.statement;
  const { sequence, command, release, commit, approver, config, reason, undoes } = predicate;
  const { actor, run } = moverOf(move, predicate);
  const isLate = move.by !== undefined;
  return {
    from: endJson(move.from),
    to: endJson(move.to),
    at: move.at,
    rule: move.rule,
    how: move.how,
    command,
    release,
    commit,
    actor,
    approver: isLate ? null : approver,
    run,
    ...(isLate ? { writtenBy: { actor: predicate.actor, run: predicate.run } } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(undoes === undefined ? {} : { undoes }),
    config,
    statement: { sequence, digest: by.digest, signature: by.signature },
  };
}

function endJson(end: StatedEnd | null): object | null {
  if (end === null) return null;
  const owner = end.release === null ? null : { version: end.release, axes: end.axes };
  return { digest: end.digest, owner: ownerJson(owner) };
}
