/** `apply` and `rollback` ask a person at a terminal, and nobody else. */
import { expect, test } from 'vitest';
import { isConfirmed, type Wanted } from '../../src/commands/confirm.ts';
import type { World } from '../../src/commands/world.ts';
import { digestOf } from '../../src/adapters/registry/digest-of.ts';
import { publishWorld } from '../support/publish-world.ts';

const digest = digestOf(new Uint8Array());
const wanted = (count: number): Wanted => ({
  repository: { registry: 'ghcr.io', path: 'acme/app' },
  moves: Array.from({ length: count }, (_, index) => ({
    kind: 'move' as const,
    tag: `1.${index}`,
    from: { owner: null, digest },
    to: { owner: null, digest },
    because: 'x',
  })),
});

interface Asked {
  readonly is: boolean;
  readonly questions: readonly string[];
  readonly said: readonly string[];
}

async function asked(answer: string | null, given: Wanted, yes = false): Promise<Asked> {
  const questions: string[] = [];
  const said: string[] = [];
  const ask = (question: string): Promise<string | null> => {
    questions.push(question);
    return Promise.resolve(answer);
  };
  const world: World = { ...publishWorld(), ask, say: (line) => void said.push(line) };
  return { is: await isConfirmed([given], yes, world), questions, said };
}

test.each([
  { answer: 'y', is: true },
  { answer: 'Yes ', is: true },
  { answer: 'n', is: false },
  { answer: '', is: false },
  { answer: 'yesterday', is: false },
  { answer: null, is: false },
])('the answer $answer', async ({ answer, is }) => {
  expect(await asked(answer, wanted(1))).toEqual({
    is,
    questions: ['1 tag of ghcr.io/acme/app:\n  1.0\nMove this tag? [y/N] '],
    said: is ? [] : ['nothing was moved'],
  });
});

test('nobody is asked with --yes, without moves, and without a terminal', async () => {
  const free = { is: true, questions: [], said: [] };
  expect(await asked('n', wanted(1), true)).toEqual(free);
  expect(await asked('n', wanted(0))).toEqual(free);
  expect(await isConfirmed([wanted(1)], false, { ...publishWorld(), ask: null })).toBe(true);
});

test('of many tags twenty are shown', async () => {
  const [question = ''] = (await asked('n', wanted(25))).questions;
  expect(question).toContain('  1.19\n  … and 5 more\nMove these 25 tags? [y/N] ');
});
