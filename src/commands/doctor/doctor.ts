/** `tagwright doctor`: everything around a config that can be wrong before a command runs. Writes nothing. */
import { readConfig } from '../../config/normalize.ts';
import type { Config } from '../../config/types.ts';
import type { Digest } from '../../domain/digest.ts';
import { InputError, OutsideError } from '../../domain/errors.ts';
import { configDigest } from '../../evidence/config-digest.ts';
import { doctorJson, doctorText, type Check } from '../../report/doctor.ts';
import { count } from '../../report/words.ts';
import type { CommonOptions } from '../options.ts';
import { readPipelineFiles, readPipelineText } from '../pipeline-files.ts';
import { factsOf, required, type Facts } from '../read-project.ts';
import type { Outcome, World } from '../world.ts';
import { machineChecks } from './machine-checks.ts';
import { pipelineTraps } from './pipeline-traps.ts';
import { workflowTraps, type Trap } from './workflow-traps.ts';

export interface DoctorOptions extends CommonOptions {
  readonly json: boolean;
  /** Registries are not asked whether they accept the logins. */
  readonly offline: boolean;
  /** Whether tagwright reads a variable of this name. */
  readonly isVariable: (name: string) => boolean;
}

export async function doctorCommand(options: DoctorOptions, world: World): Promise<Outcome> {
  const loaded = await readAll(options, world);
  const checks = [...loaded.checks];
  if (loaded.config !== null) checks.push(...(await factChecks(loaded.config, loaded.root, options, world)));
  checks.push(...(await workflowChecks(loaded, world)), ...(await pipelineChecks(loaded, world)));
  const machine = await world.machine?.();
  const wishes = { isVariable: options.isVariable, notAsked: whyNotAsked(options, world) };
  if (machine !== undefined) checks.push(...(await machineChecks(loaded.config, machine, wishes)));
  const isFailed = checks.some(({ state }) => state === 'failed');
  return {
    stdout: options.json ? doctorJson(checks) : doctorText(checks),
    result: isFailed ? 'findings' : 'as-planned',
  };
}

function whyNotAsked({ offline }: DoctorOptions, { dataOnly }: World): string | null {
  if (offline) return '--offline';
  return dataOnly === true ? "the config may be a stranger's, and names the hosts" : null;
}

interface Loaded {
  readonly config: Config | null;
  readonly root: string;
  /** From there to the top level of the git working tree: `../../`, or nothing. */
  readonly up: string;
  readonly checks: readonly Check[];
}

async function readAll(options: DoctorOptions, world: World): Promise<Loaded> {
  const name = 'config';
  try {
    const loaded = await world.loadConfig(options.config);
    const config = required(readConfig(loaded.raw, loaded.file, loaded.above));
    const says = `${loaded.file} is valid: ${count(config.images.length, 'image')}`;
    const sumOf = (text: string): Digest => world.digestOf(new TextEncoder().encode(text));
    const named = config.images.map((image): Check => {
      return {
        name,
        state: 'ok',
        says: `${image.name} is ${configDigest(image, sumOf)} in statements of moves`,
        fix: null,
      };
    });
    const up = '../'.repeat(loaded.above ?? 0);
    return { config, root: loaded.root, up, checks: [{ name, state: 'ok', says, fix: null }, ...named] };
  } catch (error) {
    return { config: null, root: '.', up: '', checks: failures(name, error) };
  }
}

/** Releases of each image, and whether the sources have them all. */
async function factChecks(config: Config, root: string, options: DoctorOptions, world: World): Promise<Check[]> {
  const name = 'releases';
  const checks: Check[] = [];
  for (const image of config.images) {
    try {
      const facts = await factsOf({ config, image, root }, options, world);
      checks.push({ name, state: 'ok', says: `${image.name}: ${releasesText(facts)}`, fix: null });
      const problems = facts.known.problems.map(({ code, where, message, fix = null }): Check => {
        return { name, state: 'failed', says: `${code} ${where}: ${message}`, fix };
      });
      const partial = facts.partial.map(({ reason, fix }): Check => {
        return { name: 'git tags', state: 'failed', says: `${reason}: releases may be missing`, fix };
      });
      checks.push(...problems, ...partial);
    } catch (error) {
      checks.push(...failures(name, error));
    }
  }
  return checks;
}

function releasesText({ known, factsFrom }: Facts): string {
  const newest = known.releases.findLast((release) => !release.prerelease)?.version.text;
  const last = newest === undefined ? '' : `, newest final ${newest}`;
  return `${count(known.releases.length, 'release')} from ${factsFrom}${last}`;
}

const workflowFolder = '.github/workflows';

async function workflowChecks({ config, root, up }: Loaded, world: World): Promise<Check[]> {
  const name = 'workflows';
  try {
    const files = world.files(root);
    const paths = (await files.list(`${up}${workflowFolder}`)).filter((path) => /\.ya?ml$/.test(path));
    const traps = [];
    for (const path of paths) {
      const text = await files.read(path);
      if (text !== null) traps.push(...workflowTraps(path.slice(up.length), text, readsGit(config)));
    }
    if (traps.length > 0) return traps.map((trap) => trapCheck(name, trap));
    return paths.length === 0 ? [] : [{ name, state: 'ok', says: `${count(paths.length, 'file')} read`, fix: null }];
  } catch (error) {
    return failures(name, error);
  }
}

function readsGit(config: Config | null): boolean {
  return config !== null && config.source.git !== null;
}

function trapCheck(name: string, { where, says, fix }: Trap): Check {
  return { name, state: 'warning', says: `${where}: ${says}`, fix };
}

/** GitLab's pipeline, if a job of it runs tagwright. */
async function pipelineChecks({ config, root, up }: Loaded, world: World): Promise<Check[]> {
  const name = 'pipeline';
  try {
    const files = world.files(root);
    const read = (path: string): Promise<string | null> => files.read(`${up}${path}`);
    const text = await readPipelineText(files, up);
    if (text === null) return [];
    const paths = async (): Promise<readonly string[]> => (await world.gitFacts(`${root}/${up}`)).files;
    const there = await readPipelineFiles(text, { read, paths });
    const { traps, isOurs } = pipelineTraps(there, readsGit(config));
    if (!isOurs) return [];
    const unread = there.unread.length === 0 ? '' : `; not read: ${there.unread.join(', ')}`;
    const says = `${count(there.files.length, 'file')} read${unread}`;
    const rest: Check[] = traps.length > 0 && unread === '' ? [] : [{ name, state: 'ok', says, fix: null }];
    return [...traps.map((trap) => trapCheck(name, trap)), ...rest];
  } catch (error) {
    // It may have nothing to do with tagwright.
    return failures(name, error).map((check) => ({ ...check, state: 'warning' }));
  }
}

function failures(name: string, error: unknown): Check[] {
  if (error instanceof InputError) {
    return error.problems.map(({ code, where, message, fix = null }) => {
      return { name, state: 'failed', says: `${code} ${where}: ${message}`, fix };
    });
  }
  if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
  return [{ name, state: 'failed', says: `${error.code} ${error.message}`, fix: null }];
}
