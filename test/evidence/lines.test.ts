/** Lines of a file of statements: what was written is what is read, whatever a line holds. */
import { describe, expect, test } from 'vitest';
import { evidenceLine, readEvidence } from '../../src/evidence/lines.ts';
import { digestNamed } from '../support/digests.ts';

const text = '{"predicate":{"signatures":[{"keyid":"not of the line"}]}}';

describe('a line', () => {
  test.each([
    ['without a signature', null],
    ['signed with a key', { keyid: 'x', sig: 'eA==' }],
    [
      'signed without one',
      {
        keyid: '',
        sig: 'eA==',
        verificationMaterial: { certificate: { rawBytes: 'eA==' }, tlogEntries: [{ proof: { hashes: ['}]}'] } }] },
      },
    ],
  ])('%s is read as it was written', (_name, signature) => {
    const row = evidenceLine(text, digestNamed(text), signature);
    const [read] = readEvidence(`${row}\n`, digestNamed).lines;
    expect([read?.text, read?.stated, read?.signature]).toEqual([text, digestNamed(text), signature]);
  });

  test.each(['}', '}]}', '}]'])('of somebody who wants it to take long does not: %s', (end) => {
    const row = `{"digest":"${digestNamed('')}","statement":{${'},"signatures":[{"keyid":'.repeat(200_000)}${end}`;
    const began = performance.now();
    expect(readEvidence(`${row}\n`, digestNamed).lines).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
