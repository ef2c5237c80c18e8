/** What stands under tags and is no image of ours: named for what it is, never a crash, never `ok`. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { createPoolTransport } from '../../../src/adapters/http/pool-transport.ts';
import { createRegistries, type RegistriesOptions } from '../../../src/adapters/registry/registries.ts';
import type { WireAnswer } from '../../../src/adapters/http/wire.ts';
import type { AuditReport } from '../../../src/audit/types.ts';
import { auditCommand, auditDefaults } from '../../../src/commands/audit.ts';
import { mediaTypes } from '../../../src/domain/media-types.ts';
import type { Registry } from '../../../src/ports.ts';
import { auditWorld } from '../../support/audit-world.ts';
import { daily, planned, smallConfig } from '../../support/history.ts';
import { loadState, plannedState } from '../../support/registry-state.ts';
import { blobOf, manifestOf } from '../../support/sample-images.ts';

const config = { ...smallConfig, pythons: ['3.10'], platforms: ['linux/amd64', 'linux/arm64'] };
const facts = daily('1.0.0');
const right = plannedState(planned(config, facts));

const full = '1.0.0-python3.10';

let registry: MemoryRegistry;
let repositories = 0;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

/** Puts odd things into a repository that is right, and tells what an audit says of all that is not. */
async function audited(
  put: (to: Registry) => Promise<void>,
  registries: RegistriesOptions = {},
): Promise<{ readonly result: string; readonly findings: string[] }> {
  const path = `odd/app-${(repositories += 1)}`;
  const opened = createRegistries();
  onTestFinished(() => opened.close());
  const to = opened.open({ registry: registry.host, path });
  await loadState(to, right);
  await put(to);
  const { world } = auditWorld({ config, facts, registries });
  const common = { config: 'matrix.config.ts', releases: null, image: null, at: null };
  const options = { ...common, ...auditDefaults, repository: [`${registry.host}/${path}`], format: 'json' } as const;
  const { stdout, result } = await auditCommand(options, world);
  const report: AuditReport = JSON.parse(stdout);
  return { result, findings: report.findings.map(({ kind, tag, because }) => `${kind} ${tag}: ${because}`) };
}

async function blob(to: Registry, text: string): Promise<{ digest: string; size: number }> {
  const { bytes, digest } = blobOf(text);
  await to.putBlob(bytes, digest);
  return { digest, size: bytes.byteLength };
}

test('a pinned tag on the attestation of an interrupted push, and an index that holds nothing else', async () => {
  const { result, findings } = await audited(async (to) => {
    const attestation = await attestationOf(to);
    await to.putManifest(full, attestation);
    const index = manifestOf(mediaTypes.ociIndex, {
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [
        {
          mediaType: attestation.mediaType,
          digest: attestation.digest,
          size: attestation.sizeBytes,
          platform: { os: 'unknown', architecture: 'unknown' },
          annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
        },
      ],
    });
    for (const tag of [`${full}-conda`, `sha-${facts[0]?.revision ?? ''}-python3.10-conda`])
      await to.putManifest(tag, index);
  });
  expect(result).toBe('findings');
  expect(findings.filter((finding) => /^\w+ 1\.0\.0-/.test(finding))).toEqual([
    expect.stringMatching(
      /^incomplete 1\.0\.0-python3\.10: it points to an attestation manifest, as an interrupted push leaves it/,
    ),
    expect.stringMatching(
      /^incomplete 1\.0\.0-python3\.10-conda: it lacks linux\/amd64, linux\/arm64 and has nothing but attestations; also drift: /,
    ),
  ]);
});

test('a chart, a list of components and a manifest of something else under tags of ours', async () => {
  const types = {
    [full]: 'application/vnd.cncf.helm.config.v1+json',
    '1.0-python3.10': 'application/spdx+json',
    '1-latest': 'application/vnd.acme.anything',
  };
  const { findings } = await audited(async (to) => {
    const empty = await blob(to, '{}');
    for (const [tag, mediaType] of Object.entries(types)) {
      const body = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: { mediaType, ...empty }, layers: [] };
      await to.putManifest(tag, manifestOf(mediaTypes.ociManifest, body));
    }
  });
  for (const [tag, mediaType] of Object.entries(types))
    expect(findings.find((finding) => finding.startsWith(`incomplete ${tag}: `))).toContain(
      `it is not an image: it is ${mediaType}`,
    );
});

test('signatures, attestations and lists of components beside the images are no findings', async () => {
  const { result, findings } = await audited(async (to) => {
    const empty = await blob(to, '{}');
    const config = { mediaType: 'application/vnd.oci.empty.v1+json', ...empty };
    const artifact = manifestOf(mediaTypes.ociManifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config,
      layers: [],
    });
    for (const suffix of ['', '.sig', '.att', '.sbom', '.0a1b.meta'])
      await to.putManifest(`sha256-${'a'.repeat(64)}${suffix}`, artifact);
  });
  expect([result, findings]).toEqual(['as-planned', []]);
});

test.each([
  {
    name: 'schema 1',
    type: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
    says: 'a manifest of schema 1',
  },
  { name: 'a page of HTML', type: 'text/html', says: 'Content-Type "text/html" is no manifest type' },
])('$name under a tag is no answer: unknown, and not absent', async ({ type, says }) => {
  const pool = createPoolTransport({ connections: 4, env: {} });
  onTestFinished(() => pool.close());
  const answer: WireAnswer = {
    status: 200,
    headers: { 'content-type': type, 'content-length': '2', 'docker-content-digest': blobOf('{}').digest },
    body: new TextEncoder().encode('{}'),
  };
  const { result, findings } = await audited(() => Promise.resolve(), {
    limits: { tries: 2, backoffMs: 1 },
    transport: (request) =>
      request.url.endsWith('/manifests/1-latest') ? Promise.resolve(answer) : pool.transport(request),
  });
  expect([result, findings]).toEqual([
    'outside-failed',
    [expect.stringMatching(/^unknown 1-latest: the registry did not answer: REGISTRY_ANSWER /)],
  ]);
  expect(findings[0]).toContain(says);
});

test('configs that are empty, of other shapes, or say no date', async () => {
  const texts = ['', '[]', '{"os":7}', 'null', `{"os":"linux","architecture":"amd64","created":null}`];
  const found: string[] = [];
  for (const text of texts) {
    const { findings } = await audited(async (to) => {
      const config = { mediaType: mediaTypes.ociConfig, ...(await blob(to, text)) };
      const body = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [] };
      await to.putManifest('1-latest', manifestOf(mediaTypes.ociManifest, body));
    });
    found.push(findings.find((finding) => / 1-latest: /.test(finding))?.split('; also')[0] ?? 'nothing');
  }
  const unreadable = 'incomplete 1-latest: it is not an image: its config is missing or is not an image config';
  expect(found).toEqual([
    unreadable,
    unreadable,
    unreadable,
    unreadable,
    'incomplete 1-latest: it lacks linux/arm64 and has linux/amd64',
  ]);
});

async function attestationOf(to: Registry): Promise<ReturnType<typeof manifestOf>> {
  const config = await blob(to, '{"os":"unknown","architecture":"unknown"}');
  const statement = await blob(to, '{"_type":"https://in-toto.io/Statement/v0.1"}');
  const manifest = manifestOf(mediaTypes.ociManifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, ...config },
    layers: [{ mediaType: 'application/vnd.in-toto+json', ...statement }],
  });
  await to.putManifest(manifest.digest, manifest);
  return manifest;
}
