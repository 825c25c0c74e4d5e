import assert from "node:assert/strict";
import { base64Part, encrypted, reference, urlPart, withoutBinary } from "./media.ts";

const HI = { byte_size: 2, sha256: "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4" };

Deno.test("binary content is told by its decoded size and hash", () => {
  const blob = { type: "blob", modality: "image", ...HI };
  assert.deepEqual(base64Part("image", "aGk=", null), { ...blob, mime_type: null });
  assert.deepEqual(urlPart("image", "data:image/png;base64,aGk="), { ...blob, mime_type: "image/png" });
  assert.deepEqual(urlPart("image", "data:,hi"), {
    type: "blob",
    modality: "image",
    mime_type: null,
    byte_size: 2,
  });
  assert.deepEqual(urlPart("image", "https://x.test"), {
    type: "uri",
    modality: "image",
    uri: "https://x.test",
  });
  assert.deepEqual([reference("hi"), encrypted("hi"), encrypted(""), encrypted(null)], [
    HI,
    { encrypted: HI },
    {},
    {},
  ]);
});

Deno.test("a provider's own value keeps everything but binary and encrypted text", () => {
  const value = {
    type: "x",
    list: [{ type: "base64", media_type: "image/png", data: "aGk=" }, "text", 1, null],
    encrypted_content: "hi",
    encrypted: { none: true },
    signature: "hi",
    data: "text that is data",
    url: "data:image/png;base64,aGk=",
    text: "data: and no more",
  };
  assert.deepEqual(withoutBinary(value), {
    ...value,
    list: [{ type: "base64", media_type: "image/png", data: HI }, "text", 1, null],
    encrypted_content: HI,
    signature: HI,
    url: HI,
  });
});

Deno.test("a value of any depth is taken", () => {
  let deep: unknown = "x";
  for (let i = 0; i < 100_000; i++) deep = [deep];
  assert.ok(Array.isArray(withoutBinary(deep)));
});
