// SPDX-License-Identifier: GPL-3.0-or-later
// The token heatmap for screen readers: a list whose items are the tokens, each with its text, its
// number, its place, and everything known of it as description.
#pragma once

namespace loupe::ui {

// Once is enough; further calls do nothing.
void install_heatmap_accessibility();

}  // namespace loupe::ui
