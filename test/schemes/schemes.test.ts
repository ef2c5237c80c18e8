/**
 * Tag schemes of real images, in configs that a person can read: each plan has the very tags of its image, and those of
 * one line of tags.txt have one owner. No plan has a tag more.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const folder = fileURLToPath(new URL('./', import.meta.url));
const images = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** The longest a config may be, without comments and empty lines; the two with the most bases have half as much again. */
const lineLimit: Readonly<Record<string, number>> = { gradle: 60, 'eclipse-temurin': 60 };

function linesOf(path: string): string[] {
  return readFileSync(`${folder}${path}`, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

interface PlanJson {
  readonly tags: readonly { readonly tag: string; readonly owner: Readonly<Record<string, string>> | null }[];
}

async function tagsByOwner(image: string): Promise<string[]> {
  const config = `${folder}${image}/matrix.config.ts`;
  const run = await runCli(['plan', '--offline', '--json', '--config', config]);
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
  const plan: PlanJson = JSON.parse(run.stdout);
  const owners = new Map<string, string[]>();
  for (const { tag, owner } of plan.tags) {
    const key = JSON.stringify(owner);
    owners.set(key, [...(owners.get(key) ?? []), tag]);
  }
  return [...owners.values()].map((tags) => tags.toSorted().join(' ')).toSorted();
}

describe.each(images)('%s', (image) => {
  test('every tag, on its image', async () => {
    expect(await tagsByOwner(image)).toEqual(linesOf(`${image}/tags.txt`).toSorted());
  });

  test('in few lines', () => {
    const code = linesOf(`${image}/matrix.config.ts`).filter((line) => !/^\s*(?:\/\/|\/?\*)/.test(line));
    expect(code.length).toBeLessThanOrEqual(lineLimit[image] ?? 40);
  });
});
