// Makes fresh vectors with the npm package: node make_vectors.mjs PACKAGE_DIR COUNT SEED [GROUP] > vectors.jsonl
// PACKAGE_DIR is the folder that holds node_modules/@truto/truto-jsonata.
import { createRequire } from 'node:module'
import path from 'node:path'

process.env.TZ = 'UTC'
const [, , dir, count, seed, only] = process.argv
const require = createRequire(path.join(dir, 'package.json'))
const trutoJsonata = require('@truto/truto-jsonata').default ?? require('@truto/truto-jsonata')

let state = Number(seed) >>> 0 || 1
const random = () => {
  state ^= state << 13; state >>>= 0
  state ^= state >>> 17
  state ^= state << 5; state >>>= 0
  return state / 2 ** 32
}
const pick = (list) => list[Math.floor(random() * list.length)]
const maybe = (chance) => random() < chance
const int = (from, to) => from + Math.floor(random() * (to - from + 1))

const NUMBERS = [0, 1, 2, -1, 3.5, 10, 1e21, 1e-7, 5890840712243076, 0.1, 123456.789, -2.5, 12, 7]
const TEXTS = ['', 'a', 'b', 'OPEN', 'closed', 'Full Time', '12', ' 3.5 ', '0x1F', '1e3', 'true', 'Ünï✓', '[1,2]', '{"a":1}', 'x y', 'a.b', '10', '2', 'é', '😀', '12abc', '-5', '+1', '.5']
const SCALARS = [...NUMBERS, ...TEXTS, true, false, null]
const KEYS = ['a', 'b', 'c', 'id', 'name', 'n', 'tags', 'a.b', '1', '10', 'x y']
const object = (depth) => Object.fromEntries(Array.from({ length: int(0, 4) }, () => [pick(KEYS), value(depth)]))
const value = (depth) => {
  if (depth > 0 && maybe(0.25)) return Array.from({ length: int(0, 3) }, () => value(depth - 1))
  if (depth > 0 && maybe(0.25)) return object(depth - 1)
  return pick(SCALARS)
}
const record = (id) => ({ id, name: pick(TEXTS), n: pick([...NUMBERS, null]), status: pick(['open', 'closed', 'OPEN']), tags: Array.from({ length: int(0, 3) }, () => pick(TEXTS)),
  owner: { id: int(1, 3), name: pick(['x', 'y']) }, ...(maybe(0.3) ? { flag: maybe(0.5) } : {}), ...(maybe(0.3) ? { extra: value(2) } : {}) })
const nodes = () => Array.from({ length: int(0, 6) }, (_, at) => ({ id: maybe(0.1) ? pick(['x', 1]) : at + 1, parent_id: pick([null, 0, 1, 2, 3, 'x', at]), sequence: pick([1, 2, 3, null, 'a', '10', 2.5]), ...(maybe(0.3) ? { sequence: undefined } : {}) }))
const input = () => JSON.parse(JSON.stringify({ items: Array.from({ length: int(0, 4) }, (_, at) => record(at + 1)), o: object(2), v: value(2), w: value(1), s: pick(TEXTS), n: pick(NUMBERS), nodes: nodes(),
  list: Array.from({ length: int(0, 5) }, () => value(2)), empty: [], none: null }))

const PATHS = ['items', 'items.name', 'items.n', 'items.tags', 'items[0]', 'items[n > 2]', 'items.owner', 'o', 'v', 'w', 's', 'n', 'list', 'list[0]', 'empty', 'none', 'missing', 'o.a', 'items.id', 'items.extra', 'nodes', '$']
const LITERALS = ['1', '0', '2', '"a"', '""', '"id"', 'true', 'false', 'null', '[]', '["a", "b"]', '[1, [2, [3]]]', '"owner.name"', '-1.5', '[null]', '["id", "name"]', '["status", "open"]', '"x,y"']
const OBJECTS = ['{"a": 1}', '{}', '{"status": "open"}', '{"owner": {"name": "x"}}', '{"b": [1], "10": 2, "9": 3}', '{"OPEN": "o", "a": null, "closed": false, "12": 12}']
const any = () => (maybe(0.6) ? pick(PATHS) : maybe(0.75) ? pick(LITERALS) : pick(OBJECTS))
const text = () => pick(['s', 'items[0].name', '"Hello, wörld"', '"a-b_c~d"', '"x"', '""', 'missing', 'none', 'n', '"😀 é"', 'items.name'])
const key = () => pick(['"id"', '"status"', '"owner.name"', '"owner"', '"tags[0]"', '"nope"', '"n"', '["owner","id"]', '{"status":"open"}', '["status","open"]', '"extra.a"', '1'])
const q = (source) => JSON.stringify(source)

const DATES = ['2024-03-10T15:04:05.678Z', '2024-03-10', '2024-02-29T23:59:59+05:30', '2023-12-31T00:30:00-08:00', '2024-W10-3', '2024-070', '20240310T150405Z', '2021-11-07T01:30:00', 'garbage', '', '2024-13-01', '2024-03', '1999-01-01T00:00:00.5Z', '2024-03-10T24:00:00Z', '+012024-01-01', '2024-03-31T10:00:00[Europe/Paris]']
const ZONES = ['Asia/Kolkata', 'America/New_York', 'Europe/Paris', 'utc', 'UTC+3', 'Australia/Lord_Howe', 'bogus/zone', 'America/Sao_Paulo', 'UTC+5:30', 'utc-3']
const UNITS = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond']
const FORMATS = ['yyyy-MM-dd', "dd LLL yyyy HH:mm", 'ccc, d LLLL yy', 'h:mm a', 'S SSS u uu', 'ZZ ZZZ Z z', 'kkkk-WW-c', 'o ooo q', 'X x', "'quoted' yyyy", 'D', 'DD', 'DDD', 'DDDD', 't', 'tt', 'T', 'TT', 'f', 'ff', 'F', 'FF', 'fff', 'FFF', 'G', 'EEEE EEE E', 'MMMM MMM M', 'y yyyyy', 'H HH h hh', 'ZZZZ', 'ZZZZZ', 'n nn ii iiii', 'K', 'TTT', 'TTTT', 'ttt', 'tttt']
const date = () => `$dtFromIso(${q(pick(DATES))}${maybe(0.3) ? ', ' + q(pick(ZONES)) : ''})`
const amounts = () => '{' + Array.from({ length: int(1, 3) }, () => `${q(pick(UNITS) + (maybe(0.5) ? 's' : ''))}: ${pick([1, 2, -1, 13, 40, 0.5, 1.5, -30])}`).filter((part, at, all) => all.findIndex((other) => other.split(':')[0] === part.split(':')[0]) === at).join(', ') + '}'
const change = () => pick([
  () => `.plus(${amounts()})`, () => `.minus(${amounts()})`, () => `.startOf(${q(pick(UNITS))})`, () => `.endOf(${q(pick(UNITS))})`, () => `.setZone(${q(pick(ZONES))})`, () => '.toUTC()',
  () => `.set({${q(pick(['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond', 'weekday', 'weekNumber', 'ordinal']))}: ${int(0, 40)}})`, () => '',
])()
const GETTERS = ['year', 'quarter', 'month', 'day', 'hour', 'minute', 'second', 'millisecond', 'weekYear', 'weekNumber', 'weekday', 'ordinal', 'monthShort', 'monthLong', 'weekdayShort', 'weekdayLong', 'offset', 'offsetNameShort', 'offsetNameLong', 'zoneName', 'zone', 'daysInMonth', 'daysInYear', 'weeksInWeekYear', 'isInLeapYear', 'isInDST', 'isOffsetFixed', 'isValid', 'invalidReason', 'locale', 'numberingSystem', 'outputCalendar']
const shown = () => pick([
  () => '.toISO()', () => '.toISODate()', () => '.toISOTime()', () => '.toISOWeekDate()', () => '.toRFC2822()', () => '.toHTTP()', () => '.toSQL()', () => '.toSQLDate()', () => '.toSQLTime()', () => '.toMillis()', () => '.toSeconds()', () => '.toUnixInteger()', () => '.valueOf()', () => '',
  () => `.toFormat(${q(pick(FORMATS))})`, () => `.toFormat(${q(pick(FORMATS))})`, () => `.${pick(GETTERS)}`, () => `.${pick(GETTERS)}`, () => `.toISO(${pick(['{"suppressMilliseconds": true}', '{"includeOffset": false}', '{"format": "basic"}', '{"suppressSeconds": true}'])})`,
  () => `.hasSame(${date()}, ${q(pick(UNITS))})`, () => `.equals(${date()})`, () => `.diff(${date()}${maybe(0.7) ? ', ' + pick(['"days"', '["days","hours"]', '["months","days"]', '["years","months","days","hours"]', '"hours"', '["weeks"]', '"months"', '["quarters","minutes"]']) : ''}).${pick(['toObject()', 'toISO()', 'as("hours")', 'toMillis()', 'days', 'toFormat("hh:mm:ss")'])}`,
])()
const PARSED = [['10/03/2024', 'dd/MM/yyyy'], ['Mar 5, 2024', 'MMM d, yyyy'], ['1710082800', 'fromSeconds'], ['Tue, 01 Nov 2016 13:23:12 +0630', 'RFC2822'], ['2024-01-02', 'ISO'], ['03-10-24 4:05 PM', 'MM-dd-yy h:mm a'], ['2024-03-10 15:04:05.123 +02:00', 'yyyy-MM-dd HH:mm:ss.SSS ZZ'], ['Sunday, March 10, 2024', 'EEEE, MMMM d, yyyy'], ['20240310', 'yyyyMMdd'], ['2024-070', 'yyyy-ooo'], ['2024 W10 3', "kkkk 'W'WW E"], ['99/1/2', 'yy/M/d'], ['nonsense', 'yyyy'], ['1710082800', 'X'], ['1710082800123', 'x'], ['2024-02-30', 'yyyy-MM-dd'], ['10.3.2024 07:00 America/New_York', 'd.M.yyyy HH:mm z'], ['2024 3', 'yyyy q'], ['10/3/2024, 4:05 PM', 'D, t']]

const block = (id, parent) => {
  const type = pick(['paragraph', 'heading_1', 'heading_3', 'bulleted_list_item', 'numbered_list_item', 'to_do', 'quote', 'code', 'divider', 'bookmark', 'embed', 'equation', 'image', 'file', 'child_page', 'toggle', 'callout', 'table', 'table_row', 'heading_6'])
  const span = () => maybe(0.08) ? null : ({ plain_text: pick(TEXTS), href: maybe(0.2) ? pick(['/abc', 'https://x.io']) : null, annotations: { bold: maybe(0.2), italic: maybe(0.2), strikethrough: maybe(0.2), underline: maybe(0.2), code: maybe(0.2) } })
  const spans = () => Array.from({ length: int(0, 3) }, span)
  const caption = maybe(0.3) ? { caption: Array.from({ length: int(0, 2) }, () => ({ plain_text: pick(TEXTS) })) } : {}
  const data = type === 'table_row' ? { cells: Array.from({ length: int(1, 3) }, spans) } : type === 'table' ? { table_width: int(1, 3) } : type === 'child_page' ? { title: pick(['Sub', '']) }
    : type === 'bookmark' ? { url: 'https://b' } : type === 'embed' ? { url: 'https://e', ...caption } : type === 'equation' ? { expression: 'E=mc^2' }
      : type === 'image' || type === 'file' ? { ...(maybe(0.5) ? { file: { url: 'https://f' } } : maybe(0.7) ? { external: { url: 'https://x' } } : {}), ...caption }
        : { rich_text: spans(), ...(type === 'code' ? { language: 'python' } : {}), ...(type === 'to_do' ? { checked: maybe(0.5) } : {}) }
  return { object: 'block', id, type, [type]: data, has_children: maybe(0.5), parent: parent ? { type: 'block_id', block_id: parent } : { type: 'page_id', page_id: 'P' }, ...(parent ? { parent_id: parent } : {}) }
}
const blocks = () => {
  const made = []
  for (let at = 0; at < int(1, 8); at += 1) made.push(block('b' + at, at && maybe(0.5) ? 'b' + int(0, at - 1) : null))
  return made
}

const WORDS = ['Hello', 'world', 'a_b', '*star*', '1. one', '- dash', '# hash', '', '  ', '  two  spaces ', 'café', '&amp;', '&lt;b&gt;', '&nbsp;', '[link]', '`tick`', '> quote', '~~~', '===', 'a\nb', '5 < 6', 'back\\slash', '😀', '"q"', '|', '2024. year', '&#65;', 'tail ']
const some = (make, from, to, between) => Array.from({ length: int(from, to) }, make).join(between ?? pick(['', ' ', '\n']))
const said = () => some(() => pick(WORDS), 1, 3)
const inlineHtml = (d) => {
  if (d <= 0 || maybe(0.35)) return said()
  const inner = () => some(() => inlineHtml(d - 1), 0, 3)
  return pick([...['b', 'strong', 'em', 'i', 'code', 'span', 'u', 'del', 's', 'sup', 'a', 'mark', 'button', 'kbd'].map((tag) => () => `<${tag}>${inner()}</${tag}>`), () => `<a href="${pick(['https://x.io', '/a(b)', '', '#f'])}"${maybe(0.2) ? ' title="T &quot;q&quot;"' : ''}>${inner()}</a>`, () => '<br>', () => `<img src="${pick(['a.png', ''])}" alt="${pick(['alt', '', 'a\n\n  b'])}"${maybe(0.2) ? ' title="t"' : ''}>`, () => '<!-- c -->', () => `<input type="checkbox"${maybe(0.5) ? ' checked' : ''}> ${inner()}`, () => '<script>var a = "x_y";</script>', () => '<iframe src="x"></iframe>'])()
}
const inlines = () => some(() => inlineHtml(2), 1, 4)
const rowHtml = (tag, n) => `<tr>${some(() => `<${tag}${maybe(0.1) ? ` colspan="${pick([2, 'x', 0])}"` : ''}>${pick([inlines, said, () => '', () => `<p>${said()}</p>`])()}</${tag}>`, n, n, '')}</tr>`
const tableHtml = (n) => `<table>${maybe(0.2) ? '<caption>Cap</caption>' : ''}${maybe(0.5) ? `<thead>${rowHtml('th', n)}</thead>` : maybe(0.4) ? rowHtml('th', n) : ''}<tbody>${some(() => rowHtml('td', n), 0, 3, '\n')}</tbody></table>`
const listHtml = (d) => { const tag = pick(['ul', 'ul', 'ol']); return `<${tag}${tag === 'ol' && maybe(0.3) ? ` start="${pick([3, 0, 'x'])}"` : ''}>${some(() => `<li>${pick([inlines, () => `<p>${inlines()}</p>`, () => inlines() + (d > 0 ? listHtml(d - 1) : ''), () => `<input type="checkbox"${maybe(0.5) ? ' checked' : ''}> ${said()}`, () => (d > 0 ? blockHtml(d - 1) : said())])()}</li>`, 0, 4)}</${tag}>` }
const blockHtml = (d) => pick([() => `<p>${inlines()}</p>`, () => `<p>${inlines()}</p>`, () => `<h${int(1, 6)}>${inlines()}</h1>`, () => `<blockquote>${d > 0 ? some(() => blockHtml(d - 1), 0, 3) : inlines()}</blockquote>`, () => listHtml(d), () => listHtml(d), () => '<hr>', () => tableHtml(int(1, 3)), () => `<div>${d > 0 ? some(() => blockHtml(d - 1), 0, 3) : inlines()}</div>`, inlines, () => `<pre><code class="language-js">let a = 1;\n  b &lt; c\n</code></pre>`, () => `<pre>${said()}\n  ${said()}</pre>`, () => `<div class="highlight-source-js"><pre>${said()}</pre></div>`, () => `<dl><dt>${said()}</dt><dd>${inlines()}</dd></dl>`, () => '<p>&nbsp;</p>', () => '<div><br></div>'])()
const page = () => { const body = some(() => blockHtml(2), 1, 4); return maybe(0.1) ? `<!DOCTYPE html><html><head><title>T</title></head><body>${body}</body></html>` : body }

const GROUPS = {
  data: () => pick([
    () => `$firstNonEmpty(${any()}, ${any()})`, () => `$removeEmpty(${any()})`, () => `$removeEmptyItems(${any()})`, () => `$mapValues(${any()}, ${pick(OBJECTS)}${maybe(0.4) ? ', ' + pick(['true', 'false']) : ''})`, () => `$mapValues(${any()}, ${any()}, false, ${any()})`,
    () => `$jsonParse(${any()})`, () => `$toNumber(${pick(['s', 'n', 'v', 'w', 'list', 'items.n', 'none', 'items[0].name', 'true', '[5]'])})`, () => `$convertCurrencyToSubunit(${any()}, ${pick(['"USD"', '"JPY"', '"KWD"', '"nope"', 'missing', '"EUR"'])})`, () => `$convertCurrencyFromSubunit(${any()}, ${pick(['"USD"', '"JPY"', '"KWD"', '"nope"'])})`,
    () => `$zipSqlResponse([{"name":"id"},{"name":"v"}], [list, items.n], "name")`, () => `$sortNodes(nodes)`, () => `$sortNodes(nodes).id`, () => `$sortNodes(items, "id", "owner.id", ${key()})`, () => `$diceCoefficient(${text()}, ${text()})`, () => `$mostSimilar(${text()}, ["Full-time", "hello world", "x", "ab"]${maybe(0.5) ? ', 0.3' : ''})`,
    () => `$getMimeType(${pick(['"a.pdf"', '"x/y"', '"photo.JPEG"', '"tar.gz"', '".txt"', '"md"', 's', 'none'])})`, () => `$wrap(${any()}, ${pick(['"<"', '"\\""', '1', 'missing'])}${maybe(0.4) ? ', ' + pick(['">"', '""', 'none']) : ''})`, () => `$map(list, $jsonParse)`, () => `$map(items.name, $toNumber)`, () => `{"x": $removeEmptyItems(${any()}), "y": $firstNonEmpty(missing, ${any()})}`, () => `$string(${any()}${maybe(0.2) ? ', true' : ''})`, () => `$join(${any()}${maybe(0.5) ? ', ' + pick(['", "', '""', 'null', '1', 'missing']) : ''})`,
    () => `$base64encode(${text()}${maybe(0.3) ? ', true' : ''})`, () => `$base64decode(${pick(['"aGk="', '"aGk"', '"a"', '"a GVsbG8="', '"_-8"', '"/+8="', '"77u/eA=="', '"====" ', 's', '"gICA"'])}${maybe(0.3) ? ', true' : ''})`, () => `$keys(${any()})`, () => `$each(${pick(['o', 'items[0]', pick(OBJECTS), 'none', 'missing'])}, function($v, $k) { $k & ":" & $string($v) })`, () => `$sift(${pick(['o', 'items[0]', pick(OBJECTS)])}, function($v, $k) { $v })`,
    () => `$map(${any()}, $string)`, () => `${any()} ~> $join("-")`, () => `$spread(${pick(['o', pick(OBJECTS)])})`,
  ])(),
  lodash: () => pick([
    () => `$groupBy(${any()}, ${key()})`, () => `$keyBy(${any()}, ${key()})`, () => `$pick(${any()}, ${pick(['"a"', '["id","owner.name"]', '["a.b","1"]', 'missing', '["tags[0]"]', '["x y", "extra.a"]'])})`, () => `$omit(${any()}, ${pick(['"a"', '["id","owner.name"]', '["a.b","1"]', 'missing', '["extra.a"]'])})`,
    () => `$compact(${any()})`, () => `$flatten(${any()})`, () => `$flattenDeep(${any()})`, () => `$flattenDepth(${any()}, ${pick(['1', '2', '0', 'missing', '-1'])})`, () => `$chunk(${any()}, ${pick(['1', '2', '3', '0', 'missing', '"2"'])})`, () => `$difference(${any()}, ${any()})`, () => `$values(${any()})`,
    () => `$orderBy(${any()}, ${pick(['"n"', '["status","n"]', '["owner.name","id"]', 'missing', '["name"]', '"extra"'])}${maybe(0.6) ? ', ' + pick(['"desc"', '["desc"]', '["asc","desc"]', 'missing']) : ''})`, () => `$find(${any()}, ${key()})`, () => `$lofilter(${any()}, ${key()})`, () => `$count($lofilter(items, ${key()}))`,
    () => `$groupBy(items, "status") ~> $each(function($v, $k) { {"k": $k, "n": $count($v)} })`, () => `$groupBy(items, function($i) { $i.status })`, () => `$map(items, function($i) { $pick($i, ["id", "owner.name"]) })`, () => `$map(list, $compact)`, () => `items.$pick($, "id")`,
  ])(),
  encoding: () => pick([
    () => `$digest(${text()}${maybe(0.6) ? ', ' + pick(['"SHA-1"', '"sha-256"', '"MD5"', '"md5"', '"SHA-512"', '"nope"']) : ''})`, () => `$digest(${text()}, "SHA-256", ${pick(['"base64"', '"base64-urlSafe"', '"hex"', '"x"'])})`, () => `$sign(${text()}, ${pick(['"SHA-256"', '"sha-512"', '""', 'none'])}, ${pick(['"k"', 's', '"key"'])}${maybe(0.5) ? ', ' + pick(['"base64"', '"hex"', '"base64-urlSafe"']) : ''})`,
  ])(),
  urls: () => pick([
    () => `$parseQuery(${q(pick(['a=1&b=2', 'a[b]=1&a[c][]=2', 'a[]=1&a[]=2', 'a=1&a=2', '?x=1', 'a[0]=x&a[2]=y', 'x=%20y+z', 'a', '', 'a.b=1', 'a[b][c][d][e][f][g][h]=1', 'a[100]=1', 'a=b=c', '__proto__[x]=1', 'a[]=&b=']))}${maybe(0.3) ? ', ' + pick(['{"ignoreQueryPrefix": true}', '{"allowDots": true}', '{"depth": 1}', '{"delimiter": ";"}', '{"comma": true}']) : ''})`,
    () => `$stringifyQuery(${pick(['o', 'items[0]', '{"a":[1,2],"b":{"c":"x y"}}', '{"n":null,"t":true,"e":[]}', 'missing', 'v'])}${maybe(0.5) ? ', ' + pick(['{"arrayFormat":"brackets"}', '{"arrayFormat":"repeat","encode":false}', '{"arrayFormat":"comma"}', '{"allowDots":true,"addQueryPrefix":true}', '{"skipNulls":true}', '{"strictNullHandling":true}', '{"encodeValuesOnly":true}', '{"delimiter":";"}']) : ''})`,
    () => `$parseUrl(${q(pick(['https://u:p@ex.com:8080/a/b?x=1&x=2&y=b c#h', 'HTTP://EX.com/../a', 'not a url', 'mailto:a@b.c', 'https://ex.com', 'https://münchen.de/ä?q=ü', 'file:///x']))})${pick(['', '.href', '.host', '.pathname', '.search', '.hash', '.port', '.origin', '.username', '.searchParams.get("x")', '.searchParams.getAll("x")', '.searchParams.has("y")', '.searchParams.keys()', '.searchParams.entries()', '.searchParams.size', '.searchParams.toString()'])}`,
  ])(),
  dates: () => (maybe(0.75) ? date() + change() + change() + shown() : (([source, format]) => `$dtFromFormat(${q(source)}, ${q(format)}${maybe(0.2) ? ', ' + pick(['{"zone": "Europe/Paris"}', '{"setZone": true}']) : ''})${shown()}`)(pick(PARSED))),
  notion: () => `$convertNotionToMarkdown(blocks${maybe(0.3) ? ', true' : ''})`,
  blocks: () => 'blocks.$convertNotionToMd($)',
  html: () => '$convertHtmlToMarkdown(html)',
  formats: () => pick([
    () => `$jsonToCsv(${any()}${maybe(0.5) ? ', ' + pick(['{"fields": ["id", "name"]}', '{"delimiter": ";"}', '{"header": false}', '{"fields": ["id", "owner.name", {"label": "N", "value": "n"}]}', '{"eol": "\\r\\n"}', '{"withBOM": true}', '{"defaultValue": "-", "fields": ["id", "zz"]}', '{"includeEmptyRows": true}']) : ''})`,
    () => `$jsonToCsv(items)`, () => `$recursiveCharacterTextSplitter(${q(pick(['The quick brown fox jumps over the lazy dog. '.repeat(9), 'a\n\nb\n\nc', 'word '.repeat(120), 'x'.repeat(500), '', 'Ünï ✓ text\n'.repeat(30)]))}${maybe(0.6) ? ', ' + pick(['{"chunkSize": 50, "chunkOverlap": 10}', '{"chunkSize": 20, "chunkOverlap": 0}', '{"chunkSize": 100, "chunkOverlap": 20}']) : ''})`,
    () => `$convertQueryToSql(q${maybe(0.6) ? ', ' + pick(['[]', '["a","b"]', '["or"]']) + ', ' + pick(['{}', '{"a":"col_a"}']) + ', ' + pick(['{}', '{"a":"string","b":"string"}', '{"a":"date","b":"date|yyyy"}', '{"a":"dotnetdate"}', '{"a":{"x":"mapped"}}']) + ', ' + pick(['{}', '{"eq":"=="}']) + ', ' + pick(['{}', '{"conjunction":"OR"}', '{"useDoubleQuotes":true}', '{"noQuotes":true}', '{"useOrForIn":true}', '{"noSpaceBetweenOperator":true}', '{"groupComparisonInBrackets":true}', '{"escapeSingleQuotes":true}']) : ''})`,
  ])(),
  graphs: () => `$dependencyGraph(nodes, "parent_id", "id").${pick(['overallOrder()', 'overallOrder(true)', 'dependenciesOf(2)', 'dependantsOf(1)', 'hasNode(1)', 'getNodeData(2)', 'clone().overallOrder()'])}`,
  xml: () => pick([
    () => `$xmlToJs(x${maybe(0.5) ? ', opts' : ''})`, () => `$jsToXml(doc${maybe(0.6) ? ', opts' : ''})`,
  ])(),
}
const XML = ['<r a="1"><i>x</i><i>y</i><e/></r>', '<?xml version="1.0" encoding="utf-8"?><r><a>1</a><!-- c --><b/></r>', '<r><![CDATA[a<b]]> t </r>', '<a:b xmlns:a="u"><a:c d=\'2\'>&amp;&lt;&#65;</a:c></a:b>', '<r>mixed <b>bold</b> tail</r>', '<r>\n  <x>5</x>\n  <x>true</x>\n</r>', '<!DOCTYPE html><r/>', '<?go now?><r/>']
const XML_OPTIONS = [{ compact: true }, { compact: false }, { compact: true, trim: true }, { compact: true, nativeType: true }, { compact: true, ignoreComment: true, ignoreDeclaration: true }, { compact: true, alwaysArray: true }, { compact: true, spaces: 2 }, { compact: true, ignoreAttributes: true }]
const DOCS = [{ r: { i: [1, 2] } }, { r: { _attributes: { a: '1', b: 2 }, i: [{ _text: 'x' }, 'y'], e: {} } }, { r: { _text: 'a & b < c', _comment: 'note' } }, { _declaration: { _attributes: { version: '1.0' } }, r: { c: { _cdata: 'x]]>y' }, n: null, t: true } }, { elements: [{ type: 'element', name: 'r', elements: [{ type: 'text', text: 'hi' }] }] }]
const QUERIES = [{ a: 'x', b: 3 }, { a: ['x', 'y'], b: { ne: 3 } }, { a: { gt: 1, lte: 5 }, b: null }, { or: { a: 'x', b: 'y' } }, { a: { in: ['x', "o'k"] }, b: { like: '%z%' } }, { a: "o'k" }, { a: '2024-03-10T10:00:00Z', b: { gte: '2024-01-01' } }, {}]

for (let made = 0; made < Number(count); made += 1) {
  const group = only ?? pick(Object.keys(GROUPS))
  const expr = GROUPS[group]()
  const data = group === 'notion' || group === 'blocks' ? { blocks: blocks() } : group === 'html' ? { html: page() } : group === 'xml' ? { x: pick(XML), doc: pick(DOCS), opts: pick(XML_OPTIONS) } : { ...input(), ...(group === 'formats' ? { q: pick(QUERIES) } : {}) }
  const line = { expr, input: JSON.parse(JSON.stringify(data)), preset: group }
  try {
    const result = await trutoJsonata(expr).evaluate(data)
    if (result === undefined) line.undefined = true
    else line.result = result
    process.stdout.write((JSON.stringify(line)) + '\n')
  } catch (error) {
    const { code, message, position } = error
    process.stdout.write(JSON.stringify({ expr, input: line.input, preset: group, error: { code, message, position } }) + '\n')
  }
}
