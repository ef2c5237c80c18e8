import { expect, test } from 'vitest';
import { parseChallenge } from '../../../src/adapters/registry/challenge.ts';

const bearer = { kind: 'bearer', realm: 'https://auth.test/token', service: null, scope: null, error: null };

const rows: { name: string; header: string | undefined; challenge: object | null }[] = [
  { name: 'no header', header: undefined, challenge: null },
  { name: 'basic', header: 'Basic realm="Registry"', challenge: { kind: 'basic' } },
  { name: 'basic without a realm', header: 'basic', challenge: { kind: 'basic' } },
  {
    name: "Docker Hub's",
    header:
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:acme/app:pull",error="insufficient_scope"',
    challenge: {
      kind: 'bearer',
      realm: 'https://auth.docker.io/token',
      service: 'registry.docker.io',
      scope: 'repository:acme/app:pull',
      error: 'insufficient_scope',
    },
  },
  { name: 'spaces, case and a bare value', header: 'BEARER Realm = https://auth.test/token', challenge: bearer },
  {
    name: 'a comma and a scheme inside quotes are neither',
    header: 'Bearer realm="https://auth.test/token",scope="repository:a:pull,push Basic x=1"',
    challenge: { ...bearer, scope: 'repository:a:pull,push Basic x=1' },
  },
  {
    name: 'an escaped quote',
    header: 'Bearer realm="https://auth.test/token",service="a \\"b\\""',
    challenge: { ...bearer, service: 'a "b"' },
  },
  {
    name: 'two challenges: bearer wins',
    header: 'Basic realm="x", Bearer realm="https://auth.test/token"',
    challenge: bearer,
  },
  {
    name: 'two challenges, the other way round',
    header: 'Bearer realm="https://auth.test/token", Basic realm="x"',
    challenge: bearer,
  },
  {
    name: 'bearer without a realm, and basic',
    header: 'Bearer service="x", Basic realm="x"',
    challenge: { kind: 'basic' },
  },
  { name: 'bearer without a realm', header: 'Bearer service="x"', challenge: null },
  { name: 'another scheme', header: 'Negotiate', challenge: null },
  {
    name: 'the first of a repeated parameter',
    header: 'Bearer realm="https://auth.test/token",realm="https://evil.test"',
    challenge: bearer,
  },
];

test.each(rows)('$name', ({ header, challenge }) => {
  expect(parseChallenge(header)).toEqual(challenge);
});
