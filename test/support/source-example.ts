/** The examples that are built from source, each as a git repository of its own, on stand-ins for what cannot be pulled. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { git } from './git-repository.ts';
import { standInBases, standInBuildWheels } from './stand-in-bases.ts';
import { tempFolder } from './temp-folder.ts';

export type SourceExampleName = 'python-source' | 'node-source';

interface Example {
  readonly bases: readonly string[];
  /** Of the one cell of 1.0.0. */
  readonly tag: string;
  /** The file that differs from release to release, and how it does. */
  readonly file: string;
  readonly line: (version: string) => string;
  /** Where the image has it. */
  readonly folder: string;
}

const examples: Readonly<Record<SourceExampleName, Example>> = {
  'python-source': {
    bases: ['python:3.11-slim'],
    tag: '1.0.0-python3.11',
    file: 'src/acme_greeter/__init__.py',
    line: (version) => `GREETING = "hello from ${version}"`,
    folder: '/usr/local/lib',
  },
  'node-source': {
    bases: ['node:22-slim'],
    tag: '1.0.0',
    file: 'package.json',
    line: (version) => `  "version": "${version}",`,
    folder: '/app',
  },
};

export interface SourceExample {
  readonly root: string;
  /** The example's own config with the stand-ins; it is not committed. */
  readonly config: string;
  readonly revisions: Readonly<Record<string, string>>;
  /** Of the one cell of 1.0.0. */
  readonly tag: string;
  /** Where the image has the file that differs, and the line that does. */
  readonly file: { readonly folder: string; readonly line: (version: string) => string };
}

/** Two releases, 1.0.0 and 1.1.0. The second is checked out; the file and the Dockerfile are edited. */
export async function sourceExample(name: SourceExampleName, registryHost: string): Promise<SourceExample> {
  const { bases, tag, file, line, folder } = examples[name];
  const root = await tempFolder();
  await cp(fileURLToPath(new URL(`../../examples/${name}`, import.meta.url)), root, { recursive: true });
  const edit = async (version: string): Promise<void> => {
    const [start] = line(version).split(/(?<==|: )/);
    const lines = (await readFile(join(root, file), 'utf8')).split('\n');
    const edited = lines.map((one) => (one.startsWith(start ?? '') ? line(version) : one));
    await writeFile(join(root, file), edited.join('\n'));
  };
  git(root, 'init', '--quiet', '--initial-branch=main');
  const revisions: Record<string, string> = {};
  for (const version of ['1.0.0', '1.1.0']) {
    await edit(version);
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--allow-empty', '-m', version);
    git(root, 'tag', '-a', '-m', version, `v${version}`);
    revisions[version] = git(root, 'rev-parse', 'HEAD');
  }
  await edit('9.9.9');
  await writeFile(join(root, 'Dockerfile'), `${await readFile(join(root, 'Dockerfile'), 'utf8')}RUN exit 9\n`);
  const wheels = name === 'python-source' ? { wheels: await standInBuildWheels(registryHost) } : {};
  const contexts = { ...(await standInBases(registryHost, { bases })), ...wheels };
  // Without a network it is certain that nothing else is downloaded.
  const more = `network: 'none', contexts: ${JSON.stringify(contexts)}`;
  const text = `import config from './matrix.config.ts';\nexport default { ...config, ${more} };\n`;
  await writeFile(join(root, 'stand-in.config.ts'), text);
  return {
    root,
    config: join(root, 'stand-in.config.ts'),
    revisions,
    tag,
    file: { folder, line },
  };
}
