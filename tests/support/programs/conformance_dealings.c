/* What processes do to each other and try to do to the kernel. Nothing is loaded: every such call is one that fails. */
#include "conformance.h"
#include <linux/bpf.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

static void ignore(int signal)
{
	(void)signal;
}

static pid_t sleeper(void)
{
	pid_t pid = must(fork(), "fork");

	if (pid == 0) {
		pause();
		_exit(0);
	}
	return pid;
}

static void signals(void)
{
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };
	pid_t pid;
	int pidfd;

	signal(SIGUSR1, ignore);
	kill(getpid(), SIGUSR1);
	kill(getpid(), 0);
	kill(getpid(), 99);
	kill(0x3fffffff, SIGTERM);
	RAW(tgkill, getpid(), getpid(), SIGUSR1);
	RAW(tgkill, getpid(), 1, SIGUSR1);
	RAW(tkill, getpid(), SIGUSR1);
	RAW(rt_sigqueueinfo, getpid(), SIGUSR1, &info);
	RAW(rt_tgsigqueueinfo, getpid(), getpid(), SIGUSR1, &info);
	RAW(rt_sigqueueinfo, getpid(), SIGUSR1, BAD_POINTER);
	setpgid(0, 0);
	kill(0, SIGUSR1);
	kill(-getpid(), SIGUSR1);
	pid = sleeper();
	kill(pid, SIGTERM);
	wait(NULL);
	pid = sleeper();
	pidfd = must(RAW(pidfd_open, pid, 0), "pidfd_open");
	RAW(pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	wait(NULL);
	RAW(pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	RAW(pidfd_send_signal, -1, SIGKILL, NULL, 0);
	close(pidfd);
}

static void signal_others(void)
{
	must(setuid(NOBODY), "setuid");
	kill(getppid(), SIGUSR1);
}

/* Whoever is traced by strace cannot be traced by another. */
static void traced(void)
{
	char here[16] = "here", there[16] = "there";
	struct iovec local = { here, 5 }, remote = { there, 5 };
	pid_t pid = sleeper();

	ptrace(PTRACE_ATTACH, pid, 0, 0);
	ptrace(PTRACE_SEIZE, pid, 0, 0);
	ptrace(PTRACE_PEEKDATA, pid, there, 0);
	ptrace(PTRACE_CONT, 0x3fffffff, 0, 0);
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	process_vm_readv(pid, &local, 1, &remote, 1, 0);
	process_vm_writev(pid, &local, 1, &remote, 1, 0);
	remote.iov_base = BAD_POINTER;
	process_vm_readv(pid, &local, 1, &remote, 1, 0);
	process_vm_readv(0x3fffffff, &local, 1, &remote, 1, 0);
	kill(pid, SIGKILL);
	wait(NULL);
}

static void kernel_code(void)
{
	union bpf_attr attr = {};
	int fd = look("nonsense-module", O_RDWR | O_CREAT);

	RAW(init_module, "", 0, "");
	RAW(init_module, "nonsense", 8, "");
	RAW(finit_module, fd, "", 0);
	RAW(finit_module, -1, "", 0);
	RAW(finit_module, fd, "", 0x40000000);
	RAW(delete_module, "no_such_module_here", O_NONBLOCK);
	RAW(bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	RAW(bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	RAW(bpf, BPF_PROG_LOAD, BAD_POINTER, 32);
	RAW(bpf, 9999, &attr, sizeof(attr));
	close(fd);
}

static void kernel_code_as_nobody(void)
{
	union bpf_attr attr = {};

	must(setuid(NOBODY), "setuid");
	RAW(bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	RAW(init_module, "", 0, "");
	RAW(finit_module, 0, "", 0);
	RAW(delete_module, "loop", 0);
	RAW(kexec_load, 0, 0, NULL, 0);
	RAW(kexec_file_load, -1, -1, 0, NULL, 0);
}

void dealings(void)
{
	in_child(signals);
	in_child(signal_others);
	in_child(traced);
	in_child(kernel_code);
	in_child(kernel_code_as_nobody);
}
