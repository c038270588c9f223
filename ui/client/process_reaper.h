// SPDX-License-Identifier: GPL-3.0-or-later
// Ends a process without waiting for it: asked politely first, killed when it does not listen.
#pragma once

class QProcess;

namespace loupe::ui {

// Takes the process over. Its input is closed; what still runs after grace_ms is killed. When the
// program ends before that, it waits for that long at most.
void reap(QProcess* process, int grace_ms);
// How many are still on their way out.
int processes_being_reaped();

}  // namespace loupe::ui
