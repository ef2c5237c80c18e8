/** Release facts as a JSON text has them: every fault of it at once, with its row. */
import '../domain/without-compiling.ts';
import { z } from 'zod';
import { InputError, type Problem } from '../domain/errors.ts';
import { parseInstant } from '../domain/instant.ts';
import { isRevision, type PartialFacts, type ReleaseFact } from '../domain/release.ts';
import { quote } from '../domain/tag.ts';
import { readJson } from './json-text.ts';

const maxListed = 20;

const instant = z
  .string()
  .refine((text) => parseInstant(text) !== null, 'expected an instant with offset, such as 2023-08-24T12:14:26-07:00');
const python = z.string('expected a text in quotes: the number 3.10 is 3.1');

/** One row of a facts file: a {@link ReleaseFact}, and no other key. */
const row = z.strictObject({
  version: z.string().min(1, 'expected a version').max(200, 'expected a version of at most 200 characters'),
  revision: z.string().refine(isRevision, 'expected a git commit of 40 lower-case hex digits').optional(),
  committedAt: instant.optional(),
  publishedAt: instant.optional(),
  builtFor: z.record(z.string().min(1), z.array(python)).optional(),
  prerelease: z.boolean().optional(),
  attributes: z
    .record(z.string().min(1), z.union([z.string(), z.boolean()], 'expected a text in quotes, true or false'))
    .optional(),
  yanked: z.union([z.boolean(), z.strictObject({ reason: z.string().min(1), since: instant.optional() })]).optional(),
}) satisfies z.ZodType<ReleaseFact>;

export interface FactsText {
  readonly facts: readonly ReleaseFact[];
  /** Why there may be more releases than these; `null` if the text does not say so. */
  readonly partial: PartialFacts | null;
}

/**
 * An array of rows, or `{ "partial": "only 2.x", "releases": [ … ] }` for facts that are not of every release. Two rows of
 * one version are not its business.
 *
 * @param path how messages name the text
 * @throws {InputError} FACTS_INVALID with `file:line:column` if it is not JSON, or with the index and version of the row,
 *   for every fault at once (the first 20 are listed)
 */
export function readFacts(text: string, path: string): FactsText {
  const { rows, partial } = readShape(readJson(text, path, 'FACTS_INVALID'));
  return { facts: checkFacts(rows, path), partial };
}

const partialFile = z.strictObject({ partial: z.string().trim().min(1).max(200), releases: z.array(z.unknown()) });

function readShape(value: unknown): { readonly rows: unknown; readonly partial: PartialFacts | null } {
  const read = partialFile.safeParse(value);
  if (!read.success) return { rows: value, partial: null };
  const fix = 'use a facts file with every release, or read them from git or GitHub (source)';
  return {
    rows: read.data.releases,
    partial: { reason: `the file says that it is partial: ${read.data.partial}`, fix },
  };
}

function checkFacts(rows: unknown, path: string): readonly ReleaseFact[] {
  if (!Array.isArray(rows)) {
    const message =
      'expected an array of releases, [{ "version": …, "revision": …, "committedAt": … }, …], or { "partial": "why", "releases": [ … ] }';
    throw new InputError([{ code: 'FACTS_INVALID', where: path, message }]);
  }
  const facts: ReleaseFact[] = [];
  const problems: Problem[] = [];
  for (const [index, value] of rows.entries()) {
    if (isPlain(value)) {
      facts.push(value);
      continue;
    }
    const read = row.safeParse(value, { error: describeIssue });
    if (read.success) facts.push(read.data);
    else for (const issue of read.error.issues) problems.push(toProblem(issue, value, `${path}[${index}]`));
  }
  if (problems.length > 0) throw new InputError(capped(problems, path));
  return facts;
}

type PlainRow = Pick<ReleaseFact, 'version' | 'revision' | 'committedAt' | 'publishedAt' | 'prerelease'>;

const plainChecks: Readonly<Record<string, (value: unknown) => boolean>> = {
  version: (value) => typeof value === 'string' && value !== '' && value.length <= 200,
  revision: (value) => typeof value === 'string' && isRevision(value),
  committedAt: isInstant,
  publishedAt: isInstant,
  prerelease: (value) => typeof value === 'boolean',
};

/** Nearly every row is one: the schema, which has the words for what is wrong, takes ten times as long to say yes. */
function isPlain(value: unknown): value is PlainRow {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'version')) return false;
  return Object.entries(value).every(([key, part]) => Object.hasOwn(plainChecks, key) && plainChecks[key]?.(part));
}

function isInstant(value: unknown): boolean {
  return typeof value === 'string' && parseInstant(value) !== null;
}

function toProblem(issue: z.core.$ZodIssue, value: unknown, place: string): Problem {
  const steps = issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  const version = versionOf(value);
  const where = `${place}${steps}${version === null ? '' : ` (${version})`}`;
  return { code: 'FACTS_INVALID', where, message: `${foundAt(value, issue.path)}${issue.message}` };
}

function versionOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('version' in value)) return null;
  return typeof value.version === 'string' && value.version !== '' ? quote(value.version).slice(1, -1) : null;
}

/** `"abc"; `, or nothing where the fault is that nothing is there. */
function foundAt(value: unknown, path: readonly PropertyKey[]): string {
  let found = value;
  for (const step of path) {
    found = typeof found === 'object' && found !== null ? (Reflect.get(found, step) as unknown) : undefined;
  }
  if (found === undefined || (typeof found === 'object' && found !== null)) return '';
  return `${typeof found === 'string' ? quote(found) : JSON.stringify(found)}; `;
}

/** Says what was expected, for the faults whose schema has no words of its own. */
function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') {
    const expected = `expected ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    return issue.input === undefined ? `missing; ${expected}` : expected;
  }
  if (issue.code === 'unrecognized_keys') {
    return `unknown key ${issue.keys.map(quote).join(', ')}; a release has ${Object.keys(row.shape).join(', ')}`;
  }
  return issue.code === 'invalid_union' ? 'expected true, false or { "reason": …, "since": … }' : undefined;
}

function capped(problems: readonly Problem[], path: string): readonly Problem[] {
  if (problems.length <= maxListed) return problems;
  const message = `${problems.length - maxListed} more faults like these`;
  return [...problems.slice(0, maxListed), { code: 'FACTS_INVALID', where: path, message }];
}
