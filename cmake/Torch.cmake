# SPDX-License-Identifier: GPL-3.0-or-later
# LibTorch out of a Python wheel (or a LibTorch folder): an imported target of our own, because
# TorchConfig.cmake wants the whole CUDA toolkit even where only the CPU part is used.
if(DEFINED ENV{REWARDLOUPE_TORCH})
  set(_torch_default $ENV{REWARDLOUPE_TORCH})
else()
  set(_torch_default ${CMAKE_SOURCE_DIR}/.deps/torch-root/torch)
endif()
set(LOUPE_TORCH_DIR ${_torch_default} CACHE PATH "LibTorch, or the torch folder of a Python package")
if(EXISTS ${LOUPE_TORCH_DIR}/torch/lib/libtorch_cpu.so)
  set(LOUPE_TORCH_DIR ${LOUPE_TORCH_DIR}/torch)
endif()
if(NOT EXISTS ${LOUPE_TORCH_DIR}/lib/libtorch_cpu.so)
  message(FATAL_ERROR "No LibTorch in ${LOUPE_TORCH_DIR}. Run scripts/setup, or set REWARDLOUPE_TORCH "
                      "to a LibTorch folder or a Python torch package.")
endif()

add_library(torch_flags INTERFACE)
target_include_directories(torch_flags SYSTEM INTERFACE
  ${LOUPE_TORCH_DIR}/include ${LOUPE_TORCH_DIR}/include/torch/csrc/api/include)

# The OpenMP that torch itself runs on: a process has one.
file(GLOB _openmp ${LOUPE_TORCH_DIR}/lib/libgomp*.so*)
if(NOT _openmp)
  set(_openmp gomp)
endif()

add_library(loupe_torch INTERFACE)
target_link_libraries(loupe_torch INTERFACE torch_flags ${_openmp}
  ${LOUPE_TORCH_DIR}/lib/libtorch_cpu.so ${LOUPE_TORCH_DIR}/lib/libc10.so Threads::Threads)
target_link_options(loupe_torch INTERFACE
  -Wl,-rpath,${LOUPE_TORCH_DIR}/lib -Wl,-rpath-link,${LOUPE_TORCH_DIR}/lib
  -Wl,--allow-shlib-undefined)
if(LOUPE_CUDA)
  target_link_options(loupe_torch INTERFACE -Wl,--no-as-needed)
  target_link_libraries(loupe_torch INTERFACE
    ${LOUPE_TORCH_DIR}/lib/libtorch_cuda.so ${LOUPE_TORCH_DIR}/lib/libc10_cuda.so)
endif()

loupe_precompiled(torch HEADERS ${LOUPE_PCH_CORE} <ATen/ATen.h> <ATen/core/grad_mode.h>
  DEPS torch_flags nlohmann_json::nlohmann_json)

# loupe_torch_library(model SOURCES … DEPS …): a loupe_library whose sources see torch.
function(loupe_torch_library name)
  loupe_library(${name} ${ARGN} PCH torch)
  target_link_libraries(loupe_${name} PUBLIC loupe_torch)
endfunction()

# loupe_case_test(test_decoder SOURCES decoder_cases.cpp DEPS …): cases that know torch, run by Qt Test.
function(loupe_case_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  add_library(${name}_cases OBJECT ${ARG_SOURCES})
  target_link_libraries(${name}_cases PUBLIC loupe_flags loupe_torch ${ARG_DEPS})
  loupe_use_precompiled(${name}_cases torch)
  loupe_test(${name} SOURCES ${CMAKE_SOURCE_DIR}/tests/support/case_runner.cpp $<TARGET_OBJECTS:${name}_cases>
             DEPS loupe_torch ${ARG_DEPS} LABELS ${ARG_LABELS} TIMEOUT ${ARG_TIMEOUT})
endfunction()
