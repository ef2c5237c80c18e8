/** Builds that cells share: one target for all cells that give its templates the same values, and nothing of it is pushed. */
import { describe, expect, test } from 'vitest';
import { rootsAt } from '../../src/build/source.ts';
import { partTarget } from '../../src/build/part-target.ts';
import { buildTarget } from '../../src/build/targets.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { BuildTarget } from '../../src/domain/build-target.ts';
import { renderBake, renderSmokeBake, type BakeOptions } from '../../src/render/bake.ts';
import { daily, planned, problemsOf, smallConfig } from '../support/history.ts';

const options: BakeOptions = { push: true, provenance: 'min', sbom: false, cache: null, cacheFrom: [], cacheTo: [] };

const config: MatrixConfig = {
  ...smallConfig,
  pythons: ['3.9', '3.10'],
  flavors: {
    standard: { dockerfile: 'Dockerfile' },
    gpu: { dockerfile: 'gpu.Dockerfile', suffix: '-gpu' },
  },
  platforms: ['linux/amd64', 'linux/arm64'],
  contexts: { app: 'target:app' },
  smoke: 'app',
  shared: {
    wheel: { dockerfile: 'wheel.Dockerfile', context: 'src', args: { VERSION: '{{version}}' } },
    app: {
      dockerfile: 'app.Dockerfile',
      target: 'run',
      base: 'python:{{python}}-slim',
      contexts: { wheel: 'target:wheel' },
      secrets: { pip: { env: 'PIP_TOKEN' } },
    },
  },
};

function targetsOf(given: MatrixConfig): readonly BuildTarget[] {
  const { image, tags } = planned(given, daily('1.0.0'));
  return tags.cells.map((cell) => buildTarget(cell, image, [`r/app:${cell.pinned[0]?.tag ?? ''}`], rootsAt('/root')));
}

interface Bake {
  readonly group: { readonly default: { readonly targets: readonly string[] } };
  readonly target: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function bakeOf(text: string | null): Bake {
  const bake: Bake = JSON.parse(text ?? '');
  return bake;
}

const quiet = { attest: ['type=provenance,disabled=true'], output: ['type=cacheonly'] };
const both = ['linux/amd64', 'linux/arm64'];

describe('builds that cells share', () => {
  test('are one target for all that give the same values, linked and not pushed', () => {
    const { group, target } = bakeOf(renderBake(targetsOf(config), options));
    expect(Object.keys(target).filter((id) => id.startsWith('shared-'))).toEqual([
      'shared-wheel_version-1-0-0',
      'shared-app_python-3-9_version-1-0-0',
      'shared-app_python-3-10_version-1-0-0',
    ]);
    expect(group.default.targets).toHaveLength(4);
    expect(group.default.targets.filter((id) => id.startsWith('shared-'))).toEqual([]);
    expect(target['shared-wheel_version-1-0-0']).toEqual({
      context: '/root/src',
      dockerfile: '/root/wheel.Dockerfile',
      args: { VERSION: '1.0.0' },
      platforms: both,
      ...quiet,
    });
    expect(target['shared-app_python-3-10_version-1-0-0']).toEqual({
      context: '/root',
      dockerfile: '/root/app.Dockerfile',
      target: 'run',
      contexts: { wheel: 'target:shared-wheel_version-1-0-0' },
      platforms: both,
      secret: ['id=pip,env=PIP_TOKEN'],
      ...quiet,
    });
    for (const flavor of ['standard', 'gpu']) {
      expect(target[`1-0-0_python-3-10_flavor-${flavor}`]?.['contexts']).toEqual({
        app: 'target:shared-app_python-3-10_version-1-0-0',
      });
    }
  });

  test('are there in the smoke test too, for the platforms that are tested', () => {
    const { target } = bakeOf(renderSmokeBake(targetsOf(config), options, new Set(['linux/amd64'])));
    expect(target['shared-wheel_version-1-0-0']?.['platforms']).toEqual(['linux/amd64']);
    expect(Object.keys(target)).toHaveLength(3 + 2 * 4);
  });

  test('are for the platforms of the part that is built', () => {
    const { image, tags } = planned(config, daily('1.0.0'));
    const [cell] = tags.cells;
    if (cell === undefined) throw new Error('no cell');
    const part = partTarget(cell, ['linux/arm64'], { image, cells: tags.cells }, null, rootsAt('.'));
    const { target } = bakeOf(renderBake([part], options));
    expect(target['shared-wheel_version-1-0-0']?.['platforms']).toEqual(['linux/arm64']);
  });

  test('of a config without them leave the bake file as it was', () => {
    const { shared: _shared, contexts: _contexts, ...without } = config;
    expect(targetsOf(without).map((target) => 'shared' in target)).toEqual([false, false, false, false]);
  });

  test('are checked: a name that is not there, and one that reads itself', () => {
    const wrong = { ...config, contexts: { app: 'target:ap' } };
    expect(problemsOf(wrong, daily('1.0.0'))).toEqual([
      expect.stringMatching(/^CONFIG_INVALID .* contexts\.app: unknown shared build 'ap'$/),
    ]);
    const round = { ...config.shared, wheel: { dockerfile: 'wheel.Dockerfile', contexts: { x: 'target:app' } } };
    expect(problemsOf({ ...config, shared: round }, daily('1.0.0'))).toEqual([
      expect.stringMatching(/^CONFIG_INVALID .* shared\.wheel\.contexts\.x: wheel reads app, which is not above it$/),
    ]);
    const { shared: _shared, ...none } = config;
    expect(problemsOf(none, daily('1.0.0'))).toEqual([
      expect.stringMatching(/^CONFIG_INVALID .* contexts\.app: unknown shared build 'app'$/),
    ]);
  });
});
