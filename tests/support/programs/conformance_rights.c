/* Credentials and namespaces. */
#include "conformance.h"
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/fsuid.h>

static void users(void)
{
	RAW(setresgid, 1, 2, 3);
	RAW(setregid, -1, 4);
	RAW(setfsgid, 5);
	RAW(setgid, 6);
	RAW(setresuid, -1, 1000, -1);
	RAW(setresuid, -1, 0, -1);
	RAW(setfsuid, 7);
	RAW(setreuid, 8, 9);
	RAW(setuid, 8);
	RAW(setuid, 0);
	RAW(setresuid, 0, 0, 0);
	RAW(setgroups, 0, NULL);
}

static void become_nobody(void)
{
	RAW(setgroups, 0, NULL);
	RAW(setgid, NOBODY);
	RAW(setuid, NOBODY);
	RAW(setgid, 0);
	open("secret", O_RDONLY);
}

static void capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = {};

	data[0].permitted = 1u << CAP_CHOWN | 1u << CAP_KILL | 1u << CAP_SETUID;
	data[0].effective = 1u << CAP_CHOWN;
	RAW(capset, &header, data);
	data[0].effective = 1u << CAP_KILL | 1u << CAP_SETUID;
	RAW(capset, &header, data);
	data[0].permitted = ~0u;
	data[0].effective = 1u << CAP_SYS_ADMIN;
	RAW(capset, &header, data);
	RAW(capset, BAD_POINTER, data);
}

static void namespaces(void)
{
	int uts = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC), net = open("/proc/self/ns/net", O_RDONLY);
	int plain = open("step", O_RDONLY);

	unshare(CLONE_NEWUTS);
	unshare(CLONE_NEWIPC | CLONE_NEWNET);
	unshare(CLONE_NEWNS);
	unshare(CLONE_NEWCGROUP);
	unshare(0x80000000);
	setns(uts, CLONE_NEWUTS);
	setns(net, 0);
	setns(net, CLONE_NEWUTS);
	setns(plain, 0);
	setns(-1, CLONE_NEWNET);
	touch("in-own-mounts");
	close(uts);
	close(net);
	close(plain);
}

static void own_users(void)
{
	RAW(setresuid, NOBODY, NOBODY, NOBODY);
	unshare(CLONE_NEWUTS);
	unshare(CLONE_NEWUSER | CLONE_NEWUTS);
}

static void children_elsewhere(void)
{
	if (must(RAW(clone, CLONE_NEWUTS | CLONE_NEWNET | SIGCHLD, NULL, NULL, NULL, NULL), "clone") == 0)
		_exit(0);
	wait(NULL);
	if (must(RAW(clone, CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, NULL), "clone") == 0)
		_exit(0);
	wait(NULL);
}

void rights(void)
{
	in_child(users);
	in_child(become_nobody);
	in_child(capabilities);
	in_child(namespaces);
	in_child(own_users);
	in_child(children_elsewhere);
}
