import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { noInputs } from '../../src/domain/build-inputs.ts';
import type { BuildTarget } from '../../src/domain/build-target.ts';
import {
  buildWithBuildx,
  dockerRun,
  skopeoInspect,
  skopeoManifests,
  skopeoPlatforms,
  type Built,
} from '../support/buildx.ts';
import { shippedFlavors } from '../support/shipped-dockerfiles.ts';
import { realPython, standInBases, standInWheels, wheelHouse } from '../support/stand-in-bases.ts';

const host = inject('registryHost');
const repository = `${host}/shipped/prefect`;
const version = '2.11.5';
const revision = '129c269c3c5d941671598bb928f57f5e713d6475';
const created = '2023-09-07T15:34:05-05:00';

let bases: Readonly<Record<string, string>>;
let wheels: string;
let real: string;

beforeAll(async () => {
  real = await realPython();
  bases = await standInBases(host, {
    bases: [`python:${real}-slim`, 'python:3.10-slim', 'continuumio/miniconda3:26.5.3'],
  });
  wheels = await standInWheels(host, version);
});

function target(
  id: string,
  flavor: string,
  args: Readonly<Record<string, string>>,
  more: Partial<BuildTarget> = {},
): BuildTarget {
  return {
    id,
    dockerfile: `dockerfiles/${flavor}.Dockerfile`,
    context: '.',
    args: { VERSION: version, REVISION: revision, CREATED: created, FLAVOR: flavor, ...args },
    labels: {},
    platforms: ['linux/amd64'],
    references: [`${repository}:${id}`],
    contexts: { ...bases, wheels },
    ...more,
  };
}

describe('the Dockerfiles that ship, on stand-in bases', () => {
  test('build, push and carry their labels: standard on the real Python, conda and kubernetes on shims', async () => {
    const rows = [
      {
        id: 'standard',
        python: real,
        platforms: ['linux/amd64', 'linux/arm64'],
        base: `docker.io/library/python:${real}-slim`,
      },
      { id: 'conda', python: '3.8', platforms: ['linux/amd64'], base: 'docker.io/continuumio/miniconda3:26.5.3' },
      { id: 'kubernetes', python: '3.10', platforms: ['linux/amd64'], base: 'docker.io/library/python:3.10-slim' },
    ];
    const built = await buildWithBuildx(
      rows.map(({ id, python, platforms }) => target(id, id, { PYTHON: python }, { platforms })),
    );
    expect(kinds(built)).toEqual({ standard: 'built', conda: 'built', kubernetes: 'built' });
    for (const { id, python, platforms, base } of rows) {
      const seen = await skopeoInspect(`${repository}:${id}`);
      expect(built.targets.find((one) => one.id === id)).toMatchObject({ id, kind: 'built', digest: seen.digest });
      expect(seen.labels).toEqual({
        'org.opencontainers.image.version': version,
        'org.opencontainers.image.revision': revision,
        'org.opencontainers.image.created': created,
        'org.opencontainers.image.base.name': base,
        'io.tagwright.python': python,
        'io.tagwright.flavor': id,
      });
      expect(await skopeoPlatforms(`${repository}:${id}`)).toEqual(platforms);
    }
  });

  test('with reproducible, are the same image on each platform when every step is run again', async () => {
    const both = ['linux/amd64', 'linux/arm64'];
    // On the stand-ins no step needs a network. The one for kubernetes has every step of the standard one.
    const inputs = { ...noInputs, network: 'none' } as const;
    const cells = (run: string): BuildTarget[] => [
      target(`${run}-kubernetes`, 'kubernetes', { PYTHON: real }, { platforms: both, inputs }),
      target(`${run}-conda`, 'conda', { PYTHON: '3.8' }, { inputs }),
    ];
    const indexes: string[] = [];
    const images: Readonly<Record<string, string>>[] = [];
    for (const [run, noCache] of [
      ['once', false],
      ['again', true],
    ] as const) {
      const built = await buildWithBuildx(cells(run), { reproducible: true, noCache });
      expect(built.targets.filter(({ kind }) => kind !== 'built')).toEqual([]);
      for (const flavor of ['kubernetes', 'conda']) {
        indexes.push((await skopeoInspect(`${repository}:${run}-${flavor}`)).digest);
        images.push(await skopeoManifests(`${repository}:${run}-${flavor}`));
      }
    }
    expect(images.slice(0, 2).map((manifests) => Object.keys(manifests).sort())).toEqual([both, ['linux/amd64']]);
    expect(images.slice(2)).toEqual(images.slice(0, 2));
    // The index has the provenance, which says when it was built.
    expect(new Set(indexes).size).toBe(4);
  });

  test('run Prefect, and install what EXTRA_PIP_PACKAGES names, as root or not', async () => {
    const reference = `${repository}:standard`;
    expect(await dockerRun([], reference, 'prefect', 'version')).toContain(`Version:             ${version}\n`);
    const house = await wheelHouse(version);
    await chmod(house, 0o755);
    const options = [
      `--volume=${house}:/house:ro`,
      '--env=EXTRA_PIP_PACKAGES=--no-index --find-links /house\n prefect-kubernetes prefect-aws',
    ];
    for (const user of ['root', 'prefect']) {
      const script = 'id --user --name; python -c "import prefect_aws, prefect_kubernetes"; cat /proc/1/comm';
      expect(await dockerRun([...options, `--user=${user}`], reference, 'bash', '-c', script)).toBe(`${user}\ntini\n`);
    }
    expect(await dockerRun([], `${repository}:kubernetes`, 'python', '-c', 'import prefect_kubernetes')).toBe('');
    expect(await dockerRun([], `${repository}:conda`, 'sh', '-c', 'command -v python')).toBe(
      '/opt/conda/envs/prefect/bin/python\n',
    );
  });

  test('are no image where the interpreter is another than the argument says', async () => {
    const wrong = { ...bases, 'python:3.10-slim': bases[`python:${real}-slim`] ?? '', wheels };
    const built = await buildWithBuildx([target('wrong-python', 'standard', { PYTHON: '3.10' }, { contexts: wrong })]);
    expect(built.targets).toMatchObject([
      {
        id: 'wrong-python',
        kind: 'failed',
        reason: expect.stringContaining(
          `verify: asked for Prefect ${version} on Python 3.10, got Prefect ${version} on Python ${real}`,
        ),
      },
    ]);
    await expect(skopeoInspect(`${repository}:wrong-python`)).rejects.toThrow('manifest unknown');
  });

  test('are no image where Prefect is another than the argument says', async () => {
    const built = await buildWithBuildx([target('wrong-version', 'standard', { PYTHON: real, VERSION: '2.11.*' })]);
    expect(built.targets).toMatchObject([
      {
        id: 'wrong-version',
        kind: 'failed',
        reason: expect.stringContaining(
          `verify: asked for Prefect 2.11.* on Python ${real}, got Prefect ${version} on Python ${real}`,
        ),
      },
    ]);
  });

  test('give pip no option that hides in a version', async () => {
    const args = { PYTHON: real, VERSION: `${version} --index-url http://127.0.0.1:9/simple` };
    const built = await buildWithBuildx([target('injected', 'standard', args)]);
    expect(kinds(built)).toEqual({ injected: 'failed' });
    expect(JSON.stringify(built.targets)).toContain(
      `ERROR: Invalid requirement: 'prefect==${version} --index-url http://127.0.0.1:9/simple'`,
    );
  });

  test.each(Object.keys(shippedFlavors))("%s passes BuildKit's own checks", async (flavor) => {
    const contexts = Object.entries(bases).map(([name, from]) => `--build-context=${name}=${from}`);
    const args = ['buildx', 'build', '--check', `--build-arg=PYTHON=${real}`, ...contexts];
    const ran = await promisify(execFile)('docker', [
      ...args,
      `--file=dockerfiles/${flavor}.Dockerfile`,
      'dockerfiles',
    ]);
    expect(`${ran.stdout}${ran.stderr}`).toContain('Check complete, no warnings found.');
  });
});

function kinds(built: Built): Record<string, string> {
  return Object.fromEntries(built.targets.map(({ id, kind }) => [id, kind]));
}
