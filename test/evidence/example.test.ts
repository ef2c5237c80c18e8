import { expect, test } from 'vitest';
import { exampleEvidence } from '../support/example-evidence.ts';

test('examples/evidence has the statements that the guide asks', async () => {
  const path = new URL('../../examples/evidence/evidence.jsonl', import.meta.url).pathname;
  await expect(exampleEvidence()).toMatchFileSnapshot(path);
});
