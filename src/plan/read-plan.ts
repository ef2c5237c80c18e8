/** A plan document read back, as `apply` needs it: what wrote it may be an older tagwright, or a hand. */
import { z } from 'zod';
import { isDigest } from '../domain/digest.ts';
import type { Problem } from '../domain/errors.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { isTag } from '../domain/tag.ts';
import type { Move, Owner, Plan, Stand } from './types.ts';

const digest = z.string().refine(isDigest, 'expected a digest').nullable();
const owner = z.record(z.string(), z.string()).nullable();
const stand = z.object({ owner, digest });
const move = z.object({
  kind: z.enum(['create', 'move']),
  tag: z.string().refine(isTag, 'expected a tag'),
  from: stand,
  to: stand,
  because: z.string(),
});
const document = z.object({
  schema: z.literal(1, 'this tagwright reads schema 1'),
  repository: z.string(),
  release: z.string().nullable(),
  moves: z.array(move),
});

/**
 * @param text the file's content
 * @param where how messages name it
 * @param axes the config's axes; an owner names all of them
 * @returns the plan with its moves alone: cells and tags are worked out anew
 */
export function readPlanFile(text: string, where: string, axes: readonly string[]): Result<readonly Plan[]> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const message = `is not JSON: ${error instanceof Error ? error.message : String(error)}`;
    return failed({
      code: 'PLAN_FILE_INVALID',
      where,
      message,
      fix: 'write one with tagwright plan --json or audit --plan-out',
    });
  }
  const several = severalShape.safeParse(json);
  if (!several.success) return single(json, where, axes, (plan) => [plan]);
  const plans = several.data.repositories.map((plan, index) =>
    single(plan, `${where} repositories[${index}]`, axes, (read) => read),
  );
  const problems = plans.flatMap((plan) => (plan.ok ? [] : plan.problems));
  return problems.length > 0 ? failed(...problems) : ok(plans.flatMap((plan) => (plan.ok ? [plan.value] : [])));
}

const severalShape = z.object({ schema: z.literal(1), repositories: z.array(z.unknown()) });

function single<T>(json: unknown, where: string, axes: readonly string[], as: (plan: Plan) => T): Result<T> {
  if (!isLikePlan(json)) return failed(noPlan(where));
  const parsed = document.safeParse(json);
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.map((issue) => shapeProblem(issue, where)) };
  const { schema, repository, release, moves } = parsed.data;
  const problems = moves.flatMap(({ tag, to }, index) =>
    to.owner !== null && isOwner(to.owner, axes) ? [] : [ownerProblem(tag, `${where} moves[${index}]`, axes)],
  );
  if (problems.length > 0) return failed(...problems);
  return ok(as({ schema, repository, release, cells: [], tags: [], moves: moves.map(toMove), warnings: [] }));
}

function isLikePlan(json: unknown): boolean {
  return typeof json === 'object' && json !== null && ['schema', 'repository', 'moves'].some((key) => key in json);
}

function noPlan(where: string): Problem {
  const message = 'is no plan: it has no schema, no repository and no moves';
  return { code: 'PLAN_FILE_INVALID', where, message, fix: 'write one with tagwright plan --json or audit --plan-out' };
}

function toMove(json: z.output<typeof move>): Move {
  const from = json.from.digest === null ? null : toStand(json.from);
  return { kind: json.kind, tag: json.tag, from, to: toStand(json.to), because: json.because };
}

function toStand(json: z.output<typeof stand>): Stand {
  return { owner: json.owner === null ? null : toOwner(json.owner), digest: json.digest };
}

function toOwner({ version = '', ...axes }: Record<string, string>): Owner {
  return { version, axes };
}

function isOwner(json: Record<string, string>, axes: readonly string[]): boolean {
  return json['version'] !== undefined && axes.every((axis) => json[axis] !== undefined);
}

function ownerProblem(tag: string, where: string, axes: readonly string[]): Problem {
  const message = `${tag} goes to no owner with version, ${axes.join(', ')}`;
  return { code: 'PLAN_FILE_INVALID', where, message, fix: 'make the plan anew' };
}

function shapeProblem(issue: z.core.$ZodIssue, where: string): Problem {
  const path = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return {
    code: 'PLAN_FILE_INVALID',
    where: `${where}${path === '' ? '' : ` ${path.replace(/^\./, '')}`}`,
    message: issue.message.endsWith('received undefined') ? 'is missing' : issue.message,
    fix: 'make the plan anew',
  };
}
