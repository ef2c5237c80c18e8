/** A `yank` as a process of its own, for a test that kills it. What to do is the first argument, as JSON. */
import { yankCommand } from '../../src/commands/yank.ts';
import { createRegistries } from '../../src/adapters/registry/registries.ts';
import { realWorld } from '../../src/entry/world.ts';
import type { ProjectFiles } from '../../src/ports.ts';
import { die, withKill, type Kill } from './kill.ts';
import type { ChildResult } from './publish-child.ts';

export interface YankTask {
  readonly version: string;
  readonly reason: string;
  /** Absolute. */
  readonly config: string;
  readonly journal: string;
  readonly kill: YankKill | null;
}

export type YankKill =
  | Kill
  /** Before the config is written, or once it is. */
  | { readonly at: 'config'; readonly when: 'before' | 'after' };

function killedAtWrite(files: ProjectFiles, kill: YankKill | null): ProjectFiles {
  if (kill?.at !== 'config') return files;
  return {
    ...files,
    write: async (path, text) => {
      if (kill.when === 'before') die();
      await files.write(path, text);
      die();
    },
  };
}

async function run({ version, reason, config, journal, kill }: YankTask): Promise<ChildResult> {
  let answered = 0;
  const world = realWorld({ env: {}, say: () => undefined, signal: new AbortController().signal });
  const onRequest = (): void => {
    answered += 1;
    if (kill?.at === 'request' && answered === kill.number) die();
  };
  const { result } = await yankCommand(
    {
      wanted: { kind: 'yank', version, reason },
      config,
      releases: null,
      repository: [],
      image: null,
      at: null,
      dryRun: false,
      json: true,
      yes: true,
      journal,
      settleMs: 2_000,
    },
    {
      ...world,
      registries: (insecure) => createRegistries({ env: {}, insecureHosts: insecure, onRequest }),
      files: (root) => killedAtWrite(world.files(root), kill),
      journals: (directory) => withKill(world.journals(directory), kill?.at === 'entry' ? kill : null),
    },
  );
  // How many requests a run takes is what kills are spread over.
  return { kind: 'ended', result, lags: [String(answered)] };
}

const task: YankTask = JSON.parse(process.argv[2] ?? '');
process.stdout.write(JSON.stringify(await run(task)));
