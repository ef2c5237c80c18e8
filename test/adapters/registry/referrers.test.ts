import { describe, expect, test } from 'vitest';
import { listReferrers } from '../../../src/adapters/registry/referrers.ts';
import { WireFault, type WireAnswer } from '../../../src/adapters/http/wire.ts';
import { digestNamed } from '../../support/digests.ts';

const base = `https://r.example/v2/app/referrers/${digestNamed('image')}`;
const index = (...names: readonly string[]): string =>
  JSON.stringify({ schemaVersion: 2, manifests: names.map((name) => ({ digest: digestNamed(name), size: 1 })) });

function answer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return { status, headers, body: new TextEncoder().encode(body) };
}

function list(pages: Readonly<Record<string, WireAnswer>>): Promise<readonly string[] | null> {
  const found = listReferrers(base, (url, read) =>
    Promise.resolve(url.slice(base.length)).then((query) => read(pages[query] ?? answer(404, ''))),
  );
  return found.then((referrers) => referrers?.map(({ digest }) => digest) ?? null);
}

test('all pages, over the way that works', async () => {
  const next = { link: '<http://inner:5000/v2/app/referrers/' + digestNamed('image') + '?n=2>; rel="next"' };
  const pages = { '': answer(200, index('a', 'b'), next), '?n=2': answer(200, index('c')) };
  expect(await list(pages)).toEqual(['a', 'b', 'c'].map((name) => digestNamed(name)));
});

test('none is an empty list, and not the same as a registry without lists', async () => {
  expect(await list({ '': answer(200, index()) })).toEqual([]);
});

describe('a registry without the API', () => {
  test.each([
    { name: '404', given: answer(404, '404 page not found') },
    { name: '400 of a path it does not know', given: answer(400, '{"errors":[{"code":"NAME_INVALID"}]}') },
    { name: '405', given: answer(405, '') },
    { name: 'a page for people', given: answer(200, '<html></html>') },
  ])('$name', async ({ given }) => {
    expect(await list({ '': given })).toBeNull();
  });
});

describe('an answer that is none', () => {
  test.each([
    { name: 'a denial', pages: { '': answer(403, '') } },
    { name: '404 in the middle', pages: { '': answer(200, index('a'), { link: '<?n=2>; rel="next"' }) } },
    { name: 'a circle', pages: { '': answer(200, index('a'), { link: `<${base}>; rel="next"` }) } },
    { name: 'another path', pages: { '': answer(200, index('a'), { link: '</v2/other>; rel="next"' }) } },
  ])('$name is a fault', async ({ pages }) => {
    await expect(list(pages)).rejects.toBeInstanceOf(WireFault);
  });
});
