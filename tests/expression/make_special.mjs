// Every special object in the place of every argument of every function, beside every operator and before every member,
// and what the npm package answers: node make_special.mjs PACKAGE_DIR SEED SHARE > answers.jsonl
// PACKAGE_DIR is the folder that holds node_modules/@truto/truto-jsonata; SHARE is how many are kept, from 0 to 1.
import { createRequire } from 'node:module'
import path from 'node:path'
process.env.TZ = 'UTC'
process.on('unhandledRejection', () => {}); process.on('uncaughtException', () => {})
const [, , dir, seed, keep] = process.argv
const require = createRequire(path.join(dir, 'package.json'))
const trutoJsonata = require('@truto/truto-jsonata').default ?? require('@truto/truto-jsonata')
let state = Number(seed) >>> 0 || 1
const random = () => { state ^= state << 13; state >>>= 0; state ^= state >>> 17; state ^= state << 5; state >>>= 0; return state / 2 ** 32 }
const D = '$dtFromIso("2026-01-31T09:30:00Z")'
const SPECIAL = [D, '$dtFromIso(at)', '$dtFromIso("no")', '$dtFromIso("2026-01-31").diff($dtFromIso("2025-11-02"), ["months", "days"])', '$dtFromIso("2026-01-31").diff($dtFromIso("2025-11-02"))', `${D}.diffNow`, `${D}.toObject()`, `${D}.toJSDate()`, `${D}.plus`,
 '$parseUrl("https://u:p@h.example:8443/a?x=1&x=2#f")', '$parseUrl("http://h.example?q=1").searchParams', '$dependencyGraph(nodes, "on", "id")', '$dependencyGraph(nodes, "on", "id").overallOrder()', '(1 / 0)', '(-1 / 0)', '(0 / 0)', '-0', '1e21', '1e-7', '$blob("hi", {"type": "text/plain"})', '$getArrayBuffer($blob("hi"))', '$blob("hi").stream()', '$teeStream($blob("hi").stream())[0]', 'function($x){$x}', '$sum', '/a/']
const F = {
 sum: ['[1,2]'], count: ['[1,2]'], max: ['[1,2]'], min: ['[1,2]'], average: ['[1,2]'], substring: ['"hello"', '1', '2'], substringBefore: ['"a-b"', '"-"'], substringAfter: ['"a-b"', '"-"'], lowercase: ['"A"'], uppercase: ['"a"'], length: ['"abc"'], trim: ['" a "'], pad: ['"a"', '5', '"-"'], match: ['"abab"', '/a/', '1'], contains: ['"abc"', '"b"'], replace: ['"abab"', '"a"', '"x"', '1'], split: ['"a,b"', '","', '1'], formatNumber: ['12.5', '"#,##0.00"', '{}'], formatBase: ['10', '2'], formatInteger: ['10', '"w"'], parseInteger: ['"12"', '"0"'], number: ['"1"'], floor: ['1.5'], ceil: ['1.5'], round: ['1.55', '1'], abs: ['-1'], sqrt: ['4'], power: ['2', '3'], boolean: ['1'], not: ['1'],
 map: ['[1,2]', 'function($v,$i){ $v }'], zip: ['[1,2]', '[3,4]', '[5]'], filter: ['[1,2]', 'function($v){ $v > 1 }'], single: ['[1,2]', 'function($v){ $v = 1 }'], reduce: ['[1,2]', 'function($a,$b){ [$a, $b] }', '0'], lookup: ['{"a": 1}', '"a"'], append: ['[1]', '[2]'], exists: ['1'], spread: ['{"a":1}'], merge: ['[{"a":1},{"b":2}]'], reverse: ['[1,2]'], error: ['"m"'], assert: ['true', '"m"'], type: ['1'], sort: ['[2,1]', 'function($a,$b){ $a > $b }'], distinct: ['[1,1]'], encodeUrlComponent: ['"a b"'], encodeUrl: ['"a b"'], decodeUrlComponent: ['"a%20b"'], decodeUrl: ['"a%20b"'], eval: ['"1+1"', '{}'], toMillis: ['"2026-01-31"', '"[Y]-[M]-[D]"'], fromMillis: ['0', '"[Y]"', '"+0100"'], clone: ['{"a":1}'],
 string: ['1', 'true'], keys: ['{"a":1}'], each: ['{"a":1}', 'function($v,$k){ $k }'], sift: ['{"a":1}', 'function($v,$k){ true }'], join: ['["a","b"]', '"-"'], base64encode: ['"a"', 'true'], base64decode: ['"YQ"', 'true'],
 firstNonEmpty: ['null', '"b"', '"c"'], sortNodes: ['[{"id":"b","parent_id":"a","sequence":1},{"id":"a","sequence":2}]', '"id"', '"parent_id"', '"sequence"'], removeEmpty: ['"a"'], removeEmptyItems: ['["a",""]'], mapValues: ['"a"', '{"a":"b"}', 'false', '"d"'], jsonParse: ['"{\\"a\\":1}"'], toNumber: ['"1"'], convertCurrencyToSubunit: ['10.5', '"USD"'], convertCurrencyFromSubunit: ['1050', '"USD"'], zipSqlResponse: ['[{"n":"a"}]', '[[1],[2]]', '"n"'], dependencyGraph: ['nodes', '"on"', '"id"'], diceCoefficient: ['"night"', '"nacht"'], mostSimilar: ['"night"', '["nacht","nights"]', '0.1'], getMimeType: ['"a.txt"'], wrap: ['"a"', '"("', '")"'],
 groupBy: ['[{"a":1,"b":2},{"a":1}]', '"a"'], keyBy: ['[{"a":1,"b":2},{"a":1}]', '"a"'], pick: ['{"a":1,"b":2}', '["a"]'], omit: ['{"a":1,"b":2}', '["a"]'], compact: ['[0,1]'], orderBy: ['[{"a":1},{"a":2}]', '["a"]', '["desc"]'], find: ['[{"a":1},{"a":2}]', '{"a":2}'], lofilter: ['[{"a":1},{"a":2}]', '{"a":2}'], values: ['{"a":1}'], chunk: ['[1,2,3]', '2'], difference: ['[1,2]', '[2]'], flatten: ['[1,[2]]'], flattenDeep: ['[1,[2,[3]]]'], flattenDepth: ['[1,[2,[3]]]', '1'],
 digest: ['"a"', '"SHA-256"', '"hex"'], sign: ['"a"', '"SHA-256"', '"k"', '"hex"'], parseQuery: ['"a=1&b[]=2"', '{}'], stringifyQuery: ['{"a":1,"b":[2]}', '{}'], parseUrl: ['"http://a.b/c"'], blob: ['"hi"', '{"type":"a/b"}'], base64ToBlob: ['"aGk="', '"a/b"'], getArrayBuffer: ['$blob("hi")'], getDataUri: ['$blob("hi")', '"a/b"'], bufferToString: ['$getArrayBuffer($blob("hi"))', '"base64"'], teeStream: ['$blob("hi").stream()'],
 dtFromIso: ['"2026-01-31"', '"Asia/Tokyo"'], dtFromFormat: ['"31/01/2026"', '"dd/MM/yyyy"', '{"zone":"Asia/Tokyo"}'], convertNotionToMarkdown: ['[{"id":"x","type":"paragraph","parent":{"type":"page_id"},"paragraph":{"rich_text":[{"plain_text":"hi","annotations":{}}]}}]', 'false'], convertNotionToMd: ['{"id":"x","type":"paragraph","paragraph":{"rich_text":[{"plain_text":"hi","annotations":{}}]}}'], convertHtmlToMarkdown: ['"<b>x</b>"'], jsonToCsv: ['[{"a":1}]', '{}'], xmlToJs: ['"<a>1</a>"', '$jsonParse("{\\"compact\\":true}")'], jsToXml: ['$jsonParse("{\\"a\\":1}")', '$jsonParse("{\\"compact\\":true}")'], convertQueryToSql: ['{"a":1}', '["a"]', '{}', '{"a":"date"}', '{}', '{}'], recursiveCharacterTextSplitter: ['"hello world"', '{"chunkSize":5,"chunkOverlap":1}'],
}
const OPS = ['=', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '&', 'in', 'and', 'or', '..', '??', '?:']
const OTHER = ['1', '"a"', 'true', 'null', 'missing', '[]', '{}', 'at', '[1, 2]']
const METHODS = ['year', 'isValid', 'toISO()', 'toISODate()', 'toFormat("yyyy")', 'toMillis()', 'valueOf()', 'toString()', 'toJSON()', 'plus({"days": 1})', 'minus(1)', 'startOf("month").toISO()', 'endOf("day")', 'setZone("utc")', 'toObject()', 'toObject().days', 'as("days")', 'days', 'months', 'shiftTo("days")', 'normalize()', 'negate()', 'toHuman()', 'host', 'hostname', 'port', 'search', 'searchParams.get("x")', 'searchParams.getAll("x")', 'searchParams.toString()', 'get("q")', 'getAll("q")', 'has("q")', 'keys()', 'entries()', 'size', 'length', 'byteLength', 'type', 'text()', 'slice(0, 1)', 'arrayBuffer()', 'overallOrder()', 'overallOrder(true)', 'dependenciesOf("b")', 'dependantsOf("a")', 'hasNode("a")', 'getNodeData("a")', 'clone()', 'toLocaleString()', 'hasSame($, "day")', 'constructor', '__proto__', 'prototype', 'toDate()', 'getTime()', 'getFullYear()', 'toLocaleDateString()', 'then', 'c', 'ts', '_zone', 'nope', '*', '**', '[0]', '*[0]', '$keys()', '$type()', '$string()', '`year`', '"year"', '($)', '{"a": $}', '{"a": year}', '[$]', '$[0]', '{$type($): $}', '$ & ""', '($ = $)', '$each(function($v,$k){$k})', '$sift(function($v,$k){$k="host"})', '$exists($)', '$boolean($)', '$not($)']
const every = []
const add = (expr) => every.push(expr)
SPECIAL.forEach((s, at) => {
  const t = SPECIAL[(at * 7 + 3) % SPECIAL.length]
  for (const [f, args] of Object.entries(F)) {
    for (let i = 0; i < args.length; i += 1) {
      for (const v of [s, `[${s}]`, `{"v": ${s}}`, `[${s}, ${t}]`, `[{"a": ${s}}, {"a": 1}]`, `[[${s}]]`]) {
        const given = args.map((a, n) => (n === i ? v : a))
        add(`$${f}(${given.slice(0, i + 1).join(', ')})`)
        if (i + 1 < args.length) add(`$${f}(${given.join(', ')})`)
      }
    }
    add(`${s} ~> $${f}(${args.slice(1).join(', ')})`)
    add(`$map([${s}, ${t}], $${f})`)
    add(`[${s}].$${f}(${args.slice(1).map(a => a).join(', ')})`)
    add(`$type($${f}(${[s, ...args.slice(1)].join(', ')}))`)
    add(`"" & $${f}(${[s, ...args.slice(1)].join(', ')})`)
  }
  for (const o of OPS) for (const w of [...OTHER, s, t]) { add(`(${s} ${o} ${w})`); add(`(${w} ${o} ${s})`); add(`([${s}] ${o} ${w})`); add(`({"v": ${s}} ${o} ${w})`); add(`($d := ${s}; $d ${o} $d)`) }
  for (const m of METHODS) { add(`(${s}).${m}`); add(`[${s}, ${t}].${m}`); add(`{"v": ${s}}.v.${m}`); add(`"" & (${s}).${m}`); add(`($d := ${s}; $d.${m})`); add(`$type((${s}).${m})`); add(`$string((${s}).${m})`) }
  for (const p of ['[§]^($)', '[§, ‡]^(>$)', '[{"a": §}, {"a": ‡}]^(a)', '[{"a": §, "n": 1}, {"a": ‡, "n": 2}]^(<a, >n).n', '[§, §]{$string($): $count($)}', '[{"a": §, "n": 1}, {"a": §, "n": 2}]{"k": a}', '[{"a": §, "n": 1}]{$string(a): n}', '{"v": §} ~> |v|{"a": 1}|', '{"v": {"b": 1}} ~> |v|{"a": §}|', '{"v": {"b": 1}} ~> |v|{}, §|', '§ ~> |$|{"a": 1}, "year"|', '{"v": [§]}.v[0]', '{"v": [§]}.v', '[§, ‡][0]', '[§, ‡][-1]', '[§][$ = $]', '[§][$type($) = "object"]', '[1,2,3][§]', '{"v": §}[v]', '{"v": §}[v = v]', '[{"v": §}][v]', '**', '{"v": §}.**', '{"v": [§]}.*', '[{"v": §}].v.*', '($f := function($x){ $x }; $f(§))', '($f := function($x)<n>{ $x }; $f(§))', '($f := function($x)<s>{ $x }; $f(§))', '($f := function($x)<o>{ $x }; $f(§))', '($f := function($x)<a>{ $x }; $f(§))', '($f := function($x)<f>{ $x }; $f(§))', '($f := function($x)<j>{ $x }; $f(§))', '($f := function($x)<u>{ $x }; $f(§))', '($f := function($x)<b>{ $x }; $f(§))', '($f := function($x)<x>{ $x }; $f(§))', '($f := function($x)<a<o>>{ $x }; $f([§]))', '($f := function($x)<a<n>>{ $x }; $f([§]))', '($f := function($x)<(sn)>{ $x }; $f(§))', '$eval("$ & \\"x\\"", §)', '$eval("year", §)', '$eval("a", {"a": §})', '§ ? §.year : 0', 'not_there ?? §', '(§)[]', '[§][]', '§.(§)', 'nodes.{"id": id, "v": §}', 'nodes[§]', 'nodes.(§ = §)', '$reduce([§, ‡, §], function($a, $b){ $string($a) & $b })', '$reduce([1], function($a, $b){ $b }, §)', '$sort([§, ‡])', '$sort([{"a": §}, {"a": ‡}], function($l, $r){ $l.a > $r.a })', '$map([§], function($v, $i, $a){ $count($a) })', '$single([§, ‡], function($v){ $type($v) = "object" })', '$match("a", §)', '§ ~> $string ~> $length', '§ ~> $f', '{"a": 1, "b": §}{"x": b}', '(§){"x": year}', '§{"x": $}', '[§..5]', '[§..‡]', '-(§)', '$$.nodes.(§)[0]', '(§; 1)', '(1; §)', 'nodes#$i[$i = 0].{"v": §}', 'nodes@$n.{"v": §, "n": $n.id}', '$lookup([{"a": §}, {"a": 2}], "a")', '$merge([§, {"a": 1}])', '$merge([{"a": 1}, §])', '$spread([§])', '$spread({"a": §, "b": 1})', '$keys([§, {"zz": 1}])', '$distinct([§, §, ‡])', '($d := §; $distinct([$d, $d]))', '($d := §; $d in [$d])', '($d := §; $difference([$d, 1], [$d]))', '($d := §; [$d, $d]^($))', '$append(§, §)', '$append([], §)', '$append(missing, §)', '$zip([§, ‡], [1, 2])', '$each({"a": §, "b": ‡}, function($v){ $type($v) })', '$sift({"a": §, "b": ‡}, function($v){ $exists($v) })', '$jsonParse($string(§))', '$string([{"a": [§]}], true)', '§ = §', '$string(§, true)', '[§, 1, "a"] & ""', '{"a": {"b": [§, {"c": §}]}} & ""', '{"a": §}.a.year', '$toNumber(§) & ""', '$toNumber([§])', '$number($toNumber(§))', '$round($toNumber(§), 2)', '$formatNumber($toNumber(§), "0.00")', '$formatInteger($toNumber(§), "0")', '$formatBase($toNumber(§), 16)', '$fromMillis($toNumber(§))']) add(p.replaceAll('§', s).replaceAll('‡', t))
})
const given = { at: '2024-05-06T07:08:09Z', nodes: [{ id: 'a' }, { id: 'b', on: 'a' }] }
const seen = new Set()
for (const expr of every) {
  if (seen.has(expr)) continue
  seen.add(expr)
  if (random() >= Number(keep)) continue
  const line = { expr, input: given }
  let out
  try {
    const result = await Promise.race([trutoJsonata(expr).evaluate(JSON.parse(JSON.stringify(given))), new Promise((_, no) => setTimeout(() => no(Object.assign(new Error('hang'), { code: 'HANG' })), 2000))])
    if (result === undefined) line.undefined = true
    else line.result = result
    out = JSON.stringify(line)
  } catch (error) {
    const { code, message, position } = error
    out = JSON.stringify({ expr, input: given, error: { code, message, position } })
  }
  process.stdout.write(out + '\n')
}
process.exit(0)
