# SPDX-License-Identifier: GPL-3.0-or-later
loupe_test(test_frame_parts SOURCES test_frame_parts.cpp DEPS loupe_ui_frame)
loupe_engine_test(test_frame_navigation SOURCES test_frame_navigation.cpp DEPS loupe_ui)
loupe_engine_test(test_frame_jobs SOURCES test_frame_jobs.cpp DEPS loupe_ui)
loupe_engine_test(test_frame_engine SOURCES test_frame_engine.cpp DEPS loupe_ui)
loupe_engine_test(test_frame_heartbeat SOURCES test_frame_heartbeat.cpp DEPS loupe_ui)
target_compile_definitions(test_frame_heartbeat PRIVATE
  LOUPE_WINDOW_PROGRAM="$<TARGET_FILE:rewardloupe>")
add_dependencies(test_frame_heartbeat rewardloupe)
# What it measures is the window, not what else the processors are busy with.
set_property(TEST test_frame_heartbeat PROPERTY RUN_SERIAL TRUE)
loupe_engine_test(test_frame_session SOURCES test_frame_session.cpp DEPS loupe_ui)
loupe_engine_test(test_frame_pictures SOURCES test_frame_pictures.cpp DEPS loupe_ui)
loupe_window_test(test_frame_real SOURCES test_frame_real.cpp DEPS loupe_ui)
