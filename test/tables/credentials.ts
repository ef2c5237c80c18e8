/**
 * What docker, crane and skopeo find in the same files, and what we find. `HOST` is the registry of the test, `HOME` its
 * home folder. A result is `user:password`, `none` (anonymous) or `error` (the tool stops); `|` between two of them is chance.
 *
 * As seen with Docker 28.2.2, skopeo 1.9.3 and crane of Debian 13. Where the three agree, we do the same, but for the
 * rows whose choice says why not; where they differ, `config.json` is read as docker reads it and `auth.json` as
 * skopeo does.
 */
export interface CredentialRow {
  readonly name: string;
  /** By path under HOME. */
  readonly files?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Body of `docker-credential-<name>`. */
  readonly helpers?: Readonly<Record<string, string>>;
  /** Default: `HOST/acme/app`. */
  readonly at?: string;
  readonly docker: string;
  readonly crane: string;
  readonly skopeo: string;
  readonly ours: string;
  /** Why ours, where the three differ or where we leave them. */
  readonly choice?: string;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const login = (text: string) => ({ auth: base64(text) });
const auths = (entries: Readonly<Record<string, unknown>>, more = {}) => ({ auths: entries, ...more });
const docker = '.docker/config.json';
const alice = { HOST: login('alice:wonder') };
const hub = 'docker.io/acme/app';
const gives = `echo '{"Username":"helper","Secret":"given"}'`;
const hasNone = `echo 'credentials not found in native keychain'; exit 1`;
const asDocker = 'config.json as docker reads it';
const asContainers = 'auth.json as containers/image reads it';
const damaged = 'a login that is there and cannot be read is named, not passed over';
const all = (result: string) => ({ docker: result, crane: result, skopeo: result, ours: result });

export const credentialRows: readonly CredentialRow[] = [
  { name: 'a login', files: { [docker]: auths(alice) }, ...all('alice:wonder') },
  { name: 'no file', ...all('none') },
  {
    name: 'an empty file',
    files: { [docker]: '' },
    ...all('none'),
    skopeo: 'error',
    choice: asDocker,
  },
  { name: 'a file that says null', files: { [docker]: 'null' }, ...all('none') },
  {
    name: 'a file cut off',
    files: { [docker]: '{"auths":' },
    ...all('error'),
    docker: 'none',
    choice: damaged,
  },
  {
    name: 'auths that is a list',
    files: { [docker]: '{"auths":[]}' },
    ...all('error'),
    docker: 'none',
    choice: damaged,
  },
  {
    name: 'names in another case',
    files: { [docker]: { Auths: { HOST: { Auth: base64('alice:wonder') } } } },
    ...all('alice:wonder'),
  },
  {
    name: 'user name and password in fields',
    files: { [docker]: auths({ HOST: { username: 'alice', password: 'wonder' } }) },
    ...all('alice:wonder'),
    skopeo: 'none',
    choice: asDocker,
  },
  { name: 'an entry that is null', files: { [docker]: auths({ HOST: null }) }, ...all('none') },
  { name: 'an entry that is empty', files: { [docker]: auths({ HOST: {} }) }, ...all('none') },
  {
    name: 'auth without a colon',
    files: { [docker]: auths({ HOST: login('alice') }) },
    docker: 'none',
    crane: 'error',
    skopeo: 'none',
    ours: 'error',
    choice: damaged,
  },
  {
    name: "auth without a colon, another registry's",
    files: { [docker]: auths({ 'other.test': login('bob'), ...alice }) },
    // Docker stops reading at the bad entry, and reads entries in no order.
    docker: 'alice:wonder|none',
    crane: 'error',
    skopeo: 'alice:wonder',
    ours: 'alice:wonder',
    choice: asDocker,
  },
  {
    name: 'auth without a user name',
    files: { [docker]: auths({ HOST: login(':wonder') }) },
    docker: 'none',
    crane: 'error',
    skopeo: ':wonder',
    ours: 'error',
    choice: damaged,
  },
  {
    name: 'auth that is not base64',
    files: { [docker]: auths({ HOST: { auth: '!!!' } }) },
    ...all('error'),
    docker: 'none',
    choice: damaged,
  },
  {
    name: 'auth without padding',
    files: { [docker]: auths({ HOST: { auth: base64('alice:w').replace(/=+$/, '') } }) },
    ...all('error'),
    docker: 'none',
    choice: damaged,
  },
  {
    name: 'auth with line ends',
    files: {
      [docker]: auths({
        HOST: { auth: `${base64('alice:wonder').slice(0, 6)}\n${base64('alice:wonder').slice(6)}\n` },
      }),
    },
    ...all('alice:wonder'),
  },
  {
    name: 'a password padded with NUL',
    files: { [docker]: auths({ HOST: login('alice:wonder\0\0') }) },
    ...all('alice:wonder'),
  },
  {
    name: 'a password with a colon',
    files: { [docker]: auths({ HOST: login('alice:won:der') }) },
    ...all('alice:won:der'),
  },
  {
    name: 'an identity token beside a password, of a registry that wants basic',
    files: { [docker]: auths({ HOST: { ...login('alice:wonder'), identitytoken: 'identity' } }) },
    ...all('alice:wonder'),
  },
  {
    name: 'a key with our path',
    files: { [docker]: auths({ 'HOST/acme': login('alice:wonder') }) },
    ...all('alice:wonder'),
  },
  {
    name: 'a key with the path of the repository',
    files: { [docker]: auths({ 'HOST/acme/app': login('alice:wonder') }) },
    ...all('alice:wonder'),
  },
  {
    name: 'keys with a path and without, in auth.json',
    files: {
      'a.json': auths({ HOST: login('host:h'), 'HOST/acme': login('team:t'), 'HOST/acme/app': login('own:o') }),
    },
    env: { REGISTRY_AUTH_FILE: 'HOME/a.json' },
    docker: 'none',
    crane: 'own:o',
    skopeo: 'own:o',
    ours: 'own:o',
    choice: asContainers,
  },
  {
    name: 'a key with the path of another repository',
    files: { [docker]: auths({ 'HOST/other': login('bob:theirs') }) },
    docker: 'bob:theirs',
    crane: 'bob:theirs',
    skopeo: 'none',
    ours: 'none',
    choice: 'a login goes where it was meant for',
  },
  {
    name: 'a key with a path that begins like ours',
    files: { [docker]: auths({ 'HOST/acm': login('bob:theirs') }) },
    docker: 'bob:theirs',
    crane: 'bob:theirs',
    skopeo: 'none',
    ours: 'none',
    choice: 'a login goes where it was meant for',
  },
  {
    name: 'a key that is a URL',
    files: { [docker]: auths({ 'https://HOST': login('alice:wonder') }) },
    ...all('alice:wonder'),
  },
  {
    name: 'a key that is the URL of the old API',
    files: { [docker]: auths({ 'https://HOST/v1/': login('alice:wonder') }) },
    ...all('alice:wonder'),
  },
  {
    name: 'a key that is the address of the API',
    files: { [docker]: auths({ 'HOST/v2/': login('alice:wonder') }) },
    ...all('alice:wonder'),
    skopeo: 'none',
    choice: asDocker,
  },
  {
    name: 'a key that is a URL with a path',
    files: { [docker]: auths({ 'http://HOST/other': login('alice:wonder') }) },
    ...all('alice:wonder'),
  },
  {
    name: 'a key without the port',
    files: { [docker]: auths({ '127.0.0.1': login('alice:wonder') }) },
    ...all('none'),
  },
  {
    name: 'Docker Hub, as docker login writes it',
    files: { [docker]: auths({ 'https://index.docker.io/v1/': login('alice:wonder') }) },
    at: hub,
    ...all('alice:wonder'),
  },
  ...['docker.io', 'index.docker.io', 'registry-1.docker.io', 'https://registry-1.docker.io/v2/'].map((key) => ({
    name: `Docker Hub as ${key}`,
    files: { [docker]: auths({ [key]: login('alice:wonder') }) },
    at: hub,
    docker: 'none',
    crane: 'none',
    skopeo: 'alice:wonder',
    ours: 'alice:wonder',
    choice: 'docker has nothing, so containers/image decides',
  })),
  {
    name: 'Docker Hub under two names',
    files: {
      [docker]: auths({ 'docker.io': login('bob:b'), 'https://index.docker.io/v1/': login('alice:wonder') }),
    },
    at: hub,
    docker: 'alice:wonder',
    crane: 'alice:wonder',
    skopeo: 'bob:b',
    ours: 'alice:wonder',
    choice: asDocker,
  },
  {
    name: 'the default port in the name and in the key',
    files: { [docker]: auths({ 'r.test:443': login('alice:wonder') }) },
    at: 'r.test:443/acme/app',
    ...all('alice:wonder'),
  },
  {
    name: 'the default port in the name alone',
    files: { [docker]: auths({ 'r.test': login('alice:wonder') }) },
    at: 'r.test:443/acme/app',
    ...all('none'),
    ours: 'alice:wonder',
    choice: 'one server under two spellings',
  },
  {
    name: 'a host in capitals',
    files: { [docker]: auths({ 'r.test': login('alice:wonder') }) },
    at: 'R.test/acme/app',
    ...all('none'),
    ours: 'alice:wonder',
    choice: 'one server under two spellings',
  },
  {
    name: "the host's helper",
    files: { [docker]: auths(alice, { credHelpers: { HOST: 'x' } }) },
    helpers: { x: gives },
    ...all('helper:given'),
  },
  {
    name: "the host's helper has none, the file has",
    files: { [docker]: auths(alice, { credHelpers: { HOST: 'x' } }) },
    helpers: { x: hasNone },
    ...all('none'),
  },
  {
    name: 'the store',
    files: { [docker]: auths({}, { credsStore: 'x' }) },
    helpers: { x: gives },
    ...all('helper:given'),
    skopeo: 'none',
    choice: asDocker,
  },
  {
    name: 'the store has none, the file has',
    files: { [docker]: auths(alice, { credsStore: 'x' }) },
    helpers: { x: hasNone },
    ...all('none'),
    skopeo: 'alice:wonder',
    choice: asDocker,
  },
  {
    name: 'a host taken out of the store',
    files: { [docker]: auths(alice, { credsStore: 'x', credHelpers: { HOST: '' } }) },
    helpers: { x: gives },
    docker: 'alice:wonder',
    crane: 'helper:given',
    skopeo: 'error',
    ours: 'alice:wonder',
    choice: asDocker,
  },
  {
    name: 'a store of Windows',
    files: { [docker]: auths({}, { credsStore: 'desktop.exe' }) },
    helpers: { 'desktop.exe': gives },
    ...all('helper:given'),
    skopeo: 'none',
    choice: asDocker,
  },
  {
    name: 'a helper that fails',
    files: { [docker]: auths(alice, { credHelpers: { HOST: 'x' } }) },
    helpers: { x: 'echo "no session"; exit 1' },
    ...all('error'),
    docker: 'alice:wonder',
    choice: 'its own words are shown',
  },
  {
    name: 'a helper that is not installed',
    files: { [docker]: auths(alice, { credHelpers: { HOST: 'nowhere' } }) },
    ...all('error'),
    docker: 'alice:wonder',
    choice: damaged,
  },
  {
    name: 'a helper that answers nothing that is JSON',
    files: { [docker]: auths({}, { credHelpers: { HOST: 'x' } }) },
    helpers: { x: 'echo hello' },
    ...all('error'),
    docker: 'none',
    choice: damaged,
  },
  {
    name: 'a helper that answers an empty object',
    files: { [docker]: auths({}, { credHelpers: { HOST: 'x' } }) },
    helpers: { x: "echo '{}'" },
    ...all('none'),
  },
  {
    name: "Docker Hub's helper, by the address of its index",
    files: { [docker]: { credHelpers: { 'https://index.docker.io/v1/': 'x' } } },
    helpers: { x: gives },
    at: hub,
    ...all('helper:given'),
    skopeo: 'none',
    choice: asDocker,
  },
  {
    name: "Docker Hub's helper, by its name",
    files: { [docker]: { credHelpers: { 'docker.io': 'x' } } },
    helpers: { x: gives },
    at: hub,
    docker: 'none',
    crane: 'none',
    skopeo: 'helper:given',
    ours: 'helper:given',
    choice: 'docker has nothing, so containers/image decides',
  },
  {
    name: 'DOCKER_CONFIG',
    files: { 'd/config.json': auths({ HOST: login('bob:b') }), [docker]: auths(alice) },
    env: { DOCKER_CONFIG: 'HOME/d' },
    ...all('bob:b'),
  },
  {
    name: 'DOCKER_CONFIG set to nothing',
    files: { [docker]: auths(alice) },
    env: { DOCKER_CONFIG: '' },
    ...all('alice:wonder'),
  },
  {
    name: 'DOCKER_CONFIG of a folder that is not there',
    files: { [docker]: auths(alice) },
    env: { DOCKER_CONFIG: 'HOME/none' },
    ...all('none'),
  },
  {
    name: 'REGISTRY_AUTH_FILE',
    files: { 'a.json': auths(alice) },
    env: { REGISTRY_AUTH_FILE: 'HOME/a.json' },
    ...all('alice:wonder'),
    docker: 'none',
    choice: asContainers,
  },
  {
    name: 'REGISTRY_AUTH_FILE and config.json',
    files: { 'a.json': auths({ HOST: login('bob:b') }), [docker]: auths(alice) },
    env: { REGISTRY_AUTH_FILE: 'HOME/a.json' },
    ...all('alice:wonder'),
    skopeo: 'bob:b',
    choice: 'docker first',
  },
  {
    name: 'REGISTRY_AUTH_FILE that is not there, and config.json',
    files: { [docker]: auths(alice) },
    env: { REGISTRY_AUTH_FILE: 'HOME/none.json' },
    ...all('alice:wonder'),
  },
  {
    name: 'a helper in auth.json',
    files: { 'a.json': { credHelpers: { HOST: 'x' } } },
    helpers: { x: gives },
    env: { REGISTRY_AUTH_FILE: 'HOME/a.json' },
    ...all('helper:given'),
    docker: 'none',
    choice: asContainers,
  },
  {
    name: 'a store in auth.json',
    files: { 'a.json': { credsStore: 'x' } },
    helpers: { x: gives },
    env: { REGISTRY_AUTH_FILE: 'HOME/a.json' },
    ...all('none'),
    crane: 'helper:given',
    choice: asContainers,
  },
  {
    name: 'XDG_RUNTIME_DIR',
    files: { 'x/containers/auth.json': auths(alice), [docker]: auths({ 'other.test': login('bob:b') }) },
    env: { XDG_RUNTIME_DIR: 'HOME/x' },
    docker: 'none',
    crane: 'none',
    skopeo: 'alice:wonder',
    ours: 'alice:wonder',
    choice: asContainers,
  },
  {
    name: '~/.config/containers/auth.json',
    files: { '.config/containers/auth.json': auths(alice) },
    docker: 'none',
    crane: 'none',
    skopeo: 'alice:wonder',
    ours: 'alice:wonder',
    choice: asContainers,
  },
  {
    name: 'XDG_CONFIG_HOME',
    files: { 'c/containers/auth.json': auths(alice) },
    env: { XDG_CONFIG_HOME: 'HOME/c' },
    docker: 'none',
    crane: 'none',
    skopeo: 'alice:wonder',
    ours: 'alice:wonder',
    choice: asContainers,
  },
  {
    name: '~/.dockercfg',
    files: { '.dockercfg': { 'https://HOST/v1/': login('alice:wonder') } },
    docker: 'none',
    crane: 'none',
    skopeo: 'alice:wonder',
    ours: 'alice:wonder',
    choice: asContainers,
  },
  {
    name: 'DOCKER_AUTH_CONFIG and config.json',
    files: { [docker]: auths({ HOST: login('bob:b') }) },
    env: { DOCKER_AUTH_CONFIG: JSON.stringify(auths(alice)) },
    docker: 'bob:b|alice:wonder',
    crane: 'alice:wonder',
    skopeo: 'bob:b',
    ours: 'alice:wonder',
    choice: 'docker reads it from 28.3 on',
  },
  {
    name: 'DOCKER_AUTH_CONFIG that is not JSON',
    files: { [docker]: auths(alice) },
    env: { DOCKER_AUTH_CONFIG: '{' },
    ...all('alice:wonder'),
  },
];
