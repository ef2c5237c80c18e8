/** Traps of GitHub's workflows, in those that run tagwright. */
import { parseDocument } from 'yaml';
import { isJsonObject, type JsonObject } from '../../domain/json.ts';
import { readSwitch } from '../../domain/switch.ts';
import { isTooDeep } from '../../domain/yaml-depth.ts';

export interface Trap {
  /** `.github/workflows/release.yml jobs.publish` */
  readonly where: string;
  readonly says: string;
  readonly fix: string;
}

/** @param readsGit releases come from the git tags of the checkout */
export function workflowTraps(file: string, text: string, readsGit: boolean): readonly Trap[] {
  if (!/tagwright/i.test(text)) return [];
  const workflow = valueOf(text);
  if (workflow === invalid) return [{ where: file, says: 'is not valid YAML', fix: 'fix it: GitHub does not run it' }];
  if (!isJsonObject(workflow)) return [];
  const jobs = Object.entries(isJsonObject(workflow['jobs']) ? workflow['jobs'] : {});
  return [
    ...concurrencyTraps(workflow['concurrency'], file, text),
    ...jobs.flatMap(([id, job]) => {
      if (!isJsonObject(job)) return [];
      const where = `${file} jobs.${id}`;
      return [...jobTraps(job, where, text, readsGit), ...keylessTraps(job, workflow, where)];
    }),
  ];
}

const invalid = Symbol('no YAML');

/** An alias without an anchor, and aliases that stand for gigabytes, are found only when the value is made. */
function valueOf(text: string): unknown {
  if (isTooDeep(text)) return invalid;
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'error' });
  if (document.errors.length > 0) return invalid;
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (error instanceof ReferenceError) return invalid;
    throw error;
  }
}

function jobTraps(job: JsonObject, where: string, text: string, readsGit: boolean): Trap[] {
  const traps = concurrencyTraps(job['concurrency'], where, text);
  const steps = stepsOf(job);
  const runsTagwright = steps.some((step) => /tagwright/i.test(`${textOf(step['uses'])} ${textOf(step['run'])}`));
  const checkout = steps.find((step) => /^actions\/checkout(?:@|$)/.test(textOf(step['uses'])));
  if (!readsGit || !runsTagwright || checkout === undefined) return traps;
  const given = isJsonObject(checkout['with']) ? checkout['with'] : {};
  const isWhole = [0, '0'].some((depth) => given['fetch-depth'] === depth);
  if (isWhole || [true, 'true'].some((tags) => given['fetch-tags'] === tags)) return traps;
  const says = 'actions/checkout brings one commit and no git tags, and the config reads releases from git tags';
  return [...traps, { where, says, fix: 'write fetch-depth: 0 under its with' }];
}

/**
 * GitHub keeps one running and one waiting run of a group and cancels the run that waited before.
 *
 * @see https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */
function concurrencyTraps(value: unknown, where: string, text: string): Trap[] {
  const group = isJsonObject(value) ? textOf(value['group']) : textOf(value);
  if (group === '' || !/\b(?:publish|apply)\b/.test(text)) return [];
  const traps: Trap[] = [];
  if (isConstant(group)) {
    const says = `every release shares the concurrency group ${group}, and GitHub cancels all but one waiting run`;
    traps.push({ where, says, fix: 'put ${{ github.ref_name }} or the version into the group' });
  }
  if (isJsonObject(value) && value['cancel-in-progress'] === true) {
    const says = 'cancel-in-progress ends a publish half-way';
    traps.push({ where, says, fix: 'leave cancel-in-progress out' });
  }
  return traps;
}

/**
 * A permission that is not named is none, and no default has this one.
 *
 * @see https://docs.github.com/en/actions/reference/security/oidc#required-permission
 */
function keylessTraps(job: JsonObject, workflow: JsonObject, where: string): Trap[] {
  const signer = stepsOf(job)
    .map((step) => {
      const given = isJsonObject(step['with']) ? step['with'] : {};
      const isAsked = [true, 'true'].some((yes) => given['sign-keyless'] === yes);
      const variables = [workflow, job, step].map(({ env }) => env).filter(isJsonObject);
      const runs = `${textOf(step['run'])}${/tagwright/i.test(textOf(step['uses'])) ? 'tagwright' : ''}`;
      return isAsked ? 'tagwright' : keylessSigner(runs, Object.assign({}, ...variables));
    })
    .find((found) => found !== null);
  const permissions = job['permissions'] ?? workflow['permissions'];
  const mayAsk = isJsonObject(permissions) ? permissions['id-token'] === 'write' : permissions === 'write-all';
  // A reusable workflow has those of whoever calls it.
  const isCalled = isCallable(workflow['on']) && permissions === undefined;
  if (signer === undefined || mayAsk || isCalled) return [];
  const says = `${signer} signs without a key, and the job may not ask for the ID token to sign with`;
  return [{ where, says, fix: 'add id-token: write to its permissions' }];
}

function isCallable(events: unknown): boolean {
  const names = typeof events === 'string' ? [events] : Array.isArray(events) ? events : [];
  return names.includes('workflow_call') || (isJsonObject(events) && 'workflow_call' in events);
}

/**
 * What a script signs with, if that is nobody's key.
 *
 * @param script a line for each command
 */
export function keylessSigner(script: string, variables: JsonObject): string | null {
  const lines = script.replaceAll(/\\\n/g, ' ').split('\n');
  const value = variables['TAGWRIGHT_SIGN_KEYLESS'];
  const isSet = value === true || value === 1 || (typeof value === 'string' && readSwitch(value) === true);
  if (lines.some((line) => /\btagwright\b/.test(line) && (isSet || /\s--sign-keyless\b/.test(line))))
    return 'tagwright';
  const isKeyless = lines.some(
    (line) => /\bcosign\s+(?:sign|attest)\b/.test(line) && !/\s--?(?:key|identity-token|sk)\b/.test(line),
  );
  return isKeyless ? 'cosign' : null;
}

function stepsOf(job: JsonObject): readonly JsonObject[] {
  return Array.isArray(job['steps']) ? job['steps'].filter((step: unknown) => isJsonObject(step)) : [];
}

const constants = ['workflow', 'repository', 'repository_owner', 'job', 'event_name', 'server_url'];

/** No part of it differs from release to release. */
function isConstant(group: string): boolean {
  const rest = group.replaceAll(/\$\{\{\s*github\.(?<name>\w+)\s*\}\}/g, (whole, name: string) =>
    constants.includes(name) ? '' : whole,
  );
  return !rest.includes('${{');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
