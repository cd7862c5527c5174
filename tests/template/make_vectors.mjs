// Makes fresh vectors with the npm package: node make_vectors.mjs PACKAGE_DIR COUNT SEED > vectors.jsonl
// PACKAGE_DIR is the folder that holds node_modules/@truto/replace-placeholders.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import path from 'node:path'

const [, , dir, count, seed] = process.argv
const require = createRequire(path.join(dir, 'package.json'))
const entry = require.resolve('@truto/replace-placeholders').replace(/main\.cjs$/, 'module.js')
const { default: replacePlaceholders } = await import(pathToFileURL(entry).href)

let state = Number(seed) >>> 0 || 1
const random = () => {
  state ^= state << 13; state >>>= 0
  state ^= state >>> 17
  state ^= state << 5; state >>>= 0
  return state / 2 ** 32
}
const pick = (list) => list[Math.floor(random() * list.length)]
const maybe = (chance) => random() < chance
const some = (most, make) => Array.from({ length: Math.floor(random() * most) }, make)

// Half of the vectors stay near what people write, so that they come to values; the others go to the corners.
let plain = false
const NAMES = ['a', 'b', 'id', 'first-name', 'x y', 'tags', '0', '10', '2', 'crm/contacts', 'Name', '', 'é', '/a', 'k', '\u212aey', '\u017f', '-1', '1:', 'toString', 'length', 'constructor', '$truto_merge']
const PLAIN = ['a', 'b', 'id', 'tags', 'Name']
const TEXTS = ['', ' 42 ', '-3.7e2', '0x1f', '-0X1F', '0x', '12abc', '1e', '1e+', '1_0', '-', '+', '.', '-.5e-3', 'true', ' TRUE', 'false', ' false ', 'null', ' null', 'undefined', 'NaN', '[1,{"b":null}]', '{"a":1}', '{"a":{"b":"{{args.b}}"},"tags":[1]}', ' {"toString":1,"a":{"valueOf":2}} ', '{"a":1e400,"b":-0}', '"{{args.a}}"', '"x"', '-0.0', '01', '1.', '1e5', '{bad', '$&', '$$', "$'", '$`', '$1', '$<a>', '$$$&', '100% $', '%s', '{{args.a}}', '{{args.b}}', '{{args.a:json}}', '{{ args.b:any }}', 'x{{args.tags}}{{args.id}}', '{{args.tags:any}}', '{{args.none:undefined}}', '{{args.none:null}}', '{', '}}', '{{', '{{args.', 'args.a}}', 'Ünïcode ✓', '𝒳', '\u0130', 'Infinity', '-Infinity', '-0', '.5', '5.', '1e400', '+5', '\u00a0x\ufeff', '\u200b1', '\u0085 2', '١', '12345678901234567890', '9007199254740993', '1e21', '0.1e-6', 'a\nb', '   ']
const NUMBERS = [0, 1, -1, 3.14, 1e21, 1e-7, 123456789012345680000, 0.1, 1e16, 123456.789e3, 5e-324, 1.7976931348623157e308, 2 ** 53, -1.5e-9, 100, 1e20]
const scalar = () => (maybe(0.65) ? pick(TEXTS) : maybe(0.6) ? pick(NUMBERS) : pick([true, false, null]))
const value = (depth) => {
  if (depth > 0 && maybe(0.35)) return some(4, () => value(depth - 1))
  if (depth > 0 && maybe(0.5)) return object(depth - 1)
  return scalar()
}
const object = (depth) => Object.fromEntries(some(5, () => [pick(plain ? PLAIN : NAMES), value(depth)]))

const SEGMENTS = [
  'a', 'b', 'id', 'first-name', 'x y', 'tags', '0', '1', '-1', '-2', '-0', '00', '10', '99999999999999999999', '9'.repeat(320), 'k', 'Key', '-', '_',
  '/a/', '/ID/i', '/a?b?/g', '/b-/', '/a??/', '/?a/', '/a???/', '/k/i', '/k/iu', '/s/iv', '/A/', '/a/x', '/a/gg', '/a/uv', '/id/y', '/ta/', '/a?gs/', '/s/dgimsy', '/a/', '//', '/a', 'a/', 'crm/contacts',
  '', ':-1', '1:', ':', '-2:', ':-0', '-0:', ':-9',
  'toString', 'length', 'map', 'Name', 'name', '__proto__', 'prototype', 'constructor', 'args', 'valueOf', 'isPrototypeOf', 'hasOwnProperty', 'call', 'caller', 'toLocaleString', 'with',
]
const TYPES = ['str', 'int', 'num', 'bool', 'json', 'any', 'null', 'undefined', 'ignore-empty-str', ' int ', ' json', 'bogus', 'json', 'any', '', 'STR', 'null ', 'nullable', 'undefinedx', 'toString', 'é']
const PLAIN_TYPES = ['str', 'int', 'num', 'bool', 'json', 'any', 'null', 'undefined', 'ignore-empty-str']
const aType = () => ':' + pick(plain ? PLAIN_TYPES : TYPES)
const aPath = () => {
  const parts = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(plain ? PLAIN : SEGMENTS))
  const lead = plain || maybe(0.85) ? 'args.' : maybe(0.3) ? '.' : maybe(0.3) ? 'resources.' : ''
  return lead + parts.join('.') + (!plain && maybe(0.08) ? pick([' ', '  ', '\t']) + pick(['', 'args.']) + pick(SEGMENTS) + '.' + pick(SEGMENTS) : '')
}
const part = () => (maybe(0.2) ? pick([' ', '\n', '\u00a0']) : '') + (maybe(0.02) ? '' : aPath()) + (maybe(0.2) ? ' ' : '') + (maybe(0.6) ? aType() : '') + (maybe(0.1) ? aType() : '')
const DEFAULTS = ['7', ' 9 ', 'x', '', 'true', 'false', '3.5', 'null', '-', 'Infinity', '-1e400', '0x1f', '-0', '1e21', ' ', 'a/b', '.5', '12abc', '-Infinity', '1e3']
const placeholder = () => {
  const parts = Array.from({ length: 1 + (maybe(0.2) ? 1 : 0) + (maybe(0.1) ? 1 : 0) }, part)
  const fallback = maybe(0.25) ? '?:' + pick(DEFAULTS) + (maybe(0.5) ? aType() : '') + (maybe(0.05) ? '?:' + pick(DEFAULTS) : '') + (maybe(0.05) ? '|args.a' : '') : ''
  return '{{' + parts.join('|') + fallback + '}}'
}
const NOISE = ['', '', ' ', '-', '$&', '{', '}', '{{', '}}', '$', 'x', '%', '{{args.a}}', '{{args.b}}', '{{args!}}', '{{}}', '{{ }}', '{ {', '𝒳']
const string = () => maybe(0.45) ? placeholder() : some(4, () => (plain && maybe(0.7) ? ' ' : pick(NOISE)) + (maybe(0.8) ? placeholder() : '') + (plain ? '' : pick(NOISE))).join('')
const KEYS = ['k', 'q', 'a', 'b', 'tags', '1', '', '{{args.a}}', 'toString', 'constructor']
const tree = (depth) => {
  if (depth > 0 && maybe(0.4)) {
    const made = Object.fromEntries(Array.from({ length: 1 + Math.floor(random() * 3) }, () => [pick(KEYS), tree(depth - 1)]))
    if (maybe(0.25)) {
      const merge = () => maybe(0.5) ? '{{args.' + pick(PLAIN) + ':' + pick(['json', 'any']) + '}}' : maybe(0.5) ? tree(1) : object(2)
      made.$truto_merge = maybe(0.3) ? [merge(), merge()] : merge()
    }
    return made
  }
  if (depth > 0 && maybe(0.2)) return some(4, () => tree(depth - 1))
  return maybe(0.85) ? string() : scalar()
}
const text = (value) => JSON.stringify(value).replace(/[\u2028\u2029]/g, (char) => '\\u' + char.charCodeAt(0).toString(16))
for (let made = 0; made < Number(count); made += 1) {
  plain = maybe(0.5)
  const template = maybe(0.4) ? string() : tree(3)
  const context = { args: { a: value(2), b: value(2), id: value(1), tags: [value(1), value(1)], 'first-name': value(2), 'x y': value(1), ...object(1) }, resources: object(2) }
  const line = { template, context: JSON.parse(JSON.stringify(context)) }
  let answer
  try {
    const result = replacePlaceholders(template, context)
    answer = result === undefined || typeof result === 'function' ? text({ ...line, undefined: true }) : text({ ...line, result })
  } catch (error) {
    answer = text({ ...line, error: error.message })
  }
  process.stdout.write(answer + '\n')
}
