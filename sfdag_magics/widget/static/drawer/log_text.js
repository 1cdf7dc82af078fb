// A log as a file of text, and how a page gives somebody a file.

/** A log as it stands in a file. */
function logText({ lines = [], total = 0, command = "" }, isAll) {
  const left = total - lines.length;
  const first = left > 0 ? [`… ${left} earlier lines: ${command}`] : [];
  return [...first, ...lines.map(([moment, level, task, text]) =>
    [moment === null ? "" : new Date(moment).toISOString(), level, isAll ? task : "", text].filter(Boolean).join(" "))].join("\n");
}

function download(page, name, text) {
  const { URL: urls, Blob: Blobs } = page.doc.defaultView;
  const address = urls.createObjectURL(new Blobs([`${text}\n`], { type: "text/plain" }));
  html(page, "a", { href: address, download: name }).click();
  setTimeout(() => urls.revokeObjectURL(address), 10000);
}
