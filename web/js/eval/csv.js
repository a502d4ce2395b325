// @ts-check
/** Comma-separated values (RFC 4180).  Names are a stranger's: they are quoted where needed. */

/** @param {(string | number)[][]} rows @returns {string} */
export function csvText(rows) {
  return rows.map((row) => `${row.map(cell).join(",")}\n`).join("");
}

/** @param {string | number} value */
function cell(value) {
  if (typeof value === "number") return String(value);
  // A spreadsheet would run what begins so; the apostrophe makes it text.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
