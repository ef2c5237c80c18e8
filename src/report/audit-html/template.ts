/** The page, as a Handlebars template with escaping on. Data comes from `view.ts`. */
export const pageTemplate = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>{{title}}</title>
<style>{{{styles}}}</style>
</head>
<body>
<a class="skip" href="#findings">Skip to the findings</a>
<header class="top">
  <div class="brand"><span aria-hidden="true" class="mark"></span>tagwright audit</div>
  <nav aria-label="Parts of this page">
    {{#each links}}<a href="#{{id}}">{{text}}</a>{{/each}}
  </nav>
  <button type="button" id="theme" class="ghost"><span class="wide">Theme: </span><span>auto</span></button>
</header>
<main>
{{> fixes}}
{{#each pages}}
<div class="page">
<section class="hero {{verdict.tone}}" aria-labelledby="{{prefix}}verdict">
  <p class="repository">{{repository}}</p>
  <h1 id="{{prefix}}verdict">{{verdict.text}}</h1>
  <p class="dim">Checked <time datetime="{{checkedAt}}">{{checkedText}}</time> with {{requests}}.</p>
  <ul class="chips" aria-label="Tags by kind">
    {{#each chips}}<li>{{#if plain}}<span class="chip {{tone}}"><span class="n">{{count}}</span> {{kind}}</span>{{else}}<button type="button" class="chip {{tone}}" data-kind="{{kind}}" aria-pressed="false" title="{{meaning}}"><span class="n">{{count}}</span> {{kind}}</button>{{/if}}</li>
    {{/each}}
  </ul>
  <div class="search">
    <label for="{{prefix}}q">Search tags and releases</label>
    <input id="{{prefix}}q" class="q" type="search" placeholder="2-latest, 2.20.25, conda …" autocomplete="off" spellcheck="false">
    <p id="{{prefix}}found" class="found dim" role="status"></p>
  </div>
</section>

<section class="findings" id="{{prefix}}findings" aria-labelledby="{{prefix}}findings-title" tabindex="-1">
  <h2 id="{{prefix}}findings-title">Findings</h2>
  {{#unless groups}}<p class="calm">Every tag points where it should.</p>{{/unless}}
  {{> fixes}}
  {{#each groups}}
  <section class="group {{tone}}" data-kind="{{kind}}" aria-labelledby="{{../prefix}}kind-{{kind}}">
    <h3 id="{{../prefix}}kind-{{kind}}"><span class="badge">{{kind}}</span> <span class="n">{{count}}</span> <span class="dim">{{meaning}}</span></h3>
    <div class="list">
    {{#each findings}}
    <details class="finding" id="{{id}}" data-find="{{find}}"{{#if late}} data-late="{{lateIndex}}"{{/if}}>
      <summary><code class="tag">{{tag}}</code>{{#if ends}}<span class="ends"><span class="is">{{from}}</span> → <span class="should">{{to}}</span></span>{{/if}}{{#if excused}}<span class="soft">excused</span>{{/if}}</summary>
      {{#unless late}}<div class="more">
        <p>{{because}}.</p>
        <dl>{{#each facts}}<dt>{{name}}</dt><dd{{#if isCommand}} class="fix"{{/if}}>{{text}}{{#if code}}<code>{{code}}</code>{{/if}}{{#if copy}}<button type="button" class="ghost copy">Copy<span class="sr"> the command for {{../tag}}</span></button>{{/if}}</dd>{{/each}}</dl>
      </div>{{/unless}}
    </details>
    {{/each}}
    </div>
  </section>
  {{/each}}
  {{#if quiet}}
  <h3 class="quiet-title">Nothing to do</h3>
  {{#each quiet}}
  <details class="quiet" data-kind="{{kind}}">
    <summary><span class="badge">{{kind}}</span> <span class="n">{{count}}</span> <span class="dim">{{meaning}}</span></summary>
    <ul>{{#each findings}}<li id="{{id}}" data-find="{{find}}"><code>{{tag}}</code> <span class="dim">{{because}}</span></li>{{/each}}</ul>
    {{#if more}}<p class="dim">{{more}}</p>{{/if}}
  </details>
  {{/each}}
  {{/if}}
  {{#if bases}}
  <h3>Outdated base images</h3>
  <ul class="bases">{{#each bases}}<li><code>{{base}}</code> {{state}} since <code>{{builtOn}}</code>, on which {{version}} was built: {{tags}}. Once it is among the config's rebuilds: <code>{{fix}}</code></li>{{/each}}</ul>
  {{/if}}
  {{#if notes}}<ul class="notes" aria-label="Notes">{{#each notes}}<li>{{this}}</li>{{/each}}</ul>{{/if}}
</section>

<section id="{{prefix}}map" aria-labelledby="{{prefix}}map-title">
  <h2 id="{{prefix}}map-title">Map</h2>
  <p class="dim">Releases down, images across, and on them the convenience tags.</p>
  <ul class="keys dim"><li><span class="dot right"></span> pinned tags are right</li><li><span class="dot bad"></span> a pinned tag has a finding</li><li><span class="pill">2.20</span> points here</li><li><span class="pill strayed">2.20</span> points here and should not</li><li><span class="pill awaited">2.20</span> should point here</li></ul>
  <div class="scroll" tabindex="0" role="region" aria-label="Releases and images">
  <table class="grid">
    <caption class="sr">Every release with its images: whether the pinned tags are right, and which convenience tags point to them.</caption>
    <thead>
      {{#if twoLevels}}<tr><td class="corner"></td>{{#each columnGroups}}<th scope="colgroup" colspan="{{span}}"><span>{{name}}</span></th>{{/each}}</tr>{{/if}}
      <tr><th scope="col" class="corner">release</th>{{#each columns}}<th scope="col"{{#if first}} class="first"{{/if}}>{{name}}</th>{{/each}}</tr>
    </thead>
    {{#each series}}
    <tbody>
      {{#each releases}}
      <tr data-find="{{find}}"><th scope="row"{{#if remark}} title="{{remark}}" class="remark"{{/if}}>{{version}}<span class="date">{{date}}</span>{{#if remark}}<span class="sr">{{remark}}</span>{{/if}}</th>{{#each cells}}<td class="{{class}}">{{#if href}}<a href="#{{href}}" class="dot bad"><span class="sr">{{state}}</span></a>{{else}}{{#if built}}<span class="dot right"></span>{{/if}}{{/if}}{{#each holds}}{{#if href}}<a href="#{{href}}" class="pill {{place}}" title="{{say}}">{{label}}<span class="sr"> {{say}}</span></a>{{else}}<span class="pill">{{label}}</span>{{/if}}{{/each}}</td>{{/each}}</tr>
      {{/each}}
    </tbody>
    {{/each}}
  </table>
  </div>
</section>

<section id="{{prefix}}owners" aria-labelledby="{{prefix}}owners-title">
  <h2 id="{{prefix}}owners-title">Owners over time</h2>
  <p class="dim">A stroke is a release that took the tag over. A line that ends is a tag that no longer moves. Use ← and → on a tag to walk through its owners.</p>
  <p id="{{prefix}}said" class="said" role="status"></p>
  {{#each rules}}
  <details class="rule"{{#if open}} open{{/if}}>
    <summary><span class="n">{{count}}</span> {{rule}} tags{{#if wrong}} <span class="soft bad">{{wrong}}</span>{{/if}}</summary>
    <div class="lanes">
      <div class="axis" aria-hidden="true"><span></span><div class="years">{{#each ../years}}<i style="left:{{left}}%">{{year}}</i>{{/each}}</div><span></span></div>
      {{#each lanes}}
      <div class="lane {{tone}}" data-find="{{find}}">
        <span class="lane-name"><code>{{tag}}</code></span>
        <button type="button" class="track" data-lane="{{index}}" aria-label="{{say}}"><svg viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true"><path class="base" d="{{base}}"/><path class="takes" d="{{ticks}}"/>{{#if late}}<path class="late" d="{{late}}"/>{{/if}}{{#if at}}<path class="at" d="{{at}}"/>{{/if}}<path class="cursor" d=""/></svg></button>
        <span class="lane-owner">{{#if href}}<a href="#{{href}}">{{owner}}</a>{{else}}{{owner}}{{/if}}</span>
      </div>
      {{/each}}
    </div>
  </details>
  {{/each}}
</section>
<script type="application/json" class="lanes-data">{{{lanesJson}}}</script>
<script type="application/json" class="late-data">{{{lateJson}}}</script>
</div>
{{/each}}
</main>
<footer><p class="dim">Made by tagwright. This page is one file and makes no requests.</p></footer>
<script>{{{script}}}</script>
</body>
</html>
`;

/** What fixes findings: of the one repository beside them, of several above all. */
export const fixesTemplate = `{{#if fixes}}
<div class="fixes">
  {{#if isShared}}<h2>What fixes all repositories, in this order</h2>{{else}}<h3>What fixes them, in this order</h3>{{/if}}
  {{#each fixes}}
  {{#if choices}}<div class="fix"><span>Choose one</span><span class="dim">{{tags}}</span></div>
  {{#each choices}}<div class="fix choice"><code>{{command}}</code>{{#if after}}<span class="dim">then</span><code>{{after}}</code>{{/if}}<span class="dim">{{because}}</span><button type="button" class="ghost copy">Copy<span class="sr"> {{command}}</span></button></div>
  {{/each}}{{else}}<div class="fix"><code>{{command}}</code><span class="dim">{{tags}}</span><button type="button" class="ghost copy">Copy<span class="sr"> {{command}}</span></button></div>{{/if}}
  {{/each}}
  {{#if moreFixes}}<p class="dim">{{moreFixes}}</p>{{/if}}
</div>
{{/if}}`;
