/** An explanation for a terminal of 80 columns, and as JSON. */
import type { Finding } from '../audit/types.ts';
import type { Digest } from '../domain/digest.ts';
import { assertNever } from '../domain/errors.ts';
import type { ExplainedCandidate, Explanation } from '../plan/explanation.ts';
import type { LastMove } from '../plan/explain-moves.ts';
import type { Owner } from '../plan/types.ts';
import { findingJson } from './audit-json.ts';
import { choiceText } from '../moves/repair.ts';
import { toolLines } from './audit-words.ts';
import { jsonText, ownerJson } from './plan-json.ts';
import { ownerText } from './words.ts';
import { wrap } from './wrap.ts';

/** What a repository has: of the tag, and of what it should be. Digests are `null` where nothing is there. */
export interface ActualTag {
  /** `registry/path` */
  readonly repository: string;
  readonly expected: Digest | null;
  readonly actual: Digest | null;
  /** The cell that the actual digest is, where that is known. */
  readonly actualOwner: Owner | null;
  /** What an audit says of the tag; `null` where it is right, or nobody's. */
  readonly finding: Finding | null;
  /** Why the registry did not answer for the tag, if no finding says it: nobody has it in the plan. */
  readonly unseen?: string;
}

const width = 80;
const labelWidth = 14;

/** @param actual one for each repository; none where no registry was asked */
export function explanationText(explanation: Explanation, actual: readonly ActualTag[]): string {
  const parts = [wrap(explanationHeadline(explanation), width, 0), facts(explanation, actual).join('\n')];
  if (explanation.candidates.length > 0 && explanation.status !== 'pinned') {
    parts.push(`Releases that could own it, highest first:\n${candidateLines(explanation.candidates).join('\n')}`);
  }
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

export function explanationJson(explanation: Explanation, actual: readonly ActualTag[]): string {
  const { repositories, owner, candidates, lastMoved, ...rest } = explanation;
  return jsonText({
    ...rest,
    owner: ownerJson(owner),
    candidates: candidates.map(({ version, axes, ...more }) => ({ version, ...axes, ...more })),
    lastMoved:
      lastMoved === null ? null : { ...lastMoved, from: ownerJson(lastMoved.from), to: ownerJson(lastMoved.to) },
    registry: actual[0] === undefined ? null : actualJson(actual[0]),
    ...(repositories.length === 1 ? {} : { repositories: repositories.map((name) => repositoryJson(name, actual)) }),
  });
}

/** Of several repositories `registry` is of the first, and `repositories` has all. */
function repositoryJson(repository: string, actual: readonly ActualTag[]): object {
  const found = actual.find((one) => one.repository === repository);
  return { repository, registry: found === undefined ? null : actualJson(found) };
}

function actualJson({ actualOwner, finding, ...rest }: ActualTag): object {
  return { ...rest, actualOwner: ownerJson(actualOwner), finding: finding === null ? null : findingJson(finding) };
}

/** One sentence: whose tag it is. */
export function explanationHeadline({ tag, status, owner, repository, repositories }: Explanation): string {
  const what = repositories.length === 1 ? `${repository}:${tag}` : `${tag} of ${repositories.join(' and ')}`;
  switch (status) {
    case 'pinned':
      return `${what} is a pinned tag, of ${ownerText(owner, 'with-axes')}.`;
    case 'owned':
      return `${what} belongs to ${ownerText(owner, 'with-axes')}.`;
    case 'ownerless':
      return `${what} belongs to no release any more.`;
    case 'excluded':
      return `${what} is the tag of an excluded release, and should not be there.`;
    case 'unplanned':
      return `${what} is not a tag of this image.`;
    default:
      return assertNever(status);
  }
}

function facts(explanation: Explanation, actual: readonly ActualTag[]): string[] {
  const { fix } = explanation;
  const lines = explanationFacts(explanation).map(([label, text]) => fact(label, text));
  for (const one of actual) lines.push(...registryFacts(one, actual.length > 1));
  if (fix !== null) lines.push(fact('hint', fix));
  return lines;
}

/** What is said with no registry, each with its label; without one, it goes on from the line above. */
export function explanationFacts(explanation: Explanation): readonly (readonly [label: string, text: string])[] {
  const { rule, because, lastMoved, status } = explanation;
  const label = status === 'unplanned' ? 'nearest rule' : 'rule';
  return [
    ['why', because],
    ...(rule === null
      ? []
      : ([
          [label, `${rule.name}, ${rule.template}`],
          ['', rule.meaning],
        ] as const)),
    ...(lastMoved === null ? [] : ([['last moved', describeMove(lastMoved)]] as const)),
  ];
}

export function describeMove({ at, from, to, when }: LastMove): string {
  const origin = from === null ? 'from nowhere, it is its first release' : `from ${ownerText(from)}`;
  return `${at}, when ${when}: ${origin}, to ${ownerText(to)}`;
}

/** Digests are on lines of their own, whole. What an audit says of the tag is said here too. */
function registryFacts(one: ActualTag, isOneOfSeveral: boolean): string[] {
  const { repository, expected, actual, finding } = one;
  const at = isOneOfSeveral ? `${repository}: ` : '';
  const should = expected === null ? [] : [fact('expected', 'the digest of its owner'), `    ${expected}`];
  const verdict = finding === null ? [] : [fact(finding.kind, finding.because)];
  const repair = finding?.fix ?? null;
  const ways = repair === null ? (finding?.choices ?? []).map(choiceText) : [repair];
  const fixes = [
    ...ways.map((way, index) => fact(index === 0 ? 'fix' : 'or', way)),
    ...toolLines(ways).map((line) => fact('', line)),
  ];
  const what = fact('registry', `${at}${actualWords(one)}`);
  if (actual === null) return [what, ...should, ...verdict, ...fixes];
  if (finding === null && actual === expected) return [what, `    ${actual}`];
  return [what, `    ${actual}`, ...should, ...verdict, ...fixes];
}

/** What a registry has: `it points where it should`. */
export function actualWords({ expected, actual, actualOwner, finding, unseen }: ActualTag): string {
  if (unseen !== undefined) return `where it points is not known: ${unseen}`;
  // Only an answer says that it is not there.
  if (actual === null && finding?.kind === 'unknown') return 'where it points is not known';
  if (actual === null) {
    return expected === null ? 'the tag does not exist' : 'the tag does not exist, though its owner is published';
  }
  if (finding === null && actual === expected) return 'it points where it should';
  return `it points to ${actualOwner === null ? 'a digest that no release explains' : ownerText(actualOwner, 'with-axes')}`;
}

/** A label and its text, which goes on below itself. */
function fact(label: string, text: string): string {
  const indent = 2 + labelWidth;
  return `  ${label.padEnd(labelWidth)}${wrap(text, width - indent, indent)}`;
}

interface Run {
  readonly first: ExplainedCandidate;
  last: ExplainedCandidate;
  count: number;
}

export interface CandidateRun {
  /** `2.19.1 to 2.18.0 (3)` */
  readonly versions: string;
  readonly verdict: ExplainedCandidate['verdict'];
  readonly because: string;
}

/** Releases next to each other with one verdict for one reason are one row. */
export function candidateRuns(candidates: readonly ExplainedCandidate[]): readonly CandidateRun[] {
  const runs: Run[] = [];
  for (const candidate of candidates) {
    const run = runs.at(-1);
    if (run !== undefined && run.first.verdict === candidate.verdict && run.first.because === candidate.because) {
      run.last = candidate;
      run.count += 1;
    } else runs.push({ first: candidate, last: candidate, count: 1 });
  }
  return runs.map(({ first, last, count }) => ({
    versions: count === 1 ? first.version : `${first.version} to ${last.version} (${count})`,
    verdict: first.verdict,
    because: first.because,
  }));
}

function candidateLines(candidates: readonly ExplainedCandidate[]): string[] {
  const rows = candidateRuns(candidates);
  const versionWidth = Math.max(...rows.map((row) => row.versions.length)) + 2;
  const verdictWidth = Math.max(...rows.map((row) => row.verdict.length)) + 2;
  const indent = 2 + versionWidth + verdictWidth;
  return rows.map(
    (row) =>
      `  ${row.versions.padEnd(versionWidth)}${row.verdict.padEnd(verdictWidth)}${wrap(row.because, width - indent, indent)}`,
  );
}
