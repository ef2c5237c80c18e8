import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import ts from 'typescript';

/** What one room of src/ may use. A room is a folder, or a file that stands directly in src/. */
export interface Room {
  /** Other rooms whose files it may import. */
  readonly rooms: readonly string[];
  /** npm packages, by name; `any` where the room may choose. */
  readonly packages: 'any' | readonly string[];
  /** No Node modules, process, network, console, clock, chance or locale: data in, data out. */
  readonly pure: boolean;
  /** What it touches of the world although it is pure. */
  readonly mayUse?: readonly string[];
  /** Each folder in it is a world of its own: `adapters/a` may not import `adapters/b`. Files beside the folders are shared. */
  readonly separateFolders?: boolean;
  /** Folders that the rest of the room may not import but for the named ones, and those only by its `index.ts`. */
  readonly closed?: Readonly<Record<string, readonly string[]>>;
  /** Folders of a room of separate ones that the others may import; they import no other. */
  readonly sharedFolders?: readonly string[];
  /** Holds `export … from` and nothing else. */
  readonly onlyReexports?: boolean;
}

export interface SourceFile {
  /** From the root of the git repository, with `/`: `src/plan/owners.ts`. */
  readonly path: string;
  readonly text: string;
}

/** Packages that exist to touch the world; `packages: 'any'` of a pure room does not include them. */
const impurePackages = ['execa', 'jiti', 'octokit', 'undici'];

/** Words that are names elsewhere too. */
const browserGlobals = ['document', 'history', 'localStorage', 'location'];

const impureGlobals = [
  'XMLHttpRequest',
  ...browserGlobals,
  'console',
  'fetch',
  'navigator',
  'performance',
  'process',
  'require',
  'setImmediate',
  'setInterval',
  'setTimeout',
];

/**
 * Reads one file's syntax tree and says, one line for each, what breaks its room's rules: file, line, what was found and
 * what the room may use instead. An empty list is a file in order.
 */
export function findViolations(file: SourceFile, rooms: Readonly<Record<string, Room>>): string[] {
  const name = roomOf(file.path);
  const room = rooms[name];
  if (room === undefined) {
    return [`${file.path}: belongs to no room; the rooms of src/ are ${Object.keys(rooms).join(', ')}`];
  }
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const report = (node: ts.Node, what: string): void => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    found.push(`${file.path}:${line} ${what}`);
  };

  const own = declaredIn(source);
  const visit = (node: ts.Node): void => {
    const specifier = importedBy(node);
    if (specifier !== undefined) {
      const fault = importFault(file.path, specifier.text, name, room);
      if (fault !== undefined) report(specifier, `imports ${specifier.text}: ${fault}`);
    }
    const impurity = room.pure ? impurityOf(node) : undefined;
    if (impurity !== undefined && !own.has(impurity) && room.mayUse?.includes(impurity) !== true)
      report(node, `uses ${impurity}: room ${name} is pure, hand the value in instead`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  if (room.onlyReexports === true) {
    for (const statement of source.statements) {
      if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined) {
        report(statement, `is not an export … from: ${name} only passes on what other rooms export`);
      }
    }
  }
  return found;
}

/** Names that a file gives to something of its own, of those that a browser has too: `document`. */
function declaredIn(source: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const isDeclaration = ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node);
    if (isDeclaration && ts.isIdentifier(node.name) && browserGlobals.includes(node.name.text))
      names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** Every module that a file imports, in every form an import has. */
export function importsOf({ path, text }: SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = importedBy(node);
    if (specifier !== undefined) found.push(specifier.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
}

/** `src/plan/owners.ts` is in room `plan`, `src/ports.ts` is room `ports`. */
function roomOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.ts$/, '');
}

/** The module that a node imports: `import`, `export … from`, `import()` and `import('…').Type`. */
function importedBy(node: ts.Node): ts.StringLiteralLike | undefined {
  let specifier: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) specifier = node.moduleSpecifier;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) specifier = node.arguments[0];
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) specifier = node.argument.literal;
  return specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier : undefined;
}

function importFault(from: string, specifier: string, name: string, room: Room): string | undefined {
  if (specifier.startsWith('.')) return relativeFault(from, specifier, name, room);
  if (isBuiltin(specifier)) {
    return room.pure ? `room ${name} is pure, only adapters, cli and action touch Node` : undefined;
  }
  const packageName = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (room.pure && impurePackages.includes(packageName)) return `room ${name} is pure, ${packageName} is for adapters`;
  if (room.packages === 'any' || room.packages.includes(packageName)) return undefined;
  return `room ${name} may import ${room.packages.length === 0 ? 'no package' : `only the packages ${room.packages.join(', ')}`}`;
}

function relativeFault(from: string, specifier: string, name: string, room: Room): string | undefined {
  const path = posix.join(posix.dirname(from), specifier);
  if (!path.startsWith('src/')) return 'it lies outside src/, and is not there once the package is installed';
  const target = roomOf(path);
  if (target !== name) {
    if (room.rooms.includes(target)) return undefined;
    return `room ${name} may import ${room.rooms.length === 0 ? 'no other room' : `only from ${room.rooms.join(', ')}`}`;
  }
  const folder = (at: string): string => posix.dirname(at).split('/')[2] ?? '';
  const isShared = folder(path) === '' || room.sharedFolders?.includes(folder(path)) === true;
  if (room.separateFolders === true && folder(path) !== folder(from) && !isShared) {
    return `${name}/${folder(from)} may not import its neighbour ${name}/${folder(path)}`;
  }
  return closedFault(from, path, room);
}

/** `closed: { publish: ['build'] }` lets `commands/build.ts` and `commands/build/…` import `commands/publish/index.ts`. */
function closedFault(from: string, path: string, { closed = {} }: Room): string | undefined {
  const part = (at: string): string => (at.split('/')[2] ?? '').replace(/\.ts$/, '');
  const guests = closed[part(path)];
  if (guests === undefined || part(from) === part(path)) return undefined;
  if (guests.includes(part(from)) && path.endsWith('/index.ts')) return undefined;
  return `only ${guests.join(' and ')} may import ${part(path)}, and by its index.ts`;
}

/** Names the impurity that a node is, if it is one. A type that mentions `typeof fetch` runs nothing and is fine. */
function impurityOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const text = `${node.expression.getText()}.${node.name.text}`;
    if (text === 'Date.now' || text === 'Math.random' || text === 'import.meta.url') return text;
    if (/^(?:localeCompare|toLocale\w*)$/.test(node.name.text))
      return `.${node.name.text}(), which asks the machine's locale`;
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments ?? []).length === 0) {
    return 'new Date()';
  }
  if (!ts.isIdentifier(node) || !impureGlobals.includes(node.text)) return undefined;
  return isValueInUse(node) ? node.text : undefined;
}

/** False for a name that is only declared, a key, the right side of a dot, or inside a type. */
function isValueInUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if ('name' in parent && parent.name === node) return false;
  if ('propertyName' in parent && parent.propertyName === node) return false;
  return !ts.isTypeQueryNode(parent) && !ts.isTypeReferenceNode(parent) && !ts.isQualifiedName(parent);
}
