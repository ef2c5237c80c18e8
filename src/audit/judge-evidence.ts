/** `audit --evidence`: whether a statement explains where a convenience tag points, and what is wrong with the file. */
import type { Digest } from '../domain/digest.ts';
import { assertNever } from '../domain/errors.ts';
import { parseInstant } from '../domain/instant.ts';
import { printable } from '../domain/text.ts';
import { tagEvidence } from '../evidence/answer.ts';
import type { CheckedEvidence, EvidenceFault } from '../evidence/check.ts';
import type { Choice } from '../moves/repair.ts';
import type { Cell } from '../plan/cell.ts';
import type { Fault } from './judgement.ts';
import { nowhere, type Finding } from './types.ts';

/** The statements of one repository, by tag. */
export interface EvidenceInput extends CheckedEvidence {
  /** For messages. */
  readonly file: string;
}

/** The last move of each tag, found once. */
export type LastMoves = ReadonlyMap<string, { readonly digest: Digest | null; readonly sequence: number }>;

export function lastMoves({ statements }: CheckedEvidence): LastMoves {
  return new Map(
    tagEvidence(statements, null, null).flatMap(({ tag, moves }) => {
      const last = moves.at(-1);
      if (last === undefined) return [];
      const { sequence } = last.by.statement.predicate;
      return [[tag, { digest: last.move.to?.digest ?? null, sequence }] as const];
    }),
  );
}

/**
 * A tag that no statement names was last moved before there were any: unless its owner came out since, so that something
 * must have moved it.
 */
export function judgeStatements(
  tag: string,
  digest: Digest,
  owner: Cell | null,
  evidence: EvidenceInput,
  last: LastMoves,
): readonly Fault[] {
  const known = last.get(tag);
  if (known !== undefined) {
    if (known.digest === digest) return [];
    const left = known.digest === null ? 'deleted it' : `left it at ${known.digest}`;
    return [unexplained(`it points to ${digest}, and statement ${known.sequence}, the last that names it, ${left}`)];
  }
  const began = parseInstant(evidence.statements[0]?.statement.predicate.at ?? '');
  if (began === null || owner === null || owner.release.publishedAt <= began) return [];
  const since = `${owner.release.version.text} came out after the first statement`;
  return [unexplained(`no statement says who moved it to ${digest}, and ${since}`)];
}

function unexplained(because: string): Fault {
  const choices = [
    lookAtHistory('look who moved it last; nothing is moved back by itself, for the image may be the right one'),
  ];
  return { kind: 'unexplained', because, evidence: [], repair: { fix: null, choices } };
}

function wayOut(kind: EvidenceFault['kind'], file: string): readonly Choice[] {
  switch (kind) {
    case 'unknown':
      return [];
    case 'unexplained':
      return [
        lookAtHistory('look what it was moved to, and who could; if a statement was taken out, restore the file'),
      ];
    case 'altered':
    case 'foreign': {
      const because = 'if another copy of it is whole: a cache, an artifact, the history of git';
      return [{ do: 'edit', command: `restore ${file}`, because }];
    }
    default:
      return assertNever(kind);
  }
}

function lookAtHistory(because: string): Choice {
  return { do: 'run', command: 'tagwright history --evidence', because };
}

/** What is wrong with the file itself. A finding is about a tag; these are about `statement 5`, which is none. */
export function evidenceFindings({ faults, file }: EvidenceInput): readonly Finding[] {
  return faults.map(({ kind, place, because }) => ({
    kind,
    tag: place,
    rule: null,
    expected: nowhere,
    actual: nowhere,
    because: `${file}: ${printable(because, 500)}`,
    since: null,
    fix: null,
    choices: wayOut(kind, file),
    excused: null,
  }));
}
