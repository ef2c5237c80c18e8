/**
 * A config as people write it, with a comment a key. Generated from schema.ts by `npm run generate`; it names no package, so
 * that a project that imports the type needs none.
 */
export interface MatrixConfig {
  /** Path or URL of the JSON Schema, for editors; tagwright does not read it. */
  $schema?: string | undefined;
  /** The repository, or repositories, the image is published to. */
  repository?: string | readonly string[] | undefined;
  /** How versions are ordered (default pep440), or the groups of tagPattern that are compared, in order: { base: 'semver', build: 'number' }. */
  scheme?: 'pep440' | 'semver' | 'calver' | { [name: string]: 'number' | 'text' | 'pre' | 'pep440' | 'semver' | 'calver' } | undefined;
  /** Which texts are releases: a pattern with a group named version, or several. Templates may name its other groups. */
  tagPattern?: string | RegExp | readonly (string | RegExp)[] | undefined;
  /** What {{version}} is, as a template over the pattern's groups (default: the group version). */
  version?: string | undefined;
  /** Which releases count, such as '>=2'. */
  releases?: string | undefined;
  /** The axis `python`, written short: a list, or with the releases that support each, { '3.11': '>=2.6.5' }. Values have the keys of axes.NAME.NAME. */
  pythons?: readonly string[] | { [name: string]: string | {
    /** What {{axis}} gives in a tag (default: the value's name); '' for nothing. */
    tag?: string | undefined;
    /** Its other names in tags, '' for none at all: ['alpine', '']. */
    aliases?: readonly (string | {
      /** The other name; '' for none. */
      name: string;
      /** The values of other axes it goes with: { os: ['trixie'] }. */
      where?: { [name: string]: string | readonly string[] } | undefined;
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
    })[] | undefined;
    /** The values of other axes it goes with: { os: ['trixie'] }. */
    where?: { [name: string]: string | readonly string[] } | undefined;
    /** What {{suffix}} gives in a tag, such as '-conda'. */
    suffix?: string | undefined;
    /** Names this value adds to templates. */
    vars?: { [name: string]: string } | undefined;
    /** The Dockerfile, relative to the config; a template over the cell, such as '{{os}}/Dockerfile'. */
    dockerfile?: string | undefined;
    /** The Handlebars template it is rendered from; none: the Dockerfile is written by hand. */
    template?: string | undefined;
    /** The stage of the Dockerfile to build (default: the last). */
    target?: string | undefined;
    /** The build context, relative to the config (default '.'), or { path, from }: a clean checkout of the release's commit ('release'), or the config's own ('config'). Default: 'release' if releases are commits of the config's git repository and the Dockerfile reads its context, else 'config'. */
    context?: string | {
      /** Relative to the config (default '.'). */
      path?: string | undefined;
      /** Whose commit it is taken from. */
      from?: 'release' | 'config' | undefined;
    } | undefined;
    /** The base image as a template over the cell, such as 'python:{{python}}-slim'. */
    base?: string | undefined;
    /** The digest the base is pinned to. */
    baseDigest?: string | undefined;
    /** More build arguments, as templates over the cell. */
    args?: { [name: string]: string } | undefined;
    /** Named build contexts: a folder, 'docker-image://…', a URL, or 'target:NAME' for one of `shared`. */
    contexts?: { [name: string]: string } | undefined;
    /** A command that is run in the image before it is pushed, for a shell or as a list of words: 'app --version'. */
    smoke?: string | readonly string[] | undefined;
    /** BuildKit secrets by the id a RUN mounts: { pip: { env: 'PIP_TOKEN' } }. Never build arguments. */
    secrets?: { [name: string]: {
      /** The environment variable that holds it. */
      env: string;
    } | {
      /** The file that holds it, relative to the config. */
      file: string;
    } } | undefined;
    /** Ids under which a RUN may mount the ssh agent, such as ['default']. */
    ssh?: readonly string[] | undefined;
    /** Host names that RUN steps know: { 'pypi.corp': '10.0.0.7' }. */
    addHosts?: { [name: string]: string } | undefined;
    /** Limits of RUN steps: { nofile: '1024:2048' }. */
    ulimits?: { [name: string]: string } | undefined;
    /** The network of RUN steps. */
    network?: 'default' | 'none' | 'host' | undefined;
    /** More labels, as templates over the cell: { 'org.opencontainers.image.licenses': 'Apache-2.0' }. Every label is an annotation of the manifests and the index too. */
    labels?: { [name: string]: string } | undefined;
    /** Its platforms, if they are fewer than the image's. */
    platforms?: readonly string[] | undefined;
    /** The first release it is for; short for a range >=X. */
    since?: string | undefined;
    /** The releases it is for, such as '>=2.7.10 <3'. */
    range?: string | undefined;
  } } | undefined;
  /** The axis `flavor`, written short. Values have the keys of axes.NAME.NAME. */
  flavors?: { [name: string]: {
    /** What {{axis}} gives in a tag (default: the value's name); '' for nothing. */
    tag?: string | undefined;
    /** Its other names in tags, '' for none at all: ['alpine', '']. */
    aliases?: readonly (string | {
      /** The other name; '' for none. */
      name: string;
      /** The values of other axes it goes with: { os: ['trixie'] }. */
      where?: { [name: string]: string | readonly string[] } | undefined;
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
    })[] | undefined;
    /** The values of other axes it goes with: { os: ['trixie'] }. */
    where?: { [name: string]: string | readonly string[] } | undefined;
    /** What {{suffix}} gives in a tag, such as '-conda'. */
    suffix?: string | undefined;
    /** Names this value adds to templates. */
    vars?: { [name: string]: string } | undefined;
    /** The Dockerfile, relative to the config; a template over the cell, such as '{{os}}/Dockerfile'. */
    dockerfile?: string | undefined;
    /** The Handlebars template it is rendered from; none: the Dockerfile is written by hand. */
    template?: string | undefined;
    /** The stage of the Dockerfile to build (default: the last). */
    target?: string | undefined;
    /** The build context, relative to the config (default '.'), or { path, from }: a clean checkout of the release's commit ('release'), or the config's own ('config'). Default: 'release' if releases are commits of the config's git repository and the Dockerfile reads its context, else 'config'. */
    context?: string | {
      /** Relative to the config (default '.'). */
      path?: string | undefined;
      /** Whose commit it is taken from. */
      from?: 'release' | 'config' | undefined;
    } | undefined;
    /** The base image as a template over the cell, such as 'python:{{python}}-slim'. */
    base?: string | undefined;
    /** The digest the base is pinned to. */
    baseDigest?: string | undefined;
    /** More build arguments, as templates over the cell. */
    args?: { [name: string]: string } | undefined;
    /** Named build contexts: a folder, 'docker-image://…', a URL, or 'target:NAME' for one of `shared`. */
    contexts?: { [name: string]: string } | undefined;
    /** A command that is run in the image before it is pushed, for a shell or as a list of words: 'app --version'. */
    smoke?: string | readonly string[] | undefined;
    /** BuildKit secrets by the id a RUN mounts: { pip: { env: 'PIP_TOKEN' } }. Never build arguments. */
    secrets?: { [name: string]: {
      /** The environment variable that holds it. */
      env: string;
    } | {
      /** The file that holds it, relative to the config. */
      file: string;
    } } | undefined;
    /** Ids under which a RUN may mount the ssh agent, such as ['default']. */
    ssh?: readonly string[] | undefined;
    /** Host names that RUN steps know: { 'pypi.corp': '10.0.0.7' }. */
    addHosts?: { [name: string]: string } | undefined;
    /** Limits of RUN steps: { nofile: '1024:2048' }. */
    ulimits?: { [name: string]: string } | undefined;
    /** The network of RUN steps. */
    network?: 'default' | 'none' | 'host' | undefined;
    /** More labels, as templates over the cell: { 'org.opencontainers.image.licenses': 'Apache-2.0' }. Every label is an annotation of the manifests and the index too. */
    labels?: { [name: string]: string } | undefined;
    /** Its platforms, if they are fewer than the image's. */
    platforms?: readonly string[] | undefined;
    /** The first release it is for; short for a range >=X. */
    since?: string | undefined;
    /** The releases it is for, such as '>=2.7.10 <3'. */
    range?: string | undefined;
  } } | undefined;
  /** The axes by name; `pythons` and `flavors` come before them. */
  axes?: { [name: string]: readonly string[] | { [name: string]: string | {
    /** What {{axis}} gives in a tag (default: the value's name); '' for nothing. */
    tag?: string | undefined;
    /** Its other names in tags, '' for none at all: ['alpine', '']. */
    aliases?: readonly (string | {
      /** The other name; '' for none. */
      name: string;
      /** The values of other axes it goes with: { os: ['trixie'] }. */
      where?: { [name: string]: string | readonly string[] } | undefined;
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
    })[] | undefined;
    /** The values of other axes it goes with: { os: ['trixie'] }. */
    where?: { [name: string]: string | readonly string[] } | undefined;
    /** What {{suffix}} gives in a tag, such as '-conda'. */
    suffix?: string | undefined;
    /** Names this value adds to templates. */
    vars?: { [name: string]: string } | undefined;
    /** The Dockerfile, relative to the config; a template over the cell, such as '{{os}}/Dockerfile'. */
    dockerfile?: string | undefined;
    /** The Handlebars template it is rendered from; none: the Dockerfile is written by hand. */
    template?: string | undefined;
    /** The stage of the Dockerfile to build (default: the last). */
    target?: string | undefined;
    /** The build context, relative to the config (default '.'), or { path, from }: a clean checkout of the release's commit ('release'), or the config's own ('config'). Default: 'release' if releases are commits of the config's git repository and the Dockerfile reads its context, else 'config'. */
    context?: string | {
      /** Relative to the config (default '.'). */
      path?: string | undefined;
      /** Whose commit it is taken from. */
      from?: 'release' | 'config' | undefined;
    } | undefined;
    /** The base image as a template over the cell, such as 'python:{{python}}-slim'. */
    base?: string | undefined;
    /** The digest the base is pinned to. */
    baseDigest?: string | undefined;
    /** More build arguments, as templates over the cell. */
    args?: { [name: string]: string } | undefined;
    /** Named build contexts: a folder, 'docker-image://…', a URL, or 'target:NAME' for one of `shared`. */
    contexts?: { [name: string]: string } | undefined;
    /** A command that is run in the image before it is pushed, for a shell or as a list of words: 'app --version'. */
    smoke?: string | readonly string[] | undefined;
    /** BuildKit secrets by the id a RUN mounts: { pip: { env: 'PIP_TOKEN' } }. Never build arguments. */
    secrets?: { [name: string]: {
      /** The environment variable that holds it. */
      env: string;
    } | {
      /** The file that holds it, relative to the config. */
      file: string;
    } } | undefined;
    /** Ids under which a RUN may mount the ssh agent, such as ['default']. */
    ssh?: readonly string[] | undefined;
    /** Host names that RUN steps know: { 'pypi.corp': '10.0.0.7' }. */
    addHosts?: { [name: string]: string } | undefined;
    /** Limits of RUN steps: { nofile: '1024:2048' }. */
    ulimits?: { [name: string]: string } | undefined;
    /** The network of RUN steps. */
    network?: 'default' | 'none' | 'host' | undefined;
    /** More labels, as templates over the cell: { 'org.opencontainers.image.licenses': 'Apache-2.0' }. Every label is an annotation of the manifests and the index too. */
    labels?: { [name: string]: string } | undefined;
    /** Its platforms, if they are fewer than the image's. */
    platforms?: readonly string[] | undefined;
    /** The first release it is for; short for a range >=X. */
    since?: string | undefined;
    /** The releases it is for, such as '>=2.7.10 <3'. */
    range?: string | undefined;
  } } } | undefined;
  /** Other names of an axis's values in tags: { os: { '': 'default', alpine: 'alpine3.24' } }. */
  aliases?: { [name: string]: { [name: string]: string | readonly (string | {
    /** The value, or a list of which the first that is built counts. */
    value: string | readonly string[];
    /** The values of other axes it goes with: { os: ['trixie'] }. */
    where?: { [name: string]: string | readonly string[] } | undefined;
    /** The first release it is for; short for a range >=X. */
    since?: string | undefined;
    /** The releases it is for, such as '>=2.7.10 <3'. */
    range?: string | undefined;
  })[] | {
    /** The value, or a list of which the first that is built counts. */
    value: string | readonly string[];
    /** The values of other axes it goes with: { os: ['trixie'] }. */
    where?: { [name: string]: string | readonly string[] } | undefined;
    /** The first release it is for; short for a range >=X. */
    since?: string | undefined;
    /** The releases it is for, such as '>=2.7.10 <3'. */
    range?: string | undefined;
  } } } | undefined;
  /** The Dockerfile, relative to the config; a template over the cell, such as '{{os}}/Dockerfile'. */
  dockerfile?: string | undefined;
  /** The Handlebars template it is rendered from; none: the Dockerfile is written by hand. */
  template?: string | undefined;
  /** The stage of the Dockerfile to build (default: the last). */
  target?: string | undefined;
  /** The build context, relative to the config (default '.'), or { path, from }: a clean checkout of the release's commit ('release'), or the config's own ('config'). Default: 'release' if releases are commits of the config's git repository and the Dockerfile reads its context, else 'config'. */
  context?: string | {
    /** Relative to the config (default '.'). */
    path?: string | undefined;
    /** Whose commit it is taken from. */
    from?: 'release' | 'config' | undefined;
  } | undefined;
  /** The base image as a template over the cell, such as 'python:{{python}}-slim'. */
  base?: string | undefined;
  /** The digest the base is pinned to. */
  baseDigest?: string | undefined;
  /** More build arguments, as templates over the cell. */
  args?: { [name: string]: string } | undefined;
  /** Named build contexts: a folder, 'docker-image://…', a URL, or 'target:NAME' for one of `shared`. */
  contexts?: { [name: string]: string } | undefined;
  /** A command that is run in the image before it is pushed, for a shell or as a list of words: 'app --version'. */
  smoke?: string | readonly string[] | undefined;
  /** BuildKit secrets by the id a RUN mounts: { pip: { env: 'PIP_TOKEN' } }. Never build arguments. */
  secrets?: { [name: string]: {
    /** The environment variable that holds it. */
    env: string;
  } | {
    /** The file that holds it, relative to the config. */
    file: string;
  } } | undefined;
  /** Ids under which a RUN may mount the ssh agent, such as ['default']. */
  ssh?: readonly string[] | undefined;
  /** Host names that RUN steps know: { 'pypi.corp': '10.0.0.7' }. */
  addHosts?: { [name: string]: string } | undefined;
  /** Limits of RUN steps: { nofile: '1024:2048' }. */
  ulimits?: { [name: string]: string } | undefined;
  /** The network of RUN steps. */
  network?: 'default' | 'none' | 'host' | undefined;
  /** More labels, as templates over the cell: { 'org.opencontainers.image.licenses': 'Apache-2.0' }. Every label is an annotation of the manifests and the index too. */
  labels?: { [name: string]: string } | undefined;
  /** Builds that cells share, such as a wheel or the packages of a base: each is made once for all cells that give its templates the same values, and read through contexts: { wheel: 'target:wheel' }. */
  shared?: { [name: string]: {
    /** Its Dockerfile, relative to the config; a template over the cell. */
    dockerfile: string;
    /** The stage of the Dockerfile to build (default: the last). */
    target?: string | undefined;
    /** Its build context, relative to the config (default '.'). */
    context?: string | undefined;
    /** The base image as a template over the cell, such as 'python:{{python}}-slim'. */
    base?: string | undefined;
    /** The digest the base is pinned to. */
    baseDigest?: string | undefined;
    /** Its build arguments, as templates over the cell. It is given no others. */
    args?: { [name: string]: string } | undefined;
    /** Named build contexts: a folder, 'docker-image://…', a URL, or 'target:NAME' for one of `shared`. */
    contexts?: { [name: string]: string } | undefined;
    /** BuildKit secrets by the id a RUN mounts: { pip: { env: 'PIP_TOKEN' } }. Never build arguments. */
    secrets?: { [name: string]: {
      /** The environment variable that holds it. */
      env: string;
    } | {
      /** The file that holds it, relative to the config. */
      file: string;
    } } | undefined;
    /** Ids under which a RUN may mount the ssh agent, such as ['default']. */
    ssh?: readonly string[] | undefined;
    /** Host names that RUN steps know: { 'pypi.corp': '10.0.0.7' }. */
    addHosts?: { [name: string]: string } | undefined;
    /** Limits of RUN steps: { nofile: '1024:2048' }. */
    ulimits?: { [name: string]: string } | undefined;
    /** The network of RUN steps. */
    network?: 'default' | 'none' | 'host' | undefined;
  } } | undefined;
  /** The platforms (default ['linux/amd64']). */
  platforms?: readonly (string | {
    /** The platform, such as 'linux/arm64'. */
    platform: string;
    /** The first release it is for; short for a range >=X. */
    since?: string | undefined;
    /** The releases it is for, such as '>=2.7.10 <3'. */
    range?: string | undefined;
  })[] | undefined;
  /** The default value of an axis, by series where it changed: { python: { '2': '3.10' } }, or 'highest'. */
  defaults?: { [name: string]: string | readonly (string | {
    /** The value, or a list of which the first that is built counts. */
    value: string | readonly string[];
    /** The values of other axes it goes with: { os: ['trixie'] }. */
    where?: { [name: string]: string | readonly string[] } | undefined;
    /** The first release it is for; short for a range >=X. */
    since?: string | undefined;
    /** The releases it is for, such as '>=2.7.10 <3'. */
    range?: string | undefined;
  })[] | {
    /** The value, or a list of which the first that is built counts. */
    value: string | readonly string[];
    /** The values of other axes it goes with: { os: ['trixie'] }. */
    where?: { [name: string]: string | readonly string[] } | undefined;
    /** The first release it is for; short for a range >=X. */
    since?: string | undefined;
    /** The releases it is for, such as '>=2.7.10 <3'. */
    range?: string | undefined;
  } | { [name: string]: string | readonly (string | {
    /** The value, or a list of which the first that is built counts. */
    value: string | readonly string[];
    /** The values of other axes it goes with: { os: ['trixie'] }. */
    where?: { [name: string]: string | readonly string[] } | undefined;
    /** The first release it is for; short for a range >=X. */
    since?: string | undefined;
    /** The releases it is for, such as '>=2.7.10 <3'. */
    range?: string | undefined;
  })[] | {
    /** The value, or a list of which the first that is built counts. */
    value: string | readonly string[];
    /** The values of other axes it goes with: { os: ['trixie'] }. */
    where?: { [name: string]: string | readonly string[] } | undefined;
    /** The first release it is for; short for a range >=X. */
    since?: string | undefined;
    /** The releases it is for, such as '>=2.7.10 <3'. */
    range?: string | undefined;
  } } } | undefined;
  /** Tag rules; they replace or add to full, sha, minor, major and latest, false leaves one out. */
  rules?: { [name: string]: false | {
    /** Pinned tags never move; convenience tags follow their owner. */
    kind?: 'pinned' | 'convenience' | undefined;
    /** A Handlebars template over the cell; an unknown name is an error. */
    template?: string | undefined;
    /** Whose tag it is: 'finals' (with post releases), 'pre' for pre-releases alone, or 'all'. A convenience tag of 'pre' goes to pre-releases above the highest final. */
    releases?: 'finals' | 'pre' | 'all' | undefined;
    /** With releases: 'pre', 'finals' gives the tag to the highest final where no pre-release is above it; with releases: 'finals', 'pre' gives it to pre-releases until the project has a final. */
    fallback?: 'finals' | 'pre' | undefined;
    /** How many characters of {{revision}} the tag shows. */
    length?: number | undefined;
    /** Only some values of an axis: { python: 'default' }. */
    only?: { [name: string]: 'default' | readonly string[] } | undefined;
    /** Only releases with these attributes: { lts: true }. */
    where?: { [name: string]: boolean | string | readonly string[] } | undefined;
    /** false: no tags under the other names of axis values. */
    aliases?: boolean | undefined;
    /** Why the rule is narrower than one would expect. */
    reason?: string | undefined;
    /** The first release it is for; short for a range >=X. */
    since?: string | undefined;
    /** The releases it is for, such as '>=2.7.10 <3'. */
    range?: string | undefined;
  } } | undefined;
  /** Tags of builds that are not releases, from the same matrix: { branch: '{{branch}}', pullRequest: 'pr-{{number}}', schedule: 'nightly', edge: { branch: 'main' } }. */
  events?: {
    /** The repository, or repositories, of its tags (default: the image's). */
    repository?: string | readonly string[] | undefined;
    /** The pinned tag of each image, which is pushed first (default 'commit-{{revision}}', with the Python and the suffix). */
    revision?: string | {
      /** A Handlebars template over the cell and the event; an unknown name is an error. */
      template?: string | undefined;
      /** How many characters of {{revision}} the tag shows (default 40). */
      length?: number | undefined;
    } | undefined;
    /** The tag of a branch, or several: '{{branch}}'. */
    branch?: string | {
      /** A Handlebars template over the cell and the event; an unknown name is an error. */
      template?: string | undefined;
      /** The repository, or repositories, of its tags (default: the image's). */
      repository?: string | readonly string[] | undefined;
      /** Only some values of an axis: { python: 'default' }. */
      only?: { [name: string]: 'default' | readonly string[] } | undefined;
      /** How many characters of {{revision}} the tag shows (default 40). */
      length?: number | undefined;
    } | readonly (string | {
      /** A Handlebars template over the cell and the event; an unknown name is an error. */
      template?: string | undefined;
      /** The repository, or repositories, of its tags (default: the image's). */
      repository?: string | readonly string[] | undefined;
      /** Only some values of an axis: { python: 'default' }. */
      only?: { [name: string]: 'default' | readonly string[] } | undefined;
      /** How many characters of {{revision}} the tag shows (default 40). */
      length?: number | undefined;
    })[] | undefined;
    /** The tag of a pull request: 'pr-{{number}}'. */
    pullRequest?: string | {
      /** A Handlebars template over the cell and the event; an unknown name is an error. */
      template?: string | undefined;
      /** The repository, or repositories, of its tags (default: the image's). */
      repository?: string | readonly string[] | undefined;
      /** Only some values of an axis: { python: 'default' }. */
      only?: { [name: string]: 'default' | readonly string[] } | undefined;
      /** How many characters of {{revision}} the tag shows (default 40). */
      length?: number | undefined;
      /** false: pull requests are built, and nothing is pushed (default true; never for a fork). */
      push?: boolean | undefined;
    } | readonly (string | {
      /** A Handlebars template over the cell and the event; an unknown name is an error. */
      template?: string | undefined;
      /** The repository, or repositories, of its tags (default: the image's). */
      repository?: string | readonly string[] | undefined;
      /** Only some values of an axis: { python: 'default' }. */
      only?: { [name: string]: 'default' | readonly string[] } | undefined;
      /** How many characters of {{revision}} the tag shows (default 40). */
      length?: number | undefined;
      /** false: pull requests are built, and nothing is pushed (default true; never for a fork). */
      push?: boolean | undefined;
    })[] | undefined;
    /** The tag of a scheduled build: 'nightly'. */
    schedule?: string | {
      /** A Handlebars template over the cell and the event; an unknown name is an error. */
      template?: string | undefined;
      /** The repository, or repositories, of its tags (default: the image's). */
      repository?: string | readonly string[] | undefined;
      /** Only some values of an axis: { python: 'default' }. */
      only?: { [name: string]: 'default' | readonly string[] } | undefined;
      /** How many characters of {{revision}} the tag shows (default 40). */
      length?: number | undefined;
      /** How often the schedule runs, '1d', '12h' or '7d': an audit reports a tag that is older (default: none). */
      every?: string | undefined;
    } | readonly (string | {
      /** A Handlebars template over the cell and the event; an unknown name is an error. */
      template?: string | undefined;
      /** The repository, or repositories, of its tags (default: the image's). */
      repository?: string | readonly string[] | undefined;
      /** Only some values of an axis: { python: 'default' }. */
      only?: { [name: string]: 'default' | readonly string[] } | undefined;
      /** How many characters of {{revision}} the tag shows (default 40). */
      length?: number | undefined;
      /** How often the schedule runs, '1d', '12h' or '7d': an audit reports a tag that is older (default: none). */
      every?: string | undefined;
    })[] | undefined;
    /** The tag of one branch's newest build: { branch: 'main' }, as 'edge{{suffix}}' by default. */
    edge?: string | {
      /** A Handlebars template over the cell and the event; an unknown name is an error. */
      template?: string | undefined;
      /** The repository, or repositories, of its tags (default: the image's). */
      repository?: string | readonly string[] | undefined;
      /** Only some values of an axis: { python: 'default' }. */
      only?: { [name: string]: 'default' | readonly string[] } | undefined;
      /** How many characters of {{revision}} the tag shows (default 40). */
      length?: number | undefined;
      /** The branch it follows (default: the git repository's default branch). */
      branch?: string | undefined;
    } | readonly (string | {
      /** A Handlebars template over the cell and the event; an unknown name is an error. */
      template?: string | undefined;
      /** The repository, or repositories, of its tags (default: the image's). */
      repository?: string | readonly string[] | undefined;
      /** Only some values of an axis: { python: 'default' }. */
      only?: { [name: string]: 'default' | readonly string[] } | undefined;
      /** How many characters of {{revision}} the tag shows (default 40). */
      length?: number | undefined;
      /** The branch it follows (default: the git repository's default branch). */
      branch?: string | undefined;
    })[] | undefined;
  } | undefined;
  /** Whether a post release may own convenience tags (default pinned-only). */
  postReleases?: 'pinned-only' | 'promote' | undefined;
  /** Releases, or cells of them, that get no tags. */
  exclude?: readonly ({
    /** One release, as its source writes it. */
    version?: string | undefined;
    /** The first release it is for; short for a range >=X. */
    since?: string | undefined;
    /** The releases it is for, such as '>=2.7.10 <3'. */
    range?: string | undefined;
    /** Why; it is shown wherever the exclusion counts. */
    reason: string;
    [name: string]: string | readonly string[] | undefined;
  })[] | undefined;
  /** Withdrawn releases. */
  yanked?: readonly ({
    /** The release, as its source writes it. */
    version: string;
    /** Why; it is shown wherever the line counts. */
    reason: string;
    /** The instant it was withdrawn. */
    since?: string | undefined;
  })[] | undefined;
  /** Releases that are built and pinned but own no convenience tag until the line is deleted. */
  hold?: readonly ({
    /** The release, as its source writes it. */
    version: string;
    /** Why; it is shown wherever the line counts. */
    reason: string;
  })[] | undefined;
  /** Facts of your own, by range: { range: '>=22 <23', codename: 'jod', lts: true }. Templates and `where` use them; a release that came out after `eol` owns nothing. */
  attributes?: readonly ({
    /** One release. */
    version?: string | undefined;
    /** The first release it is for; short for a range >=X. */
    since?: string | undefined;
    /** The releases it is for, such as '>=2.7.10 <3'. */
    range?: string | undefined;
    [name: string]: string | boolean | undefined;
  })[] | undefined;
  /** Releases that are built again on a newer base, under pinned tags with a {{build}} or a date. */
  rebuilds?: readonly ({
    /** The release, as its source writes it. */
    version: string;
    /** Its number: the release itself is build 1. */
    build: number;
    /** The day it is of, such as '2026-11-24', or an instant. */
    on: string;
    /** Why; it is shown wherever the line counts. */
    reason: string;
  })[] | undefined;
  /** Warnings that were looked at and are right as they are. */
  accept?: readonly ({
    /** The code of the warning, such as VERSION_LEAP, or SIZE_LIMIT. */
    code: string;
    /** The release the warning is about. */
    version?: string | undefined;
    /** With SIZE_LIMIT: the cell that may be so large, by its id: '2-11-5_python-3-10'. */
    cell?: string | undefined;
    /** The first release it is for; short for a range >=X. */
    since?: string | undefined;
    /** The releases it is for, such as '>=2.7.10 <3'. */
    range?: string | undefined;
    /** Why; it is shown wherever the line counts. */
    reason: string;
  })[] | undefined;
  /** Whose signatures count for audit --require: { key }, or { issuer, identity, trustRoot }. */
  signature?: {
    /** A file with the public key, relative to the config: cosign.pub. */
    key: string;
  } | {
    /** Who vouches for the signer: https://token.actions.githubusercontent.com. */
    issuer: string;
    /** Who signs, as the certificate names it; * stands for anything: 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/*'. */
    identity: string;
    /** A file with the trust root (trusted_root.json), relative to the config. A root that names no log asks for none. */
    trustRoot: string;
  } | undefined;
  /** Checks that another machine answers with tagwright pass NAME: { scan: '*', gpu: { cuda: '*' } }. No convenience tag moves onto a digest that lacks one. */
  checks?: { [name: string]: '*' | {
    /** The first release it is for; short for a range >=X. */
    since?: string | undefined;
    /** The releases it is for, such as '>=2.7.10 <3'. */
    range?: string | undefined;
    /** The platforms that are checked (default: all). */
    platforms?: readonly string[] | undefined;
    /** Which tags wait for it (default 'convenience'); 'pinned' needs a build by digest. */
    before?: 'convenience' | 'pinned' | undefined;
    [name: string]: string | readonly string[] | undefined;
  } } | undefined;
  /** Several images; keys beside this one are their defaults. */
  images?: { [name: string]: {
    /** The repository, or repositories, the image is published to. */
    repository?: string | readonly string[] | undefined;
    /** How versions are ordered (default pep440), or the groups of tagPattern that are compared, in order: { base: 'semver', build: 'number' }. */
    scheme?: 'pep440' | 'semver' | 'calver' | { [name: string]: 'number' | 'text' | 'pre' | 'pep440' | 'semver' | 'calver' } | undefined;
    /** Which texts are releases: a pattern with a group named version, or several. Templates may name its other groups. */
    tagPattern?: string | RegExp | readonly (string | RegExp)[] | undefined;
    /** What {{version}} is, as a template over the pattern's groups (default: the group version). */
    version?: string | undefined;
    /** Which releases count, such as '>=2'. */
    releases?: string | undefined;
    /** The axis `python`, written short: a list, or with the releases that support each, { '3.11': '>=2.6.5' }. Values have the keys of axes.NAME.NAME. */
    pythons?: readonly string[] | { [name: string]: string | {
      /** What {{axis}} gives in a tag (default: the value's name); '' for nothing. */
      tag?: string | undefined;
      /** Its other names in tags, '' for none at all: ['alpine', '']. */
      aliases?: readonly (string | {
        /** The other name; '' for none. */
        name: string;
        /** The values of other axes it goes with: { os: ['trixie'] }. */
        where?: { [name: string]: string | readonly string[] } | undefined;
        /** The first release it is for; short for a range >=X. */
        since?: string | undefined;
        /** The releases it is for, such as '>=2.7.10 <3'. */
        range?: string | undefined;
      })[] | undefined;
      /** The values of other axes it goes with: { os: ['trixie'] }. */
      where?: { [name: string]: string | readonly string[] } | undefined;
      /** What {{suffix}} gives in a tag, such as '-conda'. */
      suffix?: string | undefined;
      /** Names this value adds to templates. */
      vars?: { [name: string]: string } | undefined;
      /** The Dockerfile, relative to the config; a template over the cell, such as '{{os}}/Dockerfile'. */
      dockerfile?: string | undefined;
      /** The Handlebars template it is rendered from; none: the Dockerfile is written by hand. */
      template?: string | undefined;
      /** The stage of the Dockerfile to build (default: the last). */
      target?: string | undefined;
      /** The build context, relative to the config (default '.'), or { path, from }: a clean checkout of the release's commit ('release'), or the config's own ('config'). Default: 'release' if releases are commits of the config's git repository and the Dockerfile reads its context, else 'config'. */
      context?: string | {
        /** Relative to the config (default '.'). */
        path?: string | undefined;
        /** Whose commit it is taken from. */
        from?: 'release' | 'config' | undefined;
      } | undefined;
      /** The base image as a template over the cell, such as 'python:{{python}}-slim'. */
      base?: string | undefined;
      /** The digest the base is pinned to. */
      baseDigest?: string | undefined;
      /** More build arguments, as templates over the cell. */
      args?: { [name: string]: string } | undefined;
      /** Named build contexts: a folder, 'docker-image://…', a URL, or 'target:NAME' for one of `shared`. */
      contexts?: { [name: string]: string } | undefined;
      /** A command that is run in the image before it is pushed, for a shell or as a list of words: 'app --version'. */
      smoke?: string | readonly string[] | undefined;
      /** BuildKit secrets by the id a RUN mounts: { pip: { env: 'PIP_TOKEN' } }. Never build arguments. */
      secrets?: { [name: string]: {
        /** The environment variable that holds it. */
        env: string;
      } | {
        /** The file that holds it, relative to the config. */
        file: string;
      } } | undefined;
      /** Ids under which a RUN may mount the ssh agent, such as ['default']. */
      ssh?: readonly string[] | undefined;
      /** Host names that RUN steps know: { 'pypi.corp': '10.0.0.7' }. */
      addHosts?: { [name: string]: string } | undefined;
      /** Limits of RUN steps: { nofile: '1024:2048' }. */
      ulimits?: { [name: string]: string } | undefined;
      /** The network of RUN steps. */
      network?: 'default' | 'none' | 'host' | undefined;
      /** More labels, as templates over the cell: { 'org.opencontainers.image.licenses': 'Apache-2.0' }. Every label is an annotation of the manifests and the index too. */
      labels?: { [name: string]: string } | undefined;
      /** Its platforms, if they are fewer than the image's. */
      platforms?: readonly string[] | undefined;
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
    } } | undefined;
    /** The axis `flavor`, written short. Values have the keys of axes.NAME.NAME. */
    flavors?: { [name: string]: {
      /** What {{axis}} gives in a tag (default: the value's name); '' for nothing. */
      tag?: string | undefined;
      /** Its other names in tags, '' for none at all: ['alpine', '']. */
      aliases?: readonly (string | {
        /** The other name; '' for none. */
        name: string;
        /** The values of other axes it goes with: { os: ['trixie'] }. */
        where?: { [name: string]: string | readonly string[] } | undefined;
        /** The first release it is for; short for a range >=X. */
        since?: string | undefined;
        /** The releases it is for, such as '>=2.7.10 <3'. */
        range?: string | undefined;
      })[] | undefined;
      /** The values of other axes it goes with: { os: ['trixie'] }. */
      where?: { [name: string]: string | readonly string[] } | undefined;
      /** What {{suffix}} gives in a tag, such as '-conda'. */
      suffix?: string | undefined;
      /** Names this value adds to templates. */
      vars?: { [name: string]: string } | undefined;
      /** The Dockerfile, relative to the config; a template over the cell, such as '{{os}}/Dockerfile'. */
      dockerfile?: string | undefined;
      /** The Handlebars template it is rendered from; none: the Dockerfile is written by hand. */
      template?: string | undefined;
      /** The stage of the Dockerfile to build (default: the last). */
      target?: string | undefined;
      /** The build context, relative to the config (default '.'), or { path, from }: a clean checkout of the release's commit ('release'), or the config's own ('config'). Default: 'release' if releases are commits of the config's git repository and the Dockerfile reads its context, else 'config'. */
      context?: string | {
        /** Relative to the config (default '.'). */
        path?: string | undefined;
        /** Whose commit it is taken from. */
        from?: 'release' | 'config' | undefined;
      } | undefined;
      /** The base image as a template over the cell, such as 'python:{{python}}-slim'. */
      base?: string | undefined;
      /** The digest the base is pinned to. */
      baseDigest?: string | undefined;
      /** More build arguments, as templates over the cell. */
      args?: { [name: string]: string } | undefined;
      /** Named build contexts: a folder, 'docker-image://…', a URL, or 'target:NAME' for one of `shared`. */
      contexts?: { [name: string]: string } | undefined;
      /** A command that is run in the image before it is pushed, for a shell or as a list of words: 'app --version'. */
      smoke?: string | readonly string[] | undefined;
      /** BuildKit secrets by the id a RUN mounts: { pip: { env: 'PIP_TOKEN' } }. Never build arguments. */
      secrets?: { [name: string]: {
        /** The environment variable that holds it. */
        env: string;
      } | {
        /** The file that holds it, relative to the config. */
        file: string;
      } } | undefined;
      /** Ids under which a RUN may mount the ssh agent, such as ['default']. */
      ssh?: readonly string[] | undefined;
      /** Host names that RUN steps know: { 'pypi.corp': '10.0.0.7' }. */
      addHosts?: { [name: string]: string } | undefined;
      /** Limits of RUN steps: { nofile: '1024:2048' }. */
      ulimits?: { [name: string]: string } | undefined;
      /** The network of RUN steps. */
      network?: 'default' | 'none' | 'host' | undefined;
      /** More labels, as templates over the cell: { 'org.opencontainers.image.licenses': 'Apache-2.0' }. Every label is an annotation of the manifests and the index too. */
      labels?: { [name: string]: string } | undefined;
      /** Its platforms, if they are fewer than the image's. */
      platforms?: readonly string[] | undefined;
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
    } } | undefined;
    /** The axes by name; `pythons` and `flavors` come before them. */
    axes?: { [name: string]: readonly string[] | { [name: string]: string | {
      /** What {{axis}} gives in a tag (default: the value's name); '' for nothing. */
      tag?: string | undefined;
      /** Its other names in tags, '' for none at all: ['alpine', '']. */
      aliases?: readonly (string | {
        /** The other name; '' for none. */
        name: string;
        /** The values of other axes it goes with: { os: ['trixie'] }. */
        where?: { [name: string]: string | readonly string[] } | undefined;
        /** The first release it is for; short for a range >=X. */
        since?: string | undefined;
        /** The releases it is for, such as '>=2.7.10 <3'. */
        range?: string | undefined;
      })[] | undefined;
      /** The values of other axes it goes with: { os: ['trixie'] }. */
      where?: { [name: string]: string | readonly string[] } | undefined;
      /** What {{suffix}} gives in a tag, such as '-conda'. */
      suffix?: string | undefined;
      /** Names this value adds to templates. */
      vars?: { [name: string]: string } | undefined;
      /** The Dockerfile, relative to the config; a template over the cell, such as '{{os}}/Dockerfile'. */
      dockerfile?: string | undefined;
      /** The Handlebars template it is rendered from; none: the Dockerfile is written by hand. */
      template?: string | undefined;
      /** The stage of the Dockerfile to build (default: the last). */
      target?: string | undefined;
      /** The build context, relative to the config (default '.'), or { path, from }: a clean checkout of the release's commit ('release'), or the config's own ('config'). Default: 'release' if releases are commits of the config's git repository and the Dockerfile reads its context, else 'config'. */
      context?: string | {
        /** Relative to the config (default '.'). */
        path?: string | undefined;
        /** Whose commit it is taken from. */
        from?: 'release' | 'config' | undefined;
      } | undefined;
      /** The base image as a template over the cell, such as 'python:{{python}}-slim'. */
      base?: string | undefined;
      /** The digest the base is pinned to. */
      baseDigest?: string | undefined;
      /** More build arguments, as templates over the cell. */
      args?: { [name: string]: string } | undefined;
      /** Named build contexts: a folder, 'docker-image://…', a URL, or 'target:NAME' for one of `shared`. */
      contexts?: { [name: string]: string } | undefined;
      /** A command that is run in the image before it is pushed, for a shell or as a list of words: 'app --version'. */
      smoke?: string | readonly string[] | undefined;
      /** BuildKit secrets by the id a RUN mounts: { pip: { env: 'PIP_TOKEN' } }. Never build arguments. */
      secrets?: { [name: string]: {
        /** The environment variable that holds it. */
        env: string;
      } | {
        /** The file that holds it, relative to the config. */
        file: string;
      } } | undefined;
      /** Ids under which a RUN may mount the ssh agent, such as ['default']. */
      ssh?: readonly string[] | undefined;
      /** Host names that RUN steps know: { 'pypi.corp': '10.0.0.7' }. */
      addHosts?: { [name: string]: string } | undefined;
      /** Limits of RUN steps: { nofile: '1024:2048' }. */
      ulimits?: { [name: string]: string } | undefined;
      /** The network of RUN steps. */
      network?: 'default' | 'none' | 'host' | undefined;
      /** More labels, as templates over the cell: { 'org.opencontainers.image.licenses': 'Apache-2.0' }. Every label is an annotation of the manifests and the index too. */
      labels?: { [name: string]: string } | undefined;
      /** Its platforms, if they are fewer than the image's. */
      platforms?: readonly string[] | undefined;
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
    } } } | undefined;
    /** Other names of an axis's values in tags: { os: { '': 'default', alpine: 'alpine3.24' } }. */
    aliases?: { [name: string]: { [name: string]: string | readonly (string | {
      /** The value, or a list of which the first that is built counts. */
      value: string | readonly string[];
      /** The values of other axes it goes with: { os: ['trixie'] }. */
      where?: { [name: string]: string | readonly string[] } | undefined;
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
    })[] | {
      /** The value, or a list of which the first that is built counts. */
      value: string | readonly string[];
      /** The values of other axes it goes with: { os: ['trixie'] }. */
      where?: { [name: string]: string | readonly string[] } | undefined;
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
    } } } | undefined;
    /** The Dockerfile, relative to the config; a template over the cell, such as '{{os}}/Dockerfile'. */
    dockerfile?: string | undefined;
    /** The Handlebars template it is rendered from; none: the Dockerfile is written by hand. */
    template?: string | undefined;
    /** The stage of the Dockerfile to build (default: the last). */
    target?: string | undefined;
    /** The build context, relative to the config (default '.'), or { path, from }: a clean checkout of the release's commit ('release'), or the config's own ('config'). Default: 'release' if releases are commits of the config's git repository and the Dockerfile reads its context, else 'config'. */
    context?: string | {
      /** Relative to the config (default '.'). */
      path?: string | undefined;
      /** Whose commit it is taken from. */
      from?: 'release' | 'config' | undefined;
    } | undefined;
    /** The base image as a template over the cell, such as 'python:{{python}}-slim'. */
    base?: string | undefined;
    /** The digest the base is pinned to. */
    baseDigest?: string | undefined;
    /** More build arguments, as templates over the cell. */
    args?: { [name: string]: string } | undefined;
    /** Named build contexts: a folder, 'docker-image://…', a URL, or 'target:NAME' for one of `shared`. */
    contexts?: { [name: string]: string } | undefined;
    /** A command that is run in the image before it is pushed, for a shell or as a list of words: 'app --version'. */
    smoke?: string | readonly string[] | undefined;
    /** BuildKit secrets by the id a RUN mounts: { pip: { env: 'PIP_TOKEN' } }. Never build arguments. */
    secrets?: { [name: string]: {
      /** The environment variable that holds it. */
      env: string;
    } | {
      /** The file that holds it, relative to the config. */
      file: string;
    } } | undefined;
    /** Ids under which a RUN may mount the ssh agent, such as ['default']. */
    ssh?: readonly string[] | undefined;
    /** Host names that RUN steps know: { 'pypi.corp': '10.0.0.7' }. */
    addHosts?: { [name: string]: string } | undefined;
    /** Limits of RUN steps: { nofile: '1024:2048' }. */
    ulimits?: { [name: string]: string } | undefined;
    /** The network of RUN steps. */
    network?: 'default' | 'none' | 'host' | undefined;
    /** More labels, as templates over the cell: { 'org.opencontainers.image.licenses': 'Apache-2.0' }. Every label is an annotation of the manifests and the index too. */
    labels?: { [name: string]: string } | undefined;
    /** Builds that cells share, such as a wheel or the packages of a base: each is made once for all cells that give its templates the same values, and read through contexts: { wheel: 'target:wheel' }. */
    shared?: { [name: string]: {
      /** Its Dockerfile, relative to the config; a template over the cell. */
      dockerfile: string;
      /** The stage of the Dockerfile to build (default: the last). */
      target?: string | undefined;
      /** Its build context, relative to the config (default '.'). */
      context?: string | undefined;
      /** The base image as a template over the cell, such as 'python:{{python}}-slim'. */
      base?: string | undefined;
      /** The digest the base is pinned to. */
      baseDigest?: string | undefined;
      /** Its build arguments, as templates over the cell. It is given no others. */
      args?: { [name: string]: string } | undefined;
      /** Named build contexts: a folder, 'docker-image://…', a URL, or 'target:NAME' for one of `shared`. */
      contexts?: { [name: string]: string } | undefined;
      /** BuildKit secrets by the id a RUN mounts: { pip: { env: 'PIP_TOKEN' } }. Never build arguments. */
      secrets?: { [name: string]: {
        /** The environment variable that holds it. */
        env: string;
      } | {
        /** The file that holds it, relative to the config. */
        file: string;
      } } | undefined;
      /** Ids under which a RUN may mount the ssh agent, such as ['default']. */
      ssh?: readonly string[] | undefined;
      /** Host names that RUN steps know: { 'pypi.corp': '10.0.0.7' }. */
      addHosts?: { [name: string]: string } | undefined;
      /** Limits of RUN steps: { nofile: '1024:2048' }. */
      ulimits?: { [name: string]: string } | undefined;
      /** The network of RUN steps. */
      network?: 'default' | 'none' | 'host' | undefined;
    } } | undefined;
    /** The platforms (default ['linux/amd64']). */
    platforms?: readonly (string | {
      /** The platform, such as 'linux/arm64'. */
      platform: string;
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
    })[] | undefined;
    /** The default value of an axis, by series where it changed: { python: { '2': '3.10' } }, or 'highest'. */
    defaults?: { [name: string]: string | readonly (string | {
      /** The value, or a list of which the first that is built counts. */
      value: string | readonly string[];
      /** The values of other axes it goes with: { os: ['trixie'] }. */
      where?: { [name: string]: string | readonly string[] } | undefined;
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
    })[] | {
      /** The value, or a list of which the first that is built counts. */
      value: string | readonly string[];
      /** The values of other axes it goes with: { os: ['trixie'] }. */
      where?: { [name: string]: string | readonly string[] } | undefined;
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
    } | { [name: string]: string | readonly (string | {
      /** The value, or a list of which the first that is built counts. */
      value: string | readonly string[];
      /** The values of other axes it goes with: { os: ['trixie'] }. */
      where?: { [name: string]: string | readonly string[] } | undefined;
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
    })[] | {
      /** The value, or a list of which the first that is built counts. */
      value: string | readonly string[];
      /** The values of other axes it goes with: { os: ['trixie'] }. */
      where?: { [name: string]: string | readonly string[] } | undefined;
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
    } } } | undefined;
    /** Tag rules; they replace or add to full, sha, minor, major and latest, false leaves one out. */
    rules?: { [name: string]: false | {
      /** Pinned tags never move; convenience tags follow their owner. */
      kind?: 'pinned' | 'convenience' | undefined;
      /** A Handlebars template over the cell; an unknown name is an error. */
      template?: string | undefined;
      /** Whose tag it is: 'finals' (with post releases), 'pre' for pre-releases alone, or 'all'. A convenience tag of 'pre' goes to pre-releases above the highest final. */
      releases?: 'finals' | 'pre' | 'all' | undefined;
      /** With releases: 'pre', 'finals' gives the tag to the highest final where no pre-release is above it; with releases: 'finals', 'pre' gives it to pre-releases until the project has a final. */
      fallback?: 'finals' | 'pre' | undefined;
      /** How many characters of {{revision}} the tag shows. */
      length?: number | undefined;
      /** Only some values of an axis: { python: 'default' }. */
      only?: { [name: string]: 'default' | readonly string[] } | undefined;
      /** Only releases with these attributes: { lts: true }. */
      where?: { [name: string]: boolean | string | readonly string[] } | undefined;
      /** false: no tags under the other names of axis values. */
      aliases?: boolean | undefined;
      /** Why the rule is narrower than one would expect. */
      reason?: string | undefined;
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
    } } | undefined;
    /** Tags of builds that are not releases, from the same matrix: { branch: '{{branch}}', pullRequest: 'pr-{{number}}', schedule: 'nightly', edge: { branch: 'main' } }. */
    events?: {
      /** The repository, or repositories, of its tags (default: the image's). */
      repository?: string | readonly string[] | undefined;
      /** The pinned tag of each image, which is pushed first (default 'commit-{{revision}}', with the Python and the suffix). */
      revision?: string | {
        /** A Handlebars template over the cell and the event; an unknown name is an error. */
        template?: string | undefined;
        /** How many characters of {{revision}} the tag shows (default 40). */
        length?: number | undefined;
      } | undefined;
      /** The tag of a branch, or several: '{{branch}}'. */
      branch?: string | {
        /** A Handlebars template over the cell and the event; an unknown name is an error. */
        template?: string | undefined;
        /** The repository, or repositories, of its tags (default: the image's). */
        repository?: string | readonly string[] | undefined;
        /** Only some values of an axis: { python: 'default' }. */
        only?: { [name: string]: 'default' | readonly string[] } | undefined;
        /** How many characters of {{revision}} the tag shows (default 40). */
        length?: number | undefined;
      } | readonly (string | {
        /** A Handlebars template over the cell and the event; an unknown name is an error. */
        template?: string | undefined;
        /** The repository, or repositories, of its tags (default: the image's). */
        repository?: string | readonly string[] | undefined;
        /** Only some values of an axis: { python: 'default' }. */
        only?: { [name: string]: 'default' | readonly string[] } | undefined;
        /** How many characters of {{revision}} the tag shows (default 40). */
        length?: number | undefined;
      })[] | undefined;
      /** The tag of a pull request: 'pr-{{number}}'. */
      pullRequest?: string | {
        /** A Handlebars template over the cell and the event; an unknown name is an error. */
        template?: string | undefined;
        /** The repository, or repositories, of its tags (default: the image's). */
        repository?: string | readonly string[] | undefined;
        /** Only some values of an axis: { python: 'default' }. */
        only?: { [name: string]: 'default' | readonly string[] } | undefined;
        /** How many characters of {{revision}} the tag shows (default 40). */
        length?: number | undefined;
        /** false: pull requests are built, and nothing is pushed (default true; never for a fork). */
        push?: boolean | undefined;
      } | readonly (string | {
        /** A Handlebars template over the cell and the event; an unknown name is an error. */
        template?: string | undefined;
        /** The repository, or repositories, of its tags (default: the image's). */
        repository?: string | readonly string[] | undefined;
        /** Only some values of an axis: { python: 'default' }. */
        only?: { [name: string]: 'default' | readonly string[] } | undefined;
        /** How many characters of {{revision}} the tag shows (default 40). */
        length?: number | undefined;
        /** false: pull requests are built, and nothing is pushed (default true; never for a fork). */
        push?: boolean | undefined;
      })[] | undefined;
      /** The tag of a scheduled build: 'nightly'. */
      schedule?: string | {
        /** A Handlebars template over the cell and the event; an unknown name is an error. */
        template?: string | undefined;
        /** The repository, or repositories, of its tags (default: the image's). */
        repository?: string | readonly string[] | undefined;
        /** Only some values of an axis: { python: 'default' }. */
        only?: { [name: string]: 'default' | readonly string[] } | undefined;
        /** How many characters of {{revision}} the tag shows (default 40). */
        length?: number | undefined;
        /** How often the schedule runs, '1d', '12h' or '7d': an audit reports a tag that is older (default: none). */
        every?: string | undefined;
      } | readonly (string | {
        /** A Handlebars template over the cell and the event; an unknown name is an error. */
        template?: string | undefined;
        /** The repository, or repositories, of its tags (default: the image's). */
        repository?: string | readonly string[] | undefined;
        /** Only some values of an axis: { python: 'default' }. */
        only?: { [name: string]: 'default' | readonly string[] } | undefined;
        /** How many characters of {{revision}} the tag shows (default 40). */
        length?: number | undefined;
        /** How often the schedule runs, '1d', '12h' or '7d': an audit reports a tag that is older (default: none). */
        every?: string | undefined;
      })[] | undefined;
      /** The tag of one branch's newest build: { branch: 'main' }, as 'edge{{suffix}}' by default. */
      edge?: string | {
        /** A Handlebars template over the cell and the event; an unknown name is an error. */
        template?: string | undefined;
        /** The repository, or repositories, of its tags (default: the image's). */
        repository?: string | readonly string[] | undefined;
        /** Only some values of an axis: { python: 'default' }. */
        only?: { [name: string]: 'default' | readonly string[] } | undefined;
        /** How many characters of {{revision}} the tag shows (default 40). */
        length?: number | undefined;
        /** The branch it follows (default: the git repository's default branch). */
        branch?: string | undefined;
      } | readonly (string | {
        /** A Handlebars template over the cell and the event; an unknown name is an error. */
        template?: string | undefined;
        /** The repository, or repositories, of its tags (default: the image's). */
        repository?: string | readonly string[] | undefined;
        /** Only some values of an axis: { python: 'default' }. */
        only?: { [name: string]: 'default' | readonly string[] } | undefined;
        /** How many characters of {{revision}} the tag shows (default 40). */
        length?: number | undefined;
        /** The branch it follows (default: the git repository's default branch). */
        branch?: string | undefined;
      })[] | undefined;
    } | undefined;
    /** Whether a post release may own convenience tags (default pinned-only). */
    postReleases?: 'pinned-only' | 'promote' | undefined;
    /** Releases, or cells of them, that get no tags. */
    exclude?: readonly ({
      /** One release, as its source writes it. */
      version?: string | undefined;
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
      /** Why; it is shown wherever the exclusion counts. */
      reason: string;
      [name: string]: string | readonly string[] | undefined;
    })[] | undefined;
    /** Withdrawn releases. */
    yanked?: readonly ({
      /** The release, as its source writes it. */
      version: string;
      /** Why; it is shown wherever the line counts. */
      reason: string;
      /** The instant it was withdrawn. */
      since?: string | undefined;
    })[] | undefined;
    /** Releases that are built and pinned but own no convenience tag until the line is deleted. */
    hold?: readonly ({
      /** The release, as its source writes it. */
      version: string;
      /** Why; it is shown wherever the line counts. */
      reason: string;
    })[] | undefined;
    /** Facts of your own, by range: { range: '>=22 <23', codename: 'jod', lts: true }. Templates and `where` use them; a release that came out after `eol` owns nothing. */
    attributes?: readonly ({
      /** One release. */
      version?: string | undefined;
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
      [name: string]: string | boolean | undefined;
    })[] | undefined;
    /** Releases that are built again on a newer base, under pinned tags with a {{build}} or a date. */
    rebuilds?: readonly ({
      /** The release, as its source writes it. */
      version: string;
      /** Its number: the release itself is build 1. */
      build: number;
      /** The day it is of, such as '2026-11-24', or an instant. */
      on: string;
      /** Why; it is shown wherever the line counts. */
      reason: string;
    })[] | undefined;
    /** Warnings that were looked at and are right as they are. */
    accept?: readonly ({
      /** The code of the warning, such as VERSION_LEAP, or SIZE_LIMIT. */
      code: string;
      /** The release the warning is about. */
      version?: string | undefined;
      /** With SIZE_LIMIT: the cell that may be so large, by its id: '2-11-5_python-3-10'. */
      cell?: string | undefined;
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
      /** Why; it is shown wherever the line counts. */
      reason: string;
    })[] | undefined;
    /** Whose signatures count for audit --require: { key }, or { issuer, identity, trustRoot }. */
    signature?: {
      /** A file with the public key, relative to the config: cosign.pub. */
      key: string;
    } | {
      /** Who vouches for the signer: https://token.actions.githubusercontent.com. */
      issuer: string;
      /** Who signs, as the certificate names it; * stands for anything: 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/*'. */
      identity: string;
      /** A file with the trust root (trusted_root.json), relative to the config. A root that names no log asks for none. */
      trustRoot: string;
    } | undefined;
    /** Checks that another machine answers with tagwright pass NAME: { scan: '*', gpu: { cuda: '*' } }. No convenience tag moves onto a digest that lacks one. */
    checks?: { [name: string]: '*' | {
      /** The first release it is for; short for a range >=X. */
      since?: string | undefined;
      /** The releases it is for, such as '>=2.7.10 <3'. */
      range?: string | undefined;
      /** The platforms that are checked (default: all). */
      platforms?: readonly string[] | undefined;
      /** Which tags wait for it (default 'convenience'); 'pinned' needs a build by digest. */
      before?: 'convenience' | 'pinned' | undefined;
      [name: string]: string | readonly string[] | undefined;
    } } | undefined;
  } } | undefined;
  /** Where release facts come from. */
  source?: {
    /** A facts file, relative to the config. */
    file?: string | undefined;
    /** Attributes that the rows of the facts file may have. */
    attributes?: readonly string[] | undefined;
    /** A git repository, relative to the config. */
    git?: string | undefined;
    /** A GitHub repository. */
    github?: string | undefined;
    /** The API of a GitHub Enterprise server. Which token is sent to it: security.md. */
    githubUrl?: string | undefined;
    /** A PyPI project, for its yanked flags. */
    pypi?: string | undefined;
    /** Another index with the JSON API of PyPI. */
    pypiUrl?: string | undefined;
  } | undefined;
  /** How images are built. */
  build?: {
    /** The provenance attestation (default 'min'). */
    provenance?: 'min' | 'max' | 'off' | undefined;
    /** Whether each image gets a list of its packages as an attestation. */
    sbom?: boolean | undefined;
    /** Whether files in images, and images themselves, are dated by the release's commit, so that two builds of one cell are the same bytes (default false). */
    reproducible?: boolean | undefined;
    /** Caches that every cell reads, as buildx's --cache-from takes them. */
    cacheFrom?: readonly string[] | undefined;
    /** Caches that every cell writes, as buildx's --cache-to takes them; `cache` has one for each. */
    cacheTo?: readonly string[] | undefined;
    /** Where each cell keeps its cache: 'gha', 'inline', { type: 'registry', ref } or { type: 'local', path }. A cell reads its own and that of the release before. */
    cache?: 'gha' | 'inline' | {
      /** GitHub's cache. */
      type: 'gha';
      /** 'max' (default) keeps the layers of every stage, 'min' those of the image. */
      mode?: 'min' | 'max' | undefined;
    } | {
      /** In a registry. */
      type: 'registry';
      /** A repository for it. */
      ref: string;
      /** 'max' (default) keeps the layers of every stage, 'min' those of the image. */
      mode?: 'min' | 'max' | undefined;
    } | {
      /** In a folder. */
      type: 'local';
      /** A folder. */
      path: string;
      /** 'max' (default) keeps the layers of every stage, 'min' those of the image. */
      mode?: 'min' | 'max' | undefined;
    } | undefined;
    /** The buildx builder; default: the current one. */
    builder?: string | undefined;
    /** What a smoke test that fails holds back: nothing of the release is pushed ('release', the default), or that cell alone. */
    smokeHolds?: 'release' | 'cell' | undefined;
  } | undefined;
  /** What is special about registries. */
  registries?: {
    /** Hosts that may be spoken to without TLS. */
    insecure?: readonly string[] | undefined;
  } | undefined;
  /** Where base images are pulled from, by registry or by a path in it (the longest counts): { 'docker.io': 'art.corp/hub' }. Labels keep the public name. */
  mirrors?: { [name: string]: string } | undefined;
  /** How large a plan, and each image, may be. */
  limits?: {
    /** The most cells one release may have (default 256, GitHub's limit on a matrix). */
    jobs?: number | undefined;
    /** The most tags a plan may have (default 1,000,000). */
    tags?: number | undefined;
    /** The most a cell's image may have on one platform, compressed: '8GB'. A larger one is pinned, and gets no convenience tag until an `accept` line names the cell. */
    size?: string | undefined;
    /** The most it may have grown since the release whose tags it takes: '20%'. As `size`: it waits for an `accept` line. */
    growth?: string | undefined;
  } | undefined;
}
