// SPDX-License-Identifier: GPL-3.0-or-later
#define LOUPE_KERNEL_SET v3
#include "core/model/kernels_impl.inc"
