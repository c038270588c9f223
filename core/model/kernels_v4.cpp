// SPDX-License-Identifier: GPL-3.0-or-later
#define LOUPE_KERNEL_SET v4
#include "core/model/kernels_impl.inc"
