/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Repeating a step, on kernels with bpf_loop (5.17) and before. */
#ifndef AGENTSIGHT_LOOP_BPF_H
#define AGENTSIGHT_LOOP_BPF_H

#include "shared.bpf.h"

/*
 * Runs `long step(__u32 index, context)` until it answers other than 0, at most `steps` times; gives how often it ran.
 *
 * bpf_loop keeps the verifier's work constant. Without it, at most `least` times, and the verifier follows every turn:
 * a step of more than some lines is to call a function that is not static and takes numbers only, which is checked
 * once. Which of the two is known when the program is loaded; the other is dead code to the verifier.
 */
#define LOOP(steps, step, context, least)                                           \
	({                                                                          \
		__u32 __turns = 0;                                                  \
		if (config.loops) {                                                 \
			__turns = bpf_loop(steps, step, context, 0);                \
		} else {                                                            \
			_Pragma("clang loop unroll(disable)")                       \
			for (__u32 __i = 0; __i < (least) && __i < (steps); __i++) { \
				__turns++;                                          \
				if (step(__i, context))                             \
					break;                                      \
			}                                                           \
		}                                                                   \
		__turns;                                                            \
	})

#endif
