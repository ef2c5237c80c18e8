import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { canEmulate, realPython, standInBases, standInWheels } from '../support/stand-in-bases.ts';

const run = promisify(execFile);
const host = inject('registryHost');
const version = '2.11.5';

let real: string;
let contexts: Record<string, string>;
beforeAll(async () => {
  real = await realPython();
  contexts = { ...(await standInBases(host)), wheels: await standInWheels(host, version) };
});

interface Build {
  readonly dockerfile: string;
  readonly python: string;
  readonly platforms: string;
  readonly tag: string;
}

/** Builds a Dockerfile as it ships, with stand-ins in place of what cannot be pulled, and pushes the image. */
async function build(what: Build, named: Record<string, string>): Promise<string> {
  const image = `${host}/built/prefect:${what.tag}`;
  const args = ['buildx', 'build', '--push', '--tag', image, '--platform', what.platforms, '--file', what.dockerfile];
  for (const [name, value] of Object.entries(named)) args.push('--build-context', `${name}=${value}`);
  args.push('--build-arg', `PYTHON=${what.python}`, '--build-arg', `VERSION=${version}`, '.');
  await run('docker', args, { maxBuffer: 16 * 2 ** 20 });
  return image;
}

const index = z.object({ manifests: z.array(z.object({ platform: z.object({ architecture: z.string() }) })) });

async function architectures(image: string): Promise<string[]> {
  const { stdout } = await run('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${image}`]);
  return index.parse(JSON.parse(stdout)).manifests.map((manifest) => manifest.platform.architecture);
}

async function inImage(image: string, platform: string, ...command: string[]): Promise<string> {
  const { stdout } = await run('docker', ['run', '--rm', '--network=none', '--platform', platform, image, ...command]);
  return stdout;
}

describe('the shipped Dockerfiles build on stand-ins for amd64 and, relabelled, arm64', () => {
  // `null` asks for the one Python that is really there, which depends on this machine's Debian.
  const cases = [
    { flavor: 'standard', asked: null, how: 'the real interpreter' },
    { flavor: 'standard', asked: '3.9', how: 'another one answering as 3.9' },
    { flavor: 'conda', asked: null, how: 'the real interpreter, by a stand-in conda' },
    { flavor: 'conda', asked: '3.10', how: 'another one answering as 3.10, by a stand-in conda' },
    { flavor: 'kubernetes', asked: '3.14', how: 'another one answering as 3.14' },
  ];
  test.each(cases)('$flavor on $how', async ({ flavor, asked }) => {
    const python = asked ?? real;
    const dockerfile = `dockerfiles/${flavor}.Dockerfile`;
    const tag = `${python}-${flavor}`;
    const image = await build({ dockerfile, python, platforms: 'linux/amd64,linux/arm64', tag }, contexts);
    expect((await architectures(image)).filter((one) => one !== 'unknown')).toEqual(['amd64', 'arm64']);
    const said = await inImage(image, 'linux/amd64', 'prefect', 'version');
    expect(said).toContain(`Version:             ${version}\nPython version:      ${python}.`);
    expect(said).toContain('linux/x86_64');
  });

  test('an interpreter that is not the asked one fails the build, as it would on a wrong base', async () => {
    const swapped = { ...contexts, [`python:3.10-slim`]: contexts[`python:3.9-slim`]! };
    const what = {
      dockerfile: 'dockerfiles/standard.Dockerfile',
      python: '3.10',
      platforms: 'linux/amd64',
      tag: 'bad',
    };
    await expect(build(what, swapped)).rejects.toThrow('got Prefect 2.11.5 on Python 3.9');
  });
});

const arm64 = canEmulate() ? 'real arm64 binaries' : 'amd64 binaries under the name of arm64, for want of an emulator';
test.each(['standard', 'kubernetes', 'conda'])(
  `the %s Dockerfile builds for arm64 with ${arm64}`,
  async (flavor) => {
    const base = flavor === 'conda' ? 'continuumio/miniconda3:26.5.3' : `python:${real}-slim`;
    const bases = await standInBases(host, { bases: [base], arm64: canEmulate() ? 'emulated' : 'relabelled' });
    const what = { dockerfile: `dockerfiles/${flavor}.Dockerfile`, python: real, platforms: 'linux/arm64' };
    const image = await build({ ...what, tag: `arm64-${flavor}` }, { ...contexts, ...bases });
    const said = await inImage(image, 'linux/arm64', 'prefect', 'version');
    expect(said).toContain(canEmulate() ? 'linux/aarch64' : 'linux/x86_64');
  },
  600_000,
);
