# SPDX-License-Identifier: GPL-3.0-or-later
loupe_test(test_shift_text SOURCES test_shift_text.cpp DEPS loupe_ui_shift)
loupe_engine_test(test_shift_page SOURCES test_shift_page.cpp DEPS loupe_ui_shift)
loupe_engine_test(test_shift_models SOURCES test_shift_models.cpp DEPS loupe_ui_shift)
loupe_window_test(test_shift_engine SOURCES test_shift_engine.cpp DEPS loupe_ui_shift)
