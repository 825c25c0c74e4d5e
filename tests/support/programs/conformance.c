/*
 * usage: conformance PART...   Performs, in the working directory, every operation that AgentSight tells of, errors
 * included; strace says with which arguments and results. Nothing leaves the machine, nothing is loaded into the kernel.
 */
#include "conformance.h"

static const struct {
	const char *name;
	void (*run)(void);
} parts[] = {
	{ "opens", opens },
	{ "names", names },
	{ "traffic", traffic },
	{ "descriptors", descriptors },
	{ "properties", properties },
	{ "mappings", mappings },
	{ "processes", processes },
	{ "threads", threads },
	{ "programs", programs },
	{ "rights", rights },
	{ "dealings", dealings },
	{ "connections", connections },
	{ "datagrams", datagrams },
};

int main(int argc, char **argv)
{
	char cwd[4096];

	clearenv();
	umask(022);
	getcwd(cwd, sizeof(cwd));
	for (int i = 1; i < argc; i++)
		for (size_t n = 0; n < sizeof(parts) / sizeof(*parts); n++)
			if (!strcmp(argv[i], parts[n].name))
				parts[n].run();
	return 0;
}
