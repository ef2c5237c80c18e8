/** `tagwright schema`: the JSON Schema of a config. */
import { configJsonSchema } from '../config/json-schema.ts';
import { jsonText } from '../report/plan-json.ts';
import type { Outcome } from './world.ts';

export function schemaCommand(): Outcome {
  return { stdout: jsonText(configJsonSchema()), result: 'as-planned' };
}
