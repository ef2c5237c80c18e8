/** Files that share a process begin in the folder of the project, and one that leaves another behind fails. */
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

process.chdir(root);

afterAll(() => {
  const left = folder();
  process.chdir(root);
  if (left !== root) throw new Error(`a test left the process in ${left}`);
});

function folder(): string {
  try {
    return process.cwd();
  } catch {
    return 'a folder that is gone';
  }
}
