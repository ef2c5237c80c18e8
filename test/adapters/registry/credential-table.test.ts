import { afterEach, expect, test, vi } from 'vitest';
import { createCredentialSource } from '../../../src/adapters/registry/credential-source.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import { credentialCase } from '../../support/credential-case.ts';
import { credentialRows } from '../../tables/credentials.ts';

afterEach(() => vi.unstubAllEnvs());

/** In the words of the table. */
async function found(row: (typeof credentialRows)[number]): Promise<string> {
  const { env, registry, path } = await credentialCase(row, '127.0.0.1:5999');
  vi.stubEnv('PATH', env['PATH']);
  try {
    const { credentials } = await createCredentialSource({ env })({ registry, path });
    if (credentials === null) return 'none';
    const password = credentials.kind === 'password' ? credentials : 'password' in credentials && credentials.password;
    return password ? `${password.username}:${password.password}` : credentials.kind;
  } catch (error) {
    if (error instanceof OutsideError && error.code === 'CREDENTIALS_FAILED') return 'error';
    throw error;
  }
}

test.each(credentialRows)('$name: $ours', async (row) => {
  expect(await found(row)).toBe(row.ours);
});

test('where docker, crane and skopeo agree, we do the same, or say why not', () => {
  const alone = credentialRows.filter(
    ({ docker, crane, skopeo, ours, choice }) =>
      choice === undefined && new Set([docker, crane, skopeo, ours]).size > 1,
  );
  expect(alone.map(({ name }) => name)).toEqual([]);
  expect(credentialRows.length).toBeGreaterThanOrEqual(30);
});
