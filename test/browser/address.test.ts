import { describe, expect, test } from 'vitest';
import { hrefOf, readAddress, writeAddress } from '../../src/browser/address.ts';

const rows = [
  { name: 'nothing', hash: '', address: { target: '', q: '', kinds: [] } },
  { name: 'a part', hash: '#map', address: { target: 'map', q: '', kinds: [] } },
  {
    name: 'a finding',
    hash: '#docker.io/prefecthq/prefect:2-latest',
    address: { target: 'docker.io/prefecthq/prefect:2-latest', q: '', kinds: [] },
  },
  {
    name: 'a part with a filter',
    hash: '#map?q=conda+2.20&kind=stale,missing',
    address: { target: 'map', q: 'conda 2.20', kinds: ['stale', 'missing'] },
  },
  { name: 'a filter alone', hash: '#?q=%E2%9A%A0%3F', address: { target: '', q: '⚠?', kinds: [] } },
];

describe('the address of a page', () => {
  test.each(rows)('says $name, and is written as it is read', ({ hash, address }) => {
    expect(readAddress(hash)).toEqual(address);
    expect(writeAddress(address)).toBe(hash);
  });

  test('that somebody cut is read as far as it goes', () => {
    expect(readAddress('#map%')).toEqual({ target: 'map%', q: '', kinds: [] });
    expect(readAddress('#map?kind=,,&q')).toEqual({ target: 'map', q: '', kinds: [] });
  });

  test('of a name with hard characters comes back', () => {
    const id = 'localhost:5000/a:"<x> ?#%';
    expect(readAddress(hrefOf(id)).target).toBe(id);
  });
});
