#!/bin/sh
# Process 1 of the machine: the host's files, read-only, and above them memory for what is written.
PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
cat /proc/version
while read -r module; do insmod "/modules/$module.ko"; done </modules/order
mkdir -p /host /memory /root
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=loose,ro host /host || poweroff -f
mount -t tmpfs -o size=75% tmpfs /memory
mkdir /memory/upper /memory/work
mount -t overlay -o lowerdir=/host,upperdir=/memory/upper,workdir=/memory/work overlay /root || poweroff -f
mkdir -p /root/kernel-machine
cp /bin/busybox /begin.sh /command.sh /root/kernel-machine
for at in proc sys dev; do mount --move "/$at" "/root/$at"; done
exec switch_root /root /kernel-machine/busybox sh /kernel-machine/begin.sh
