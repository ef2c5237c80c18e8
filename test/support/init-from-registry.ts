import { initCommand } from '../../src/commands/init/init.ts';
import { exitCodeOf, failureOf } from '../../src/entry/exit.ts';
import type { GitFacts } from '../../src/ports.ts';
import { initOptions } from './init-options.ts';
import { initWorld } from './init-world.ts';
import type { CliRun } from './run-cli.ts';

const none: GitFacts = { folder: 'app', isRepository: false, remote: null, tags: [], files: [] };

/** `init --from-registry` in a folder, as its command runs it; outside of a git repository unless one is given. */
export async function initFromRegistry(folder: string, from: string, git: Partial<GitFacts> = {}): Promise<CliRun> {
  const world = { ...initWorld(folder), gitFacts: () => Promise.resolve({ ...none, ...git }) };
  const options = { ...initOptions, fromRegistry: from };
  try {
    const outcome = await initCommand(options, world);
    return { code: exitCodeOf(outcome), stdout: outcome.stdout, stderr: '' };
  } catch (error) {
    const { code, text } = failureOf(error, false);
    return { code, stdout: '', stderr: text };
  }
}
