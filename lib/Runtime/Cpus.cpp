//===- Cpus.cpp - Which CPUs a thread pool may use ------------------------===//
//
// Reads the affinity mask and the control group's quota, and gives each spinning worker a CPU of its own: first one on
// every core, then the siblings. The caller's CPU is left free and stays so: when the caller has moved onto a worker's
// CPU, that worker gets the one the caller left.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/ThreadPool.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

using namespace dlc;

/// Reads the start of a small file as text; false if it cannot be read.
static bool readText(const char *path, char *text, size_t capacity) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return false;
  ssize_t length = read(file, text, capacity - 1);
  close(file);
  if (length <= 0)
    return false;
  text[length] = '\0';
  return true;
}

/// The lowest CPU number that shares a core with `cpu`; `cpu` itself if the kernel does not say.
static int coreOf(int cpu) {
  char path[96], text[64];
  snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
  return readText(path, text, sizeof(text)) ? atoi(text) : cpu;
}

unsigned ThreadPool::availableCpus() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
    return 1;
  int count = CPU_COUNT(&allowed);
  char text[64];
  if (readText("/sys/fs/cgroup/cpu.max", text, sizeof(text))) { // "200000 100000", or "max 100000"
    char *rest;
    long quota = strtol(text, &rest, 10), period = strtol(rest, nullptr, 10);
    if (quota > 0 && period > 0 && (quota + period - 1) / period < count)
      count = static_cast<int>((quota + period - 1) / period);
  }
  if (count < 1)
    return 1;
  return count > int(maxWorkers) ? maxWorkers : static_cast<unsigned>(count);
}

void ThreadPool::planCpus() {
  cpu_set_t allowed, usedCores;
  CPU_ZERO(&usedCores);
  int caller = sched_getcpu();
  spins = sched_getaffinity(0, sizeof(allowed), &allowed) == 0 && availableCpus() >= workerCount && caller >= 0 &&
          caller < CPU_SETSIZE && CPU_ISSET(caller, &allowed);
  callerCpu = -1;
  for (unsigned i = 0; i < workerCount; ++i)
    members[i].cpu = -1;
  if (!spins)
    return;
  callerCpu = caller;
  CPU_CLR(caller, &allowed);
  CPU_SET(coreOf(caller) % CPU_SETSIZE, &usedCores);
  unsigned next = 1;
  for (int siblingsToo = 0; siblingsToo < 2; ++siblingsToo)
    for (int cpu = 0; cpu < CPU_SETSIZE && next < workerCount; ++cpu) {
      if (!CPU_ISSET(cpu, &allowed))
        continue;
      int core = coreOf(cpu) % CPU_SETSIZE;
      if (!siblingsToo && CPU_ISSET(core, &usedCores))
        continue;
      CPU_SET(core, &usedCores);
      CPU_CLR(cpu, &allowed);
      members[next++].cpu = cpu;
    }
}

void ThreadPool::moveOffCallersCpu() {
  if (callerCpu < 0)
    return;
  int cpu = sched_getcpu();
  if (cpu < 0 || cpu == callerCpu)
    return;
  for (unsigned i = 1; i < workerCount; ++i) {
    int thread = __atomic_load_n(&members[i].thread, __ATOMIC_ACQUIRE);
    if (members[i].cpu != cpu)
      continue;
    if (thread == 0)
      return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(callerCpu, &set);
    sched_setaffinity(thread, sizeof(set), &set);
    members[i].cpu = callerCpu;
  }
  callerCpu = cpu;
}
