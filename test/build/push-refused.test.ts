/** What builders say when a registry refuses their push, and what is no matter of a login. */
import { expect, test } from 'vitest';
import { loginAdvice } from '../../src/build/push-refused.ts';

test.each([
  'failed to solve: failed to push a.example/x:1.1.0: unexpected status from HEAD request to http://a.example/v2/x/blobs/sha256:65: 401 Unauthorized',
  'failed to push ghcr.io/acme/app:1.0: denied: permission_denied: write_package',
  'failed to push acme/app: push access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
  'failed to push a.example/x:1: unexpected status from POST request to https://a.example/v2/x/blobs/uploads/: 403 Forbidden',
])('a push that needs a login of Docker: %s', (reason) => {
  expect(loginAdvice(reason, 'a.example')).toBe(
    '; the builder pushes with the logins of Docker: run docker login a.example',
  );
});

test.each([
  'failed to push 127.0.0.1:9/x/y:1.0.401: failed to do request: dial tcp 127.0.0.1:9: connect: connection refused',
  'failed to solve: process "/bin/sh -c pip install" did not complete successfully: exit code: 1, 401 Unauthorized',
])('another failure: %s', (reason) => {
  expect(loginAdvice(reason, 'a.example')).toBe('');
});
