"use strict";
// Makes each table of records one that can be searched, sorted and paged; without it the first records stay.
const PAGE = 10;

function shown(value) {
  if (value === null) return "–";
  if (typeof value !== "object") return String(value);
  if (!Array.isArray(value)) {
    for (const key of ["name", "title", "display_name", "subject", "email", "id", "value"]) {
      if (typeof value[key] === "string" && value[key]) return value[key];
    }
  }
  return JSON.stringify(value);
}

function element(name, parent, text) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

function browse(source) {
  const { columns, records } = JSON.parse(source.textContent);
  const article = source.parentElement, scroll = article.querySelector(".scroll");
  const table = scroll.querySelector("table"), body = table.tBodies[0];
  const field = (record, name) => (name === "" || record === null || typeof record !== "object" || Array.isArray(record)
    ? (name === columns[0] ? record : undefined) : record[name]);
  const texts = records.map((record) => JSON.stringify(record).toLowerCase());
  let order = records.map((_, index) => index), page = 0, sorted = null, down = false;

  const tools = document.createElement("div");
  tools.className = "tools";
  article.insertBefore(tools, scroll);
  const search = element("input", tools);
  search.type = "search";
  search.placeholder = "Search";
  search.setAttribute("aria-label", "Search these records");
  const back = element("button", tools, "‹"), where = element("span", tools), next = element("button", tools, "›");
  back.setAttribute("aria-label", "Previous page");
  next.setAttribute("aria-label", "Next page");

  function compare(a, b) {
    const left = field(records[a], sorted), right = field(records[b], sorted);
    const both = typeof left === "number" && typeof right === "number";
    const found = both ? left - right : String(left ?? "").localeCompare(String(right ?? ""), undefined, { numeric: true });
    return (down ? -found : found) || a - b;
  }

  function select() {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    order = records.map((_, index) => index).filter((index) => wanted.every((word) => texts[index].includes(word)));
    if (sorted !== null) order.sort(compare);
    page = 0;
    draw();
  }

  function toggle(row, record) {
    if (row.classList.toggle("open")) {
      const whole = document.createElement("tr"), cell = element("td", whole);
      whole.className = "whole";
      cell.colSpan = columns.length;
      element("pre", cell, JSON.stringify(record, null, 2));
      row.after(whole);
    } else {
      row.nextElementSibling.remove();
    }
    row.setAttribute("aria-expanded", row.classList.contains("open"));
  }

  function draw() {
    body.replaceChildren();
    for (const index of order.slice(page * PAGE, page * PAGE + PAGE)) {
      const record = records[index], row = element("tr", body);
      row.tabIndex = 0;
      row.setAttribute("aria-expanded", "false");
      for (const name of columns) {
        const value = field(record, name);
        const cell = element("td", row, value === undefined ? "" : shown(value).slice(0, 200));
        if (typeof value === "number") cell.className = "num";
      }
      row.addEventListener("click", () => { if (!String(getSelection())) toggle(row, record); });
      row.addEventListener("keydown", (event) => { if (event.key === "Enter") toggle(row, record); });
    }
    const pages = Math.max(1, Math.ceil(order.length / PAGE));
    where.textContent = order.length ? `${page * PAGE + 1}–${Math.min(order.length, page * PAGE + PAGE)} of ${order.length.toLocaleString("en")}` : "nothing found";
    back.disabled = page === 0;
    next.disabled = page >= pages - 1;
    back.hidden = next.hidden = pages === 1;
  }

  search.addEventListener("input", select);
  back.addEventListener("click", () => { page -= 1; draw(); });
  next.addEventListener("click", () => { page += 1; draw(); });
  [...table.tHead.rows[0].cells].forEach((head, number) => {
    const button = document.createElement("button");
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      down = sorted === columns[number] ? !down : false;
      sorted = columns[number];
      for (const cell of table.tHead.rows[0].cells) cell.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      select();
    });
  });
  draw();
}

document.querySelectorAll("script[data-records]").forEach(browse);
