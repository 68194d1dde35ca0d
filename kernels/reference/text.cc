#include <algorithm>

#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"
#include "runtime/base/farm_hash.hpp"

// Ops on strings. They exist in host memory only, so these are the kernels of every device.

namespace keraunos::reference {
namespace {

class LookupKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView&, const BuildOptions&) { return Verdict::yes(); }

  LookupKernel(const NodeView& node, KernelBuild& build)
      : vocabulary_(node.as<Lookup>().vocabulary), size_(node.inputs[0].size()) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    auto* numbers = args.output<std::int64_t>();
    if (vocabulary_->of_strings()) {
      const auto* tokens = args.input<StringElement>(0);
      for (std::int64_t i = 0; i < size_; ++i) {
        numbers[i] = vocabulary_->number_of(tokens[i].view());
      }
    } else {
      const auto* tokens = args.input<std::int64_t>(0);
      for (std::int64_t i = 0; i < size_; ++i) numbers[i] = vocabulary_->number_of(tokens[i]);
    }
  }

 private:
  std::shared_ptr<const Vocabulary> vocabulary_;
  std::int64_t size_;
};

class HashKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView&, const BuildOptions&) { return Verdict::yes(); }

  HashKernel(const NodeView& node, KernelBuild& build)
      : op_(node.as<Hash>()), size_(node.outputs[0].size()) {
    for (const TensorDesc& input : node.inputs) strings_.push_back(input.dtype == DType::string);
    if (op_.mask && !strings_[0]) mask_ = std::stoll(*op_.mask);
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    auto* buckets = args.output<std::int64_t>();
    for (std::int64_t i = 0; i < size_; ++i) {
      buckets[i] = strings_.size() == 1 ? alone(args, i) : together(args, i);
    }
  }

 private:
  std::int64_t alone(const KernelArgs& args, std::int64_t i) const {
    if (!strings_[0]) {
      const std::int64_t number = args.input<std::int64_t>(0)[i];
      return mask_ == number ? 0 : op_.bucket(number);
    }
    const std::string_view text = args.input<StringElement>(0)[i].view();
    return op_.mask == text ? 0 : op_.bucket(text);
  }

  std::int64_t together(const KernelArgs& args, std::int64_t i) const {
    std::uint64_t hash = 0xDECAFCAFFEU;
    for (std::size_t k = 0; k < strings_.size(); ++k) {
      const std::uint64_t fingerprint =
          strings_[k] ? farm_fingerprint(args.input<StringElement>(k)[i].view())
                      : static_cast<std::uint64_t>(args.input<std::int64_t>(k)[i]);
      hash = combine_fingerprints(hash, fingerprint);
    }
    return static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(op_.buckets));
  }

  Hash op_;
  std::int64_t size_;
  std::vector<bool> strings_;  // per input
  std::optional<std::int64_t> mask_;
};

class VectorizeTextKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView&, const BuildOptions&) { return Verdict::yes(); }

  VectorizeTextKernel(const NodeView& node, KernelBuild& build)
      : op_(node.as<VectorizeText>()),
        rows_(node.inputs[0].dims[0]),
        texts_(node.inputs[0].dims[1]) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    Tokenizer tokenizer(op_);
    std::fill_n(args.output<std::int64_t>(), rows_ * op_.width, 0);
    for (std::int64_t row = 0; row < rows_; ++row) {
      tokenizer.start_row();
      for (std::int64_t i = 0; i < texts_; ++i) {
        tokenizer.add(args.input<StringElement>(0)[row * texts_ + i].view());
      }
      write_row(tokenizer, args.output<std::int64_t>() + row * op_.width);
    }
  }

 private:
  void write_row(Tokenizer& tokenizer, std::int64_t* output) const {
    std::int64_t next = 0;
    tokenizer.for_each([&](std::string_view token) {
      const std::int64_t number = op_.vocabulary->number_of(token);
      if (op_.result == TextResult::numbers) {
        if (next < op_.width) output[next++] = number;
      } else if (number >= 0 && number < op_.width) {
        output[number] = op_.result == TextResult::counts ? output[number] + 1 : 1;
      }
    });
  }

  VectorizeText op_;
  std::int64_t rows_;
  std::int64_t texts_;
};

}  // namespace

KernelEntry lookup() { return make_entry<LookupKernel>("reference lookup"); }
KernelEntry hash() { return make_entry<HashKernel>("reference hash"); }
KernelEntry vectorize_text() { return make_entry<VectorizeTextKernel>("reference text"); }

}  // namespace keraunos::reference
