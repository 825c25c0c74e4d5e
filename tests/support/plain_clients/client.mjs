// HTTP without TLS in Node: client.mjs URL
const [url] = process.argv.slice(2);
const large = "n".repeat(4 << 20);
for (const body of ["short", large, ""]) {
  const answer = await fetch(url, { method: "POST", body });
  if (await answer.text() !== body) throw new Error("not what was sent");
}
await Promise.all(Array.from({ length: 8 }, async (_, i) => {
  const body = String(i).repeat(50_000);
  const answer = await fetch(url, { method: "POST", body });
  if (await answer.text() !== body) throw new Error("not what was sent");
}));
