import { describe, expect, test } from 'vitest';
import type { BuildInputs } from '../../src/domain/build-inputs.ts';
import type { CacheStore } from '../../src/domain/cache-store.ts';
import type { BuildTarget } from '../../src/domain/build-target.ts';
import { InternalError } from '../../src/domain/errors.ts';
import { checkTarget, renderBake, renderSmokeBake, type BakeOptions } from '../../src/render/bake.ts';

const options: BakeOptions = { push: true, provenance: 'min', sbom: false, cache: null, cacheFrom: [], cacheTo: [] };

function target(given: Partial<BuildTarget> = {}): BuildTarget {
  return {
    id: '2-11-5-python3-10',
    dockerfile: 'dockerfiles/standard.Dockerfile',
    context: '.',
    args: { VERSION: '2.11.5', PYTHON: '3.10' },
    labels: { 'org.opencontainers.image.version': '2.11.5' },
    platforms: ['linux/amd64', 'linux/arm64'],
    references: ['docker.io/prefecthq/prefect:2.11.5-python3.10'],
    contexts: {},
    ...given,
  };
}

describe('the bake file', () => {
  test('pushes parts of a cell by digest to repositories without a tag, or under the tags they have', () => {
    const repositories = ['ghcr.io/prefecthq/prefect', 'docker.io/prefecthq/prefect'];
    const staged = repositories.map((repository) => `${repository}:staging-7-2.11.5-python3.10-linux-amd64`);
    const file = renderBake(
      [
        target({ id: 'digest', part: 'digest', references: repositories }),
        target({ id: 'staging', part: 'staging', references: staged }),
      ],
      options,
    );
    expect(JSON.parse(file)).toMatchObject({
      target: {
        digest: {
          output: [
            'type=image,"name=ghcr.io/prefecthq/prefect,docker.io/prefecthq/prefect",push-by-digest=true,name-canonical=true,push=true',
          ],
        },
        staging: { tags: staged, output: ['type=registry'] },
      },
    });
    expect(file.match(/"tags"/g)).toHaveLength(1);
  });

  test('pushes nothing that has no reference, such as the code of a fork', () => {
    const { target: written } = JSON.parse(renderBake([target({ id: 'x', references: [] })], options));
    expect(written.x).toMatchObject({ output: ['type=cacheonly'] });
    expect(written.x).not.toHaveProperty('tags');
  });

  test('has every target, and the group default', () => {
    const conda = target({
      id: '2-11-5-python3-10-conda',
      dockerfile: 'dockerfiles/conda.Dockerfile',
      references: [
        'docker.io/prefecthq/prefect:2.11.5-python3.10-conda',
        'ghcr.io/prefecthq/prefect:2.11.5-python3.10-conda',
      ],
      contexts: { wheels: './wheelhouse' },
    });
    expect(JSON.parse(renderBake([target(), conda], options))).toEqual({
      group: { default: { targets: ['2-11-5-python3-10', '2-11-5-python3-10-conda'] } },
      target: {
        '2-11-5-python3-10': {
          context: '.',
          dockerfile: 'dockerfiles/standard.Dockerfile',
          args: { VERSION: '2.11.5', PYTHON: '3.10' },
          labels: { 'org.opencontainers.image.version': '2.11.5' },
          annotations: ['index,manifest:org.opencontainers.image.version=2.11.5'],
          platforms: ['linux/amd64', 'linux/arm64'],
          tags: ['docker.io/prefecthq/prefect:2.11.5-python3.10'],
          attest: ['type=provenance,mode=min'],
          output: ['type=registry'],
        },
        '2-11-5-python3-10-conda': {
          context: '.',
          dockerfile: 'dockerfiles/conda.Dockerfile',
          contexts: { wheels: './wheelhouse' },
          args: { VERSION: '2.11.5', PYTHON: '3.10' },
          labels: { 'org.opencontainers.image.version': '2.11.5' },
          annotations: ['index,manifest:org.opencontainers.image.version=2.11.5'],
          platforms: ['linux/amd64', 'linux/arm64'],
          tags: [
            'docker.io/prefecthq/prefect:2.11.5-python3.10-conda',
            'ghcr.io/prefecthq/prefect:2.11.5-python3.10-conda',
          ],
          attest: ['type=provenance,mode=min'],
          output: ['type=registry'],
        },
      },
    });
  });

  test('annotates the index as the manifests, where there is one: several platforms or attestations', () => {
    const levels = (platforms: readonly string[], chosen: Partial<BakeOptions>): unknown => {
      const file: { target: Record<string, { annotations: string[] }> } = JSON.parse(
        renderBake([target({ id: 'x', platforms })], { ...options, ...chosen }),
      );
      return file.target['x']?.annotations;
    };
    const [index, manifest] = [['index,manifest:'], ['manifest:']].map(([level]) => [
      `${level}org.opencontainers.image.version=2.11.5`,
    ]);
    expect(levels(['linux/amd64'], {})).toEqual(index);
    expect(levels(['linux/amd64'], { provenance: 'off', sbom: true })).toEqual(index);
    expect(levels(['linux/amd64', 'linux/arm64'], { provenance: 'off' })).toEqual(index);
    expect(levels(['linux/amd64'], { provenance: 'off' })).toEqual(manifest);
  });

  test('hands secrets over by reference, and what RUN steps are given besides', () => {
    const inputs: BuildInputs = {
      secrets: new Map([
        ['pip', { kind: 'env', name: 'PIP_TOKEN' }],
        ['npmrc', { kind: 'file', path: 'secrets/npmrc' }],
      ]),
      ssh: ['default'],
      addHosts: new Map([['pypi.corp', '10.0.0.7']]),
      ulimits: new Map([['nofile', '1024:2048']]),
      network: 'none',
    };
    expect(JSON.parse(renderBake([target({ id: 'x', inputs })], options))).toMatchObject({
      target: {
        x: {
          secret: ['id=pip,env=PIP_TOKEN', 'id=npmrc,src=secrets/npmrc'],
          ssh: ['default'],
          'extra-hosts': { 'pypi.corp': '10.0.0.7' },
          ulimits: ['nofile=1024:2048'],
          network: 'none',
        },
      },
    });
  });

  const stores: { store: CacheStore; from: string[]; to: string[] }[] = [
    {
      store: { type: 'registry', ref: 'ghcr.io/acme/cache', mode: 'max' },
      from: ['new', 'old'].map((scope) => `type=registry,ref=ghcr.io/acme/cache:buildcache-${scope}`),
      to: ['type=registry,ref=ghcr.io/acme/cache:buildcache-new,mode=max'],
    },
    {
      store: { type: 'gha', mode: 'min' },
      from: ['type=gha,scope=new', 'type=gha,scope=old'],
      to: ['type=gha,scope=new,mode=min'],
    },
    {
      store: { type: 'local', path: '.cache', mode: 'max' },
      from: ['type=local,src=.cache/new', 'type=local,src=.cache/old'],
      to: ['type=local,dest=.cache/new,mode=max'],
    },
    { store: { type: 'inline' }, from: ['type=registry,ref=ghcr.io/acme/app:1'], to: ['type=inline'] },
  ];
  test.each(stores)("keeps each target's cache apart, and reads the one before: $store.type", ({ store, from, to }) => {
    const cache = { own: 'new', previous: { scope: 'old', reference: 'ghcr.io/acme/app:1' } };
    const shared = { ...options, cache: store, cacheFrom: ['type=gha'] };
    expect(JSON.parse(renderBake([target({ id: 'x', cache })], shared))).toMatchObject({
      target: { x: { 'cache-from': ['type=gha', ...from], 'cache-to': to } },
    });
    const first = renderBake([target({ id: 'x', cache: { own: 'new', previous: null } })], shared);
    expect(first).not.toContain('old');
    expect(first).not.toContain('acme/app:1');
  });

  test('dates images and files by the commit of their release, where that is known', () => {
    const created = { CREATED: '2024-01-02T03:04:05Z' };
    const told = (given: Partial<BuildTarget>, more: Partial<BakeOptions> = { reproducible: true }): unknown => {
      const file: { target: Record<string, { args?: object; output: string[] }> } = JSON.parse(
        renderBake([target({ id: 'x', ...given })], { ...options, ...more }),
      );
      const { args, output } = file.target['x'] ?? {};
      return { args, output };
    };
    const dated = 'store=false,unpack=false,rewrite-timestamp=true';
    expect(told({ args: created })).toEqual({
      args: { ...created, SOURCE_DATE_EPOCH: '1704164645' },
      output: [`type=image,push=true,${dated}`],
    });
    expect(told({ args: created, part: 'digest', references: ['docker.io/acme/app'] })).toMatchObject({
      output: [`type=image,"name=docker.io/acme/app",push-by-digest=true,name-canonical=true,push=true,${dated}`],
    });
    expect(told({ args: { ...created, SOURCE_DATE_EPOCH: '0' } })).toMatchObject({ args: { SOURCE_DATE_EPOCH: '0' } });
    expect(told({ args: { CREATED: '' } })).toEqual({ args: { CREATED: '' }, output: ['type=registry'] });
    expect(told({ args: created }, {})).toEqual({ args: created, output: ['type=registry'] });
  });

  test('dates what cells share as it dates them', () => {
    const shared = [target({ id: 'wheel', args: {}, references: [] })];
    const args = { CREATED: '2024-01-02T03:04:05Z' };
    const cells = ['x', 'y'].map((id) => target({ id, args, shared, smoke: 'true' }));
    const argsIn = (text: string | null): unknown => {
      const file: { target: Record<string, { args?: object }> } = JSON.parse(text ?? '{}');
      return file.target['wheel']?.args;
    };
    const dated = { ...options, reproducible: true };
    expect(argsIn(renderBake(cells, dated))).toEqual({ SOURCE_DATE_EPOCH: '1704164645' });
    // What is tested is what is pushed.
    expect(argsIn(renderSmokeBake(cells, dated, null))).toEqual({ SOURCE_DATE_EPOCH: '1704164645' });
    expect(argsIn(renderBake(cells, options))).toBeUndefined();
  });

  test('says how to attest, cache and not to push', () => {
    const chosen: BakeOptions = {
      push: false,
      provenance: 'off',
      sbom: true,
      cache: null,
      cacheFrom: ['type=gha'],
      cacheTo: ['type=gha,mode=max'],
    };
    expect(JSON.parse(renderBake([target()], chosen))).toMatchObject({
      target: {
        '2-11-5-python3-10': {
          attest: ['type=provenance,disabled=true', 'type=sbom'],
          output: ['type=cacheonly'],
          'cache-from': ['type=gha'],
          'cache-to': ['type=gha,mode=max'],
        },
      },
    });
  });

  test('is the same bytes whatever the order of arguments and labels', () => {
    const one = target({ args: { A: '1', B: '2' }, labels: { a: '1', b: '2' }, contexts: { x: '1', y: '2' } });
    const other = target({ args: { B: '2', A: '1' }, labels: { b: '2', a: '1' }, contexts: { y: '2', x: '1' } });
    expect(renderBake([one], options)).toBe(renderBake([other], options));
  });

  test('leaves nothing for bake to evaluate, in values and keys', () => {
    const file = renderBake([target({ args: { A: '${HOME} $${x} %{if}' }, labels: { 'k${x}': '$%{' } })], options);
    expect(JSON.parse(file)).toMatchObject({
      target: { '2-11-5-python3-10': { args: { A: '$${HOME} $$${x} %%{if}' }, labels: { 'k$${x}': '$%%{' } } },
    });
  });

  test.each([
    { name: 'twice', ids: ['a', 'a'] },
    { name: 'with a dot', ids: ['a.b'] },
    { name: 'that bake would evaluate', ids: ['${x}'] },
    { name: 'that is empty', ids: [''] },
  ])('an id $name is a bug', ({ ids }) => {
    expect(() =>
      renderBake(
        ids.map((id) => target({ id })),
        options,
      ),
    ).toThrow(InternalError);
  });
});

test('a target is checked before it is built', () => {
  expect(checkTarget(target())).toEqual([]);
  const problems = checkTarget(
    target({ args: { 'A B': 'x', C: 'a\nb' }, labels: { Key: '"' }, platforms: ['linux', 'linux/amd64'] }),
  );
  expect(problems.map((problem) => `${problem.code} ${problem.where}: ${problem.message}`)).toEqual([
    'BUILD_ARG_INVALID target 2-11-5-python3-10: "A B" is no name of a build argument',
    'BUILD_ARG_INVALID target 2-11-5-python3-10: the build argument "C" has the character "\\n", which would end its line',
    'LABEL_INVALID target 2-11-5-python3-10: "Key" is no label key',
    'LABEL_INVALID target 2-11-5-python3-10: the label "Key" has a ", which would end its quotation',
    'PLATFORM_INVALID target 2-11-5-python3-10: "linux" is no platform',
  ]);
});
