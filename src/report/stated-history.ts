/** What statements say of tags, as text and as JSON. Every text in them may be anybody's. */
import { formatInstant, type Instant } from '../domain/instant.ts';
import { printable } from '../domain/text.ts';
import type { TagEvidence, TagMove } from '../evidence/answer.ts';
import type { EvidenceFault, SignatureState } from '../evidence/check.ts';
import type { StatedEnd } from '../evidence/statement.ts';
import { jsonText, ownerJson } from './plan-json.ts';
import { table } from './table.ts';
import { count, ownerText, shortDigest } from './words.ts';

export interface StatedHistory {
  readonly file: string;
  /** `null` for a file that says nothing. */
  readonly repository: string | null;
  readonly faults: readonly EvidenceFault[];
  readonly isUnsigned: boolean;
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

function historyParts({ file, repository, faults, isUnsigned, tags }: StatedHistory, asked: StatedQuestion): string[] {
  const when = asked.until === null ? '' : ` until ${formatInstant(asked.until)}`;
  const of = printable(repository ?? 'nothing');
  const empty = asked.tag === null ? `no tag was moved${when}` : `no statement says that ${asked.tag} was moved${when}`;
  const body = tags.length === 0 ? [empty] : asked.tag === null ? [overview(tags)] : tags.map(oneTag);
  return [`${of}, by the statements in ${file}${when}`, ...body, ...faultParts(faults), ...warning(isUnsigned)];
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
      [printable(tag), endWords(move.to, 'version'), printable(move.at), actorOf(last), String(predicate.sequence)],
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
      actorOf(one),
      String(one.by.statement.predicate.sequence),
    ]);
  return [...head, '', table(titles, rows)].join('\n');
}

function lastMove(last: TagMove): string {
  const { move, by } = last;
  const { predicate } = by.statement;
  const { command, release, commit, approver, run } = predicate;
  const lines: (readonly [string, string | null])[] = [
    ['points to', move.to === null ? 'nothing: it was deleted' : move.to.digest],
    ['image', move.to === null ? null : endWords(move.to, 'with-axes')],
    ['since', move.at],
    ['moved by', actorOf(last)],
    ['approved by', approver ?? 'nobody that the run names'],
    ['run', run === null ? 'not in a CI' : [run.ci, run.url ?? run.id].filter((part) => part !== null).join(' ')],
    [
      'command',
      [command, release, commit === null ? null : `(commit ${commit})`].filter((part) => part !== null).join(' '),
    ],
    ['rule', move.rule ?? 'none of the config'],
    ['statement', `${predicate.sequence}, ${signatureWords[by.signature]}`],
  ];
  return lines
    .flatMap(([name, text]) => (text === null ? [] : [`  ${name.padEnd(11)}  ${printable(text, 500)}`]))
    .join('\n');
}

function actorOf({ by }: TagMove): string {
  return printable(by.statement.predicate.actor ?? 'unknown');
}

function endWords(end: StatedEnd | null, how: 'version' | 'with-axes'): string {
  if (end === null) return 'nothing';
  if (end.release === null) return shortDigest(end.digest);
  return printable(ownerText({ version: end.release, axes: end.axes }, how));
}

function faultParts(faults: readonly EvidenceFault[]): string[] {
  if (faults.length === 0) return [];
  const rows = faults.map(({ place, because }) => `  ${place}: ${printable(because, 500)}`);
  return [[`${count(faults.length, 'fault')} in this file; do not rely on it:`, ...rows].join('\n')];
}

function warning(isUnsigned: boolean): string[] {
  return isUnsigned ? ['unsigned: whoever can write the file can write any of this into it'] : [];
}

export function statedHistoryJson(histories: readonly StatedHistory[], { until }: StatedQuestion): string {
  return jsonText({
    schema: 1,
    at: until === null ? null : formatInstant(until),
    files: histories.map(({ file, repository, faults, isUnsigned, tags }) => ({
      file,
      repository,
      unsigned: isUnsigned,
      faults,
      tags: tags.map(({ tag, moves }) => ({ tag, moves: moves.map(moveJson) })),
    })),
  });
}

function moveJson({ move, by }: TagMove): object {
  const { sequence, command, release, commit, actor, approver, run, config } = by.statement.predicate;
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
    approver,
    run,
    config,
    statement: { sequence, digest: by.digest, signature: by.signature },
  };
}

function endJson(end: StatedEnd | null): object | null {
  if (end === null) return null;
  const owner = end.release === null ? null : { version: end.release, axes: end.axes };
  return { digest: end.digest, owner: ownerJson(owner) };
}
