/*
 * 16,000 instructions where other programs have their functions: exits with 0 when all of them were executed, so none
 * may be replaced by what was there before.
 */
#ifdef __aarch64__
__asm__(".globl _start\n_start: mov x1, 0\n.rept 16000\nadd x1, x1, 1\n.endr\n"
	"mov x2, 16000\ncmp x1, x2\ncset x0, ne\nmov x8, 94\nsvc 0\n");
#else
__asm__(".globl _start\n_start: xor %eax, %eax\n.rept 16000\ninc %eax\n.endr\n"
	"xor %edi, %edi\ncmp $16000, %eax\nsetne %dil\nmov $60, %eax\nsyscall\n");
#endif
