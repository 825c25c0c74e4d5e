import { deepEqual } from "node:assert/strict";
import { parse } from "./fuse_devices.ts";

Deno.test("file systems in user space are told from the others", () => {
  deepEqual(
    parse(`22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
51 22 0:52 / /mnt/fuse - rw,nosuid shared:3 - fuse.sshfs host:/ rw,user_id=0
52 22 0:53 / /tmp/.mount_app rw,nosuid - fuse app rw
53 22 8:1 / /win rw - fuseblk /dev/sda1 rw
54 22 0:54 / /sys/fs/fuse/connections rw - fusectl fusectl rw
`),
    [52n, 53n, (8n << 20n) | 1n],
  );
});
