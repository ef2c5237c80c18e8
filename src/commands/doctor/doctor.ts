/** `tagwright doctor`: everything around a config that can be wrong before a command runs. Writes nothing. */
import { readConfig } from '../../config/normalize.ts';
import type { Config } from '../../config/types.ts';
import type { Digest } from '../../domain/digest.ts';
import { InputError, OutsideError } from '../../domain/errors.ts';
import { configDigest } from '../../evidence/config-digest.ts';
import { doctorJson, doctorText, type Check } from '../../report/doctor.ts';
import { count } from '../../report/words.ts';
import type { CommonOptions } from '../options.ts';
import { factsOf, required, type Facts } from '../read-project.ts';
import type { Outcome, World } from '../world.ts';
import { machineChecks } from './machine-checks.ts';
import { workflowTraps } from './workflow-traps.ts';

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
  checks.push(...(await workflowChecks(loaded.config, loaded.root, world)));
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
    return { config, root: loaded.root, checks: [{ name, state: 'ok', says, fix: null }, ...named] };
  } catch (error) {
    return { config: null, root: '.', checks: failures(name, error) };
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

async function workflowChecks(config: Config | null, root: string, world: World): Promise<Check[]> {
  const name = 'workflows';
  try {
    const files = world.files(root);
    const paths = (await files.list(workflowFolder)).filter((path) => /\.ya?ml$/.test(path));
    const traps = [];
    for (const path of paths) {
      const text = await files.read(path);
      if (text !== null) traps.push(...workflowTraps(path, text, config?.source.git !== null && config !== null));
    }
    if (traps.length > 0) {
      return traps.map(({ where, says, fix }) => ({ name, state: 'warning', says: `${where}: ${says}`, fix }));
    }
    return paths.length === 0 ? [] : [{ name, state: 'ok', says: `${count(paths.length, 'file')} read`, fix: null }];
  } catch (error) {
    return failures(name, error);
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
