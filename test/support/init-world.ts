import { join } from 'node:path';
import { createProjectFiles } from '../../src/adapters/files/project-files.ts';
import { readGitFacts } from '../../src/adapters/git/git-facts.ts';
import type { World } from '../../src/commands/world.ts';
import { realWorld } from '../../src/entry/world.ts';

/** The world of an `init` in this folder, on a machine without buildx. */
export function initWorld(folder: string): World {
  const { printBake: _none, ...world } = realWorld({
    env: {},
    say: () => undefined,
    signal: new AbortController().signal,
  });
  return {
    ...world,
    files: () => createProjectFiles(folder),
    gitFacts: () => readGitFacts(folder),
    loadConfig: (path) => world.loadConfig(join(folder, path)),
  };
}
