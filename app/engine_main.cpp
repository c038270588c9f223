// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/cli/command_line.h"

int main(int argc, char** argv) {
  return loupe::engine::run_command_line(argc, argv);
}
