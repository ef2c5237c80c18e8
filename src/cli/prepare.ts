/** What is settled before a command runs: its folder, and the config that no flag names. */
import type { Command } from 'commander';
import { InputError } from '../domain/errors.ts';
import { quote } from '../domain/tag.ts';
import { globalFlags } from './global-flags.ts';
import type { Surroundings } from './main.ts';
import { readVariables } from './variables.ts';

/**
 * @param root has `-C`
 * @throws {InputError} USAGE for a folder that cannot be entered, or a variable that its flag would refuse; what is wrong with the config's place
 */
export async function prepare(root: Command, command: Command, env: Surroundings['env']): Promise<void> {
  readVariables([root, command], env);
  enter(globalFlags(root).C);
  // `init` writes the file that it names, and `pass` needs none.
  if (command.name() === 'init' || command.name() === 'pass' || command.getOptionValueSource('config') !== 'default')
    return;
  const { findConfig, trustedUsers } = await import('../adapters/files/find-config.ts');
  const found = await findConfig(process.cwd(), trustedUsers(process.getuid?.(), env['SUDO_UID']));
  if (found !== null) command.setOptionValueWithSource('config', found, 'default');
}

function enter(folder: unknown): void {
  if (typeof folder !== 'string') return;
  try {
    process.chdir(folder);
  } catch (error) {
    const message = `${quote(folder)} is not a folder that can be entered`;
    throw new InputError([{ code: 'USAGE', where: '-C', message, fix: 'name a folder that is there' }], {
      cause: error,
    });
  }
}
