/** The JSON Schema of a config, for editors and other tools. */
import { z } from 'zod';
import { configSchema, told } from './schema.ts';

/** Patterns given as regular expressions have no counterpart in it. */
export function configJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any', metadata: told });
}
