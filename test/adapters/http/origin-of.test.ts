import { expect, test } from 'vitest';
import { originOf } from '../../../src/adapters/http/origin-of.ts';

test.each([
  'https://ghcr.io/v2/a/manifests/1',
  'https://ghcr.io',
  'https://ghcr.io:443/v2/',
  'https://GHCR.io/v2/',
  'https://ghcr.io?x=/',
  'http://127.0.0.1:5000/v2/',
  'http://[::1]:5000/v2/',
  'http:////one.example/v2/',
  'http:////two.example/v2/',
  'http://\t/three.example/v2/',
  'http://\t/four.example/v2/',
  'https:\\\\five.example/v2/',
  'https://a@six.example/v2/',
  'https://six.example@b/v2/',
  'https://six.example\\@b/v2/',
  'http://a',
  'http://ab/',
])('an address has the origin that URL gives it, asked once and again: %j', (url) => {
  const { origin, host } = new URL(url);
  expect(originOf(url)).toEqual({ origin, host });
  expect(originOf(url)).toEqual({ origin, host });
});

test('what is no address is refused', () => {
  expect(() => originOf('ghcr.io/v2/')).toThrow(TypeError);
});
