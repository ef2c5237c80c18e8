/** The config's schema as a TypeScript type with a comment a key: what an editor shows to whoever writes a config. */
import { z } from 'zod';
import { told } from '../../src/config/schema.ts';

const head = `/**
 * A config as people write it, with a comment a key. Generated from schema.ts by \`npm run generate\`; it names no package, so
 * that a project that imports the type needs none.
 */
`;

export interface ConfigTypes {
  readonly text: string;
  /** Keys without a description, by their path. */
  readonly undescribed: readonly string[];
}

export function configTypes(schema: z.ZodObject): ConfigTypes {
  const undescribed: string[] = [];
  const body = objectType(schema, '', '', undescribed);
  return { text: `${head}export interface MatrixConfig ${body}\n`, undescribed };
}

function typeOf(schema: z.core.$ZodType, indent: string, path: string, undescribed: string[]): string {
  const inner = (one: z.core.$ZodType, below = path): string => typeOf(one, indent, below, undescribed);
  if (schema instanceof z.ZodOptional) return inner(schema.unwrap());
  if (schema instanceof z.ZodString || schema instanceof z.ZodURL) return 'string';
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodEnum) return schema.options.map((option) => `'${option}'`).join(' | ');
  if (schema instanceof z.ZodLiteral) {
    return [...schema.values].map((value) => (typeof value === 'string' ? `'${value}'` : String(value))).join(' | ');
  }
  if (schema instanceof z.ZodUnion) return [...new Set(schema.options.map((option) => inner(option)))].join(' | ');
  if (schema instanceof z.ZodArray) {
    const element = inner(schema.element);
    return `readonly ${/[|{]/.test(element) ? `(${element})` : element}[]`;
  }
  if (schema instanceof z.ZodRecord) return `{ [name: string]: ${inner(schema.valueType, `${path}.*`)} }`;
  if (schema instanceof z.ZodObject) return objectType(schema, indent, path, undescribed);
  if (schema instanceof z.ZodCustom) return 'RegExp';
  throw new Error(`${path}: a kind of schema that has no type yet`);
}

function objectType(schema: z.ZodObject, indent: string, path: string, undescribed: string[]): string {
  const below = `${indent}  `;
  const lines = Object.entries(schema.shape).flatMap(([key, value]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const description = descriptionOf(value);
    if (description === undefined) undescribed.push(at);
    const isOptional = value instanceof z.ZodOptional;
    const type = typeOf(value, below, at, undescribed);
    return [
      `${below}/** ${(description ?? '').replaceAll('*/', '*\\/')} */`,
      `${below}${key}${isOptional ? '?' : ''}: ${type}${isOptional ? ' | undefined' : ''};`,
    ];
  });
  const { catchall } = schema.def;
  if (catchall !== undefined && !(catchall instanceof z.ZodNever)) {
    lines.push(`${below}[name: string]: ${typeOf(catchall, below, `${path}.*`, undescribed)} | undefined;`);
  }
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function descriptionOf(schema: z.core.$ZodType): string | undefined {
  const own = told.get(schema)?.description;
  return own ?? (schema instanceof z.ZodOptional ? descriptionOf(schema.unwrap()) : undefined);
}
