/** `init` asks a person at a terminal what no file says, and nobody else. */
import { execFile } from 'node:child_process';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { initCommand, type InitOptions } from '../../../src/commands/init/init.ts';
import { builtCli } from '../../support/built-cli.ts';
import { initOptions } from '../../support/init-options.ts';
import { initWorld } from '../../support/init-world.ts';
import { tempFolder } from '../../support/temp-folder.ts';

// A process takes seconds to start where many tests run at once.
vi.setConfig({ testTimeout: 120_000 });

interface Asked {
  readonly questions: readonly string[];
  readonly config: string | null;
  readonly result: string;
  readonly said: readonly string[];
}

async function init(
  files: Readonly<Record<string, string>>,
  answers: readonly (string | null)[],
  options: Partial<InitOptions> = {},
): Promise<Asked> {
  const folder = await tempFolder(files);
  const questions: string[] = [];
  const said: string[] = [];
  const ask = (question: string): Promise<string | null> => {
    questions.push(question);
    return Promise.resolve(answers[questions.length - 1] ?? null);
  };
  const world = { ...initWorld(folder), ask, say: (line: string) => void said.push(line) };
  const { fromRegistry = null } = options;
  const from = fromRegistry === null ? null : join(folder, fromRegistry);
  const { result } = await initCommand({ ...initOptions, ...options, fromRegistry: from }, world);
  const names = await readdir(folder);
  const config = names.includes('matrix.config.ts') ? await readFile(join(folder, 'matrix.config.ts'), 'utf8') : null;
  return { questions, config, result, said };
}

const dockerfile = { Dockerfile: 'FROM scratch\n' };
const where = 'Where is the image published, as REGISTRY/IMAGE? [decide later] ';
const platforms = 'Which platforms is it built for? [linux/amd64, linux/arm64] ';

test('what is answered is written, without the mark of a guess', async () => {
  const { questions, config } = await init(dockerfile, ['ghcr.io/acme/app', 'linux/amd64']);
  expect(questions).toEqual([where, platforms]);
  expect(config).toContain("\n  repository: 'ghcr.io/acme/app',");
  expect(config).toContain("\n  platforms: ['linux/amd64'],");
  expect(config).not.toMatch(/CHANGE THIS|a guess, so check it/i);
});

test('an empty answer is the guess; the name that nothing says stays marked', async () => {
  const { config } = await init(dockerfile, ['', '']);
  expect(config).toContain('CHANGE THIS: nothing here says where the image goes');
  expect(config).toContain("platforms: ['linux/amd64', 'linux/arm64']");
});

test('an answer that cannot be read is asked for again, with the reason', async () => {
  const { questions, config } = await init(dockerfile, ['Not An Image', 'ghcr.io/acme/app', 'amd64', 'linux/arm64']);
  expect(questions).toHaveLength(4);
  expect(questions[1]).toMatch(/^.*"Not An Image".*\nWhere is the image published/);
  expect(questions[3]).toBe(`"amd64" is not a platform, such as linux/amd64\n${platforms}`);
  expect(config).toContain("platforms: ['linux/arm64']");
});

test.each([
  { name: 'at once', answers: [null] },
  { name: 'at the second question', answers: ['ghcr.io/acme/app', null] },
])('Ctrl-C $name writes nothing', async ({ answers }) => {
  const { config, result, said } = await init(dockerfile, answers);
  expect({ config, result, said }).toEqual({ config: null, result: 'findings', said: ['nothing was written'] });
});

test('what files say is not asked', async () => {
  const bake = 'target "default" {\n  platforms = ["linux/arm64"]\n  tags = ["docker.io/acme/tool:latest"]\n}\n';
  expect((await init({ ...dockerfile, 'docker-bake.hcl': bake }, [])).questions).toEqual([]);
});

test('of several images one question has the start of all names', async () => {
  const files = { 'services/web/Dockerfile': 'FROM scratch\n', 'services/job/Dockerfile': 'FROM scratch\n' };
  const { questions, config } = await init(files, ['ghcr.io/acme/app', '']);
  expect(questions[0]).toContain('(2 images: each adds its name)');
  expect(config).toContain("repository: 'ghcr.io/acme/app-web'");
});

test('of a list of tags: where the image goes, its Dockerfile and its platforms', async () => {
  const files = { 'tags.txt': '1.0.0\n', 'docker/Dockerfile': 'FROM scratch\n' };
  const { questions, config } = await init(files, ['ghcr.io/acme/app', '../x', '', 'linux/arm64'], {
    fromRegistry: 'tags.txt',
  });
  const which = 'Which Dockerfile builds it? [docker/Dockerfile] ';
  expect(questions).toEqual([where, which, `"../x" is not a path inside this folder\n${which}`, platforms]);
  expect(config).toContain("  dockerfile: 'docker/Dockerfile',");
  expect(config).toContain("  platforms: ['linux/arm64'],");
  expect(config).not.toContain('Tags do not say it');
});

test('a config that is there is refused before anybody is asked', async () => {
  await expect(init({ ...dockerfile, 'matrix.config.ts': '// mine\n' }, [])).rejects.toThrow('is there already');
});

/** A process on a terminal of its own, as `script` of util-linux gives it one. */
test.skipIf(process.platform !== 'linux')('a process asks on its terminal, and elsewhere never', async () => {
  await access('/usr/bin/script');
  const cli = builtCli();
  const folder = await tempFolder(dockerfile);
  const command = `cd '${folder}' && '${process.execPath}' '${cli}' init`;
  const shown = await new Promise<string>((resolve, reject) => {
    const child = execFile('/usr/bin/script', ['-qec', command, '/dev/null'], (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
    let said = 0;
    child.stdout?.on('data', (chunk: string) => {
      said += chunk.split('? [').length - 1;
      if (chunk.includes('? [')) child.stdin?.write(said === 1 ? 'ghcr.io/acme/app\n' : '\n');
    });
  });
  expect(shown).toContain(where.trim());
  expect(await readFile(join(folder, 'matrix.config.ts'), 'utf8')).toContain("repository: 'ghcr.io/acme/app'");
  const other = await tempFolder(dockerfile);
  const run = await new Promise<string>((resolve, reject) =>
    execFile(process.execPath, [cli, 'init', '-C', other], (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    ),
  );
  expect(run).not.toContain('? [');
  expect(await readFile(join(other, 'matrix.config.ts'), 'utf8')).toContain('CHANGE THIS');
});
