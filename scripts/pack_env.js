// Runs before main.js in the packed program: the variables pack_stub.sh sets are for this runtime only.
for (const name of ["DENO_DIR", "DENO_NO_UPDATE_CHECK"]) {
  const saved = `AGENTSIGHT_CALLER_${name}`;
  const value = Deno.env.get(saved);
  if (value === undefined) Deno.env.delete(name);
  else Deno.env.set(name, value);
  Deno.env.delete(saved);
}
