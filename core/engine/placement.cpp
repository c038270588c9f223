// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/placement.h"

#include <ATen/ATen.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/Parallel.h>
#include <torch/version.h>

#include <cstdio>
#include <thread>

#include "core/base/log.h"
#include "core/engine/installation.h"

namespace loupe::engine {

namespace {

constexpr double spare = 1e9;

std::string gigabytes(double bytes) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f GB", bytes / 1e9);
  return text;
}

// 0 in a build without the CUDA parts of LibTorch, which only the linker knows of.
int64_t gpu_count() {
  return static_cast<int64_t>(at::getNumGPUs());
}

std::string gpu_name(int64_t index) {
  return "cuda:" + std::to_string(index);
}

}  // namespace

Result<at::Device> choose_device(const std::string& name) {
  const int64_t count = gpu_count();
  if (name == "cpu" || (name == "auto" && count == 0)) return at::Device(at::kCPU);
  if (name == "auto") return at::Device(at::kCUDA, 0);
  const std::string number = name.starts_with("cuda:") ? name.substr(5) : name == "cuda" ? "0" : "";
  if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos ||
      number.size() > 3)
    return Error{ErrorCode::invalid_input, "there is no device called \"" + name + "\"", "",
                 "use auto, cpu or cuda:N"};
  const int64_t index = std::stoll(number);
  if (index >= count)
    return Error{ErrorCode::not_found,
                 "there is no " + name + "; " + std::to_string(count) + " CUDA devices were found",
                 "",
                 at::globalContext().hasCUDART() ? "use auto or cpu"
                                                 : "this build has no CUDA; use auto or cpu"};
  return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(index));
}

std::vector<std::string> device_names() {
  std::vector<std::string> names{"cpu"};
  for (int64_t i = 0; i < gpu_count(); ++i) names.push_back(gpu_name(i));
  return names;
}

void set_threads(int64_t wanted) {
  const auto cores = static_cast<int64_t>(std::max(1u, std::thread::hardware_concurrency()));
  at::set_num_threads(static_cast<int>(wanted > 0 ? wanted : cores));
}

std::vector<Gpu> gpus() {
  std::vector<Gpu> out;
  for (int64_t i = 0; i < gpu_count(); ++i) {
    const auto [free, total] = at::accelerator::getMemoryInfo(static_cast<c10::DeviceIndex>(i));
    out.push_back({gpu_name(i), static_cast<double>(free), static_cast<double>(total)});
  }
  return out;
}

double room_on(at::Device device, Room room) {
  if (device.is_cpu()) return static_cast<double>(available_memory());
  for (const auto& gpu : gpus())
    if (gpu.name == device.str()) return room == Room::free ? gpu.free : gpu.total;
  return 0;
}

Placement choose_place(const std::vector<Gpu>& gpus, double needed, Room room) {
  const std::string takes = "takes about " + gigabytes(needed);
  std::string full;
  for (const auto& gpu : gpus) {
    const double there = room == Room::free ? gpu.free : gpu.total;
    const std::string has = gigabytes(there) + (room == Room::free ? " free" : "");
    if (needed + spare <= there) return {gpu.name, "on " + gpu.name + ": " + takes + " of " + has};
    full += (full.empty() ? "" : ", ") + gpu.name + " has " + has;
  }
  return {"cpu", full.empty() ? "" : "on the CPU: " + takes + " with 1 GB to spare; " + full};
}

Result<at::Device> place(const std::string& wanted, double needed, Room room) {
  if (wanted != "auto") return choose_device(wanted);
  const Placement placement = choose_place(gpus(), needed, room);
  if (!placement.why.empty()) log_info(placement.why);
  return choose_device(placement.device);
}

int64_t thread_count() {
  return at::get_num_threads();
}

std::string torch_version() {
  return TORCH_VERSION;
}

Result<std::vector<std::string>> job_devices(const std::string& wanted, double needed) {
  std::vector<std::string> out;
  auto left = wanted == "auto" ? gpus() : std::vector<Gpu>();
  while (true) {
    const Placement placement = choose_place(left, needed, Room::whole);
    if (placement.device == "cpu") break;
    log_info(placement.why);
    out.push_back(placement.device);
    std::erase_if(left, [&](const Gpu& gpu) { return gpu.name == placement.device; });
  }
  if (!out.empty()) return out;
  LOUPE_TRY(const auto device, choose_device(wanted == "auto" ? "cpu" : wanted));
  return std::vector<std::string>{device.str()};
}

}  // namespace loupe::engine
