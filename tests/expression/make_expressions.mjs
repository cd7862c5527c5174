// Random expressions of the language as people use it, and what the npm package answers to them:
//   node make_expressions.mjs PACKAGE_DIR COUNT SEED [sweep] > answers.jsonl
// PACKAGE_DIR is the folder that holds node_modules/@truto/truto-jsonata. Expressions are built by type: lists of orders,
// one order, numbers, texts, dates, booleans, and now and then the wrong one. "sweep" makes every special object meet
// every operator and function instead (COUNT is then how many of those at most).
import { createRequire } from 'node:module'
import path from 'node:path'

process.env.TZ = 'UTC'
const [, , dir, count, seed, mode] = process.argv
const require = createRequire(path.join(dir, 'package.json'))
const trutoJsonata = require('@truto/truto-jsonata').default ?? require('@truto/truto-jsonata')

let state = Number(seed) >>> 0 || 1
const random = () => {
  state ^= state << 13; state >>>= 0
  state ^= state >>> 17
  state ^= state << 5; state >>>= 0
  return state / 2 ** 32
}
const int = (from, to) => from + Math.floor(random() * (to - from + 1))
const pick = (list) => list[Math.floor(random() * list.length)]
const maybe = (chance) => random() < chance

const NAMES = ['Ada', 'ben', 'Zoë', 'Çelik', '', 'O\'Neil', 'ada', '李', '😀 x']
const WHEN = ['2026-01-31T09:30:00Z', '2025-12-01', '2026-02-28T23:59:59.999+05:30', 'soon', null, '2024-02-29T00:00:00-08:00']
const order = (id) => ({
  id: maybe(0.1) ? String(id) : id, total: maybe(0.02) ? 1e21 : pick([0, 10, 10.5, 99.99, -3, 1234567.891, 0.1, null]), count: pick([0, 1, 2, 3, 7]),
  status: pick(['open', 'paid', 'OPEN', 'void']), due: pick(WHEN), by: maybe(0.15) ? null : { name: pick(NAMES), id: int(1, 3) },
  lines: Array.from({ length: int(0, 3) }, () => ({ sku: pick(['a', 'b', 'c']), qty: int(0, 4), price: pick([1, 2.5, 0]) })),
  tags: Array.from({ length: int(0, 3) }, () => pick(['x', 'y', '10', '2'])), ...(maybe(0.3) ? { note: pick(['hi', null, '']) } : {}),
})
const data = () => ({ args: { since: pick(WHEN), limit: int(0, 3), name: pick(NAMES), none: null }, orders: Array.from({ length: int(0, 4) }, (_, at) => order(at + 1)), one: order(9), map: { open: 1, paid: 2, 10: 'ten', 2: 'two' } })

// Each maker takes how deep it may still go, and whether it stands within an order, where names are those of an order.
const LIST = (d, inner) => pick(inner ? [() => 'lines', () => 'tags', () => 'lines[qty > 1]'] : [
  () => 'orders', () => 'orders', () => 'orders', () => `orders[${BOOL(d - 1, true)}]`, () => `orders^(${pick(['', '<', '>'])}${NUM(d - 1, true)})`, () => 'orders.lines', () => `$filter(orders, function($o){ ${BOOL(0, false).replaceAll('one.', '$o.')} })`,
  () => `$sort(orders, function($a, $b){ $a.${pick(['count', 'total', 'status'])} ${pick(['<', '>'])} $b.${pick(['count', 'total', 'status'])} })`, () => `$orderBy(orders, ${pick(['"total"', '["status","count"]', '"by.name"'])}, ${pick(['"desc"', '["asc","desc"]', '[]'])})`, () => '[one]', () => `$reverse(orders)`, () => `$distinct(orders.status)`, () => 'orders[0..1]', () => 'orders[-1]',
])()
const NUM = (d, inner) => {
  const at = inner ? '' : 'one.'
  const leaves = [() => `${at}total`, () => `${at}count`, () => String(pick([0, 1, 2, -1, 0.5, 100])), () => `${at}by.id`, () => (inner ? 'missing' : 'args.limit')]
  if (d <= 0) return pick(leaves)()
  return pick([
    ...leaves, () => `(${NUM(d - 1, inner)} ${pick(['+', '-', '*', '/', '%'])} ${NUM(d - 1, inner)})`, () => `$round(${NUM(d - 1, inner)}${maybe(0.5) ? ', ' + pick([1, 2, -1]) : ''})`, () => `${pick(['$floor', '$ceil', '$abs', '$sqrt'])}(${NUM(d - 1, inner)})`,
    () => `${pick(['$sum', '$max', '$min', '$average'])}(${inner ? 'lines.' + pick(['qty', 'price', '(qty * price)']) : pick(['orders.total', 'orders.count', 'orders.(total * count)', 'orders[status="open"].count', 'orders.lines.(qty * price)'])})`,
    () => `$count(${LIST(d - 1, inner)})`, () => `$number(${TEXT(d - 1, inner)})`, () => `$toNumber(${ANY(d - 1, inner)})`, () => `-${NUM(d - 1, inner)}`, () => `$length(${TEXT(d - 1, inner)})`, () => `$power(${NUM(d - 1, inner)}, 2)`,
    () => `$convertCurrencyToSubunit(${NUM(d - 1, inner)}, "${pick(['USD', 'JPY', 'KWD'])}")`, () => `${DATE(d - 1, inner)}.${pick(['year', 'month', 'day', 'weekNumber', 'hour', 'toMillis()', 'toSeconds()', 'offset'])}`, () => `$reduce(${inner ? 'lines.qty' : 'orders.count'}, function($a, $b){ $a + $b }${maybe(0.5) ? ', 0' : ''})`,
    () => `(${BOOL(d - 1, inner)} ? ${NUM(d - 1, inner)} : ${NUM(d - 1, inner)})`, () => `(${NUM(d - 1, inner)} ${pick(['??', '?:'])} ${NUM(d - 1, inner)})`,
  ])()
}
const TEXT = (d, inner) => {
  const at = inner ? '' : 'one.'
  const leaves = [() => `${at}status`, () => `${at}by.name`, () => `${at}note`, () => pick(['"x"', '""', '"a,b"', '"10"', '"ünï"']), () => `${at}due`, () => (inner ? '$$.args.name' : 'args.name')]
  if (d <= 0) return pick(leaves)()
  return pick([
    ...leaves, () => `(${ANY(d - 1, inner)} & ${ANY(d - 1, inner)})`, () => `${pick(['$uppercase', '$lowercase', '$trim'])}(${TEXT(d - 1, inner)})`, () => `$substring(${TEXT(d - 1, inner)}, ${int(-2, 3)}${maybe(0.5) ? ', ' + int(0, 3) : ''})`, () => `$string(${ANY(d - 1, inner)})`,
    () => `$join(${inner ? 'tags' : pick(['orders.status', 'orders.by.name', 'one.tags', 'orders.tags'])}${maybe(0.6) ? ', ' + pick(['", "', '""', '"-"']) : ''})`, () => `$replace(${TEXT(d - 1, inner)}, ${pick(['"a"', '/[aeiou]/', '/(.)(.)/i', '/x*y/'])}, ${pick(['"_"', '"$1"', '"$0$0"', 'function($m){ $uppercase($m.match) }'])})`,
    () => `${DATE(d - 1, inner)}.${pick(['toISODate()', 'toISO()', 'toFormat("dd LLL yyyy HH:mm")', 'weekdayLong', 'monthShort', 'toSQLDate()', 'zoneName'])}`, () => `$pad(${TEXT(d - 1, inner)}, ${int(-8, 8)}, "#")`, () => `${pick(['$substringBefore', '$substringAfter'])}(${TEXT(d - 1, inner)}, ${pick(['"a"', '","', '"-"', '"T"'])})`,
    () => `$formatNumber(${NUM(d - 1, inner)}, ${pick(['"#,##0.00"', '"0"', '"#0.0%"'])})`, () => `$convertCurrencyFromSubunit(${NUM(d - 1, inner)}, "USD")`, () => `$type(${ANY(d - 1, inner)})`, () => `$mapValues(${TEXT(d - 1, inner)}, {"open": "Open", "paid": null})`, () => `$firstNonEmpty(${TEXT(d - 1, inner)}, ${TEXT(d - 1, inner)}, "d")`,
    () => `$wrap(${ANY(d - 1, inner)}, "*")`, () => `$split(${TEXT(d - 1, inner)}, ${pick(['","', '""', '/[ ,-]/'])})[0]`, () => `$base64encode(${TEXT(d - 1, inner)})`, () => `(${BOOL(d - 1, inner)} ? ${TEXT(d - 1, inner)} : ${TEXT(d - 1, inner)})`, () => `$fromMillis(${pick(['0', '1710082800123'])}, "[Y]-[M01]-[D01]")`, () => `$lookup(${inner ? '$$.' : ''}map, ${TEXT(d - 1, inner)})`,
  ])()
}
const DATE = (d, inner) => {
  const made = () => `$dtFromIso(${inner ? 'due' : pick(['one.due', 'args.since', 'one.due', '"2026-03-10T10:00:00Z"'])}${maybe(0.15) ? ', "Asia/Tokyo"' : ''})`
  return d <= 0 || maybe(0.5) ? made() : made() + pick([() => `.plus({"${pick(['days', 'months', 'hours'])}": ${int(-3, 40)}})`, () => `.startOf("${pick(['month', 'day', 'week'])}")`, () => `.setZone("Europe/Paris")`, () => `.minus({"weeks": 1})`])()
}
const BOOL = (d, inner) => {
  const at = inner ? '' : 'one.'
  const leaves = [() => `${at}status = "open"`, () => `${at}count > ${int(0, 3)}`, () => `${at}total >= 10`, () => `$exists(${at}note)`, () => `${at}status in ["open", "paid"]`, () => `"x" in ${at}tags`]
  if (d <= 0) return pick(leaves)()
  return pick([
    ...leaves, () => `(${BOOL(d - 1, inner)} ${pick(['and', 'or'])} ${BOOL(d - 1, inner)})`, () => `$not(${ANY(d - 1, inner)})`, () => `${ANY(d - 1, inner)} ${pick(['=', '!='])} ${ANY(d - 1, inner)}`, () => `${NUM(d - 1, inner)} ${pick(['<', '>', '<=', '>='])} ${NUM(d - 1, inner)}`, () => `$contains(${TEXT(d - 1, inner)}, ${pick(['"a"', '/^o/i', '"T"'])})`,
    () => `$boolean(${ANY(d - 1, inner)})`, () => `${DATE(d - 1, inner)}.isValid`, () => `${DATE(d - 1, inner)} ${pick(['=', '!='])} ${DATE(d - 1, inner)}`, () => `${TEXT(d - 1, inner)} ${pick(['<', '>='])} ${TEXT(d - 1, inner)}`,
  ])()
}
const OBJECT = (d, inner) => `{${Array.from({ length: int(1, 3) }, (_, at) => `"${pick(['k', 'v', 'id', '7', 'a b'])}${at}": ${ANY(d - 1, inner)}`).join(', ')}}`
const ANY = (d, inner) => (d <= 0 ? pick([NUM, TEXT])(0, inner) : pick([NUM, NUM, TEXT, TEXT, DATE, BOOL, OBJECT, LIST])(d - 1, inner))
const WHOLE = () => pick([
  () => `${LIST(1, false)}.${OBJECT(3, true)}`, () => `$map(orders, function($o){ ${OBJECT(2, false).replaceAll('one.', '$o.')} })`, () => `orders{${TEXT(1, true)}: ${pick(['$sum(total)', '$count($)', 'id', '$', '{"n": $count(id), "names": by.name}', '$sum($.(count * 2))'])}}`, () => `$groupBy(${LIST(1, false)}, ${pick(['"status"', '"by.name"', '"count"'])})`,
  () => `$merge([one, ${OBJECT(2, false)}])`, () => ANY(3, false), () => ANY(4, false), () => `orders.(${ANY(3, true)})`, () => `(${'$x := ' + ANY(2, false)}; $y := ${ANY(2, false)}; ${pick(['[$x, $y]', '$x = $y', '{"x": $x, "y": $y}', '$append($x, $y)', '$x & $y', '$merge([{"a": $x}, {"b": $y}])'])})`,
  () => `$each(${pick(['one', 'map', OBJECT(1, false)])}, function($v, $k){ $k & "=" & $string($v) })`, () => `${pick(['$keys', '$spread', '$values', '$string'])}(${pick(['one', 'map', 'orders', OBJECT(2, false)])})`, () => `$sift(${pick(['one', 'map'])}, function($v, $k){ ${pick(['$v', '$k = "id"', '$type($v) = "number"', '$length($k) < 4'])} })`, () => `${LIST(1, false)} ~> $map(function($v, $i){ ${pick(['$i', '$v.id', '{"i": $i, "v": $v.status}', '$v.count * $i'])} })`,
  () => `${pick(['one', 'orders[0]'])} ~> |${pick(['$', 'lines', 'by'])}|${OBJECT(1, false)}${maybe(0.5) ? ', ' + pick(['"id"', '["tags", "status"]']) : ''}|`, () => `orders@$o.lines@$l.{"o": $o.id, "sku": $l.sku, "t": $o.total * $l.qty}`.replace('.lines@', pick(['.lines@', '.$o.lines@'])), () => `orders.lines.{"sku": sku, "order": %.id, "n": %.${TEXT(0, true)}}`, () => `orders#$i.{"at": $i, "id": id}`, () => `one.${pick(['*', '**', '**.sku', 'lines.*'])}`,
  () => `$zip(orders.id, orders.status)`, () => `$jsonToCsv(orders.${OBJECT(1, true)})`, () => `$pick(one, ${pick(['["id","by.name"]', '"lines[0].sku"'])})`, () => `$omit(one, ["lines", "tags"])`, () => `$find(orders, ${pick(['{"status":"open"}', '["count", 1]', '"note"'])})`, () => `$keyBy(orders, "id")`, () => `$chunk(orders.id, 2)`, () => `$flatten([orders.tags, [[1]]])`,
])()

const SPECIAL = ['$dtFromIso("2026-01-31T09:30:00Z")', '$dtFromIso("2026-01-31", "Asia/Tokyo")', '$dtFromIso("no")', '$dtFromFormat("31/01/2026", "dd/MM/yyyy")', '$dtFromIso("2026-01-31").diff($dtFromIso("2025-11-02"), ["months", "days"])', '$dtFromIso("2026-01-31").toJSDate()', '$parseUrl("https://u:p@h.example:8443/a?x=1&x=2#f")', '$parseUrl("http://h.example").searchParams', '$dependencyGraph(nodes, "on", "id")', '(1 / 0)', '(-1 / 0)', '(0 / 0)', '(1e308 * 10)', '-0', '$blob("hi", {"type": "text/plain"})', '$getArrayBuffer($blob("hi"))', '$blob("hi").stream()', '$blob("hi").stream().getReader().read().value']
// Nested, and handed over in every place of the functions; § stands for it.
const WIDE = ['{"a": [§, {"b": §}]}', '[[§]]', '{"a": §}.a', '{"a": §}.a & ""', '[{"a": §}, {"a": 1}].a', '[{"a": §}, {"a": §}]{$string(a): $count($)}', '$merge([{"a": §}, {"b": 2}])', '$merge({"a": §})', '$append([§], [§])', '$string({"a": [§]}, true)', '$string([§])', '[§][0] & "x"', '($f := function($x){ $x & "!" }; $f(§))', '§ ~> function($x){ $type($x) }', '[§] ~> $map(function($x){ $string($x) })', '$map([§, 1], function($x, $i){ $i & $type($x) })', '$filter([§], function($x){ $x = $x })', '$reduce([§, §], function($a, $b){ $a = $b })', '$each({"k": §}, function($v, $k){ {$k: $v} })', '$sift({"k": §, "l": 1}, function($v, $k){ $type($v) = "object" })', '$lookup({"k": §}, "k")', '$lookup([{"k": §}], "k")', '$exists(§.nope)', '§[true]', '§[false]', '[§, 2][$type($) = "number"]', '$count([§, §])', '$distinct([§, §, 1, 1])', '$sort([3, 1], function($a, $b){ § })', '$boolean([§])', '$boolean({"a": §})', '$not(§)', '§ and true', 'true and §', 'false or §', '§ in [§, 1]', '1 in §', '[1..3][§]', '{"a": §} = {"a": §}', '($d := §; {"a": $d} = {"a": $d})', '($d := §; [$d, $d] = [$d, $d])', '$zip([§], [1])', '$reverse([1, §])', '$shuffle([§])', '$spread({"a": §})', '$keys({"a": §})', '$keys([§])', '$values({"a": §})', '$pick({"a": §, "b": 1}, "a")', '$pick({"a": §}, "a.b")', '$omit({"a": §, "b": 1}, "b")', '$compact([§, 0, null])', '$flattenDeep([[§], [[1]]])', '$flattenDepth([[[§]]], 1)', '$chunk([§, 1, 2], 2)', '$difference([§, 1], [§, 1])', '$find([{"a": §}], "a")', '$lofilter([{"a": §}, {"b": 1}], "a")', '$groupBy([{"a": §}], "a")', '$keyBy([{"a": §}], "a")', '$orderBy([{"a": §, "n": 1}, {"a": 1, "n": 2}], "a").n', '$orderBy([{"a": §, "n": 1}, {"a": "x", "n": 2}, {"n": 3}], "a", "desc").n', '$join([§, "x"], "-")', '$join(["a", "b"], §)', '$wrap(§, "(", ")")', '$wrap("x", §)', '$firstNonEmpty(null, §) & ""', '$removeEmptyItems([§, "", null, {}])', '$removeEmpty({"a": §})', '$mapValues({"a": §}, {"x": 1})', '$mapValues("x", {"x": §})', '$mapValues("y", {"x": 1}, false, §)', '$mapValues([§], {"x": 1})', '$jsonToCsv([{"a": §, "b": 1}])', '$jsonToCsv({"a": §})', '$stringifyQuery({"a": §})', '$stringifyQuery({"a": [§, 1]})', '$stringifyQuery({"a": {"b": §}}, {"encode": false})', '$convertQueryToSql({"a": §}, ["a"])', '$convertQueryToSql({"a": {"gt": §}}, ["a"], {}, {"a": "date"})', '$convertQueryToSql({"a": [§]}, ["a"])', '$toNumber(§) + 1', '$number(§)', '$round(§, 1)', '$power(§, 0)', '$power(2, §)', '$formatBase(§, 2)', '$formatInteger(§, "1")', '$substring("abc", §)', '$length(§ & "")', '$uppercase(§ & "")', '$contains(§ & "", "2026")', '$replace("a-b", "-", § & "")', '$split("a,b", ",", §)', '$match(§ & "", /[0-9]+/)[0].match', '$digest(§ & "")', '$digest({"a": §})', '$sign(§, "SHA-256", "k")', '$base64encode({"a": §})', '$jsonParse($string({"a": §}))', '$xmlToJs(§)', '$dtFromIso(§)', '$dtFromIso(§).isValid', '$dtFromFormat(§, "yyyy")', '$dtFromIso("2026-01-31").plus(§)', '$dtFromIso("2026-01-31").diff(§, "days").days', '$dtFromIso("2026-01-31").hasSame(§, "day")', '$dtFromIso("2026-01-31").equals(§)', '$dtFromIso("2026-01-31").setZone(§)', '$dtFromIso("2026-01-31").set({"day": §})', '$parseUrl("http://x.y/?a=" & §).search', '$dependencyGraph([{"id": §}], "on", "id").overallOrder()', '$sortNodes([{"id": "a", "sequence": §}, {"id": "b"}]).id', '$zipSqlResponse([{"n": "a"}], [[§]], "n")', '$diceCoefficient("ab", §)', '$mostSimilar("ab", [§, "abc"])', '$convertCurrencyToSubunit(§, "USD")', '$convertCurrencyFromSubunit(§, "USD")', '$getMimeType(§)', '$eval("1 + 1", §)', '$clone({"a": §}).a & ""', '{"a": §} ~> |$|{"b": a}|', '{"a": {"b": 1}} ~> |a|{"c": §}|', '§ ? "y" : "n"', '§ ?: "d"', '§ ?? "d"', '§.**.toFixed', '$count(§.*)', '[§, §]^(year)', '[{"a": §}]^(a)', '[{"a": 2, "d": §}, {"a": 1, "d": §}]^(a).a', '$max([1, $toNumber(§)])', '$sum([$toNumber(§), 1])', '$average([1, $toNumber(§)])', '$abs($toNumber(§))', '$type($toNumber(§))', '$single([§], function($x){ true }) & ""', '$assert($exists(§), "m")', '$error("e" & §)', '$convertHtmlToMarkdown(§)', '$blob(§).size', '$blob([§, "x"]).text()', '$base64ToBlob(§).size', '$getDataUri(§, "a/b")', '$bufferToString(§)', '$getArrayBuffer(§)', '$uppercase($type(§))', '(§).($)', '[§].($type($))', '{"x": §}.*', '{"x": §}.x.year', '$string(§) = $string(§)', '$keys(§)', '$spread(§)[0]', 'function($a)<s:s>{ $a }(§)', 'function($a)<x:x>{ $a }(§) & ""', '$trim(§)', '$pad(§ & "", 3)', '§ = null', 'null = §', '§ != 1', '§ < §', '§ >= 5', '§ - §', '§ * 2', '-§', '[§..3]', '"a" in §']
const MEETS = (s, t) => [...WIDE.map((place) => place.replaceAll('§', s)), `${s}`, `[${s}]`, `{"v": ${s}}`, `${s} & "t"`, `"t" & ${s}`, `[${s}] & ""`, `{"v": ${s}} & ""`, ...['=', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', 'in', 'and', 'or', '..', '??', '?:'].flatMap((o) => [`(${s} ${o} ${t})`, `(${s} ${o} 1)`, `("x" ${o} ${s})`]), `-${s}`, `${s} ? 1 : 2`, `(${s})[0]`, `(${s})[1]`, `[1, 2][${s}]`, `(${s}).year`, `(${s}).host`, `(${s}).*`, `(${s}).**`, `$count((${s}).*)`, `$ ~> |$|{"a": ${s}}|`, `${s} ~> $string`, `${s} ~> |$|{"a": 1}|`, `{"k": ${s}} ~> |$|{"a": 1}|`, `($x := ${s}; $x = $x)`, `($x := ${s}; [$x] = [$x])`, `($x := ${s}; {"a": $x} = {"a": $x})`, `($x := ${s}; $x in [$x])`, `[${s}, ${t}]^($)`, `[${s}, 1]{"a": $}`, `{${s}: 1}`, `function($v){ $v }(${s})`, `function($v)<n:n>{ $v }(${s})`, `function($v)<o:o>{ $v }(${s})`,
  ...['string', 'boolean', 'not', 'exists', 'type', 'count', 'sum', 'max', 'min', 'average', 'keys', 'spread', 'merge', 'values', 'reverse', 'sort', 'distinct', 'shuffle', 'clone', 'number', 'abs', 'floor', 'ceil', 'round', 'sqrt', 'length', 'uppercase', 'trim', 'toNumber', 'removeEmpty', 'removeEmptyItems', 'compact', 'flatten', 'flattenDeep', 'jsonToCsv', 'stringifyQuery', 'firstNonEmpty', 'uuid', 'jsonParse', 'base64encode', 'chunk', 'join', 'eval', 'encodeUrlComponent', 'fromMillis', 'toMillis', 'formatBase', 'recursiveCharacterTextSplitter', 'digest', 'getMimeType', 'parseUrl', 'dtFromIso', 'jsToXml'].filter((f) => f !== 'uuid' && f !== 'shuffle').flatMap((f) => [`$${f}(${s})`, `$${f}([${s}])`, `$${f}([${s}, ${t}])`, `$${f}({"v": ${s}})`]),
  ...['append', 'lookup', 'zip', 'pick', 'omit', 'find', 'lofilter', 'groupBy', 'keyBy', 'orderBy', 'difference', 'wrap', 'join', 'contains', 'split', 'round', 'power', 'pad', 'substring', 'formatNumber', 'mapValues', 'flattenDepth', 'diceCoefficient', 'convertCurrencyToSubunit', 'convertCurrencyFromSubunit', 'in', 'chunk'].filter((f) => f !== 'in').flatMap((f) => [`$${f}(${s}, "a")`, `$${f}([${s}], ${t})`, `$${f}([{"v": ${s}}, {"v": ${t}}], "v")`, `$${f}(1, ${s})`]),
  `$map([${s}], function($v){ $v })`, `$map([${s}], $string)`, `$map([${s}], $type)`, `$filter([${s}, 1], function($v){ $v })`, `$reduce([${s}, 1], function($a, $b){ [$a, $b] })`, `$reduce([${s}, 1], function($a, $b){ $a & $b })`, `$each({"v": ${s}}, function($v, $k){ $k & $v })`, `$each(${s}, function($v, $k){ $k })`, `$sift(${s}, function($v, $k){ $k = "year" })`, `$sift({"v": ${s}}, function($v){ $v })`, `$single([${s}])`, `$sort([${s}, ${t}], function($a, $b){ $a > $b })`, `$assert(${s}, "m")`, `$error(${s})`, `$sortNodes([{"id": ${s}, "sequence": ${t}}])`, `$zipSqlResponse([{"n": "a"}], [[${s}]], "n")`, `$firstNonEmpty(null, ${s})`, `$replace("a", "a", ${s})`, `$mostSimilar(${s}, ["a"])`, `$sum([1, ${s}]) > 3`, `$round(${s}, 2)`, `$max([1, ${s}])`]

const emit = async (expr, given, preset) => {
  const line = { expr, input: given, preset }
  try {
    const result = await trutoJsonata(expr).evaluate(JSON.parse(JSON.stringify(given)))
    if (result === undefined) line.undefined = true
    else line.result = result
    return JSON.stringify(line)
  } catch (error) {
    const { code, message, position } = error
    return JSON.stringify({ expr, input: given, preset, error: { code, message, position } })
  }
}
if (mode === 'sweep') {
  const nodes = [{ id: 'a' }, { id: 'b', on: 'a' }]
  const every = SPECIAL.flatMap((s, at) => MEETS(s, SPECIAL[(at + int(0, SPECIAL.length - 1)) % SPECIAL.length]))
  const kept = every.length <= Number(count) ? every : every.filter(() => maybe(Number(count) / every.length))
  for (const expr of kept) process.stdout.write((await emit(expr, { nodes }, 'sweep')) + '\n')
} else {
  for (let made = 0; made < Number(count); made += 1) process.stdout.write((await emit(WHOLE(), JSON.parse(JSON.stringify(data())), 'work')) + '\n')
}
