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

const NAMES = ['a', 'b', 'id', 'first-name', 'x y', 'tags', '0', '10', '2', 'crm/contacts', 'Name', '', 'é', 'toString', '$truto_merge']
const SCALARS = ['', ' 42 ', '-3.7e2', '0x1f', '12abc', 'true', 'false', 'null', '[1,{"b":null}]', '{"a":1}', '{bad', '$&', '$$', "$'", '$`', '$1',
  '{{args.a}}', '{{args.b}}', '{', '}}', 'Ünïcode ✓', 'Infinity', '-0', '.5', '5.', '1e400', '+5', '\u00a0x\ufeff', '١', 0, 1, -1, 3.14, 1e21, 1e-7, 123456789012345680000, 0.1,
  1e16, 123456.789e3, 5e-324, true, false, null]
const value = (depth) => {
  if (depth > 0 && maybe(0.35)) return Array.from({ length: Math.floor(random() * 4) }, () => value(depth - 1))
  if (depth > 0 && maybe(0.5)) return object(depth - 1)
  return pick(SCALARS)
}
const object = (depth) => Object.fromEntries(Array.from({ length: Math.floor(random() * 5) }, () => [pick(NAMES.slice(0, 13)), value(depth)]))

const SEGMENTS = ['a', 'b', 'id', 'first-name', 'x y', 'tags', '0', '1', '-1', '-2', '-0', '00', '10', '/a/', '/ID/i', '/a?b?/g', '/[/', '/b-/', 'crm/contacts', '', ':-1', '1:', ':', '-2:', 'toString', 'length', 'map', 'Name', '__proto__', 'args']
const TYPES = ['str', 'int', 'num', 'bool', 'json', 'any', 'null', 'undefined', 'ignore-empty-str', ' int ', 'bogus', 'json', 'any', '']
const aPath = () => {
  const parts = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(SEGMENTS))
  const lead = maybe(0.85) ? 'args.' : maybe(0.3) ? '.' : ''
  return lead + parts.join('.') + (maybe(0.05) ? ' ' + pick(SEGMENTS) : '')
}
const part = () => (maybe(0.2) ? ' ' : '') + aPath() + (maybe(0.6) ? ':' + pick(TYPES) : '') + (maybe(0.1) ? ':' + pick(TYPES) : '')
const placeholder = () => {
  const parts = Array.from({ length: 1 + (maybe(0.2) ? 1 : 0) + (maybe(0.1) ? 1 : 0) }, part)
  const fallback = maybe(0.25) ? '?:' + pick(['7', ' 9 ', 'x', '', 'true', '3.5']) + (maybe(0.5) ? ':' + pick(TYPES) : '') : ''
  return '{{' + parts.join('|') + fallback + '}}'
}
const NOISE = ['', '', ' ', '-', '$&', '{', '}', '{{', '}}', '$', 'x', '{{args.a}}', '{{args.b}}', '{{args!}}']
const string = () => maybe(0.45) ? placeholder() : Array.from({ length: Math.floor(random() * 4) }, () => pick(NOISE) + (maybe(0.8) ? placeholder() : '') + pick(NOISE)).join('')
const tree = (depth) => {
  if (depth > 0 && maybe(0.4)) {
    const made = Object.fromEntries(Array.from({ length: 1 + Math.floor(random() * 3) }, () => [pick(['k', 'q', 'a', 'b', 'tags', '1']), tree(depth - 1)]))
    if (maybe(0.25)) made.$truto_merge = maybe(0.3) ? [tree(0), object(1)] : maybe(0.5) ? '{{args.' + pick(['a', 'b', 'tags']) + ':json}}' : object(2)
    return made
  }
  if (depth > 0 && maybe(0.2)) return Array.from({ length: Math.floor(random() * 3) }, () => tree(depth - 1))
  return maybe(0.85) ? string() : pick(SCALARS)
}
for (let made = 0; made < Number(count); made += 1) {
  const template = maybe(0.4) ? string() : tree(3)
  const context = { args: { a: value(2), b: value(2), id: value(1), tags: [value(1), value(1)], 'first-name': value(2), 'x y': value(1), ...object(1) }, resources: object(2) }
  const line = { template, context: JSON.parse(JSON.stringify(context)) }
  try {
    const result = replacePlaceholders(template, context)
    if (result === undefined || typeof result === 'function') line.undefined = true
    else line.result = result
    process.stdout.write(JSON.stringify(line) + '\n')
  } catch (error) {
    process.stdout.write(JSON.stringify({ template, context: line.context, error: error.message }) + '\n')
  }
}
