/** Tag templates: text and names alone are read without Handlebars, and mean what it would make of them. */
import { array, assert, constantFrom, oneof, property, string } from 'fast-check';
import Handlebars from 'handlebars';
import { expect, test, vi } from 'vitest';
import { parseTagTemplate, type TemplatePiece } from '../../src/config/tag-template.ts';

const known = new Set([
  'version',
  'major',
  'os',
  'my-axis',
  'else',
  'true',
  'null',
  'this',
  'else-x',
  'elsewhere',
  'nullable',
]);

/** What Handlebars alone makes of a template: `null` where it is more than text and known names. */
function piecesOf(text: string): readonly TemplatePiece[] | null {
  let body: hbs.AST.Statement[];
  try {
    ({ body } = Handlebars.parse(text));
  } catch {
    return null;
  }
  const pieces = body.map((statement): TemplatePiece | null => {
    if (isContent(statement)) return { kind: 'text', text: statement.value };
    if (!isMustache(statement)) return null;
    const { path, params, hash } = statement;
    const isName = 'parts' in path && !path.data && path.depth === 0 && path.parts.length === 1;
    if (!isName || params.length > 0 || hash !== undefined || !known.has(path.original)) return null;
    return { kind: 'name', name: path.original };
  });
  return pieces.some((piece) => piece === null) ? null : pieces.filter((piece) => piece !== null);
}

const isContent = (one: hbs.AST.Statement): one is hbs.AST.ContentStatement => one.type === 'ContentStatement';
const isMustache = (one: hbs.AST.Statement): one is hbs.AST.MustacheStatement => one.type === 'MustacheStatement';

const part = oneof(
  constantFrom(...[...known].map((name) => `{{${name}}}`)),
  constantFrom('{{ version }}', '{{{version}}}', '{{~major~}}', '{{unknown}}', '{{!x}}', '{{#if os}}', '{{../os}}'),
  constantFrom('{', '}', '{{', '}}', '\\', '\\{{version}}', '\0', '-', '_', '\n', ' '),
  string({ maxLength: 5 }),
);

test('a template has the pieces that Handlebars gives it', () => {
  assert(
    property(array(part, { maxLength: 6 }), (parts) => {
      const text = parts.join('');
      const read = parseTagTemplate(text, known, 'here');
      expect({ text, pieces: read.ok ? read.value.pieces : null }).toEqual({ text, pieces: piecesOf(text) });
    }),
    { numRuns: 3000 },
  );
});

test('of text and names alone Handlebars is not asked', () => {
  const parse = vi.spyOn(Handlebars, 'parse');
  expect(parseTagTemplate('{{version}}-os.{{os}}{{my-axis}}', known, 'here')).toMatchObject({ ok: true });
  expect(parse).not.toHaveBeenCalled();
  expect(parseTagTemplate('{{ version }}', known, 'here')).toMatchObject({ ok: true });
  expect(parse).toHaveBeenCalledOnce();
});
