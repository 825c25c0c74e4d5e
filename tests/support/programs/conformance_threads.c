/* Threads: how they begin, and how they end or replace their process. */
#include "conformance.h"
#include <pthread.h>
#include <sys/prctl.h>

static void *thread_touches(void *name)
{
	prctl(PR_SET_NAME, "a thread");
	touch(name);
	return NULL;
}

static void some(void)
{
	pthread_t thread;

	for (int i = 0; i < 2; i++) {
		must(-pthread_create(&thread, NULL, thread_touches, i ? "by-thread-2" : "by-thread-1"), "thread");
		pthread_join(thread, NULL);
	}
}

static void *thread_runs(void *unused)
{
	execl(STEP, "step", "exit", "21", NULL);
	return unused;
}

static void exec_from_a_thread(void)
{
	pthread_t thread;

	must(make("open-at-threads-exec", O_WRONLY | O_CREAT | O_CLOEXEC), "open");
	must(-pthread_create(&thread, NULL, thread_runs, NULL), "thread");
	pthread_join(thread, NULL);
}

static void *thread_ends_all(void *unused)
{
	_exit(22);
	return unused;
}

static void exit_from_a_thread(void)
{
	pthread_t thread;

	make("open-at-threads-exit", O_WRONLY | O_CREAT);
	must(-pthread_create(&thread, NULL, thread_ends_all, NULL), "thread");
	pthread_join(thread, NULL);
}

static void *outlives(void *main_thread)
{
	pthread_join(*(pthread_t *)main_thread, NULL);
	touch("by-the-last-thread");
	return NULL;
}

/* The main thread leaves first. */
static void exit_of_the_main_thread(void)
{
	static pthread_t self;
	pthread_t thread;

	self = pthread_self();
	must(-pthread_create(&thread, NULL, outlives, &self), "thread");
	pthread_exit(NULL);
}

void threads(void)
{
	in_child(some);
	in_child(exec_from_a_thread);
	/* Two threads that end at the same time on two processors: still one end of one process. */
	for (int i = 0; i < 30; i++)
		in_child(exit_from_a_thread);
	in_child(exit_of_the_main_thread);
}
