/**
 * The config as written: shapes, short forms and descriptions. Checks across keys are in `rules.ts`.
 *
 * Config has three steps, one file each: schema (shape) → normalize (complete, read-only) → rules (across keys).
 */
import '../domain/without-compiling.ts';
import { z } from 'zod';

/** What the JSON Schema says of a key, each of which has a schema of its own: zod's `describe` would make every one twice. */
export const told = z.registry<{ readonly description?: string; readonly pattern?: string }>();

const name = z
  .string()
  .regex(/^[a-z][A-Za-z0-9-]*$/, 'expected a name of letters, digits and -, starting with a small letter');
const rangeText = z.string().min(1);

const ranged = {
  since: z.string().optional().register(told, { description: 'The first release it is for; short for a range >=X.' }),
  range: rangeText.optional().register(told, { description: "The releases it is for, such as '>=2.7.10 <3'." }),
};

const rangeInput = z
  .union([rangeText, z.strictObject(ranged)])
  .register(told, { description: "A range of releases ('>=2.6.5', '*') or { since } or { range }." });

/** The patterns are for editors: `checkNames` checks them, so that one bad name hides no other mistake. */
const valueName = z.string().register(told, { pattern: '^[A-Za-z0-9_][A-Za-z0-9._-]*$' });
const valuePattern = '^[A-Za-z0-9._-]*$';
const valueText = z.string().register(told, { pattern: valuePattern });

const names = z.union([z.string(), z.array(z.string()).min(1)]);
const where = z
  .record(z.string(), names)
  .register(told, { description: "The values of other axes it goes with: { os: ['trixie'] }." });

const buildKeys = {
  dockerfile: z.string().min(1).optional().register(told, {
    description: "The Dockerfile, relative to the config; a template over the cell, such as '{{os}}/Dockerfile'.",
  }),
  template: z.string().min(1).optional().register(told, {
    description: 'The Handlebars template it is rendered from; none: the Dockerfile is written by hand.',
  }),
  target: z
    .string()
    .min(1)
    .optional()
    .register(told, { description: 'The stage of the Dockerfile to build (default: the last).' }),
  context: z
    .union([
      z.string().min(1),
      z.strictObject({
        path: z.string().min(1).optional().register(told, { description: "Relative to the config (default '.')." }),
        from: z
          .enum(['release', 'config'])
          .optional()
          .register(told, { description: 'Whose commit it is taken from.' }),
      }),
    ])
    .optional()
    .register(told, {
      description:
        "The build context, relative to the config (default '.'), or { path, from }: a clean checkout of the release's commit ('release'), or the config's own ('config'). Default: 'release' if releases are commits of the config's git repository and the Dockerfile reads its context, else 'config'.",
    }),
  base: z
    .string()
    .optional()
    .register(told, { description: "The base image as a template over the cell, such as 'python:{{python}}-slim'." }),
  baseDigest: z.string().optional().register(told, { description: 'The digest the base is pinned to.' }),
  args: z
    .record(z.string(), z.string())
    .optional()
    .register(told, { description: 'More build arguments, as templates over the cell.' }),
  contexts: z.record(z.string(), z.string()).optional().register(told, {
    description: "Named build contexts: a folder, 'docker-image://…', a URL, or 'target:NAME' for one of `shared`.",
  }),
  smoke: z
    .union([z.string().min(1), z.array(z.string()).min(1)])
    .optional()
    .register(told, {
      description:
        "A command that is run in the image before it is pushed, for a shell or as a list of words: 'app --version'.",
    }),
  secrets: z
    .record(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected an id of letters, digits, ., _ and -'),
      z.union([
        z.strictObject({
          env: z
            .string()
            .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable')
            .register(told, { description: 'The environment variable that holds it.' }),
        }),
        z.strictObject({
          file: z.string().min(1).register(told, { description: 'The file that holds it, relative to the config.' }),
        }),
      ]),
    )
    .optional()
    .register(told, {
      description: "BuildKit secrets by the id a RUN mounts: { pip: { env: 'PIP_TOKEN' } }. Never build arguments.",
    }),
  ssh: z
    .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected an id of letters, digits, ., _ and -'))
    .optional()
    .register(told, { description: "Ids under which a RUN may mount the ssh agent, such as ['default']." }),
  addHosts: z
    .record(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]*$/, 'expected a host name'),
      z.string().regex(/^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]+|host-gateway)$/i, 'expected an address'),
    )
    .optional()
    .register(told, { description: "Host names that RUN steps know: { 'pypi.corp': '10.0.0.7' }." }),
  ulimits: z
    .record(
      z.string().regex(/^[a-z]+$/, 'expected the name of a limit, such as nofile'),
      z.string().regex(/^-?\d+(:-?\d+)?$/, "expected a number, or two as 'soft:hard'"),
    )
    .optional()
    .register(told, { description: "Limits of RUN steps: { nofile: '1024:2048' }." }),
  network: z.enum(['default', 'none', 'host']).optional().register(told, { description: 'The network of RUN steps.' }),
  labels: z.record(z.string(), z.string()).optional().register(told, {
    description:
      "More labels, as templates over the cell: { 'org.opencontainers.image.licenses': 'Apache-2.0' }. Every label is an annotation of the manifests and the index too.",
  }),
};

const { target, base, baseDigest, contexts, secrets, ssh, addHosts, ulimits, network } = buildKeys;
const sharedBuild = z
  .strictObject({
    dockerfile: z
      .string()
      .min(1)
      .register(told, { description: 'Its Dockerfile, relative to the config; a template over the cell.' }),
    target,
    context: z
      .string()
      .min(1)
      .optional()
      .register(told, { description: "Its build context, relative to the config (default '.')." }),
    base,
    baseDigest,
    args: z.record(z.string(), z.string()).optional().register(told, {
      description: 'Its build arguments, as templates over the cell. It is given no others.',
    }),
    contexts,
    secrets,
    ssh,
    addHosts,
    ulimits,
    network,
  })
  .register(told, { description: 'A build that cells share.' });

const alias = z.union([
  valueText,
  z.strictObject({
    name: z.string().register(told, { pattern: valuePattern, description: "The other name; '' for none." }),
    where: where.optional(),
    ...ranged,
  }),
]);

const axisValue = z.strictObject({
  tag: valueText
    .optional()
    .register(told, { description: "What {{axis}} gives in a tag (default: the value's name); '' for nothing." }),
  aliases: z
    .array(alias)
    .optional()
    .register(told, { description: "Its other names in tags, '' for none at all: ['alpine', '']." }),
  where: where.optional(),
  suffix: z.string().optional().register(told, { description: "What {{suffix}} gives in a tag, such as '-conda'." }),
  vars: z.record(name, z.string()).optional().register(told, { description: 'Names this value adds to templates.' }),
  ...buildKeys,
  platforms: z
    .array(z.string())
    .optional()
    .register(told, { description: "Its platforms, if they are fewer than the image's." }),
  ...ranged,
});

const axis = z.union([z.array(valueName), z.record(valueName, z.union([rangeText, axisValue]))]).register(told, {
  description: 'The values of an axis, as a list or with what each is: { trixie: {}, bookworm: { range: "<9" } }.',
});

const pythonName = z.string().regex(/^\d+\.\d+t?$/, "expected a Python such as '3.10'");

const pythons = z.union([z.array(pythonName), z.record(pythonName, z.union([rangeText, axisValue]))]).register(told, {
  description:
    "The axis `python`, written short: a list, or with the releases that support each, { '3.11': '>=2.6.5' }. Values have the keys of axes.NAME.NAME.",
});

const platform = z.union([
  z.string(),
  z.strictObject({
    platform: z.string().register(told, { description: "The platform, such as 'linux/arm64'." }),
    ...ranged,
  }),
]);

const oneChoice = z.strictObject({
  value: z
    .union([z.string(), z.array(z.string()).min(1)])
    .register(told, { description: 'The value, or a list of which the first that is built counts.' }),
  where: where.optional(),
  ...ranged,
});
const choice = z.union([z.string(), z.array(z.union([z.string(), oneChoice])).min(1), oneChoice]).register(told, {
  description: 'A value; a list of which the first that is built counts; or { value, range, where } where it changed.',
});

const seriesName = z.string().regex(/^\d+(\.\d+)*$/, "expected a series such as '2' or '2.11'");
const defaults = z.record(z.string(), z.union([choice, z.record(seriesName, choice)])).register(told, {
  description: "The default value of an axis, by series where it changed: { python: { '2': '3.10' } }, or 'highest'.",
});

const aliases = z.record(z.string(), z.record(valueText, choice)).register(told, {
  description: "Other names of an axis's values in tags: { os: { '': 'default', alpine: 'alpine3.24' } }.",
});

const rule = z.strictObject({
  kind: z
    .enum(['pinned', 'convenience'])
    .optional()
    .register(told, { description: 'Pinned tags never move; convenience tags follow their owner.' }),
  template: z
    .string()
    .min(1)
    .optional()
    .register(told, { description: 'A Handlebars template over the cell; an unknown name is an error.' }),
  releases: z.enum(['finals', 'pre', 'all']).optional().register(told, {
    description:
      "Whose tag it is: 'finals' (with post releases), 'pre' for pre-releases alone, or 'all'. A convenience tag of 'pre' goes to pre-releases above the highest final.",
  }),
  fallback: z.enum(['finals', 'pre']).optional().register(told, {
    description:
      "With releases: 'pre', 'finals' gives the tag to the highest final where no pre-release is above it; with releases: 'finals', 'pre' gives it to pre-releases until the project has a final.",
  }),
  length: z
    .number()
    .int('expected a whole number')
    .min(7, 'expected a number from 7 to 40')
    .max(40, 'expected a number from 7 to 40')
    .optional()
    .register(told, { description: 'How many characters of {{revision}} the tag shows.' }),
  only: z
    .record(z.string(), z.union([z.literal('default'), z.array(z.string()).min(1)]))
    .optional()
    .register(told, { description: "Only some values of an axis: { python: 'default' }." }),
  where: z
    .record(z.string(), z.union([z.boolean(), names]))
    .optional()
    .register(told, { description: 'Only releases with these attributes: { lts: true }.' }),
  aliases: z
    .boolean()
    .optional()
    .register(told, { description: 'false: no tags under the other names of axis values.' }),
  reason: z
    .string()
    .min(1)
    .optional()
    .register(told, { description: 'Why the rule is narrower than one would expect.' }),
  ...ranged,
});

const exclude = z
  .object({
    version: z.string().optional().register(told, { description: 'One release, as its source writes it.' }),
    ...ranged,
    reason: z.string().min(1).register(told, { description: 'Why; it is shown wherever the exclusion counts.' }),
  })
  .catchall(z.union([z.string(), z.array(z.string()).min(1)]))
  .register(told, { description: 'A release, or the cells of some axis values in a range, that get no tags.' });

const versionKey = z.string().register(told, { description: 'The release, as its source writes it.' });
const reasonKey = z.string().min(1).register(told, { description: 'Why; it is shown wherever the line counts.' });

const yank = z.strictObject({
  version: versionKey,
  reason: reasonKey,
  since: z.string().optional().register(told, { description: 'The instant it was withdrawn.' }),
});

const rebuild = z.strictObject({
  version: versionKey,
  build: z.number().int().min(2).register(told, { description: 'Its number: the release itself is build 1.' }),
  on: z.string().register(told, { description: "The day it is of, such as '2026-11-24', or an instant." }),
  reason: reasonKey,
});

const accept = z.strictObject({
  code: z.string().register(told, { description: 'The code of the warning, such as VERSION_LEAP, or SIZE_LIMIT.' }),
  version: z.string().optional().register(told, { description: 'The release the warning is about.' }),
  cell: z.string().optional().register(told, {
    description: "With SIZE_LIMIT: the cell that may be so large, by its id: '2-11-5_python-3-10'.",
  }),
  ...ranged,
  reason: reasonKey,
});

const hold = z.strictObject({ version: versionKey, reason: reasonKey });

const attributes = z
  .object({ version: z.string().optional().register(told, { description: 'One release.' }), ...ranged })
  .catchall(z.union([z.string('expected a text in quotes, true or false'), z.boolean()]));

const pattern = z.union([z.string(), z.instanceof(RegExp)]);
const schemeName = z.enum(['pep440', 'semver', 'calver']);

const check = z
  .union([
    z.literal('*'),
    z
      .object({
        ...ranged,
        platforms: z
          .array(z.string())
          .min(1)
          .optional()
          .register(told, { description: 'The platforms that are checked (default: all).' }),
        before: z.enum(['convenience', 'pinned']).optional().register(told, {
          description: "Which tags wait for it (default 'convenience'); 'pinned' needs a build by digest.",
        }),
      })
      .catchall(names),
  ])
  .register(told, {
    description: "The cells that are checked: '*' for all, or values of axes ('*' for any value of the axis).",
  });

const repositoryText = z
  .union([z.string(), z.array(z.string()).min(1)])
  .optional()
  .register(told, { description: "The repository, or repositories, of its tags (default: the image's)." });

const eventTemplate = z
  .string()
  .min(1)
  .optional()
  .register(told, { description: 'A Handlebars template over the cell and the event; an unknown name is an error.' });

const eventLength = z
  .number()
  .int('expected a whole number')
  .min(7, 'expected a number from 7 to 40')
  .max(40, 'expected a number from 7 to 40')
  .optional()
  .register(told, { description: 'How many characters of {{revision}} the tag shows (default 40).' });

const eventKeys = {
  template: eventTemplate,
  repository: repositoryText,
  only: z
    .record(z.string(), z.union([z.literal('default'), z.array(z.string()).min(1)]))
    .optional()
    .register(told, { description: "Only some values of an axis: { python: 'default' }." }),
  length: eventLength,
};

/** A template, a rule, or several of them. */
function eventRules<T extends z.ZodRawShape>(
  more: T,
): z.ZodOptional<z.ZodUnion<readonly [EventRuleSchema<T>, z.ZodArray<EventRuleSchema<T>>]>> {
  const one: EventRuleSchema<T> = z.union([z.string().min(1), z.strictObject({ ...eventKeys, ...more })]);
  return z.union([one, z.array(one).min(1)]).optional();
}

type EventRuleSchema<T extends z.ZodRawShape> = z.ZodUnion<
  readonly [z.ZodString, z.ZodObject<typeof eventKeys & T, z.core.$strict>]
>;

const events = z.strictObject({
  repository: repositoryText,
  revision: z
    .union([z.string().min(1), z.strictObject({ template: eventTemplate, length: eventLength })])
    .optional()
    .register(told, {
      description:
        "The pinned tag of each image, which is pushed first (default 'commit-{{revision}}', with the Python and the suffix).",
    }),
  branch: eventRules({}).register(told, { description: "The tag of a branch, or several: '{{branch}}'." }),
  pullRequest: eventRules({
    push: z.boolean().optional().register(told, {
      description: 'false: pull requests are built, and nothing is pushed (default true; never for a fork).',
    }),
  }).register(told, { description: "The tag of a pull request: 'pr-{{number}}'." }),
  schedule: eventRules({
    every: z.string().optional().register(told, {
      description:
        "How often the schedule runs, '1d', '12h' or '7d': an audit reports a tag that is older (default: none).",
    }),
  }).register(told, { description: "The tag of a scheduled build: 'nightly'." }),
  edge: eventRules({
    branch: z
      .string()
      .min(1)
      .optional()
      .register(told, { description: "The branch it follows (default: the git repository's default branch)." }),
  }).register(told, {
    description: "The tag of one branch's newest build: { branch: 'main' }, as 'edge{{suffix}}' by default.",
  }),
});

const imageShape = {
  repository: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .register(told, { description: 'The repository, or repositories, the image is published to.' }),
  scheme: z
    .union([schemeName, z.record(z.string(), z.enum(['number', 'text', 'pre', 'pep440', 'semver', 'calver']))])
    .optional()
    .register(told, {
      description:
        "How versions are ordered (default pep440), or the groups of tagPattern that are compared, in order: { base: 'semver', build: 'number' }.",
    }),
  tagPattern: z
    .union([pattern, z.array(pattern).min(1)])
    .optional()
    .register(told, {
      description:
        'Which texts are releases: a pattern with a group named version, or several. Templates may name its other groups.',
    }),
  version: z.string().min(1).optional().register(told, {
    description: "What {{version}} is, as a template over the pattern's groups (default: the group version).",
  }),
  releases: rangeText.optional().register(told, { description: "Which releases count, such as '>=2'." }),
  pythons: pythons.optional(),
  flavors: z
    .record(valueName, axisValue)
    .optional()
    .register(told, { description: 'The axis `flavor`, written short. Values have the keys of axes.NAME.NAME.' }),
  axes: z
    .record(name, axis)
    .optional()
    .register(told, { description: 'The axes by name; `pythons` and `flavors` come before them.' }),
  aliases: aliases.optional(),
  ...buildKeys,
  shared: z.record(name, sharedBuild).optional().register(told, {
    description:
      "Builds that cells share, such as a wheel or the packages of a base: each is made once for all cells that give its templates the same values, and read through contexts: { wheel: 'target:wheel' }.",
  }),
  platforms: z
    .array(platform)
    .min(1)
    .optional()
    .register(told, { description: "The platforms (default ['linux/amd64'])." }),
  defaults: defaults.optional(),
  rules: z
    .record(name, z.union([z.literal(false), rule]))
    .optional()
    .register(told, {
      description: 'Tag rules; they replace or add to full, sha, minor, major and latest, false leaves one out.',
    }),
  events: events.optional().register(told, {
    description:
      "Tags of builds that are not releases, from the same matrix: { branch: '{{branch}}', pullRequest: 'pr-{{number}}', schedule: 'nightly', edge: { branch: 'main' } }.",
  }),
  postReleases: z
    .enum(['pinned-only', 'promote'])
    .optional()
    .register(told, { description: 'Whether a post release may own convenience tags (default pinned-only).' }),
  exclude: z.array(exclude).optional().register(told, { description: 'Releases, or cells of them, that get no tags.' }),
  yanked: z.array(yank).optional().register(told, { description: 'Withdrawn releases.' }),
  hold: z.array(hold).optional().register(told, {
    description: 'Releases that are built and pinned but own no convenience tag until the line is deleted.',
  }),
  attributes: z.array(attributes).optional().register(told, {
    description:
      "Facts of your own, by range: { range: '>=22 <23', codename: 'jod', lts: true }. Templates and `where` use them; a release that came out after `eol` owns nothing.",
  }),
  rebuilds: z.array(rebuild).optional().register(told, {
    description: 'Releases that are built again on a newer base, under pinned tags with a {{build}} or a date.',
  }),
  accept: z
    .array(accept)
    .optional()
    .register(told, { description: 'Warnings that were looked at and are right as they are.' }),
  signature: z
    .union([
      z.strictObject({
        key: z
          .string()
          .min(1)
          .register(told, { description: 'A file with the public key, relative to the config: cosign.pub.' }),
      }),
      z.strictObject({
        issuer: z
          .string()
          .min(1)
          .register(told, { description: 'Who vouches for the signer: https://token.actions.githubusercontent.com.' }),
        identity: z.string().min(1).register(told, {
          description:
            "Who signs, as the certificate names it; * stands for anything: 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/*'.",
        }),
        trustRoot: z.string().min(1).register(told, {
          description:
            'A file with the trust root (trusted_root.json), relative to the config. A root that names no log asks for none.',
        }),
      }),
    ])
    .optional()
    .register(told, {
      description: 'Whose signatures count for audit --require: { key }, or { issuer, identity, trustRoot }.',
    }),
  checks: z.record(name, check).optional().register(told, {
    description:
      "Checks that another machine answers with tagwright pass NAME: { scan: '*', gpu: { cuda: '*' } }. No convenience tag moves onto a digest that lacks one.",
  }),
};

const source = z.strictObject({
  file: z.string().optional().register(told, { description: 'A facts file, relative to the config.' }),
  attributes: z
    .array(name)
    .optional()
    .register(told, { description: 'Attributes that the rows of the facts file may have.' }),
  git: z.string().optional().register(told, { description: 'A git repository, relative to the config.' }),
  github: z
    .string()
    .regex(/^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/, "expected 'owner/name'")
    .optional()
    .register(told, { description: 'A GitHub repository.' }),
  githubUrl: z
    .url()
    .optional()
    .register(told, { description: 'The API of a GitHub Enterprise server. Which token is sent to it: security.md.' }),
  pypi: z.string().optional().register(told, { description: 'A PyPI project, for its yanked flags.' }),
  pypiUrl: z.url().optional().register(told, { description: 'Another index with the JSON API of PyPI.' }),
});

const cacheMode = z
  .enum(['min', 'max'])
  .optional()
  .register(told, { description: "'max' (default) keeps the layers of every stage, 'min' those of the image." });

const build = z.strictObject({
  provenance: z
    .enum(['min', 'max', 'off'])
    .optional()
    .register(told, { description: "The provenance attestation (default 'min')." }),
  sbom: z
    .boolean()
    .optional()
    .register(told, { description: 'Whether each image gets a list of its packages as an attestation.' }),
  reproducible: z.boolean().optional().register(told, {
    description:
      "Whether files in images, and images themselves, are dated by the release's commit, so that two builds of one cell are the same bytes (default false).",
  }),
  cacheFrom: z
    .array(z.string())
    .optional()
    .register(told, { description: "Caches that every cell reads, as buildx's --cache-from takes them." }),
  cacheTo: z.array(z.string()).optional().register(told, {
    description: "Caches that every cell writes, as buildx's --cache-to takes them; `cache` has one for each.",
  }),
  cache: z
    .union([
      z.enum(['gha', 'inline']),
      z.strictObject({ type: z.literal('gha').register(told, { description: "GitHub's cache." }), mode: cacheMode }),
      z.strictObject({
        type: z.literal('registry').register(told, { description: 'In a registry.' }),
        ref: z.string().register(told, { description: 'A repository for it.' }),
        mode: cacheMode,
      }),
      z.strictObject({
        type: z.literal('local').register(told, { description: 'In a folder.' }),
        path: z.string().min(1).register(told, { description: 'A folder.' }),
        mode: cacheMode,
      }),
    ])
    .optional()
    .register(told, {
      description:
        "Where each cell keeps its cache: 'gha', 'inline', { type: 'registry', ref } or { type: 'local', path }. A cell reads its own and that of the release before.",
    }),
  builder: z.string().optional().register(told, { description: 'The buildx builder; default: the current one.' }),
  smokeHolds: z.enum(['release', 'cell']).optional().register(told, {
    description:
      "What a smoke test that fails holds back: nothing of the release is pushed ('release', the default), or that cell alone.",
  }),
});

const limits = z.strictObject({
  jobs: z
    .number()
    .int()
    .positive()
    .optional()
    .register(told, { description: "The most cells one release may have (default 256, GitHub's limit on a matrix)." }),
  tags: z
    .number()
    .int()
    .positive()
    .optional()
    .register(told, { description: 'The most tags a plan may have (default 1,000,000).' }),
  size: z.string().optional().register(told, {
    description:
      "The most a cell's image may have on one platform, compressed: '8GB'. A larger one is pinned, and gets no convenience tag until an `accept` line names the cell.",
  }),
  growth: z.string().optional().register(told, {
    description:
      "The most it may have grown since the release whose tags it takes: '20%'. As `size`: it waits for an `accept` line.",
  }),
});

export const configSchema = z.strictObject({
  $schema: z
    .string()
    .optional()
    .register(told, { description: 'Path or URL of the JSON Schema, for editors; tagwright does not read it.' }),
  ...imageShape,
  images: z
    .record(z.string().min(1), z.strictObject(imageShape))
    .optional()
    .register(told, { description: 'Several images; keys beside this one are their defaults.' }),
  source: source.optional().register(told, { description: 'Where release facts come from.' }),
  build: build.optional().register(told, { description: 'How images are built.' }),
  registries: z
    .strictObject({
      insecure: z
        .array(z.string())
        .optional()
        .register(told, { description: 'Hosts that may be spoken to without TLS.' }),
    })
    .optional()
    .register(told, { description: 'What is special about registries.' }),
  mirrors: z.record(z.string(), z.string()).optional().register(told, {
    description:
      "Where base images are pulled from, by registry or by a path in it (the longest counts): { 'docker.io': 'art.corp/hub' }. Labels keep the public name.",
  }),
  limits: limits.optional().register(told, { description: 'How large a plan, and each image, may be.' }),
});

/** A config as people write it; `matrix-config.ts` is the same with a comment a key, for those who write one. */
export type WrittenConfig = z.input<typeof configSchema>;

/** A config whose shape is right, with nothing filled in yet. */
export type ParsedConfig = z.output<typeof configSchema>;
export type ParsedImage = Omit<
  ParsedConfig,
  '$schema' | 'images' | 'source' | 'build' | 'registries' | 'mirrors' | 'limits'
>;
export type ParsedRule = z.output<typeof rule>;
export type ParsedEvents = z.output<typeof events>;
export type ParsedAxis = z.output<typeof axis>;
export type ParsedValue = z.output<typeof axisValue>;
export type ParsedChoice = z.output<typeof choice>;
export type ParsedPythons = z.output<typeof pythons>;
export type ParsedRange = z.output<typeof rangeInput>;
