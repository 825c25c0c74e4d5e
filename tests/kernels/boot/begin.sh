#!/bin/sh
# What a system has mounted, then the command; its exit code leaves by the second serial line.
busybox=/kernel-machine/busybox
$busybox mkdir -p /dev/pts /dev/shm
$busybox mount -t devpts devpts /dev/pts
$busybox mount -t tmpfs tmpfs /dev/shm
$busybox mount -t tmpfs tmpfs /run
$busybox mount -t cgroup2 cgroup2 /sys/fs/cgroup
$busybox mount -t tracefs tracefs /sys/kernel/tracing
$busybox ip link set lo up
$busybox hostname kernel-machine
# A session of its own: the console is no terminal that could stop it.
$busybox setsid /bin/sh /kernel-machine/command.sh </dev/null >/dev/console 2>&1
echo "$?" >/dev/ttyS1
$busybox sync
$busybox poweroff -f
