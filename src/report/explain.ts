/** An explanation for a terminal of 80 columns, and as JSON. */
import type { Digest } from '../domain/digest.ts';
import { assertNever } from '../domain/errors.ts';
import type { ExplainedCandidate, Explanation } from '../plan/explanation.ts';
import type { LastMove } from '../plan/explain-moves.ts';
import type { Owner } from '../plan/types.ts';
import { jsonText, ownerJson } from './plan-json.ts';
import { ownerText } from './words.ts';
import { wrap } from './wrap.ts';

/** What the registry has: of the tag, and of what it should be. Digests are `null` where nothing is there. */
export interface ActualTag {
  readonly expected: Digest | null;
  readonly actual: Digest | null;
  /** The cell that the actual digest is, where that is known. */
  readonly actualOwner: Owner | null;
}

const width = 80;
const labelWidth = 14;

/** @param actual `null` where no registry was asked */
export function explanationText(explanation: Explanation, actual: ActualTag | null): string {
  const parts = [wrap(headline(explanation), width, 0), facts(explanation, actual).join('\n')];
  if (explanation.candidates.length > 0 && explanation.status !== 'pinned') {
    parts.push(`Releases that could own it, highest first:\n${candidateLines(explanation.candidates).join('\n')}`);
  }
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

export function explanationJson(explanation: Explanation, actual: ActualTag | null): string {
  const { owner, candidates, lastMoved } = explanation;
  return jsonText({
    ...explanation,
    owner: ownerJson(owner),
    candidates: candidates.map(({ version, axes, ...rest }) => ({ version, ...axes, ...rest })),
    lastMoved:
      lastMoved === null ? null : { ...lastMoved, from: ownerJson(lastMoved.from), to: ownerJson(lastMoved.to) },
    registry:
      actual === null
        ? null
        : { expected: actual.expected, actual: actual.actual, actualOwner: ownerJson(actual.actualOwner) },
  });
}

function headline({ tag, status, owner, repository }: Explanation): string {
  const what = `${repository}:${tag}`;
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
      return `${what} is no tag of this image.`;
    default:
      return assertNever(status);
  }
}

function facts(explanation: Explanation, actual: ActualTag | null): string[] {
  const { rule, because, fix, lastMoved, status } = explanation;
  const lines = [fact('why', because)];
  if (rule !== null) {
    const label = status === 'unplanned' ? 'nearest rule' : 'rule';
    lines.push(fact(label, `${rule.name}, ${rule.template}`), fact('', rule.meaning));
  }
  if (lastMoved !== null) lines.push(fact('last moved', describeMove(lastMoved)));
  if (actual !== null) lines.push(...registryFacts(actual));
  if (fix !== null) lines.push(fact('hint', fix));
  return lines;
}

function describeMove({ at, from, to, when }: LastMove): string {
  const origin = from === null ? 'from nowhere, it is its first release' : `from ${ownerText(from)}`;
  return `${at}, when ${when}: ${origin}, to ${ownerText(to)}`;
}

/** Digests stand on lines of their own, whole. */
function registryFacts({ expected, actual, actualOwner }: ActualTag): string[] {
  const should = expected === null ? [] : [fact('expected', 'the digest of its owner'), `    ${expected}`];
  if (actual === null) {
    const missing = expected === null ? 'there is no such tag' : 'there is no such tag, though its owner is published';
    return [fact('registry', missing), ...should];
  }
  if (actual === expected) return [fact('registry', 'it stands where it should'), `    ${actual}`];
  const found = actualOwner === null ? 'a digest that no release explains' : ownerText(actualOwner, 'with-axes');
  return [fact('registry', `it stands on ${found}`), `    ${actual}`, ...should];
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

/** Releases next to each other with one verdict for one reason are one line. */
function candidateLines(candidates: readonly ExplainedCandidate[]): string[] {
  const runs: Run[] = [];
  for (const candidate of candidates) {
    const run = runs.at(-1);
    if (run !== undefined && run.first.verdict === candidate.verdict && run.first.because === candidate.because) {
      run.last = candidate;
      run.count += 1;
    } else runs.push({ first: candidate, last: candidate, count: 1 });
  }
  const rows = runs.map(({ first, last, count }) => ({
    versions: count === 1 ? first.version : `${first.version} to ${last.version} (${count})`,
    verdict: first.verdict,
    because: first.because,
  }));
  const versionWidth = Math.max(...rows.map((row) => row.versions.length)) + 2;
  const verdictWidth = Math.max(...rows.map((row) => row.verdict.length)) + 2;
  const indent = 2 + versionWidth + verdictWidth;
  return rows.map(
    (row) =>
      `  ${row.versions.padEnd(versionWidth)}${row.verdict.padEnd(verdictWidth)}${wrap(row.because, width - indent, indent)}`,
  );
}
