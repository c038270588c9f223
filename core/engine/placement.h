// SPDX-License-Identifier: GPL-3.0-or-later
// Which device a model goes to.
#pragma once

#include <c10/core/Device.h>

#include <string>
#include <vector>

#include "core/base/result.h"

namespace loupe::engine {

// "auto", "cpu", "cuda:N" -> a device that is there; auto is the first GPU.
Result<at::Device> choose_device(const std::string& name);
std::vector<std::string> device_names();

struct Gpu {
  std::string name;            // "cuda:0"
  double free = 0, total = 0;  // bytes
};
std::vector<Gpu> gpus();

// Free: for what shares the device with others. Whole: for a job, which waits until it has the
// device to itself.
enum class Room { free, whole };

// Bytes of a device; of the CPU, what is free. 0: unknown.
double room_on(at::Device device, Room room);

struct Placement {
  std::string device;
  std::string why;  // with the numbers; "" where there was nothing to choose
};
// What "auto" means for something that takes `needed` bytes: the first GPU that holds it with 1 GB
// to spare, else the CPU.
Placement choose_place(const std::vector<Gpu>& gpus, double needed, Room room);

// The device for `wanted`, and in the log what "auto" came to.
Result<at::Device> place(const std::string& wanted, double needed, Room room);

// The devices that a job of `needed` bytes may get, in order: for "auto" each GPU that is large
// enough, or the CPU where none is.
Result<std::vector<std::string>> job_devices(const std::string& wanted, double needed);

// CPU threads of torch: `wanted`, or every core.
void set_threads(int64_t wanted);
int64_t thread_count();
std::string torch_version();

}  // namespace loupe::engine
