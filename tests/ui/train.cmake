# SPDX-License-Identifier: GPL-3.0-or-later
loupe_test(test_train_setup SOURCES test_train_setup.cpp DEPS loupe_ui_train)
loupe_engine_test(test_train_page SOURCES test_train_page.cpp DEPS loupe_ui_train)
loupe_window_test(test_train_engine SOURCES test_train_engine.cpp DEPS loupe_ui_train)
