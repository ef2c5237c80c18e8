/** An event as JSON tells it. */
import { z } from 'zod';
import { branchFault, type BuildEvent } from './build-event.ts';
import { parseInstant } from './instant.ts';
import { failed, ok, type Result } from './result.ts';
import { quote } from './tag.ts';

const common = {
  revision: z.string().regex(/^[0-9a-f]{40}$/, 'expected a git commit, 40 hex digits'),
  at: z.string(),
  defaultBranch: z.string().nullish(),
  fork: z.boolean().optional(),
};

const eventSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('branch'), branch: z.string(), ...common }),
  z.strictObject({ kind: z.literal('pull-request'), number: z.int().positive(), ...common }),
  z.strictObject({ kind: z.literal('schedule'), branch: z.string().nullish(), ...common }),
]);

/** Reads an event as a file or another program tells it. */
export function readBuildEvent(value: unknown, where: string): Result<BuildEvent> {
  const parsed = eventSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue === undefined || issue.path.length === 0 ? where : `${where} ${issue.path.join('.')}`;
    return invalid(at, issue === undefined ? 'it is not an event' : describeIssue(issue));
  }
  const { revision, at: text, defaultBranch = null, fork = false } = parsed.data;
  const at = parseInstant(text);
  if (at === null) return invalid(`${where} at`, `${quote(text)} is not an instant`);
  const facts = { revision, at, defaultBranch, fork };
  if (parsed.data.kind === 'pull-request') return ok({ kind: 'pull-request', number: parsed.data.number, ...facts });
  const { branch = null } = parsed.data;
  const fault = branch === null ? null : branchFault(branch);
  if (fault !== null) return invalid(`${where} branch`, fault);
  if (parsed.data.kind === 'schedule') return ok({ kind: 'schedule', branch, ...facts });
  return ok({ kind: 'branch', branch: parsed.data.branch, ...facts });
}

/** In the words of an event, and not of the library that checks its shape. */
function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `an event of this kind has no ${issue.keys.map(quote).join(', ')}`;
  if (issue.path.length === 0) return 'expected an object';
  if (issue.path[0] === 'kind') return "expected 'branch', 'pull-request' or 'schedule'";
  if (issue.code === 'too_small') return 'expected a number above 0';
  if (issue.code !== 'invalid_type') return issue.message;
  const names: Readonly<Record<string, string>> = { string: 'a text', boolean: 'true or false' };
  return `expected ${names[issue.expected] ?? 'a whole number'}`;
}

function invalid(where: string, message: string): Result<BuildEvent> {
  const fix =
    "write { kind: 'branch', branch, revision, at }, { kind: 'pull-request', number, … } or { kind: 'schedule', … }";
  return failed({ code: 'EVENT_INVALID', where, message, fix });
}
