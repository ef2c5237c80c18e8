import { afterEach, describe, expect, test, vi } from 'vitest';
import { createBuildxBuilder } from '../../../src/adapters/buildx/buildx-builder.ts';
import { lostKeys, parseInspection, platformProblems } from '../../../src/adapters/buildx/inspection.ts';
import { noInputs, type BuildInputs } from '../../../src/domain/build-inputs.ts';
import type { BuildTarget } from '../../../src/domain/build-target.ts';
import { InputError } from '../../../src/domain/errors.ts';
import { runsCommands } from '../../../src/render/runs-commands.ts';
import { fakeDocker, type Looks } from '../../support/fake-docker.ts';
import { tempFolder } from '../../support/temp-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const cross = 'FROM --platform=$BUILDPLATFORM a AS b\nRUN make\nFROM scratch\nCOPY --from=b /x /x\n';

interface Case {
  readonly target?: Partial<BuildTarget>;
  readonly looks?: Looks;
  readonly dockerfile?: string;
  readonly bake?: object;
  readonly version?: string;
}

/** What the build came to, and whether bake was begun. */
async function built({ target = {}, looks = {}, dockerfile = 'FROM a\nRUN x\n', ...given }: Case): Promise<unknown> {
  const { bake = {}, version = 'exit 0' } = given;
  const { calls } = await fakeDocker(`echo '{}' > "$metadata"`, version, looks);
  const folder = await tempFolder({ Dockerfile: dockerfile });
  const bakeFile = (): string => JSON.stringify(bake);
  const builder = createBuildxBuilder({ bakeFile, folder, builder: null, runsCommands });
  const none = { args: {}, labels: {}, contexts: {}, references: [], context: '.', dockerfile: 'Dockerfile' };
  const building = builder.build([{ id: 'x', platforms: ['linux/amd64'], ...none, ...target }], {
    onProgress: () => undefined,
  });
  const error: unknown = await building.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error === null) return null;
  const begun = await calls();
  if (begun.length > 0) return begun;
  if (!(error instanceof InputError)) return error;
  return error.problems.map(({ code, where, message }) => `${code} ${where}: ${message}`);
}

function nodes(driver: string, ...lines: string[]): Looks {
  const text = ['Name: b', `Driver: ${driver}`, '', 'Nodes:', ...lines].join('\n');
  return { inspect: `printf '%s\\n' '${text}'` };
}

describe('before anything is pushed', () => {
  test('a platform that no node has is refused, if commands run on it', async () => {
    const target = { platforms: ['linux/amd64', 'linux/arm64'] };
    const looks = nodes('remote', 'Name: b0', 'Platforms: linux/amd64*, linux/386', 'Name: b1', 'Error: timed out');
    const refused = [
      'BUILDER_UNFIT docker buildx inspect: the builder b cannot run linux/arm64: it has linux/amd64, linux/386; not reached: b1: timed out',
    ];
    expect(await built({ target, looks })).toEqual(refused);
    expect(await built({ target, looks, dockerfile: cross })).toBeNull();
    const both = nodes('remote', 'Name: b0', 'Platforms: linux/amd64', 'Name: b1', 'Platforms: linux/arm64');
    expect(await built({ target, looks: both })).toBeNull();
  });

  test("Docker's own driver cannot push by digest", async () => {
    const looks = nodes('docker', 'Name: b', 'Platforms: linux/amd64');
    expect(await built({ target: { part: 'digest' }, looks })).toEqual([
      "BUILDER_UNFIT --push-by-digest: the builder b is Docker's own, which cannot push by digest",
    ]);
    expect(await built({ target: { part: 'staging' }, looks })).toBeNull();
  });

  test("Docker's own driver dates files with the containerd image store alone", async () => {
    const bake = { target: { x: { output: ['type=image,push=true,rewrite-timestamp=true'] } } };
    const platforms = ['Name: b', 'Platforms: linux/amd64'];
    expect(await built({ bake, looks: nodes('docker', ...platforms) })).toEqual([
      "BUILDER_UNFIT build.reproducible: the builder b is Docker's own without the containerd image store, which cannot date the files of an image",
    ]);
    const store = ['Labels:', ' org.mobyproject.buildkit.worker.containerd.uuid: b8befa32'];
    expect(await built({ bake, looks: nodes('docker', ...platforms, ...store) })).toBeNull();
    expect(await built({ bake, looks: nodes('remote', ...platforms) })).toBeNull();
  });

  test('a buildx that would ignore what the config asks is too old, with its version and what is lost', async () => {
    const bake = { target: { x: { args: { A: '1' }, annotations: ['a=b'], ulimits: ['nofile=1'] } } };
    const looks = { print: `echo '{"target":{"x":{"args":{"A":"1"}}}}'` };
    const version = "echo 'github.com/docker/buildx v0.10.5 86bdced'; exit 0";
    expect(await built({ bake, looks, version })).toEqual([
      'BUILDER_UNFIT docker buildx: buildx 0.10.5 is too old for this config: it would ignore annotations, ulimits',
    ]);
    expect(await built({ bake, version })).toBeNull();
  });

  test('version, builder and bake file are asked for at once', async () => {
    const meet = (name: string, other: string): string =>
      `touch "$(dirname "$0")/${name}"; until [[ -e "$(dirname "$0")/${other}" ]]; do sleep 0.02; done`;
    const inspect = `${meet('inspected', 'told')}; ${nodes('remote', 'Name: b0', 'Platforms: linux/amd64').inspect ?? ''}`;
    const print = `${meet('printed', 'inspected')}; cat "$file"`;
    expect(await built({ looks: { inspect, print }, version: `${meet('told', 'printed')}; exit 0` })).toBeNull();
  });

  test('a builder that cannot be reached', async () => {
    const error = await built({ looks: { inspect: `echo 'ERROR: no builder "b" found' >&2; exit 1` } });
    expect(error).toMatchObject({
      code: 'BUILD_FAILED',
      message: 'nothing was built: the builder cannot be reached: ERROR: no builder "b" found',
    });
  });

  test('a secret that is not there: variable, file, agent', async () => {
    vi.stubEnv('SSH_AUTH_SOCK', '');
    const inputs: BuildInputs = {
      ...noInputs,
      secrets: new Map([
        ['pip', { kind: 'env', name: 'NO_SUCH_TOKEN' }],
        ['npm', { kind: 'file', path: 'no/such/file' }],
        ['ok', { kind: 'file', path: 'Dockerfile' }],
      ]),
      ssh: ['default'],
    };
    expect(await built({ target: { inputs } })).toEqual([
      'SECRET_MISSING secrets.pip: the environment has no NO_SUCH_TOKEN',
      'SECRET_MISSING secrets.npm: there is no file no/such/file',
      'SECRET_MISSING ssh: no ssh agent runs: SSH_AUTH_SOCK is not set',
    ]);
  });
});

test('a secret of tagwright itself reaches buildx where the config names it, and not otherwise', async () => {
  vi.stubEnv('GITHUB_TOKEN', 'gh-test');
  const seen = async (inputs: BuildInputs): Promise<string | undefined> => {
    const docker = await fakeDocker(`echo '{}' > "$metadata"; echo "token=$GITHUB_TOKEN" >> "$folder/calls"`);
    const options = { bakeFile: () => '{}', folder: docker.folder, builder: null, runsCommands };
    const none = { args: {}, labels: {}, contexts: {}, references: [], platforms: [], context: '.', dockerfile: 'D' };
    await createBuildxBuilder(options).build([{ id: 'x', ...none, inputs }], { onProgress: () => undefined });
    return (await docker.calls()).at(-1);
  };
  const secrets = new Map([['token', { kind: 'env', name: 'GITHUB_TOKEN' } as const]]);
  expect([await seen({ ...noInputs, secrets }), await seen(noInputs)]).toEqual(['token=gh-test', 'token=']);
});

test('what buildx inspect prints: several nodes, one of them down', () => {
  const text = `Name:          multi
Driver:        remote
Last Activity: 2026-11-28 13:13:31 +0000 UTC

Nodes:
Name:             multi0
Endpoint:         tcp://127.0.0.1:1234
Status:           running
BuildKit version: v0.25.0
Platforms:        linux/amd64*, linux/amd64/v2
Labels:
 org.mobyproject.buildkit.worker.hostname: vm

Name:      multi1
Endpoint:  tcp://127.0.0.1:1235
Status:    inactive
Error:     connection refused
`;
  const inspection = parseInspection(text);
  expect(inspection).toEqual({
    name: 'multi',
    driver: 'remote',
    hasImageStore: false,
    nodes: [
      { name: 'multi0', status: 'running', error: null, platforms: ['linux/amd64', 'linux/amd64/v2'] },
      { name: 'multi1', status: 'inactive', error: 'connection refused', platforms: [] },
    ],
  });
  expect(platformProblems([], inspection)).toEqual([]);
});

test('keys that are lost, each once, and none that is there', () => {
  const asked = { target: { a: { x: '1', y: '2' }, b: { y: '3' } } };
  expect(lostKeys(asked, { target: { a: { x: '1' }, b: {} } })).toEqual(['y']);
  expect(lostKeys(asked, asked)).toEqual([]);
  expect(lostKeys(asked, {})).toEqual(['x', 'y']);
});
