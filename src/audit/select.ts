/** Parts of an audit: how many tags of each kind, and which tags somebody asked about. */
import { isInSeries, type Version } from '../domain/version.ts';
import type { Audited } from './audit.ts';
import type { Expected } from '../sight/expected.ts';
import { noFindings, type FindingKind } from './kinds.ts';

/** How many tags are of each kind; kinds without any are there, as 0. */
export function summarize(audited: Pick<Audited, 'findings' | 'ok'>): Record<FindingKind, number> {
  const summary = { ...noFindings, ok: audited.ok };
  for (const { finding } of audited.findings) summary[finding.kind] += 1;
  return summary;
}

/** The tags of one release and those that its publish moved: what `publish` audits at its end. */
export function tagsOfRelease(expected: Expected, version: string): readonly string[] {
  return [...expected.tags.values()]
    .filter((tag) => (tag.kind === 'pinned' ? tag.cell : tag.owner)?.release.version.text === version)
    .map((tag) => tag.tag);
}

/** Restricts by rule, series, or any axis: `rule=latest`, `series=2.11`, `flavor=conda`. */
export function selects(expected: Expected, only: readonly Selector[]): (tag: string) => boolean {
  if (only.length === 0) return () => true;
  return (tag) => {
    const facts = factsOf(tag, expected);
    return only.every(({ name, values }) =>
      name === 'series'
        ? values.some((series) => facts.version !== null && isInSeries(facts.version, series))
        : values.includes(name === 'rule' ? (facts.rule ?? '') : (facts.axes[name] ?? '')),
    );
  };
}

export interface Selector {
  readonly name: string;
  readonly values: readonly string[];
}

interface TagFacts {
  readonly rule: string | null;
  readonly axes: Readonly<Record<string, string>>;
  readonly version: Version | null;
}

function factsOf(tag: string, expected: Expected): TagFacts {
  const planned = expected.tags.get(tag);
  const cell =
    planned?.kind === 'convenience' ? planned.owner : (planned?.cell ?? expected.leftOut.get(tag)?.cell ?? null);
  if (planned !== undefined || cell !== null) {
    const rule = planned?.rule.name ?? expected.leftOut.get(tag)?.rule.name ?? null;
    return { rule, axes: cell?.shape.axes ?? {}, version: cell?.release.version ?? null };
  }
  const reading = expected.grammar(tag);
  if (reading === null) return { rule: null, axes: {}, version: null };
  const version = reading.version === null ? null : expected.image.scheme.parse(reading.version);
  return { rule: reading.rule.name, axes: reading.axes, version };
}
