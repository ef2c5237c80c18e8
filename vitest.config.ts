import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type InlineConfig, type TestSpecification } from 'vitest/node';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What builds on the one Docker daemon of a machine: never two of them at once. */
const withBuildx = [
  'test/integration/{action,action-drop-in,buildx,fan-out,gitlab-pipeline,memory-registry,mirrors,no-way-out,publish-buildx,shipped-dockerfiles,stand-in-bases}.test.ts',
  'test/integration/publish/{buildx-cells,logins,right-source}.test.ts',
];

/** Pages in a browser, which need the processor more than a server: beside tests that wait. */
const pages = ['test/integration/{docs-site,html-pages,html-report,playground}.test.ts'];

/** Rows of short-lived objects: with room for them the garbage collector works a third as much. */
const roomy = ['--max-semi-space-size=64'];

/** Tests speak to loopback alone, and each of the thousands of starts of Node would read the certificates of the machine. */
const ownWorld = { NODE_EXTRA_CA_CERTS: '' };

/**
 * One registry serves all files of a project, and of builds one alone fills a small machine: files run one by one. They
 * have no state, and loading the modules for each takes longer than many of them.
 */
function withServers(
  name: string,
  include: string[],
  exclude: string[],
  groupOrder: number,
): { resolve: object; test: InlineConfig & { name: string } } {
  return {
    resolve: { alias: { tagwright: here('src/index.ts') } },
    test: {
      name,
      include,
      exclude,
      fileParallelism: false,
      isolate: false,
      unstubEnvs: true,
      restoreMocks: true,
      // After the unit tests: what waits for real servers should not wait for a busy machine too.
      sequence: { groupOrder },
      testTimeout: 120_000,
      hookTimeout: 300_000,
      globalSetup: ['test/support/global-setup.ts'],
      // scripts/setup-engines.sh puts the docker that belongs to the daemon here, if another one shadows it.
      env: { ...ownWorld, PATH: [here('.cache/engines/bin'), process.env['PATH']].join(delimiter) },
    },
  };
}

/**
 * The pure rooms have no state, and what a test stubs is put back: files share a process and its loaded modules, which
 * saves half of the time. The fuzzed readers have a process of their own, which ends where they need more memory than
 * they may: left alone, the engine lets garbage lie until it needs the room.
 */
function withoutServers(
  name: string,
  include: string[],
  exclude: string[],
  more: Pick<InlineConfig, 'isolate' | 'execArgv'>,
): object {
  return {
    resolve: { alias: { tagwright: here('src/index.ts') } },
    test: {
      name,
      include,
      exclude,
      ...more,
      env: ownWorld,
      unstubEnvs: true,
      restoreMocks: true,
      setupFiles: ['test/support/same-folder.ts'],
      // A first import under load takes seconds; what is slow by itself shows in the report all the same.
      testTimeout: 30_000,
      sequence: { groupOrder: 0 },
    },
  };
}

/** In a fresh clone no duration is known, and the largest file comes first: what is small and long would come last, alone. */
const longest = ['test/laws/laws.test.ts', 'test/laws/following.test.ts'].map(here);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => longest.includes(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    projects: [
      withoutServers('unit', ['test/**/*.test.ts'], ['test/integration/**', 'test/fuzz/**'], {
        isolate: false,
        execArgv: roomy,
      }),
      withoutServers('fuzz', ['test/fuzz/**/*.test.ts'], [], { isolate: true, execArgv: ['--max-old-space-size=160'] }),
      withServers('publish', ['test/integration/publish/**/*.test.ts'], withBuildx, 1),
      withServers('integration', ['test/integration/*.test.ts'], [...withBuildx, ...pages], 2),
      withServers('buildx', withBuildx, [], 3),
      withServers('pages', pages, [], 4),
    ],
  },
});
