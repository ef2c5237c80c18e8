/**
 * A publish as a process of its own, for tests that kill it or run two at once. What to do is the first argument, as
 * JSON; what came of it is printed as JSON. It is bundled before it runs: see child-process.ts.
 */
import { appendFileSync } from 'node:fs';
import { publishCommand } from '../../src/commands/publish/index.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { InputError, OutsideError } from '../../src/domain/errors.ts';
import type { JournalStore, JournalWriter } from '../../src/ports.ts';
import { elevenCells } from './eleven-cells.ts';
import { daily } from './history.ts';
import { publishOptions, publishWorld } from './publish-world.ts';

export interface ChildTask {
  readonly version: string;
  readonly repository: string;
  readonly journal: string;
  /** Every release there is, one a day. */
  readonly releases: readonly string[];
  /** That of eleven cells unless said. */
  readonly config?: MatrixConfig;
  readonly kill: Kill | null;
  readonly reproducible: boolean;
}

export type Kill =
  /** At the nth entry of the journal: before it is written, in the middle of its line, or once it is on disk. */
  | { readonly at: 'entry'; readonly number: number; readonly when: 'before' | 'within' | 'after' }
  /** As the answer to the nth request comes in. */
  | { readonly at: 'request'; readonly number: number };

export type ChildResult =
  | { readonly kind: 'ended'; readonly result: string; readonly lags: readonly string[] }
  | { readonly kind: 'refused'; readonly codes: readonly string[]; readonly message: string };

const die = (): void => void process.kill(process.pid, 'SIGKILL');

function withKill(journals: JournalStore, kill: Kill | null): JournalStore {
  if (kill?.at !== 'entry') return journals;
  let written = 0;
  const wrapped = (writer: JournalWriter): JournalWriter => ({
    ...writer,
    append: async (entry) => {
      written += 1;
      if (written === kill.number && kill.when === 'before') die();
      if (written === kill.number && kill.when === 'within') {
        appendFileSync(writer.path, '{"sum":"0123456789abcdef","entry":{"step":"mo');
        die();
      }
      await writer.append(entry);
      if (written === kill.number) die();
    },
  });
  return {
    ...journals,
    create: async (repository, version) => wrapped(await journals.create(repository, version)),
    resume: async (file) => wrapped(await journals.resume(file)),
  };
}

async function run({
  version,
  repository,
  journal,
  releases,
  kill,
  reproducible,
  config = elevenCells,
}: ChildTask): Promise<ChildResult> {
  let answered = 0;
  const world = publishWorld({
    config,
    facts: daily(...releases),
    standIn: { reproducible },
    registries: {
      onRequest: () => {
        answered += 1;
        if (kill?.at === 'request' && answered === kill.number) die();
      },
    },
  });
  try {
    const { stdout, result } = await publishCommand(publishOptions(version, repository, journal), {
      ...world,
      journals: (directory) => withKill(world.journals(directory), kill),
    });
    const { repositories }: { repositories: { lags: string[] }[] } = JSON.parse(stdout);
    return { kind: 'ended', result, lags: repositories.flatMap(({ lags }) => lags) };
  } catch (error) {
    if (error instanceof InputError)
      return { kind: 'refused', codes: error.problems.map(({ code }) => code), message: error.message };
    if (error instanceof OutsideError) return { kind: 'refused', codes: [error.code], message: error.message };
    throw error;
  }
}

const task: ChildTask = JSON.parse(process.argv[2] ?? '');
process.stdout.write(JSON.stringify(await run(task)));
