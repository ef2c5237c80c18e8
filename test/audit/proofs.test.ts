import { expect, test } from 'vitest';
import { judgeProofs, type Attached, type BuiltProof, type Proofs } from '../../src/audit/judge-proofs.ts';
import {
  attachedLayers,
  indexAttestations,
  parseSignedPayload,
  parseStatement,
  type Proof,
} from '../../src/domain/statement.ts';
import { digestNamed } from '../support/digests.ts';
import { payloadOf, statementOf } from '../support/sigstore.ts';

const index = digestNamed('index');
const [amd64, arm64] = [digestNamed('amd64'), digestNamed('arm64')];
const repository = { registry: 'ghcr.io', path: 'acme/app' };

const built = (proof: Proof, ...ofArm64: readonly (typeof amd64)[]): BuiltProof[] => [
  { platform: 'linux/amd64', image: amd64, statements: [{ proof, subjects: [amd64] }] },
  { platform: 'linux/arm64', image: arm64, statements: ofArm64.map((digest) => ({ proof, subjects: [digest] })) },
];
const attached = (proof: Proof, about: typeof amd64, foreign: string | null = null): Attached => ({
  at: 'at',
  statement: { proof, subjects: foreign === null ? [about] : [] },
  foreign,
});

const rows: readonly {
  readonly name: string;
  readonly required: Proof;
  readonly attached?: readonly Attached[];
  readonly built?: readonly BuiltProof[];
  /** Kind and reason; `null`: it is proven. */
  readonly fault: readonly [string, string] | null;
}[] = [
  { name: 'nothing there', required: 'signature', fault: ['unattested', 'it has no signature'] },
  { name: 'signed', required: 'signature', attached: [attached('signature', index)], fault: null },
  {
    name: 'by somebody else, for this digest',
    required: 'signature',
    attached: [{ at: 'at', statement: { proof: 'signature', subjects: [index] }, foreign: 'other key' }],
    fault: ['misattested', 'the signature at at does not count: other key'],
  },
  {
    name: 'one that counts beside one that does not',
    required: 'signature',
    attached: [attached('signature', index, 'other key'), attached('signature', amd64), attached('signature', index)],
    fault: null,
  },
  {
    name: 'of one platform alone',
    required: 'signature',
    attached: [attached('signature', amd64)],
    fault: ['misattested', `the signature at at is for ${amd64}, not for ${index}`],
  },
  {
    name: 'by somebody else',
    required: 'signature',
    attached: [attached('signature', index, 'other key')],
    fault: ['misattested', 'the signature at at does not count: other key'],
  },
  {
    name: 'signed provenance is no signature',
    required: 'signature',
    attached: [attached('provenance', index)],
    fault: ['unattested', 'it has no signature'],
  },
  { name: 'built in, on each platform', required: 'provenance', built: built('provenance', arm64), fault: null },
  {
    name: 'built in, on one platform',
    required: 'sbom',
    built: built('sbom'),
    fault: ['unattested', 'linux/arm64 has no sbom'],
  },
  {
    name: 'built in, and of an earlier image',
    required: 'provenance',
    built: built('provenance', index),
    fault: ['misattested', `the provenance of linux/arm64 is for ${index}, not for ${arm64}`],
  },
  {
    name: 'built in, of another kind',
    required: 'sbom',
    built: built('provenance', arm64),
    fault: ['unattested', 'linux/amd64 has no sbom'],
  },
  {
    name: 'attached later, for all platforms',
    required: 'sbom',
    built: built('provenance', arm64),
    attached: [attached('sbom', index)],
    fault: null,
  },
];

test.each(rows)('$required: $name', ({ required, fault, attached: on = [], built: inside = [] }) => {
  const proofs: Proofs = { kind: 'read', required: [required], attached: on, built: inside };
  const found = judgeProofs(index, repository, proofs);
  expect(found.map(({ kind, because }) => [kind, because])).toEqual(fault === null ? [] : [fault]);
  expect(found.every(({ repair }) => repair?.choices.length === 1)).toBe(true);
});

test('nothing asked is nothing found, and what could not be read is unknown', () => {
  expect(judgeProofs(index, repository, undefined)).toEqual([]);
  expect(judgeProofs(index, repository, { kind: 'failed', reason: 'REGISTRY_THROTTLED 429' })).toMatchObject([
    { kind: 'unknown', because: 'what proves it could not be read: REGISTRY_THROTTLED 429' },
  ]);
});

test('statements and payloads say what they are about; anything else says nothing', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  expect(parseSignedPayload(bytes(payloadOf(index)))).toEqual({ proof: 'signature', subjects: [index] });
  const types = [
    'https://slsa.dev/provenance/v0.2',
    'https://spdx.dev/Document/v2.3',
    'https://cyclonedx.org/bom',
    'x',
  ];
  const read = types.map((type) => parseStatement(bytes(statementOf(index, type)))?.proof);
  expect(read).toEqual(['provenance', 'sbom', 'sbom', null]);
  for (const text of ['', '[]', '{"predicateType":1}', '{"subject":[]}'])
    expect(parseStatement(bytes(text))).toBeNull();
  expect([attachedLayers(bytes('{')), indexAttestations(bytes('{}'))]).toEqual([[], []]);
  const annotations = { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': amd64 };
  const manifests = [{ digest: amd64 }, { digest: arm64, annotations }];
  expect(indexAttestations(bytes(JSON.stringify({ manifests })))).toEqual([{ digest: arm64, of: amd64 }]);
});
