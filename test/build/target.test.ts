/** `target`: the stage of one Dockerfile that each cell is, said by the image or by its axis values. */
import { describe, expect, test } from 'vitest';
import { partTarget } from '../../src/build/part-target.ts';
import { rootsAt } from '../../src/build/source.ts';
import { buildTarget } from '../../src/build/targets.ts';
import { initCommand } from '../../src/commands/init/init.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { BuildTarget } from '../../src/domain/build-target.ts';
import { renderBake, renderSmokeBake, type BakeOptions } from '../../src/render/bake.ts';
import { daily, planned, smallConfig } from '../support/history.ts';
import { runCli } from '../support/run-cli.ts';
import { initOptions } from '../support/init-options.ts';
import { initWorld } from '../support/init-world.ts';
import { tempFolder } from '../support/temp-folder.ts';

const options: BakeOptions = { push: true, provenance: 'min', sbom: false, cache: null, cacheFrom: [], cacheTo: [] };
const file = { dockerfile: 'Dockerfile' };

interface Row {
  readonly name: string;
  readonly config: Partial<MatrixConfig>;
  /** By cell; `null`: the last stage. */
  readonly stages: Readonly<Record<string, string | null>>;
}

const cells = (stages: readonly (string | null)[]): Row['stages'] =>
  Object.fromEntries(
    ['3-9_flavor-app', '3-9_flavor-worker', '3-10_flavor-app', '3-10_flavor-worker'].map((cell, index) => [
      `1-0-0_python-${cell}`,
      stages[index] ?? null,
    ]),
  );

const flavors = (app: object, worker: object): Partial<MatrixConfig> => ({
  flavors: { app: { ...file, ...app }, worker: { ...file, ...worker, suffix: '-worker' } },
});

const rows: readonly Row[] = [
  { name: 'nobody', config: flavors({}, {}), stages: cells([null, null, null, null]) },
  { name: 'the image', config: { ...flavors({}, {}), target: 'run' }, stages: cells(['run', 'run', 'run', 'run']) },
  {
    name: 'each flavor',
    config: flavors({ target: 'app' }, { target: 'worker' }),
    stages: cells(['app', 'worker', 'app', 'worker']),
  },
  {
    name: 'one flavor, over the word of the image',
    config: { ...flavors({}, { target: 'worker' }), target: 'run' },
    stages: cells(['run', 'worker', 'run', 'worker']),
  },
  {
    name: 'a template over the cell',
    config: { ...flavors({}, {}), target: '{{flavor}}-{{python}}' },
    stages: cells(['app-3.9', 'worker-3.9', 'app-3.10', 'worker-3.10']),
  },
  {
    name: 'a value of another axis',
    config: { ...flavors({}, {}), pythons: { '3.9': { target: 'old' }, '3.10': {} } },
    stages: cells(['old', 'old', null, null]),
  },
];

interface Bake {
  readonly target: Readonly<Record<string, { readonly target?: string }>>;
}

function stagesOf(text: string | null): Record<string, string | null> {
  const bake: Bake = JSON.parse(text ?? '');
  return Object.fromEntries(
    Object.entries(bake.target)
      .filter(([id]) => !id.startsWith('smoke_'))
      .map(([id, { target }]) => [id, target ?? null]),
  );
}

describe.each(rows)('said by $name', ({ config, stages }) => {
  const { image, tags } = planned({ ...smallConfig, smoke: 'x', ...config }, daily('1.0.0'));
  const targets = (made: (cell: (typeof tags.cells)[number]) => BuildTarget): readonly BuildTarget[] =>
    tags.cells.map(made);

  test('the bake file of whole cells has it', () => {
    const whole = targets((cell) => buildTarget(cell, image, ['r/app:x'], rootsAt('/root')));
    expect(stagesOf(renderBake(whole, options))).toEqual(stages);
  });

  test('so has the one of their smoke tests', () => {
    const whole = targets((cell) => buildTarget(cell, image, ['r/app:x'], rootsAt('/root')));
    expect(stagesOf(renderSmokeBake(whole, options, null))).toEqual(stages);
  });

  test('so has the one of parts of them', () => {
    const plan = { image, cells: tags.cells };
    const parts = targets((cell) => partTarget(cell, ['linux/amd64'], plan, null, rootsAt('/root')));
    expect(stagesOf(renderBake(parts, options))).toEqual(stages);
  });
});

test('two images of one Dockerfile that a workflow builds by target stay two', async () => {
  const workflow = `on: { release: { types: [published] } }
jobs:
  d:
    runs-on: ubuntu-latest
    strategy: { matrix: { include: [ { name: app, target: app }, { name: worker, target: worker } ] } }
    steps:
      - { uses: docker/metadata-action@v5, id: meta, with: { images: acme/app, flavor: 'suffix=-\${{ matrix.name }}', tags: 'type=semver,pattern={{version}}' } }
      - { uses: docker/build-push-action@v6, with: { target: '\${{ matrix.target }}', tags: '\${{ steps.meta.outputs.tags }}' } }
`;
  const folder = await tempFolder({
    'w.yml': workflow,
    Dockerfile: 'FROM scratch AS app\nFROM scratch AS worker\n',
    'releases.json': JSON.stringify(daily('1.0.0')),
  });
  const world = initWorld(folder);
  const { stdout } = await initCommand({ ...initOptions, fromWorkflow: `${folder}/w.yml` }, world);
  expect(stdout).not.toContain('To fix before the first build');
  const config = ['--config', `${folder}/matrix.config.ts`, '--releases', `${folder}/releases.json`];
  const bake = await runCli(['plan', '1.0.0', '--format', 'bake', ...config]);
  expect(bake).toMatchObject({ code: 0 });
  expect(stagesOf(bake.stdout)).toEqual({ '1-0-0_flavor-app': 'app', '1-0-0_flavor-worker': 'worker' });
});
