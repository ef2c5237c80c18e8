/**
 * Which jobs a pipeline of GitLab has: `extends`, `rules` and variables, for the keys that our pipelines use. Whatever
 * else a pipeline says is refused, so that no test passes because a key was not read.
 *
 * @see https://docs.gitlab.com/ci/yaml/
 */
import { parse } from 'yaml';
import { z } from 'zod';

export type Variables = Readonly<Record<string, string>>;

const list = z.array(z.string());
const job = z.strictObject({
  stage: z.string().optional(),
  image: z.string().optional(),
  services: list.optional(),
  inherit: z.strictObject({ default: z.literal(false) }).optional(),
  variables: z.record(z.string(), z.string()).optional(),
  rules: z.array(z.strictObject({ if: z.string() })).optional(),
  needs: list.optional(),
  tags: list.optional(),
  resource_group: z.string().optional(),
  interruptible: z.boolean().optional(),
  before_script: list.optional(),
  script: list.optional(),
  artifacts: z
    .strictObject({
      when: z.enum(['always', 'on_success']).optional(),
      paths: list.optional(),
      expire_in: z.string().optional(),
      reports: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
  trigger: z
    .strictObject({
      include: z.array(z.strictObject({ artifact: z.string(), job: z.string() })).length(1),
      strategy: z.literal('depend'),
    })
    .optional(),
});
const written = job.extend({ extends: z.string().optional() });

export type PipelineJob = z.output<typeof job> & { readonly name: string };

export interface Pipeline {
  readonly stages: readonly string[];
  readonly variables: Variables;
  /** Those that the event has, in the order of their stages. */
  readonly jobs: readonly PipelineJob[];
}

/** @param variables predefined ones, and those of the project */
export function readPipeline(text: string, variables: Variables): Pipeline {
  const {
    stages,
    variables: own,
    ...rest
  } = z.looseObject({ stages: list, variables: z.record(z.string(), z.string()).default({}) }).parse(parse(text));
  const jobs = new Map(Object.entries(rest).map(([name, value]) => [name, written.parse(value)]));
  const wanted = [...jobs]
    .filter(([name]) => !name.startsWith('.'))
    .map(([name, value]): PipelineJob => ({ ...extended(value, jobs), name }))
    .filter(({ rules }) => rules === undefined || rules.some((rule) => holds(rule.if, { ...own, ...variables })));
  for (const { name, stage } of wanted)
    if (!stages.includes(stage ?? 'test')) throw new Error(`${name} is in the stage ${stage}, which there is not`);
  const place = ({ stage = 'test' }: PipelineJob): number => stages.indexOf(stage);
  return { stages, variables: own, jobs: wanted.toSorted((a, b) => place(a) - place(b)) };
}

/** Maps are merged, everything else is replaced. */
function extended(value: z.output<typeof written>, jobs: ReadonlyMap<string, z.output<typeof written>>): PipelineJob {
  const { extends: from, ...own } = value;
  if (from === undefined) return { ...own, name: '' };
  const base = jobs.get(from);
  if (base === undefined) throw new Error(`there is no job ${from} to extend`);
  const below = extended(base, jobs);
  return { ...below, ...own, variables: { ...below.variables, ...own.variables }, name: '' };
}

const comparison =
  /^\$(?<name>\w+)(?:\s*(?<operator>==|!=|=~)\s*(?:"(?<text>[^"]*)"|\/(?<pattern>(?:[^/\\]|\\.)+)\/(?<flags>i?)))?$/;

/** @see https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions */
function holds(expression: string, variables: Variables): boolean {
  return expression.split('&&').every((part) => {
    const found = comparison.exec(part.trim())?.groups;
    if (found === undefined) throw new Error(`this expression is not understood: ${part}`);
    const value = variables[found['name'] ?? ''] ?? '';
    if (found['operator'] === undefined) return value !== '';
    if (found['operator'] === '=~') return new RegExp(found['pattern'] ?? '', found['flags']).test(value);
    return (value === found['text']) === (found['operator'] === '==');
  });
}

/** As a runner puts variables into variables; `$$` is a dollar sign. */
export function expand(text: string, variables: Variables): string {
  return text.replaceAll(/\$\$|\$(?<name>\w+)|\$\{(?<braced>\w+)\}/g, (whole, name?: string, braced?: string) =>
    whole === '$$' ? '$' : (variables[name ?? braced ?? ''] ?? ''),
  );
}
