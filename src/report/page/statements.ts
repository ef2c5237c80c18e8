/** Statements of moves, as rows of a page under the owners over time: the newest first. Texts in them may be anybody's. */
import type { Fact, ListPart, Row, Tone } from '../../browser/page-data.ts';
import { printable } from '../../domain/text.ts';
import type { SignatureState, SoundStatement } from '../../evidence/check.ts';
import type { StatedMove } from '../../evidence/statement.ts';
import { signatureNotes } from '../signature-words.ts';
import { count, grouped } from '../words.ts';

/** More are in the file. */
const maxRows = 500;
/** Tags that a row names. */
const maxTags = 30;

const tones: Readonly<Record<SignatureState, Tone>> = { unsigned: 'warn', signed: 'muted', verified: 'good' };

/** @returns none if nobody asked for statements, or there are none */
export function statementsPart(statements: readonly SoundStatement[], id: string): ListPart[] {
  if (statements.length === 0) return [];
  const rows = statements.toReversed().slice(0, maxRows).map(rowOf);
  const more = statements.length - rows.length;
  const sentences = ['Each run that moved tags wrote one statement', ...signatureNotes(statements)];
  const lead = sentences.map((sentence) => `${sentence}.`).join(' ');
  const group = {
    id: `${id}-all`,
    name: 'statements',
    tone: '' as const,
    count: grouped(statements.length),
    note: 'the newest first',
    folded: false,
    rows,
    more: more > 0 ? `and ${grouped(more)} more; tagwright history --evidence lists them` : '',
  };
  return [{ kind: 'list', id, title: 'Who moved tags', lead, empty: '', groups: [group], link: null, prefix: '' }];
}

function rowOf({ statement, digest, signature }: SoundStatement): Row {
  const { sequence, at, command, release, moves, actor, run } = statement.predicate;
  const what = printable([command, ...(release === null ? [] : [release])].join(' '));
  const who = printable(actor ?? 'unknown');
  const href = run === null ? null : webPage(run.url);
  return {
    tag: `statement ${sequence}`,
    noTag: true,
    kind: signature,
    tone: tones[signature],
    say: `${printable(at).slice(0, 10)} ${who}: ${what}, ${count(moves.length, 'tag')}`,
    facts: factsOf(statement.predicate, digest),
    ...(run === null || href === null ? {} : { page: { text: `The run on ${printable(run.ci)}`, href } }),
    find: moves.map(({ tag }) => printable(tag)).join(' '),
  };
}

function factsOf(
  { at, actor, approver, run, commit, moves, config }: SoundStatement['statement']['predicate'],
  digest: string,
): readonly Fact[] {
  const shown = moves.slice(0, maxTags).map(moveText);
  const rules = [...new Set(moves.flatMap(({ rule }) => (rule === null ? [] : printable(rule))))].join(', ');
  const more = moves.length > shown.length ? [`and ${moves.length - shown.length} more`] : [];
  return [
    { name: 'when', text: printable(at) },
    { name: 'moved by', text: printable(actor ?? 'unknown') },
    { name: 'approved by', text: printable(approver ?? 'nobody that the run names') },
    ...(run === null ? [] : [{ name: 'run', text: printable([run.ci, run.id ?? ''].join(' ').trim()) }]),
    ...(commit === null ? [] : [{ name: 'commit', code: printable(commit) }]),
    { name: 'tags', text: [...shown, ...more].join(', ') },
    ...(rules === '' ? [] : [{ name: rules.includes(',') ? 'rules' : 'rule', text: rules }]),
    { name: 'config', code: config },
    { name: 'statement', code: digest },
  ];
}

function moveText({ tag, from, to }: StatedMove): string {
  const end = (stated: StatedMove['to']): string =>
    stated === null ? 'nothing' : printable(stated.release ?? stated.digest.slice(0, 19));
  return `${printable(tag)} ${end(from)} → ${end(to)}`;
}

/** A link that a page may show; a statement may hold anything. */
function webPage(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  const { protocol, href } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}
