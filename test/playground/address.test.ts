import * as fc from 'fast-check';
import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { addressOf, sharedOf, type Shared } from '../../src/playground/address.ts';

const names = ['prefect', 'cuda'];
const choice = { image: null, release: null, tag: null };
const refused = {
  ok: false,
  problems: [
    {
      code: 'USAGE',
      where: 'the address',
      message: 'the part behind # cannot be read: it was cut or changed on its way',
      fix: 'ask for the link again, as a file or in a code block, or choose an example',
    },
  ],
};

test('an example is its name and what was chosen', async () => {
  const shared: Shared = { kind: 'example', name: 'cuda', ...choice, tag: '1-gpu' };
  expect(await addressOf(shared)).toBe('example=cuda&tag=1-gpu');
  expect(await sharedOf('#example=cuda&tag=1-gpu', names)).toEqual({ ok: true, value: shared });
});

test('an example that there is not is no other one in silence', async () => {
  expect(await sharedOf('#example=nosuch', names)).toEqual({
    ok: false,
    problems: [
      {
        code: 'USAGE',
        where: 'the address',
        message: 'there is no example "nosuch", so another one is shown',
        fix: 'choose one of prefect, cuda',
      },
    ],
  });
});

test('nothing is nothing', async () => {
  expect(await sharedOf('', names)).toEqual({ ok: true, value: null });
  expect(await sharedOf('#result', names)).toEqual({ ok: true, value: null });
});

test('every pair of texts comes back from its address, which has only letters that links keep', async () => {
  const text = fc.string({ unit: 'binary' });
  const name = fc.option(fc.string({ minLength: 1 }));
  const shared = fc.record({ config: text, releases: text, image: name, release: name, tag: name });
  await fc.assert(
    fc.asyncProperty(shared, async (given) => {
      const value: Shared = { kind: 'texts', ...given };
      const address = await addressOf(value);
      expect(address).toMatch(/^[\w.*=&%+-]+$/);
      expect(await sharedOf(`#${address}`, names)).toEqual({ ok: true, value });
    }),
    { numRuns: 50 },
  );
});

const packed = (text: string | Buffer): string => deflateRawSync(text).toString('base64url');

test.each([
  ['cut', packed(JSON.stringify(['repository: a', '1.0.0'])).slice(0, -6)],
  ['not base64', '%%%'],
  ['not compressed', 'aGVsbG8'],
  ['not JSON', packed('{')],
  ['one text', packed('["a"]')],
  ['other values', packed('[1, 2]')],
  ['not UTF-8', packed(Buffer.from([0x22, 0xff, 0x22]))],
  ['a bomb of 100 MB in 100 kB', packed(JSON.stringify([' '.repeat(100_000_000), '1.0.0']))],
])('what is %s is refused in one message', async (_name, text) => {
  expect(await sharedOf(`text=${text}`, names)).toEqual(refused);
});
