/** A base that is pulled from a mirror: built by the real buildx, labelled with its public name, audited at the mirror. */
import { inject, expect, test } from 'vitest';
import { createBuildxBuilder } from '../../src/adapters/buildx/buildx-builder.ts';
import { tarOf } from '../../src/adapters/stand-in/tar.ts';
import { auditCommand, auditDefaults } from '../../src/commands/audit.ts';
import type { AuditReport } from '../../src/audit/types.ts';
import { renderBake } from '../../src/render/bake.ts';
import { runsCommands } from '../../src/render/runs-commands.ts';
import { skopeoInspect } from '../support/buildx.ts';
import { daily } from '../support/history.ts';
import { place } from '../support/publish-place.ts';
import { publishWorld, tally } from '../support/publish-world.ts';
import { layerOfTar, pushImage } from '../support/push-image.ts';
import { tempFolder } from '../support/temp-folder.ts';

const host = inject('registryHost');
const hub = `mirrors/hub-${process.pid}`;

/** Puts an image under the mirror's `library/python:3.10-slim`; its label tells one from another. */
function fillMirror(label: string): Promise<string> {
  const layers = [layerOfTar(tarOf('mirrored', label))];
  const config = { Labels: { 'from.mirror': label } };
  const at = { registryHost: host, repository: `${hub}/library/python`, tag: '3.10-slim' };
  return pushImage(at, [{ architecture: 'amd64', layers, config }]);
}

test('a build takes the locked base from the mirror, the label has the public name, and audit asks the mirror', async () => {
  const old = await fillMirror('first');
  const now = await fillMirror('second');
  const root = await tempFolder({
    Dockerfile: 'ARG PYTHON\nFROM python:$PYTHON-slim\nCOPY Dockerfile /\n',
    'bases.lock.json': JSON.stringify({ schema: 1, bases: { 'docker.io/library/python:3.10-slim': old } }),
    'full.Dockerfile': 'ARG PYTHON\nFROM docker.io/library/python:$PYTHON-slim AS app\nCOPY Dockerfile /\n',
  });
  const base = 'python:{{python}}-slim';
  const config = {
    repository: 'registry.example/acme/app',
    pythons: ['3.10'],
    flavors: {
      standard: { dockerfile: 'Dockerfile', base },
      full: { dockerfile: 'full.Dockerfile', suffix: '-full', base, baseDigest: old },
    },
    defaults: { python: 'highest' },
    mirrors: { 'docker.io': `${host}/${hub}` },
  };
  const facts = daily('1.0.0');
  const options = { push: true, provenance: 'min', sbom: false, cache: null, cacheFrom: [], cacheTo: [] } as const;
  const builder = (): ReturnType<typeof createBuildxBuilder> =>
    createBuildxBuilder({
      bakeFile: (targets) => renderBake(targets, options),
      folder: root,
      builder: null,
      runsCommands,
    });
  const at = await place(host);
  const published = await at.publish('1.0.0', { config, facts, root, builder });
  expect([published.result, tally(published).cells]).toEqual(['as-planned', { built: 2 }]);
  for (const tag of ['1.0.0-python3.10', '1.0.0-python3.10-full']) {
    expect((await skopeoInspect(`${at.repository}:${tag}`)).labels).toMatchObject({
      'from.mirror': 'first',
      'org.opencontainers.image.base.name': 'docker.io/library/python:3.10-slim',
      'org.opencontainers.image.base.digest': old,
    });
  }

  const audit = async (): Promise<AuditReport['bases']> => {
    const common = { config: 'matrix.config.ts', releases: null, repository: [at.repository], image: null, at: null };
    const world = publishWorld({ config, facts, root });
    const { stdout } = await auditCommand({ ...common, ...auditDefaults, format: 'json', bases: true }, world);
    const report: AuditReport = JSON.parse(stdout);
    return report.bases;
  };
  const named = { base: 'docker.io/library/python:3.10-slim', builtOn: old, now, locked: old, version: '1.0.0' };
  expect(await audit()).toEqual([
    expect.objectContaining({
      ...named,
      fix: `tagwright render --update-bases && tagwright publish 1.0.0 --repository ${at.repository} --rebuild`,
    }),
  ]);
  expect(await fillMirror('first')).toBe(old);
  expect(await audit()).toEqual([]);
});
