/** What an audit is asked: the flags as they are given, and as they are understood. */
import type { ImageConfig } from '../../config/types.ts';
import { parseDuration } from '../../domain/duration.ts';
import { InputError, type Problem } from '../../domain/errors.ts';
import { nearest } from '../../domain/nearest.ts';
import { proofs, type Proof } from '../../domain/statement.ts';
import { quote } from '../../domain/tag.ts';
import { failingKinds, type FailingKind } from '../../audit/kinds.ts';
import type { Selector } from '../../audit/select.ts';
import type { CommonOptions, CountingOptions } from '../options.ts';

export type AuditFormat = 'table' | 'json' | 'markdown' | 'sarif' | 'junit' | 'codequality' | 'html';

export interface AuditOptions extends CommonOptions, CountingOptions {
  /** `--format`; `--json` is short for `json`. */
  readonly format: AuditFormat;
  /** `--report FORMAT=FILE`, may be repeated: the same findings, written in further formats. */
  readonly reports: readonly { readonly format: AuditFormat; readonly path: string }[];
  /** `--content`: whose images are looked into. Each distinct digest is read once, and never a layer. */
  readonly content: 'owners' | 'all' | 'none';
  /** `--only NAME=VALUE[,VALUE…]`, may be repeated: by `rule`, `series` or any axis (`python`, `flavor`, …). */
  readonly only: readonly string[];
  /** `--fail-on KIND[,KIND…]`, may be repeated: which kinds end with 1; `none` for none. `null`: all that can. */
  readonly failOn: readonly string[] | null;
  /** `--grace SPAN` (`90m`, `2h`): releases younger than this may still be incomplete. `null`: none. */
  readonly grace: string | null;
  /** `--plan-out FILE`: the moves that fix what was found, for `apply FILE`. */
  readonly planOut: string | null;
  /** `--write-lock`: add what is right and not yet recorded to `tags.lock.json`, beside the config. */
  readonly writeLock: boolean;
  /** `--require-labels`: an image without labels is a finding. */
  readonly requireLabels: boolean;
  /** `--require PROOF[,PROOF…]`: what every image must have, and what is verified. */
  readonly require: readonly string[];
  /** `--unmanaged`: list what no plan has, with age and size. */
  readonly unmanaged: boolean;
  /** `--bases`: ask whether owners still point to what their base image's tag is now. */
  readonly bases: boolean;
  /** `--evidence PATH`: hold where tags point against the statements there, a folder or a file. `null`: nobody asked. */
  readonly evidence: string | null;
  /** Colour the table; for a TTY without `NO_COLOR`. */
  readonly color: boolean;
  /** Of this tool, for SARIF. */
  readonly toolVersion: string;
}

/** What holds where nothing is said. */
export const auditDefaults: Omit<AuditOptions, keyof CommonOptions> = {
  format: 'table',
  reports: [],
  content: 'owners',
  only: [],
  failOn: null,
  grace: null,
  planOut: null,
  writeLock: false,
  requireLabels: false,
  require: [],
  unmanaged: false,
  bases: false,
  evidence: null,
  color: false,
  toolVersion: '0.0.0',
};

export interface AuditWishes {
  readonly only: readonly Selector[];
  readonly failOn: ReadonlySet<FailingKind>;
  readonly graceMs: number;
  readonly required: readonly Proof[];
}

/** @throws {InputError} USAGE with every flag that cannot be understood */
export function readWishes(options: AuditOptions, image: ImageConfig): AuditWishes {
  const problems: Problem[] = [];
  const wishes = {
    only: readOnly(options.only, image, problems),
    failOn: readFailOn(options.failOn, problems),
    graceMs: readGrace(options.grace, problems),
    required: readRequired(options.require, image, problems),
  };
  if (problems.length > 0) throw new InputError(problems);
  return wishes;
}

function readOnly(texts: readonly string[], image: ImageConfig, problems: Problem[]): Selector[] {
  const selectors = new Map<string, string[]>();
  for (const text of texts) {
    const equals = text.indexOf('=');
    const name = text.slice(0, Math.max(0, equals));
    const values = equals === -1 ? [] : text.slice(equals + 1).split(',');
    const known = knownValues(name, image);
    if (known === null) {
      const names = ['rule', 'series', ...image.axes.map((axis) => axis.name)];
      const message = equals === -1 ? `${quote(text)} has no =` : `there is nothing called ${quote(name)}`;
      problems.push(usage('--only', message, `write NAME=VALUE; names are ${names.join(', ')}`));
      continue;
    }
    for (const value of values) {
      if (known.accepts(value)) continue;
      const near = nearest(value, known.values);
      const fix = near === null ? `expected ${known.expected}` : `did you mean ${near}?`;
      problems.push(usage('--only', `there is no ${name} ${quote(value)}`, fix));
    }
    selectors.set(name, [...(selectors.get(name) ?? []), ...values]);
  }
  return [...selectors].map(([name, values]) => ({ name, values }));
}

interface KnownValues {
  readonly values: readonly string[];
  readonly expected: string;
  accepts(value: string): boolean;
}

function knownValues(name: string, image: ImageConfig): KnownValues | null {
  if (name === 'series') {
    return { values: [], expected: "a series such as '2' or '2.11'", accepts: (value) => /^\d+(\.\d+)*$/.test(value) };
  }
  const values =
    name === 'rule'
      ? image.rules.map((rule) => rule.name)
      : image.axes.find((axis) => axis.name === name)?.values.map((value) => value.name);
  if (values === undefined) return null;
  return { values, expected: `one of ${values.join(', ')}`, accepts: (value) => values.includes(value) };
}

function readFailOn(texts: readonly string[] | null, problems: Problem[]): ReadonlySet<FailingKind> {
  if (texts === null) return new Set(failingKinds);
  const kinds = texts.flatMap((text) => text.split(','));
  const chosen = new Set<FailingKind>();
  for (const kind of kinds) {
    const known = failingKinds.find((candidate) => candidate === kind);
    if (known !== undefined) chosen.add(known);
    else if (kind !== 'none') {
      const near = nearest(kind, failingKinds);
      const fix = near === null ? `expected ${failingKinds.join(', ')} or none` : `did you mean ${near}?`;
      problems.push(usage('--fail-on', `${quote(kind)} is not a kind that can fail`, fix));
    }
  }
  return chosen;
}

function readRequired(texts: readonly string[], { signature }: ImageConfig, problems: Problem[]): readonly Proof[] {
  const asked = new Set(texts.flatMap((text) => text.split(',')));
  for (const text of asked) {
    if (proofs.some((proof) => proof === text)) continue;
    const near = nearest(text, proofs);
    const fix = near === null ? `expected ${proofs.join(', ')}` : `did you mean ${near}?`;
    problems.push(usage('--require', `${quote(text)} is nothing that an image can have`, fix));
  }
  if (asked.has('signature') && signature === null) {
    const fix = "add signature: { key: 'cosign.pub' } to the config, or { issuer, identity, trustRoot }";
    problems.push(usage('--require', 'the config does not say whose signatures count', fix));
  }
  return proofs.filter((proof) => asked.has(proof));
}

function readGrace(text: string | null, problems: Problem[]): number {
  if (text === null) return 0;
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  problems.push(usage('--grace', `${quote(text)} is not a time span`, 'write a number and s, m, h or d, such as 2h'));
  return 0;
}

function usage(where: string, message: string, fix: string): Problem {
  return { code: 'USAGE', where, message, fix };
}
