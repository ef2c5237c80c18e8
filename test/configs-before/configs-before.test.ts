/**
 * Configs as they were written before axes had aliases and rules had channels: each gives the tags that it gave then, which
 * `NAME.tags.txt` has (the pinned ones as their count and the SHA-256 of their lines). The default of `latest` has changed
 * since; whoever relied on the old one is shown the line that keeps it.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';
import { describe, expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import type { CellOrStandIn } from '../../src/plan/cell.ts';
import { explainTag } from '../../src/plan/explain.ts';
import { planned, problemsOf, type Planned } from '../support/history.ts';

const folder = fileURLToPath(new URL('./', import.meta.url));
const names = readdirSync(folder).flatMap((file) =>
  file.endsWith('.config.ts') ? [file.replace('.config.ts', '')] : [],
);
const incidents = readdirSync(`${folder}../../examples/incidents`);

/** The line that the default was. */
const before = { latest: { template: '{{major}}-latest{{suffix}}' } };

async function configOf(name: string): Promise<MatrixConfig> {
  const jiti = createJiti(import.meta.url, { alias: { tagwright: `${folder}../../src/index.ts` } });
  return jiti.import<MatrixConfig>(`${folder}${name}.config.ts`, { default: true });
}

function factsOf(name: string): ReleaseFact[] {
  const path = incidents.includes(name) ? `incidents/${name}` : name;
  return JSON.parse(readFileSync(`${folder}../../examples/${path}/releases.json`, 'utf8'));
}

function tagsText({ tags }: Planned): string {
  const lineOf = (tag: string, owner: CellOrStandIn | null): string =>
    [tag, ...(owner === null ? ['nobody'] : [owner.release.version.text, ...Object.values(owner.shape.axes)])].join(
      ' ',
    );
  const pinned = [...tags.pinned].map(([tag, { cell }]) => lineOf(tag, cell)).toSorted();
  const moving = tags.convenience.map(({ tag, owner }) => lineOf(tag, owner)).toSorted();
  const sum = createHash('sha256').update(pinned.join('\n')).digest('hex');
  return `pinned: ${pinned.length}, ${sum}\n${moving.join('\n')}\n`;
}

describe.each(names)('%s', (name) => {
  test('gives the tags that it gave', async () => {
    const config = await configOf(name);
    const facts = factsOf(name);
    const isDefault = config.rules?.['latest'] === undefined;
    const kept = isDefault ? { ...config, rules: { ...config.rules, ...before } } : config;
    expect(problemsOf(config, facts)).toEqual([]);
    const expected = readFileSync(`${folder}${name}.tags.txt`, 'utf8');
    expect(tagsText(planned(kept, facts))).toBe(expected);
    // As it stands, the tags for each series alone are others, by the new default.
    const perSeries = (text: string): string[] => text.split('\n').filter((line) => !/^(?:\d+-)?latest\b/.test(line));
    expect(perSeries(tagsText(planned(config, facts)))).toEqual(perSeries(expected));
  });

  test('a tag that only the old default explains shows the line that keeps it', async () => {
    const config = await configOf(name);
    const { image, known, tags } = planned(config, factsOf(name));
    const lost = readFileSync(`${folder}${name}.tags.txt`, 'utf8')
      .split('\n')
      .flatMap((line) => /^(?<tag>\d+-latest\S*)/.exec(line)?.groups?.['tag'] ?? [])
      .filter((tag) => tags.convenience.every((one) => one.tag !== tag));
    expect(lost.length > 0).toBe(config.rules?.['latest'] === undefined);
    for (const tag of lost) {
      expect(JSON.stringify(explainTag(tag, image, known, tags))).toContain(
        "rules: { latest: { template: '{{major}}-latest{{suffix}}' } }",
      );
    }
  });
});
