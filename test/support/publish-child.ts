/**
 * A publish as a process of its own, for tests that kill it or run two at once. What to do is the first argument, as
 * JSON; what came of it is printed as JSON. It is bundled before it runs: see child-process.ts.
 */
import { publishCommand } from '../../src/commands/publish/index.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { InputError, OutsideError } from '../../src/domain/errors.ts';
import { elevenCells } from './eleven-cells.ts';
import { daily } from './history.ts';
import { die, withKill, type Kill } from './kill.ts';
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

export type ChildResult =
  | { readonly kind: 'ended'; readonly result: string; readonly lags: readonly string[] }
  | { readonly kind: 'refused'; readonly codes: readonly string[]; readonly message: string };

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
