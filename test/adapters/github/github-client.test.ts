import { expect, test } from 'vitest';
import { isPaced } from '../../../src/adapters/github/github-client.ts';

test.each([
  { server: 'https://api.github.com', paced: true },
  { server: 'https://api.acme.ghe.com', paced: true },
  { server: 'https://github.acme.example/api/v3', paced: false },
  { server: 'https://acme-ghe.com/api/v3', paced: false },
  { server: 'http://127.0.0.1:8080/api/v3', paced: false },
])('writes to $server keep to the pace of github.com: $paced', ({ server, paced }) => {
  expect(isPaced(new URL(server))).toBe(paced);
});
