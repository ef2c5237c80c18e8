/** A layer of half a gigabyte (`LAYER_MB` for another size) from one registry to another: what the process takes for it. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { fetch } from 'undici';
import { inject, expect, test } from 'vitest';
import { parseDigest } from '../../../src/domain/digest.ts';
import { mediaTypes } from '../../../src/domain/media-types.ts';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import { expectedLabels } from '../../../src/plan/expected-image.ts';
import { runBuiltCli } from '../../support/cli-process.ts';
import { daily, planned, smallConfig } from '../../support/history.ts';
import { startRegistry } from '../../support/registry-process.ts';
import { blobOf, manifestOf } from '../../support/sample-images.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const sizeMb = Number(process.env['LAYER_MB'] ?? 512);
const piece = Buffer.alloc(2 ** 20, 'layer');

/** What the kernel saw of the process at its largest, written as it ends. */
const reportPeak = `data:text/javascript,${encodeURIComponent(
  `import { readFileSync } from 'node:fs';
   process.on('exit', () => process.stderr.write('peak ' + /VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1] + ' kB\\n'));`,
)}`;

async function putLayer(base: string): Promise<{ digest: string; size: number }> {
  const hash = createHash('sha256');
  for (let at = 0; at < sizeMb; at += 1) hash.update(piece);
  const digest = `sha256:${hash.digest('hex')}`;
  const begun = await fetch(`${base}/blobs/uploads/`, { method: 'POST' });
  const upload = new URL(begun.headers.get('location') ?? '', base);
  upload.searchParams.set('digest', digest);
  const body = Readable.toWeb(Readable.from(Array.from({ length: sizeMb }, () => piece)));
  const answer = await fetch(upload, { method: 'PUT', body, duplex: 'half' });
  expect(answer.status).toBe(201);
  return { digest, size: sizeMb * piece.byteLength };
}

test('publish copies it in less than 150 MB of memory', { timeout: 600_000 }, async () => {
  const host = inject('registryHost');
  const target = await startRegistry();
  const path = `publish/large-${process.pid}`;
  const config = { ...smallConfig, pythons: ['3.10'], flavors: { standard: { dockerfile: 'Dockerfile' } } };
  const facts = daily('1.0.0');
  const { tags, image } = planned(config, facts);
  const [cell] = tags.cells;
  if (cell === undefined) throw new Error('the plan has no cell');
  const layer = await putLayer(`http://${host}/v2/${path}`);
  const imageConfig = blobOf(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Labels: expectedLabels(cell, image) },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    }),
  );
  const manifest = manifestOf(mediaTypes.ociManifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: imageConfig.digest, size: imageConfig.bytes.byteLength },
    layers: [{ mediaType: mediaTypes.ociLayer, ...layer }],
  });
  const registries = createRegistries();
  const source = registries.open({ registry: host, path });
  await source.putBlob(imageConfig.bytes, imageConfig.digest);
  await source.putManifest(cell.pinned[0]?.tag ?? '', manifest);
  await registries.close();

  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...config, source: { file: 'releases.json' } }),
    'releases.json': JSON.stringify(facts),
    Dockerfile: 'FROM scratch\nARG PYTHON\n',
  });
  const to = ['--repository', `${host}/${path}`, '--repository', `${target.host}/${path}`];
  const run = await runBuiltCli(
    ['publish', '1.0.0', '--config', `${folder}/matrix.config.json`, '--journal', `${folder}/journal`, ...to],
    { NODE_OPTIONS: `--import=${reportPeak}` },
  );
  const digest = parseDigest(layer.digest) ?? '';
  const copied = await fetch(`http://${target.host}/v2/${path}/blobs/${digest}`, { method: 'HEAD' });
  await target.stop();
  if (run.code !== 0) throw new Error(run.stderr);
  expect(copied.status).toBe(200);
  const peak = Number(/peak (?<kb>\d+) kB/.exec(run.stderr)?.groups?.['kb']) / 1024;
  process.stderr.write(`a layer of ${sizeMb} MiB copied by a process of ${peak.toFixed(0)} MiB at its largest\n`);
  expect(peak).toBeLessThan(150);
});
