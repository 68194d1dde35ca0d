#include "keraunos/npz.hpp"

#include <array>
#include <unordered_set>

#include "runtime/base/fail.hpp"
#include "runtime/file/byte_reader.hpp"
#include "runtime/file/mapped_file.hpp"
#include "runtime/file/npy.hpp"
#include "runtime/file/printable.hpp"
#include "runtime/file/zip.hpp"
#include "runtime/file/zip_directory.hpp"
#include "runtime/file/zip_writer.hpp"

namespace keraunos {
namespace {

constexpr std::string_view extension = ".npy";

NamedTensors parse_npz(const Bytes& bytes) {
  const file::ZipArchive archive(bytes);
  NamedTensors arrays;
  for (const file::ZipMember& member : archive.members()) {
    if (!member.name.ends_with(extension)) {
      fail(ErrorCode::unsupported, "'{}' in the archive is not an array: its name lacks '{}'",
           file::printable(member.name), extension);
    }
    const std::string name = member.name.substr(0, member.name.size() - extension.size());
    arrays.emplace_back(name,
                        within([&] { return fmt::format("array '{}'", file::printable(name)); },
                               [&] { return file::parse_npy(archive.read(member).span); }));
  }
  return arrays;
}

void add_array(file::ZipWriter& archive, const std::string& name, const Tensor& tensor) {
  if (tensor.data() == nullptr) {
    fail(ErrorCode::invalid_argument, "the array '{}' was never given a shape",
         file::printable(name));
  }
  if (tensor.dtype() == DType::bfloat16) {
    return add_array(archive, name, tensor.cast(DType::float32));
  }
  if (tensor.dtype() == DType::string) {
    const std::string whole = file::npy_of_strings(tensor);
    const std::array part = {std::as_bytes(std::span(whole))};
    return archive.add(name + std::string(extension), part);
  }
  const std::string header = file::npy_header(tensor.dtype(), tensor.dims());
  const std::array parts = {
      std::as_bytes(std::span(header)),
      std::span(static_cast<const std::byte*>(tensor.data()), tensor.bytes()),
  };
  archive.add(name + std::string(extension), parts);
}

}  // namespace

Tensor load_npy(const std::string& path) {
  const Bytes bytes = file::map_file(path);
  return within([&] { return path; }, [&] { return file::parse_npy(bytes.span); });
}

NamedTensors load_npz(const std::string& path) {
  const Bytes bytes = file::map_file(path);
  return within([&] { return path; }, [&] { return parse_npz(bytes); });
}

NamedTensors load_arrays(const std::string& path) {
  const Bytes bytes = file::map_file(path);
  return within([&] { return path; },
                [&]() -> NamedTensors {
                  if (file::is_npy(bytes.span)) {
                    NamedTensors arrays;
                    arrays.emplace_back("", file::parse_npy(bytes.span));
                    return arrays;
                  }
                  if (file::as_text(bytes.span).starts_with("PK")) return parse_npz(bytes);
                  fail(ErrorCode::malformed_file, "neither a .npy nor a .npz file");
                });
}

void save_npz(const std::string& path, std::span<const std::pair<std::string, Tensor>> arrays) {
  std::unordered_set<std::string_view> names;
  for (const auto& [name, tensor] : arrays) {
    if (!names.insert(name).second) {
      fail(ErrorCode::invalid_argument, "two arrays are named '{}'", file::printable(name));
    }
    const std::string_view problem = file::problem_with_zip_name(name);
    if (!problem.empty()) {
      fail(ErrorCode::invalid_argument,
           "the name of the array '{}' {}, which no name in a .npz may", file::printable(name),
           problem);
    }
  }
  file::ZipWriter archive(path);
  for (const auto& [name, tensor] : arrays) add_array(archive, name, tensor);
  archive.finish();
}

}  // namespace keraunos
