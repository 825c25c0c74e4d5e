/* usage: step exit [CODE] | step exec PROGRAM ARGS...   What the conformance program runs. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv, char **environment)
{
	if (argc > 2 && !strcmp(argv[1], "exec"))
		execve(argv[2], argv + 2, environment);
	return argc > 2 ? atoi(argv[2]) : 0;
}
