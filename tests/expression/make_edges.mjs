// node make_edges.mjs FOLDER: writes the answers of FOLDER/node_modules/jsonata anew into ../vectors/jsonata_edges.jsonl.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";

const jsonata = createRequire(`${process.argv[2]}/`)("jsonata");
const file = new URL("../vectors/jsonata_edges.jsonl", import.meta.url);
const [first, ...lines] = readFileSync(file, "utf-8").trimEnd().split("\n");
const answers = [];
for (const { expr } of lines.map((line) => JSON.parse(line))) {
  try {
    const result = await jsonata(expr).evaluate(JSON.parse(first));
    answers.push(result === undefined ? { expr, undefined: true } : { expr, result });
  } catch (error) {
    answers.push({ expr, code: error.code ?? "" });
  }
}
writeFileSync(file, [first, ...answers.map((each) => JSON.stringify(each))].join("\n") + "\n");
