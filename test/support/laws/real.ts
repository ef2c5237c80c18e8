/** A scene on a registry that runs, with what somebody else may push over a tag. */
import { execa } from 'execa';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import { createStandInBuilder } from '../../../src/adapters/stand-in/stand-in-builder.ts';
import type { MatrixConfig } from '../../../src/config/matrix-config.ts';
import type { BuildTarget } from '../../../src/domain/build-target.ts';
import type { ReleaseFact } from '../../../src/domain/release.ts';
import { publish } from './commands.ts';
import { emptyHeld } from './held.ts';
import type { Scene } from './scene.ts';

export interface RealScene {
  readonly scene: Scene;
  /** Pushes a cell's image anew under its full tag: as it was made, or with nothing that says whose it is. */
  readonly pushOver: (tag: string, repository: string, how: 'rebuilt' | 'foreign') => Promise<void>;
}

/** Publishes every release, in order. */
export async function realScene(
  config: MatrixConfig,
  names: readonly string[],
  facts: readonly ReleaseFact[],
): Promise<RealScene> {
  const targets: BuildTarget[] = [];
  const scene: Scene = {
    config: { ...config, repository: [...names] },
    facts,
    partial: null,
    places: new Map(names.map((name) => [name, emptyHeld()])),
    content: { manifests: new Map(), blobs: new Map() },
    files: new Map(),
    journals: new Map(),
    built: [],
    nonce: '',
    real: {
      registries: () => createRegistries(),
      builder: (registries) => {
        const builder = createStandInBuilder(registries, { reproducible: false });
        return {
          ...builder,
          build: (wanted, options) => {
            targets.push(...wanted);
            return builder.build(wanted, options);
          },
        };
      },
      run: async (command) => {
        const { exitCode = 1, stderr } = await execa('sh', ['-c', command], { reject: false });
        return { exit: exitCode, error: stderr };
      },
    },
  };
  for (const { version } of facts) {
    const { exit, error, text } = await publish(scene, version);
    if (exit !== 0) throw new Error(`publishing ${version}: ${error ?? text}`);
  }
  return {
    scene,
    pushOver: async (tag, repository, how) => {
      const target = targets.find(({ references }) => references.some((reference) => reference.endsWith(`:${tag}`)));
      if (target === undefined) throw new Error(`nobody built ${tag}`);
      const { PYTHON: _python, ...args } = target.args;
      const foreign = { id: 'foreign', labels: {}, args };
      const registries = createRegistries();
      try {
        const pushed = { ...target, ...(how === 'foreign' ? foreign : {}), references: [`${repository}:${tag}`] };
        await createStandInBuilder(registries, { reproducible: false }).build([pushed], {
          onProgress: () => undefined,
        });
      } finally {
        await registries.close();
      }
    },
  };
}
