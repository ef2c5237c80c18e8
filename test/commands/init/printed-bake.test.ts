/** Bake files in HCL: what buildx works out of them, and which are never given to it. */
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { printBake } from '../../../src/adapters/buildx/print-bake.ts';
import { initCommand } from '../../../src/commands/init/init.ts';
import type { PrintedBake } from '../../../src/ports.ts';
import { initOptions } from '../../support/init-options.ts';
import { initWorld } from '../../support/init-world.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const variables =
  'variable "REGISTRY" { default = "ghcr.io/acme" }\ntarget "default" {\n  dockerfile = "build/Dockerfile"\n  platforms = ["linux/arm64"]\n  tags = ["${REGISTRY}/tool:latest"]\n}\n';
const printed = JSON.stringify({
  group: { default: { targets: ['default'] } },
  target: {
    default: {
      context: '.',
      dockerfile: 'build/Dockerfile',
      platforms: ['linux/arm64'],
      tags: ['ghcr.io/acme/tool:latest'],
    },
  },
});

async function init(
  hcl: string,
  answer?: PrintedBake,
  files: Readonly<Record<string, string>> = {},
): Promise<{ config: string; stdout: string; asked: readonly string[][] }> {
  const folder = await tempFolder({ 'docker-bake.hcl': hcl, 'build/Dockerfile': 'FROM scratch\n', ...files });
  const asked: string[][] = [];
  const printBake = (paths: readonly string[], targets: readonly string[]): Promise<PrintedBake> => {
    asked.push([...paths, ...targets]);
    return Promise.resolve(answer ?? { kind: 'unread', because: 'not expected' });
  };
  const world = { ...initWorld(folder), ...(answer === undefined ? {} : { printBake }) };
  const { stdout } = await initCommand(initOptions, world);
  return { config: await readFile(join(folder, 'matrix.config.ts'), 'utf8'), stdout, asked };
}

describe('init', () => {
  test('takes what buildx prints of a file with variables', async () => {
    const { config, stdout, asked } = await init(variables, { kind: 'printed', json: printed });
    expect(asked).toEqual([['docker-bake.hcl']]);
    expect(config).toContain("repository: 'ghcr.io/acme/tool'");
    expect(config).toContain("platforms: ['linux/arm64']");
    expect(stdout).toContain('docker-bake.hcl was read with docker buildx bake --print.');
  });

  test('asks by name where nothing is the default, and takes what a matrix comes to', async () => {
    const target = (name: string): object => ({
      context: '.',
      dockerfile: 'build/Dockerfile',
      tags: [`ghcr.io/acme/${name}:latest`],
    });
    const json = JSON.stringify({
      group: { app: { targets: ['app-a', 'app-b'] }, default: { targets: ['app'] } },
      target: { 'app-a': target('a'), 'app-b': target('b') },
    });
    const hcl =
      'target "_common" { platforms = ["linux/arm64"] }\ntarget "app" {\n  matrix = { v = ["a", "b"] }\n  name = "app-${v}"\n}\n';
    const { config, asked } = await init(hcl, { kind: 'printed', json });
    expect(asked).toEqual([['docker-bake.hcl', 'app']]);
    expect(config).toContain("repository: 'ghcr.io/acme/a'");
    expect(config).toContain("repository: 'ghcr.io/acme/b'");
  });

  test('a dry run says what was not read too, beside the files', async () => {
    const folder = await tempFolder({ 'docker-bake.hcl': variables, 'build/Dockerfile': 'FROM scratch\n' });
    const said: string[] = [];
    const world = { ...initWorld(folder), say: (line: string) => void said.push(line) };
    const { stdout } = await initCommand({ ...initOptions, dryRun: true }, world);
    expect(said.join('\n')).toContain('docker-bake.hcl was read in part');
    expect(stdout).not.toContain('was read in part');
  });

  test('a file in plain values is read as it is', async () => {
    const plain = 'target "default" {\n  dockerfile = "build/Dockerfile"\n  tags = ["ghcr.io/acme/tool:latest"]\n}\n';
    const { config, asked } = await init(plain, { kind: 'printed', json: '{}' });
    expect(asked).toEqual([]);
    expect(config).toContain("repository: 'ghcr.io/acme/tool'");
  });

  test.each([
    ['without buildx', undefined, 'there is no buildx here'],
    ['if buildx fails', { kind: 'unread', because: 'ERROR: no such variable' } as const, 'ERROR: no such variable'],
  ])('%s it says what was not read', async (_, answer, says) => {
    const { config, stdout } = await init(variables, answer);
    expect(stdout).toContain('docker-bake.hcl was read in part');
    expect(stdout).toContain(says);
    expect(config).toContain('CHANGE THIS');
  });

  test.each([
    ['a text', 'cache-to = ["type=s3,bucket=x"]'],
    ['an object', 'cache-to = [{ type = "gha" }]'],
    ['a variable', 'cache-to = ["type=${CACHE}"]'],
    ['a list', 'cache-from = ["type=registry,ref=x", "type = azblob"]'],
    ['JSON’s way', 'cache-to = [{ "type": "S3" }]'],
  ])('never gives buildx a cloud cache, written as %s', async (_, line) => {
    const { stdout, asked } = await init(variables.replace('platforms', `${line}\n  platforms`), {
      kind: 'printed',
      json: printed,
    });
    expect(asked).toEqual([]);
    expect(stdout).toContain('docker buildx bake --print was not run, because it names type=');
  });

  test('gives buildx every file that bake reads by itself, in its order', async () => {
    const { config, stdout, asked } = await init(
      variables,
      { kind: 'printed', json: printed },
      { 'docker-bake.override.hcl': 'variable "REGISTRY" { default = "quay.io/acme" }\n', 'docker-bake.json': '{}' },
    );
    expect(asked).toEqual([['docker-bake.json', 'docker-bake.hcl', 'docker-bake.override.hcl']]);
    expect(config).toContain("repository: 'ghcr.io/acme/tool'");
    expect(stdout).toContain(
      'docker-bake.json, docker-bake.hcl, docker-bake.override.hcl were read with docker buildx bake --print.',
    );
  });

  test('merges plain files itself, and says so', async () => {
    const { config, stdout, asked } = await init(
      'target "default" {\n  dockerfile = "build/Dockerfile"\n  platforms = ["linux/amd64"]\n  tags = ["ghcr.io/acme/tool:latest"]\n}\n',
      { kind: 'printed', json: '{}' },
      {
        'build/Dockerfile': 'FROM scratch\nARG A\n',
        'docker-bake.override.json':
          '{ "target": { "default": { "platforms": ["linux/arm64"], "args": { "A": "1" } } } }',
      },
    );
    expect(asked).toEqual([]);
    expect(config).toContain("platforms: ['linux/arm64']");
    expect(config).toContain("args: { A: '1' }");
    expect(config).toContain("repository: 'ghcr.io/acme/tool'");
    expect(stdout).toContain('docker-bake.hcl, docker-bake.override.json: merged in this order');
  });

  test('a cloud in an override file is a cloud', async () => {
    const { asked, stdout } = await init(
      variables,
      { kind: 'printed', json: printed },
      { 'docker-bake.override.hcl': 'target "default" {\n  cache-to = ["type=gha"]\n}\n' },
    );
    expect(asked).toEqual([]);
    expect(stdout).toContain('docker buildx bake --print was not run, because they name type=gha');
  });

  test('targets of one repository are its flavors, with what their tags end with', async () => {
    const target = (name: string, tag: string, more = ''): string =>
      `target "${name}" {\n  dockerfile = "build/Dockerfile"\n  tags = ["ghcr.io/acme/tool:${tag}"]\n${more}}\n`;
    const { config } = await init(
      `group "default" {\n  targets = ["main", "slim", "musl"]\n}\n${target('main', 'latest')}${target('slim', 'latest-slim', '  target = "slim"\n')}${target('musl', 'alpine')}`,
    );
    expect(config).toContain("slim: { dockerfile: 'build/Dockerfile', target: 'slim', suffix: '-slim' }");
    expect(config).toContain("musl: { dockerfile: 'build/Dockerfile', suffix: '-alpine' }");
    expect(config.match(/repository:/g)).toHaveLength(1);
  });

  test('what asks no cloud is no obstacle', async () => {
    const lines =
      'cache-to = ["type=registry,ref=x"]\n  output = [{ type = "image" }]\n  attest = ["type=provenance,mode=max"]\n  secret = ["type=env,id=x"]\n  platforms';
    expect((await init(variables.replace('platforms', lines), { kind: 'printed', json: printed })).asked).toHaveLength(
      1,
    );
  });
});

/** A `docker` that answers with bash. */
async function docker(script: string): Promise<string> {
  const folder = await tempFolder({ 'bin/docker': '' });
  await writeFile(`${folder}/bin/docker`, `#!/bin/bash\n${script}\n`);
  await chmod(`${folder}/bin/docker`, 0o755);
  vi.stubEnv('PATH', `${folder}/bin${delimiter}${process.env['PATH'] ?? ''}`);
  return folder;
}

describe('buildx', () => {
  const { signal } = new AbortController();

  test('is asked to print, and given no variable but those that find docker', async () => {
    const folder = await docker(`echo "$*"; env | cut -d= -f1 | sort`);
    vi.stubEnv('TAGWRIGHT_TEST_VARIABLE', 'x');
    vi.stubEnv('AWS_PROFILE', 'x');
    const answer = await printBake({ paths: ['docker-bake.hcl'], targets: [], folder }, signal);
    if (answer.kind === 'unread') throw new Error(answer.because);
    const [args, ...names] = answer.json.split('\n');
    expect(args).toBe('buildx bake --print --file docker-bake.hcl --');
    expect(names).toEqual(expect.arrayContaining(['HOME', 'PATH']));
    expect(names).not.toEqual(expect.arrayContaining(['AWS_PROFILE']));
    expect(names).not.toEqual(expect.arrayContaining(['TAGWRIGHT_TEST_VARIABLE']));
  });

  test('that fails is quoted with its last line', async () => {
    const folder = await docker('echo first >&2; echo "ERROR: last" >&2; exit 1');
    expect(await printBake({ paths: ['docker-bake.hcl'], targets: [], folder }, signal)).toEqual({
      kind: 'unread',
      because: 'ERROR: last',
    });
  });

  test('that is not installed is said', async () => {
    const folder = await tempFolder({});
    vi.stubEnv('PATH', folder);
    const answer = await printBake({ paths: ['docker-bake.hcl'], targets: [], folder }, signal);
    expect(answer).toMatchObject({ kind: 'unread', because: expect.stringContaining('docker is not on the PATH') });
  });

  test('an interrupt is no answer', async () => {
    const folder = await docker('exec sleep 30');
    await expect(
      printBake({ paths: ['docker-bake.hcl'], targets: [], folder }, AbortSignal.timeout(50)),
    ).rejects.toThrow(/docker was stopped/);
  });
});
