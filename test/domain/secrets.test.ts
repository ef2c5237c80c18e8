import { expect, test } from 'vitest';
import { redact } from '../../src/domain/secrets.ts';

const key = 'PRIVATE KEY';

test.each([
  { name: 'credentials in a URL', text: 'pull https://me:pw@host/x failed', shown: 'pull https://***@host/x failed' },
  { name: 'a user alone in a URL', text: 'http://tok3n@host/', shown: 'http://***@host/' },
  { name: 'a basic header', text: 'Authorization: Basic dXNlcjpwYXNz', shown: 'Authorization: ***' },
  { name: 'a bearer header', text: '"authorization":"Bearer abc.def.ghi"', shown: '"authorization":"***"' },
  { name: 'a header without its name', text: 'sent Bearer abcdefgh12345678==', shown: 'sent Bearer ***' },
  { name: 'a query', text: 'PUT /v2/x?_state=AbC%3D&digest=sha256:1', shown: 'PUT /v2/x?_state=***&digest=sha256:1' },
  { name: 'a token in a query', text: '/token?service=x&token=abc', shown: '/token?service=x&token=***' },
  { name: "Docker's own config", text: '{"auths":{"h":{"auth":"dTpw"}}}', shown: '{"auths":{"h":{"auth":"***"}}}' },
  { name: 'a token by its look', text: `see ghp_${'x1'.repeat(18)}.`, shown: 'see ***.' },
  {
    name: 'a key',
    text: `-----BEGIN ${key}-----\nabc\n-----END ${key}-----\nend`,
    shown: '***\nend',
  },
  {
    name: 'nothing to hide',
    text: 'pushing 127.0.0.1:5000/a/b:1.0 basic test',
    shown: 'pushing 127.0.0.1:5000/a/b:1.0 basic test',
  },
])('$name', ({ text, shown }) => {
  expect(redact(text)).toBe(shown);
});
