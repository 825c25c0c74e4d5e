/**
 * Generates src/capture/layout.gen.ts from the BTF of a compiled object: C is the only hand-written layout.
 *
 * `deno run -A scripts/gen_layout.ts` writes the file; tests/layout_test.ts regenerates it and compares.
 */
interface BtfType {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly size?: number;
  readonly members?: readonly { name: string; type_id: number; bits_offset: number }[];
  readonly values?: readonly { name: string; val: number }[];
}

const structs = {
  config: "config",
  followed: "followed",
  counters: "counters",
  llm_shape: "llmShape",
  needle: "needle",
  record_header: "header",
  fork_record: "fork",
  exec_record: "exec",
  exit_record: "exit",
  file_open_record: "fileOpen",
  file_close_record: "fileClose",
  call_record: "call",
  result_record: "result",
  cred_record: "cred",
  credentials: "credentials",
  net_record: "net",
  net_data_record: "netData",
  image_record: "image",
  agent_found_record: "agentFound",
  tls_hello_record: "tlsHello",
  tls_open_record: "tlsOpen",
  tls_handshake_record: "tlsHandshake",
  tls_close_record: "tlsClose",
  tls_data_record: "tlsData",
  tls_bind_record: "tlsBind",
  plain_open_record: "plainOpen",
  plain_partner_record: "plainPartner",
  running_process: "running",
  socket_entry: "socketEntry",
};

const enums = {
  record_type: "RecordType",
  record_flag: "RecordFlag",
  loss_class: "LossClass",
  turnover: "Turnover",
  call_operation: "CallOperation",
  net_content: "NetContent",
  tls_direction: "TlsDirection",
  tls_bond: "TlsBond",
  tls_function: "TlsFunction",
  plain_transport: "PlainTransport",
  plain_protocol: "PlainProtocol",
};

/** Layout of a machine's objects as TypeScript source; every type must be in at least one, and equal where in both. */
export async function layoutOf(objects: readonly string[]): Promise<string> {
  const types = (await Promise.all(objects.map(typesOf))).flat();
  const find = (kind: string, name: string): BtfType => {
    const [type, ...others] = types.filter((t) => t.kind === kind && t.name === name);
    if (!type) throw new Error(`Cannot generate the layout: no object has BTF for ${kind} ${name}`);
    if (others.some((other) => shape(other) !== shape(type))) {
      throw new Error(`Cannot generate the layout: two of ${name}`);
    }
    return type;
  };

  const lines = ["// Generated from the BTF of dist/bpf by `deno task layout`. Do not edit."];
  for (const [name, out] of Object.entries(structs)) {
    const type = find("STRUCT", name);
    lines.push("", `export const ${out} = {`, `  size: ${type.size},`);
    for (const member of type.members ?? []) {
      if (member.name !== "reserved" && member.name !== "h" && member.name !== "size") {
        lines.push(`  ${member.name}: ${member.bits_offset / 8},`);
      } else if (member.name === "size") lines.push(`  recordSize: ${member.bits_offset / 8},`);
    }
    lines.push("} as const;");
  }
  for (const [name, out] of Object.entries(enums)) {
    const values = find("ENUM", name).values ?? [];
    const prefix = commonPrefix(values.map((v) => v.name));
    lines.push("", `export const ${out} = {`);
    for (const value of values) lines.push(`  ${value.name.slice(prefix)}: ${value.val},`);
    lines.push("} as const;");
  }
  return lines.join("\n") + "\n";
}

async function typesOf(object: string): Promise<BtfType[]> {
  const command = new Deno.Command("bpftool", {
    args: ["-j", "btf", "dump", "file", object, "format", "raw"],
  });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(`Cannot read the BTF of ${object}: ${new TextDecoder().decode(stderr)}`);
  return (JSON.parse(new TextDecoder().decode(stdout)) as { types: BtfType[] }).types;
}

function shape(type: BtfType): string {
  return JSON.stringify([type.size, type.values, type.members?.map((m) => [m.name, m.bits_offset])]);
}

/** Length up to the last underscore that all names share. */
function commonPrefix(names: readonly string[]): number {
  const [first = ""] = names;
  for (let end = first.lastIndexOf("_"); end > 0; end = first.lastIndexOf("_", end - 1)) {
    if (names.every((name) => name.startsWith(first.slice(0, end + 1)))) return end + 1;
  }
  return 0;
}

/** The objects of one machine. */
export function objectsFor(machine: string): string[] {
  const root = new URL("..", import.meta.url).pathname;
  return ["process", "tls", "sockets"].map((name) => `${root}dist/bpf/${name}.${machine}.o`);
}

if (import.meta.main) {
  const out = new URL("../src/capture/layout.gen.ts", import.meta.url);
  await Deno.writeTextFile(out, await layoutOf(objectsFor("x86_64")));
}
