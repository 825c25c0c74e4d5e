/*
 * 32-bit system calls from 64-bit code, by the interrupt. Who includes it is linked statically and not position
 * independent: such calls take pointers of 32 bits.
 */
#ifndef LEGACY_CALL_H
#define LEGACY_CALL_H

#include <stdint.h>

static int call(int number, uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d)
{
	int result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d)
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
}

static uint32_t at(const void *pointer)
{
	return (uintptr_t)pointer;
}

#endif
