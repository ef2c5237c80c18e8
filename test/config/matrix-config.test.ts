import { expect, expectTypeOf, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { configSchema, type WrittenConfig } from '../../src/config/schema.ts';
import { configTypes } from '../support/config-types.ts';

const types = configTypes(configSchema);

test('each key of a config has its documentation', () => {
  expect(types.undescribed).toEqual([]);
});

test('the type of a config is the one of its schema', async () => {
  expectTypeOf<WrittenConfig>().toExtend<MatrixConfig>();
  expectTypeOf<keyof MatrixConfig>().toEqualTypeOf<keyof WrittenConfig>();
  await expect(types.text).toMatchFileSnapshot('../../src/config/matrix-config.ts');
});
