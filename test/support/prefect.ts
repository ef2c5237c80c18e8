/** Prefect's real 2.x facts and the shipped config. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import shipped from '../../matrix.config.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { DatedFact } from './history.ts';

export const prefectConfig: MatrixConfig = shipped;

/** The shipped config with only the exclusion of cells: what someone has who never looked at the history. */
export const prefectUnsettled: MatrixConfig = {
  ...shipped,
  exclude: (shipped.exclude ?? []).filter((entry) => !('version' in entry)),
};

/** All 167 version-like 2.x git tags, as found. */
export function prefectFacts(): DatedFact[] {
  const path = fileURLToPath(new URL('../../examples/prefect/releases.json', import.meta.url));
  const facts: DatedFact[] = JSON.parse(readFileSync(path, 'utf8'));
  return facts;
}
