import { expect, test } from 'vitest';
import { isPassingFailure } from '../../src/domain/passing-failure.ts';

test.each([
  'failed to push 127.0.0.1:5000/a:1: unexpected status from PUT request to http://127.0.0.1:5000/v2/a/manifests/1: 503 Service Unavailable',
  'failed to do request: Head "https://registry-1.docker.io/v2/library/python/manifests/3.12": dial tcp: lookup registry-1.docker.io: Temporary failure in name resolution',
  'python:3.12: failed to resolve source metadata for docker.io/library/python:3.12: unexpected status from HEAD request to https://registry-1.docker.io/v2/: 429 Too Many Requests',
  'failed to copy: write tcp 10.0.0.1:1->10.0.0.2:443: write: connection reset by peer',
  'failed to fetch anonymous token: Get "https://auth.docker.io/token": net/http: TLS handshake timeout',
  'image "127.0.0.1:5000/acme/app": already exists',
  'failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://x/y": EOF',
])('%s passes', (reason) => {
  expect(isPassingFailure(reason)).toBe(true);
});

test.each([
  'process "/bin/sh -c curl https://a/b" did not complete successfully: exit code: 7; it last said: connection refused',
  'smoke test: process "/bin/sh -c app" did not complete successfully: exit code: 1',
  'failed to push 127.0.0.1:5000/a:1: unexpected status from PUT request to http://127.0.0.1:5000/v2/a/manifests/1: 403 Forbidden',
  'python:3.99: failed to resolve source metadata for docker.io/library/python:3.99: not found',
  'failed to push 127.0.0.1:5000/a:1: the tag already exists and is immutable',
  'dockerfile parse error on line 3: unknown instruction: RUNN',
])('%s stays', (reason) => {
  expect(isPassingFailure(reason)).toBe(false);
});
