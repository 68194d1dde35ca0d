#include "kernels/cuda/described_backend.hpp"

namespace keraunos::cuda {

DescribedBackend::DescribedBackend(const GpuDescription& description)
    : GpuBackend(description.json, description.capability),
      info_{description.name, description.model, library_versions(), description.memory_bytes} {}

void DescribedBackend::refuse() const {
  fail(ErrorCode::device_unavailable,
       "{} ({}) is described, not present: plans can be made for it, nothing can be run on it",
       info_.name, info_.model);
}

void* DescribedBackend::allocate(std::size_t) { refuse(); }
void* DescribedBackend::allocate_staging(std::size_t) { refuse(); }
std::unique_ptr<Stream> DescribedBackend::make_stream(const BuildOptions&) { refuse(); }
void DescribedBackend::copy_to_device(void*, const void*, std::size_t, Stream&) { refuse(); }
void DescribedBackend::copy_to_host(void*, const void*, std::size_t, Stream&) { refuse(); }
void DescribedBackend::copy_on_device(void*, const void*, std::size_t, Stream&) { refuse(); }
std::string DescribedBackend::problem_with(const void*) const { refuse(); }
void DescribedBackend::wait_for(void*, Stream&) { refuse(); }

}  // namespace keraunos::cuda
